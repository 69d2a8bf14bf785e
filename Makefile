# `make demo` and `make test` set up everything they need, in .venv, and are quick the second time.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
FLOORS = $(VENV)/floors
OTTER = $(VENV)/otter
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

.PHONY: demo test test-floors lint scores seeds bench bench-grading bench-memory clean

demo: $(READY)
	$(BIN)/handgrad demo demo

# A worker for each core: every test may run beside any other, but for a person's path in the browser.
test: $(READY)
	$(BIN)/python -m pytest -n auto --ignore=tests/browser
	$(BIN)/python -m pytest tests/browser

# What stands on the kernel, and on no package's version, is not tested with the oldest ones again.
KERNEL = $(patsubst %,--ignore-glob='*/test_%.py',faults_[!g]* deadlines degrading sandbox* scratch seccomp)
# Nor are answers in other styles and wrong ones, which try the checks: with the oldest packages it is
# enough that the reference passes them, and nobody who has written nothing.
ANSWERS = mistake or slip or mutant or alternative or shortcut

# The oldest dependencies that pyproject.toml admits, in an environment of their own.
test-floors: $(READY)
	test -x $(FLOORS)/bin/python || $(BIN)/python -m venv $(FLOORS)
	$(BIN)/python tests/floors.py > $(FLOORS)/constraints.txt
	$(FLOORS)/bin/python -m pip install --quiet --editable '.[dev]' --constraint $(FLOORS)/constraints.txt
	$(FLOORS)/bin/python -m pytest -n auto tests/solutions tests/autograder $(KERNEL) -k "not left_out"
	$(FLOORS)/bin/python -m pytest -n auto tests/assignments -k "not ($(ANSWERS))"

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# What the checks of each assignment refuse and accept.
scores: $(READY)
	$(BIN)/python -W ignore tests/assignments/scores.py

# Whether a verdict depends on the seed: each answer of the tests at two hundred (it takes an hour).
seeds: $(READY)
	$(BIN)/python -W ignore tests/assignments/scores.py --seeds 200

bench: $(READY)
	$(BIN)/python tests/benchmarks/numeric.py

# Otter-Grader has an environment of its own; where it cannot be had, the rest is measured.
# Others than chapter 3's: make bench-grading BENCH="--assignment 01_perceptrons --rounds 5"
bench-grading: $(READY)
	test -x $(OTTER)/bin/python || $(BIN)/python -m venv $(OTTER)
	-$(OTTER)/bin/python -m pip install --quiet --editable . otter-grader==7.0.0
	$(BIN)/python tests/benchmarks/grading.py $(BENCH)

# How large the grader gets with thousands of submissions.
bench-memory: $(READY)
	$(BIN)/python tests/benchmarks/memory.py

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
