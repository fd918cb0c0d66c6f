# Two commands for a fresh machine with Python, make and a compiler: `make run` and `make test`.
PYTHON ?= python3
RUN := .venv
DEV := .venv-test
PYTEST_ARGS ?=

.PHONY: help run test check docs bench clean

help:
	@echo "make run    install into $(RUN) and lint the shipped examples"
	@echo "make test   install into $(DEV) (with torch) and run all tests"
	@echo "make check  what CI runs: ruff, mypy, import-linter, generated files, all tests"
	@echo "make docs   write the generated rules module and documentation pages"
	@echo "make bench  print the figures of bench/"

# The examples have mistakes in them, so findings are what success looks like here.
run: $(RUN)/installed
	$(RUN)/bin/gconv-lint --exit-zero examples

test: $(DEV)/installed
	$(DEV)/bin/python -m pytest $(PYTEST_ARGS)

check: $(DEV)/installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports
	$(DEV)/bin/python -m gconv_lint.rulebook.generate --check
	$(DEV)/bin/python scripts/generate_docs.py --check
	$(DEV)/bin/python -m pytest $(PYTEST_ARGS)

docs: $(DEV)/installed
	$(DEV)/bin/python -m gconv_lint.rulebook.generate
	$(DEV)/bin/python scripts/generate_docs.py

bench: $(DEV)/installed
	@for script in bench/*.py; do echo "== $$script"; $(DEV)/bin/python $$script || exit 1; done

clean:
	rm -rf $(RUN) $(DEV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(RUN)/installed: pyproject.toml
	$(PYTHON) -m venv $(RUN)
	$(RUN)/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV)/installed: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
