# From a fresh clone: `make app` to use it, `make test` to check it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
HOST   ?= 127.0.0.1
PORT   ?= 8501

.PHONY: install app build test test-browser browser lint audit bench clean

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

# Licences of everything in the lock file, and known holes in it. pip-audit is a tool, no part of the package: it lives apart.
audit: $(STAMP)
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && PIP_CONSTRAINT= build/audit/bin/python -m pip install --quiet pip-audit; }
	@$(BIN)/python .ci/audit.py build/audit/bin/python

# The app in the system's Chromium. Without one the tests are skipped, so it is installed here where that is possible.
test-browser: $(STAMP)
	@$(MAKE) --no-print-directory browser || true
	$(BIN)/python -m pytest -m browser tests/browser

browser:
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && \
	  fc-list 2>/dev/null | grep -qi cjk; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig; \
	else \
	  echo "浏览器测试要用 Chromium 和中文字体。请装上：sudo apt-get install chromium fonts-noto-cjk"; exit 1; \
	fi

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) index build src/*.egg-info .pytest_cache .mypy_cache .ruff_cache
