# `make demo` and `make test` set up everything they need, in .venv, and are quick the second time.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
FLOORS = $(VENV)/floors
OTTER = $(VENV)/otter
LITE = $(VENV)/lite
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
# A training goes another way where sums are rounded otherwise. The kernels that all x86 machines of the
# last ten years have make one machine's run that of another. The claims hold with others, too: to try
# them, make claims OPENBLAS_CORETYPE=SkylakeX, or NPY_DISABLE_CPU_FEATURES= for all that NumPy has here.
OPENBLAS_CORETYPE ?= Haswell
NPY_DISABLE_CPU_FEATURES ?= X86_V4 AVX512_ICL AVX512_SPR
export OPENBLAS_CORETYPE NPY_DISABLE_CPU_FEATURES

.PHONY: demo site lite test test-lite claims test-floors lint scores seeds copies pictures bench bench-gpu bench-grading bench-memory bench-cluster clean

demo: $(READY)
	$(BIN)/handgrad demo demo

# The course as pages for a browser, in build/site/html.
site: $(READY)
	mkdir -p build
	$(BIN)/python tests/claims.py > build/claims.json
	$(BIN)/handgrad site build/site --claims build/claims.json

# The course in the browser alone, to be served as plain files. With a distribution of Pyodide beside it,
# nothing comes from elsewhere: make lite PYODIDE=/where/pyodide/lies. Its kernel has an environment of its
# own: an ordinary JupyterLab would try to load it, and complain.
lite: $(LITE)/.ready
	$(LITE)/bin/handgrad lite build/lite $(if $(PYODIDE),--pyodide $(PYODIDE))

test-lite: $(LITE)/.ready
	$(LITE)/bin/python -m pytest -q tests/publishing/test_lite.py tests/browser/test_lite_site.py

$(LITE)/.ready: $(READY)
	test -x $(LITE)/bin/python || $(BIN)/python -m venv $(LITE)
	$(LITE)/bin/python -m pip install --quiet --editable '.[dev,lite]'
	touch $@

# A worker for each core: every test may run beside any other, but for a person's path in the browser.
test: $(READY)
	$(BIN)/python -m pytest -n auto --ignore=tests/browser
	$(BIN)/python -m pytest tests/browser

# What the pages claim of their experiments, at every seed (`make test` tries the first).
claims: $(READY)
	$(BIN)/python -m pytest -n auto tests/course --every-seed

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

# How many copies `handgrad similar` finds, and how often it lists others (it takes an hour).
copies: $(READY)
	$(BIN)/python -W ignore tests/assignments/copies.py

# The pictures of the README, of the real things, in headless Chromium.
pictures: $(READY)
	$(BIN)/python -W ignore tests/browser/pictures.py

bench: $(READY)
	$(BIN)/python tests/benchmarks/numeric.py

# Where CuPy, installed in .venv, finds a GPU: its tests, and the figures that page 8.8 shows.
bench-gpu: $(READY)
	$(BIN)/python -m pytest -q -n auto tests/solutions -k gpu
	$(BIN)/python tests/benchmarks/gpu.py

# Otter-Grader has an environment of its own; where it cannot be had, the rest is measured.
# Others than chapter 3's: make bench-grading BENCH="--assignment 01_perceptrons --rounds 5"
bench-grading: $(READY)
	test -x $(OTTER)/bin/python || $(BIN)/python -m venv $(OTTER)
	-$(OTTER)/bin/python -m pip install --quiet --editable . otter-grader==7.0.0
	$(BIN)/python tests/benchmarks/grading.py $(BENCH)

# How large the grader gets with thousands of submissions.
bench-memory: $(READY)
	$(BIN)/python tests/benchmarks/memory.py

# What grading ten thousand submissions on a cluster takes, with a worker killed midway (half an hour).
bench-cluster: $(READY)
	$(BIN)/python tests/benchmarks/cluster.py

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
