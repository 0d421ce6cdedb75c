# The whole work of a day: setup run test test-unit test-all check fmt bench. Each can be repeated; none needs another
# to be called first.
.DEFAULT_GOAL := run
.PHONY: setup run test test-unit test-all check fmt bench lock
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
STAMPS := $(VENV)/stamps
DIST := src/ronghe/static/dist/app.css
CATALOGUES := $(wildcard src/ronghe/locale/*/LC_MESSAGES/*.po)

setup: $(STAMPS)/package $(DIST) $(STAMPS)/messages

run: setup
	$(BIN)/ronghe init
	$(BIN)/ronghe demo --scale small --seed 1 --if-empty
	RONGHE_DEMO=1 $(BIN)/ronghe serve

test: setup
	scripts/install_system.sh test
	scripts/run_tests.sh

test-unit: setup
	scripts/run_tests.sh unit

test-all: setup
	scripts/install_system.sh test
	HYPOTHESIS_PROFILE=full scripts/run_tests.sh everything

check: setup
	scripts/check.sh

fmt: setup
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

bench: setup
	scripts/run_benches.sh

# Resolve the requirements anew (needs `uv`); the files name packages and hashes, never where they come from.
lock: $(STAMPS)/requirements
	for name in base dev node; do \
	  uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    -o requirements/$$name.txt requirements/$$name.in; \
	done

$(STAMPS)/venv:
	scripts/make_venv.sh $(VENV)
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/requirements: requirements/dev.txt | $(STAMPS)/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

$(STAMPS)/package: $(STAMPS)/requirements pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --no-deps --no-build-isolation
	touch $@

$(STAMPS)/node_modules: frontend/package-lock.json frontend/.npmrc | $(STAMPS)/requirements
	scripts/install_system.sh setup
	cd frontend && npm ci --no-progress --loglevel=error
	touch $@

$(DIST): $(STAMPS)/node_modules $(shell find frontend/src frontend/build.mjs -type f)
	cd frontend && npm run --silent build
	touch $@

$(STAMPS)/messages: $(STAMPS)/requirements $(CATALOGUES)
	scripts/install_system.sh setup
	for po in $(CATALOGUES); do msgfmt --check-format -o "$${po%.po}.mo" "$$po"; done
	touch $@
