# Three commands need nothing but Python 3.11+ and a package index:
#   make demo   set up, solve the shipped instance, verify, write the report
#   make test   set up, lint, types, tests
#   make first  set up, plan a region in 20 seconds, write its page
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests start the command a hundred times: compiled modules are kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo first test short test-all lint types docs docs-site changelog gallery benchmark reliability clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,5s/^# \{0,1\}//p' Makefile

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("aumaq needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/python tools/compile_loops.py
	touch $@

setup: $(VENV)/.installed

demo: setup
	$(BIN)/aumaq solve kazakhstan --time-limit 80 --gap 0.01 --out runs/demo

first: setup
	$(BIN)/aumaq demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/python tools/link_tree.py
	$(BIN)/mypy -p aumaq

test: lint
	@$(MAKE) --no-print-directory -j 2 types short

short: setup
	$(BIN)/python -m pytest -m 'not slow' -n 2 --dist worksteal

test-all: lint types
	AUMAQ_EXAMPLES=$${AUMAQ_EXAMPLES:-0.15} $(BIN)/python -m pytest -n 2 --dist worksteal

docs: setup
	$(BIN)/python tools/write_format_docs.py
	$(BIN)/python tools/extract_messages.py

docs-site: setup
	$(BIN)/sphinx-build -W --keep-going -q -c docs . build/site

changelog: setup
	$(BIN)/towncrier build --draft --version next

gallery: setup
	$(BIN)/python tools/make_gallery.py

benchmark: setup
	$(BIN)/python -m benchmarks

# Hours; one that is stopped goes on where it was (build/reliability.jsonl).
reliability: setup
	$(BIN)/python tests/reliability

clean:
	rm -rf $(VENV) .typing runs build *.egg-info
