# Everything below sets itself up: python3 and make are enough.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test check pages validate bench clean

help:
	@echo "make demo    release the top of the chain: table, JSON and figures in out/"
	@echo "make test    run the tests"
	@echo "make check   linter, formatter, types, import directions, generated pages"
	@echo "make pages   write the generated pages and code again"
	@echo "make validate  every published row beside what the toolkit predicts: table, CSV, figure"
	@echo "make bench   time the parts against each other and against numpy"
	@echo "make clean   remove what the targets above made"

$(VENV)/.test: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e ".[test]"
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(PIP) -e ".[dev]"
	@touch $@

demo: $(VENV)/.test
	$(PY) examples/release_the_top.py

test: $(VENV)/.test
	$(PY) -m pytest -n 2 --dist loadfile

validate: $(VENV)/.test
	@mkdir -p out/validation
	$(VENV)/bin/fascia validate --all --csv out/validation/validation.csv --figure out/validation/validation.pdf

check: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/basedpyright
	$(PY) tests/types/complete.py
	$(VENV)/bin/lint-imports
	$(PY) docs/write_pages.py --check

pages: $(VENV)/.test
	$(PY) docs/write_pages.py

bench: $(VENV)/.test
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(PY) $$file; done

clean:
	rm -rf $(VENV) out build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find panjabi fascia tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
