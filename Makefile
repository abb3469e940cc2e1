# From a fresh clone: `make app` to use it, `make test` to check it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
LOCK   := $(wildcard lock/*.txt)
TOOLS  := build/tools
# The lock says of every file what it must be, so nothing else is looked for and nothing is built with what it does not name.
LOCKED := -m pip install --quiet --progress-bar on --require-hashes --no-deps --no-build-isolation
export PIP_DISABLE_PIP_VERSION_CHECK := 1
HOST   ?= 127.0.0.1
PORT   ?= 8501

.PHONY: install app build test test-browser browser lint audit lock bench clean

install: $(STAMP)

# The lock (see .ci/lock.py) holds the exact version of everything and the SHA-256 of its files: an install next year is
# the same, and a file that somebody changed is refused. The CPU build of torch is taken where pip finds it, else the registry's.
$(STAMP): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本；可用 make PYTHON=python3.11 指定。"; exit 1; }
	@echo "正在安装（首次约两三分钟）……"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(LOCKED) -r lock/build.txt
	@$(BIN)/python $(LOCKED) -r lock/torch-cpu.txt 2>$(VENV)/torch.log || { \
	  if grep -q 'DO NOT MATCH' $(VENV)/torch.log; then cat $(VENV)/torch.log; exit 1; fi; \
	  $(BIN)/python $(LOCKED) -r lock/torch.txt; }
	$(BIN)/python $(LOCKED) -r lock/packages.txt
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check >/dev/null || $(BIN)/python -m pip check
	@touch $@

build: $(STAMP)
	@$(BIN)/kb build

app: build
	@$(BIN)/kb app --host $(HOST) --port $(PORT)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A process a core, a file of tests to one of them. Each holds the model and a dictionary, so no more than four.
test: $(STAMP) lint
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# What renews and audits the lock is no part of the package: it lives apart, and is locked as well.
$(TOOLS)/.installed: lock/tools.txt
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python $(LOCKED) -r lock/tools.txt
	@touch $@

# Licences of everything in the lock, and known holes in it.
audit: $(STAMP) $(TOOLS)/.installed
	@$(BIN)/python .ci/audit.py $(TOOLS)/bin/python

# After a change of the dependencies in pyproject.toml; `make lock UPGRADE=--upgrade` takes newer versions of all of them.
lock: $(TOOLS)/.installed
	$(TOOLS)/bin/python .ci/lock.py $(UPGRADE)

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
