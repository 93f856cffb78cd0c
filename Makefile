# Two commands do all the set-up on a machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt hatch_build.py

.PHONY: demo test bench clean

demo: $(VENV)/run.stamp
	$(BIN)/reso-geo demo --out reso_demo

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $(shell find reso_geo -name '*.py')
	$(BIN)/python -m pytest -n auto --dist loadgroup

bench: $(VENV)/test.stamp
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/lengths.py
	$(BIN)/python benchmarks/coverage.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(INPUTS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/test.stamp: $(INPUTS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV) build dist reso_demo data/leaflet
