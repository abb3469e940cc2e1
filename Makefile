# From a fresh clone: `make app` to use it, `make test` to check it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
HOST   ?= 127.0.0.1
PORT   ?= 8501

.PHONY: install app build test lint bench clean

install: $(STAMP)

# constraints.txt holds the exact version of everything, so that an install next year is the same.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本；可用 make PYTHON=python3.11 指定。"; exit 1; }
	@echo "正在安装（首次约两三分钟）……"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --progress-bar on "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --progress-bar on -e ".[dev]"
	@touch $@

build: $(STAMP)
	@$(BIN)/kb build

app: build
	@$(BIN)/kb app --host $(HOST) --port $(PORT)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(STAMP) lint
	$(BIN)/python -m pytest

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) index build src/*.egg-info .pytest_cache .mypy_cache .ruff_cache
