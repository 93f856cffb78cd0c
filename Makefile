# Two commands do all the set-up on a machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt hatch_build.py

# What a change of a dependency would break first, in less than a minute: a whole plan, its files,
# the solvers. It needs no more than the extra "quick" of pyproject.toml.
QUICK := tests/cli/test_standard_output.py tests/test_dependencies.py tests/settings \
	tests/coverage/test_coverage_refusals.py tests/coverage/test_coverage_joins.py \
	tests/plan_file/test_older_plans.py

# What a file of tests makes once is made in one process only.
BY_FILE := -n auto --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-long test-oldest test-newest bench clean

demo: $(VENV)/run.stamp
	$(BIN)/reso-geo demo --out reso_demo

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $(shell find reso_geo -name '*.py')
	$(BIN)/python -m pytest $(BY_FILE)

test-long: $(VENV)/test.stamp
	RESO_GEO_SEEDS=50 $(BIN)/python -m pytest $(BY_FILE) tests/partition/test_cut_truth.py \
		tests/coverage/test_coverage_joins.py

# Old packages warn of each other; that is theirs. The oldest networkx, which the random joins are
# compared with, takes minutes for each of them: they are left to the other environments.
test-oldest: .venv-oldest/test.stamp
	RESO_GEO_SEEDS=0 .venv-oldest/bin/python -m pytest -W default::DeprecationWarning $(BY_FILE) $(QUICK)

test-newest: .venv-newest/test.stamp
	RESO_GEO_SEEDS=2 .venv-newest/bin/python -m pytest $(BY_FILE) $(QUICK)

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

.venv-oldest/test.stamp: pyproject.toml constraints-oldest.txt hatch_build.py
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --constraint constraints-oldest.txt --editable ".[quick]"
	touch $@

.venv-newest/test.stamp: pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv-newest
	.venv-newest/bin/python -m pip install --quiet --editable ".[quick]"
	touch $@

clean:
	rm -rf $(VENV) .venv-oldest .venv-newest build dist reso_demo data/leaflet
