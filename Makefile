# Every target sets up what it needs; a machine with Python 3.11 is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
READY_BENCH := $(VENV)/ready-bench

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long drill coverage check bench bench-tokyo bench-words papers lock lock-bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "deban needs Python 3.11 or later: make PYTHON=python3.11 setup")'
	$(PYTHON) -m venv $(VENV)
	@# The lock is whole, so pip need not look for dependencies, nor stumble over a newer release of one named with an extra.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --disable-pip-version-check
	touch $(READY)

setup: $(READY) ## make the virtual environment in .venv and install everything, by the hashes of requirements.lock

demo: $(READY) ## match the casebook and a made-up town, and print the answers
	$(BIN)/deban demo

test: $(READY) ## run every test; what takes long, in short
	PYTHONWARNINGS=error::DeprecationWarning:matcher $(BIN)/python -m pytest -n logical --dist worksteal

LONG := tests/races tests/oracle tests/metamorphic tests/integration

test-long: $(READY) ## races, crashes, histories and tampering at full counts (hours)
	DEBAN_LONG=1 $(BIN)/python -m pytest --durations=30 $(LONG)

drill: $(READY) ## back up and restore a made-up city ten times the size of a real one, and say how long it took
	$(BIN)/python -m tests.operations.drill

coverage: $(READY) ## run every test, and say which lines and branches none of them reaches
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest
	-$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(READY) ## formatting, lint, types, and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(READY_BENCH): $(READY) requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	$(BIN)/python -m pip check --disable-pip-version-check
	touch $(READY_BENCH)

bench: $(READY_BENCH) ## measure deban beside other solvers on made-up towns, into docs/benchmarks (BUNDLES="folder …" for others)
	$(BIN)/python -m tests.bench.bench $(if $(BUNDLES),--bundles $(BUNDLES) $(if $(FROM),--from $(FROM)),--growth)

bench-tokyo: $(READY_BENCH) ## the same for a metropolis of 62 municipalities at once, without other solvers
	$(BIN)/python -m tests.bench.bench --size tokyo --name bench-tokyo --command "make bench-tokyo"

bench-words: $(READY) ## measure how well words are understood, on lists and on labelled towns (CITIES="folder …" for more)
	$(BIN)/python -m tests.words.bench $(CITIES)

papers: $(READY) ## draw docs/statuses.md and docs/permissions.md from the code
	$(BIN)/python -m matcher.cli.papers

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
EXTRA := import sys, tomllib; \
  print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")

lock: $(VENV)/bin/python ## compile requirements.lock and requirements-bench.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(COMPILE) --extra dev --extra encoder --extra train --output-file requirements.lock pyproject.toml
	$(MAKE) lock-bench

lock-bench: $(VENV)/bin/python # only what the bench needs beyond requirements.lock, at the versions of that
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(BIN)/python -c '$(EXTRA)' bench | $(COMPILE) --constraint requirements.lock --output-file requirements-bench.lock -

clean: ## remove what the targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
