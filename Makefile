# Every target is one line to type; `make` lists them. Needs only git, make and Python 3.11+.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
TRYTON := .venv-tryton
SHOP := .shop
READY := $(VENV)/.ready
HOME_DIR ?= data/demo
ORDERS ?= 20000
PYTEST_WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup demo dev dashboards check format test test-slow lock benchmark benchmark-ingest clean campaign-ingest hostile-table campaign-purchasing campaign-push campaign-shop emulators

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with exactly the locked packages

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; run: make PYTHON=python3.11 ...")'
	@echo "setting up $(VENV) from requirements.lock"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

demo: $(READY) ## the whole job on a generated company, beside its known truth
	@$(BIN)/tallyhouse --home $(HOME_DIR) demo --orders $(ORDERS)

dev: $(READY) ## Dagster's web server and daemon on the demo company, on 127.0.0.1:3000
	@$(BIN)/tallyhouse --home $(HOME_DIR) dev

dashboards: $(READY) ## the dashboards on the demo company, on 127.0.0.1:8501
	@TALLYHOUSE_HOME=$(HOME_DIR) $(BIN)/streamlit run dashboards/app.py

check: $(READY) ## ruff, mypy, import-linter, sqlfluff, dbt parse and the rules over its manifest
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache && $(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models && $(BIN)/pytest -q tests/dbt_project -k "layers or public or one_place"

format: $(READY) ## rewrite Python and SQL in the house style
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/sqlfluff fix --processes 2 dbt_project/models

# In their own order: left to itself xdist keeps the modules of one long test for the end, where two of three workers wait.
test: $(READY) ## the whole suite but the long campaigns
	$(BIN)/pytest -q -m "not slow" -n $(PYTEST_WORKERS) --dist loadscope --no-loadscope-reorder

test-slow: $(READY) ## the long campaigns: large worlds, every crash point
	$(BIN)/pytest -q -m slow

campaign-ingest: $(READY) ## every hostile input in every feed, much fuzz, ingestion killed before every step
	$(BIN)/pytest -q -s -m slow tests/ingestion/hostile tests/ingestion/test_fuzz_bytes.py

$(TRYTON)/.ready: requirements-tryton.lock $(READY)
	@echo "setting up $(TRYTON) from requirements-tryton.lock"
	@$(PYTHON) -m venv --clear $(TRYTON)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(TRYTON)/bin/python requirements-tryton.lock
	@touch $@

campaign-purchasing: $(TRYTON)/.ready ## a real Tryton on SQLite and on PostgreSQL; every ending of every step on every purchasing system, killed at every point
	REQUIRE_TRYTON=1 REQUIRE_POSTGRES=1 $(BIN)/pytest -q -s tests/tryton $(addprefix tests/reverse_etl/test_purchasing_,faults.py kills.py campaign.py)

emulators: $(READY) ## a channel of each kind on 127.0.0.1 to push to by hand, selling what HOME_DIR publishes
	@$(BIN)/python -m tests.emulators $(if $(wildcard $(HOME_DIR)/tallyhouse.toml),--home $(HOME_DIR))

campaign-push: $(READY) ## every fault of a push on every channel, killed at every point; writes docs/push-campaign.md
	$(BIN)/python -m tests.push_campaign

$(SHOP)/.ready: tests/shop_campaign/package.json tests/shop_campaign/package-lock.json tests/shop_campaign/medusa-config.js
	@command -v npm >/dev/null || { echo "npm (Node 20 or newer) is needed for the shop"; exit 1; }
	@echo "setting up $(SHOP) from tests/shop_campaign/package-lock.json"
	@mkdir -p $(SHOP) && cp $^ $(SHOP)/
	@# not `npm ci`: it refuses a lock without the native parts of other machines' systems, which npm leaves out when it writes one
	@cd $(SHOP) && npm install --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

campaign-shop: $(SHOP)/.ready $(READY) ## a real Medusa shop on PostgreSQL (npm, both servers on 127.0.0.1): orders while stock is pushed
	REQUIRE_SHOP=1 $(BIN)/pytest -q -s -m slow tests/shop_campaign

hostile-table: $(READY) ## what each reader does with every hostile file, as the table of docs/hostile-inputs.md
	@$(BIN)/python -m benchmarks.hostile

lock: $(READY) ## resolve the dependencies anew, on purpose
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade --quiet -o requirements.lock
	$(BIN)/uv pip compile --group pyproject.toml:peers --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade --quiet -o requirements-peers.lock
	$(BIN)/uv pip compile --group pyproject.toml:tryton --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade --quiet -o requirements-tryton.lock

benchmark: $(READY) ## measure speed and memory beside named peers
	$(BIN)/python -m benchmarks

$(PEERS)/.ready: requirements-peers.lock $(READY)
	@echo "setting up $(PEERS) from requirements-peers.lock"
	@$(PYTHON) -m venv --clear $(PEERS)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(PEERS)/bin/python requirements-peers.lock
	@touch $@

benchmark-ingest: $(PEERS)/.ready ## ingestion beside DuckDB, dlt and pandas on the same files; many small files beside few large ones
	$(BIN)/python -m benchmarks.ingest --peers $(PEERS)/bin/python

clean: ## remove the environment, caches and the demo company
	rm -rf $(VENV) $(PEERS) $(TRYTON) $(SHOP) $(HOME_DIR) dbt_project/target dbt_project/logs .mypy_cache .ruff_cache .pytest_cache .hypothesis
