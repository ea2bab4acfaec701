# The commands of this project. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: .venv/.runtime ## Install and serve the whole product with a demo market (PORT=8000)
	$(BIN)/fairboard run --demo --port $(PORT)

test: .venv/.dev ## Install what the tests need and run every check on both databases
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m tests.run

lint: .venv/.dev ## Formatting, style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

bench: .venv/.dev ## Measure pages, search, posting, screening and start (ADS=100000)
	$(BIN)/fairboard bench all --ads $(or $(ADS),100000)

drill: .venv/.runtime ## Play an exploitation network through the whole desk (ADS=100000)
	$(BIN)/fairboard drill --ads $(or $(ADS),100000)

format: .venv/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/.dev ## Collect the texts and compile their translations
	$(BIN)/python tools/messages.py

lock: .venv/.dev ## Compile the lock files anew
	cd requirements && ../$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --strip-extras --output-file runtime.txt runtime.in
	cd requirements && ../$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --strip-extras --output-file dev.txt dev.in

clean: ## Remove what was installed and the local data
	rm -rf .venv fairboard-data .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: install it, or say which with PYTHON=python3."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: help run test lint bench drill format messages lock clean
