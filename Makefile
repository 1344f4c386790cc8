# The two commands that matter: `make serve` and `make test`. `make` alone lists the rest.

PYTHON ?= python3
PORT ?= 8000
DATA ?= ./data
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help serve setup setup-dev needs test test-all test-slow check check-only format lock messages clean

help:  ## This list
	@echo "Talehouse, a home for serial fiction. What make can do:"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'
	@echo
	@echo "  make serve PORT=8123 DATA=/somewhere changes the port and the folder of the data."

serve: setup  ## Set up if needed, then serve http://127.0.0.1:8000 with the data in ./data
	@exec $(BIN)/talehouse serve --port "$(PORT)" --data "$(DATA)"

setup:
	@$(PYTHON) scripts/set_up.py base

setup-dev:
	@$(PYTHON) scripts/set_up.py dev

needs:
	@$(PYTHON) scripts/system_needs.py

test: needs  ## Everything that must hold: check, then the suite on SQLite and on PostgreSQL
	@$(MAKE) --no-print-directory check
	@$(BIN)/python scripts/suite.py

test-all: test test-slow  ## The same, and then the slow tests

test-slow: setup-dev  ## The slow tests, and the browser's on PostgreSQL
	@$(PYTHON) scripts/system_needs.py --slow
	@$(BIN)/python scripts/suite.py --slow

check: setup-dev  ## Lint, format, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: setup-dev  ## Let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup-dev  ## Pin the newest versions within the bounds of pyproject.toml
	@$(LOCK) --upgrade pyproject.toml requirements/build.in -o requirements/base.txt
	@$(LOCK) --upgrade pyproject.toml requirements/build.in --extra dev -c requirements/base.txt -o requirements/dev.txt

messages: setup-dev  ## Collect the sentences of the interface and compile their translations (GNU gettext)
	@cd talehouse && TALEHOUSE_DATA="$(abspath $(DATA))" ../$(BIN)/python ../manage.py makemessages --all --ignore 'tests/*' --no-obsolete --no-wrap --add-location file
	@cd talehouse && TALEHOUSE_DATA="$(abspath $(DATA))" ../$(BIN)/python ../manage.py compilemessages

clean:  ## Remove .venv and the caches; ./data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find config talehouse tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
