# Every target is one line to type; `make help` lists them. Nothing here needs more than git, make and Python 3.11+.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOME_DIR ?= data/demo

.DEFAULT_GOAL := help
.PHONY: help setup demo dev dashboards check test test-slow lock benchmark clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with exactly the locked packages

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

demo: $(READY) ## the whole job on a generated company, beside its known truth
	$(BIN)/tallyhouse --home $(HOME_DIR) demo

clean: ## remove the environment, caches and the demo company
	rm -rf $(VENV) $(HOME_DIR) dbt_project/target dbt_project/logs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
