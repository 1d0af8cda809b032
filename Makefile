# Each command sets up .venv by itself when it is missing or older than pyproject.toml.
# Needs Python >= 3.11 with venv, make and pip; nothing else.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
EMULATORS := build/emulators

.PHONY: help setup course test study slides labs lint clean refresh emulators
.DEFAULT_GOAL := help

help: ## say what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make .venv with everything that lessons and tests need

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This course needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Setting up .venv (once, about two minutes) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' \
		|| { echo "The packages could not be installed (pip says why above); setting up needs the network once. Then try again."; exit 1; }
	@touch $(STAMP)

course: setup ## run all lessons into build/course/, with a table at the end
	@$(BIN)/python tools/course.py

test: setup lint emulators ## run everything that CI runs
	@echo "Running all tests ..."
	@PATH="$(CURDIR)/$(EMULATORS)/node_modules/.bin:$(CURDIR)/$(EMULATORS)/python/bin:$$PATH" $(BIN)/python -m pytest --numprocesses auto --dist loadfile
	@echo "Comparing every output of the lessons with a new run ..."
	@$(BIN)/python -m pytest --nbval --override-ini filterwarnings=default --numprocesses auto --dist loadfile notebooks

emulators: | $(EMULATORS) ## install an independent DynamoDB, Kinesis and S3 for the contract suite, where npm is there
$(EMULATORS):
	@mkdir -p $@
	@npm install --silent --no-audit --no-fund --prefix $@ dynalite@4 kinesalite@3 >/dev/null 2>&1 \
		|| echo "No npm, so neither dynalite nor kinesalite: the contract suite does not ask them."
	@$(PYTHON) -m venv $@/python && $@/python/bin/python -m pip install --quiet --disable-pip-version-check 'ministack==1.5.*' \
		|| echo "ministack could not be installed: the contract suite does not ask it."

study: setup ## open the lessons in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir . notebooks

slides: setup ## make a deck of slides from each lesson, into build/slides/
	@$(BIN)/python tools/slides.py

labs: setup ## regenerate labs/ from solutions/
	@test -n "$$(ls solutions/*.ipynb 2>/dev/null)" || { echo "No solutions yet: the labs come with a later release."; exit 1; }
	@$(BIN)/labgrader release

lint: setup ## check style and types
	@echo "Checking style and types ..."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

refresh: setup ## run the lessons in place and store their outputs
	@$(BIN)/python tools/refresh.py

clean: ## remove .venv and everything that was built
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean: .venv, build and caches are gone."
