# Two commands for a fresh machine with Python, make and a compiler: `make run` and `make test`.
PYTHON ?= python3
RUN := .venv
DEV := .venv-test
BENCH := .venv-bench
PEER := .venv-torchfix
ZOO := .venv-zoo
GPU := .venv-gpu
PIP := -m pip install --quiet --disable-pip-version-check
PYTEST_ARGS ?=
# Processes that run tests; 0 for one test after the other, in this process.
TEST_JOBS ?= 2
BENCH_ARGS ?=
ZOO_ARGS ?=
GPU_PYTHON ?=
FUZZ_SECONDS ?= 120

.PHONY: help run test check docs bench bench-assertions bench-mutations bench-kernels bench-repairs bench-whole bench-zoo fuzz gpu-check site clean

help:
	@echo "make run    install into $(RUN) and lint the shipped examples"
	@echo "make test   install into $(DEV) (with torch) and run all tests"
	@echo "make check  what CI runs: ruff, mypy, import-linter, generated files, all tests"
	@echo "make docs   write the generated rules module and documentation pages"
	@echo "make bench  measure speed (beside torchfix), reach and noise; fetches six packages, takes a quarter of an hour"
	@echo "make bench-zoo  lint every model of pytorchcv end to end, compare with torch, import every file after every fix, measure cost beside fvcore: an hour"
	@echo "make bench-mutations  plant mistakes in models and compare what is found with NaNs: a quarter of an hour"
	@echo "make bench-assertions  judge the assertions of Python's own test suite with the evaluator"
	@echo "make gpu-check  on a machine with a GPU: kernels, ceilings, a sweep and published tables; ten minutes"
	@echo "make fuzz   mangle inputs of every kind, by chance and by coverage, and 10,000 files of published packages: an hour"
	@echo "make site   build the documentation into build/site, after running every command in it"
	@echo "make bench-kernels  run every specialisation of the GPU kernels on a CPU and compile it: half an hour"
	@echo "make bench-repairs  plant faults in pytorchcv, fix them and run the models; ten minutes"

# The examples have mistakes in them, so findings are what success looks like here.
run: $(RUN)/installed
	$(RUN)/bin/gconv-lint --exit-zero examples

test: $(DEV)/installed
	$(DEV)/bin/python -m pytest -n $(TEST_JOBS) --dist worksteal $(PYTEST_ARGS)

check: $(DEV)/installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports
	$(DEV)/bin/python -m gconv_lint.rulebook.generate --check
	$(DEV)/bin/python scripts/generate_docs.py --check
	$(DEV)/bin/python -m pytest -n $(TEST_JOBS) --dist worksteal $(PYTEST_ARGS)

docs: $(DEV)/installed
	$(DEV)/bin/python -m gconv_lint.rulebook.generate
	$(DEV)/bin/python scripts/generate_docs.py

# Installed as users install it, anew each time: an editable install starts more slowly.
bench: $(BENCH)/created $(PEER)/installed
	$(BENCH)/bin/python $(PIP) --upgrade --force-reinstall --no-deps .
	$(BENCH)/bin/python -m bench.reach
	$(BENCH)/bin/python -m bench.noise
	$(BENCH)/bin/python -m bench.cache
	$(BENCH)/bin/python -m bench.speed --peer $(PEER)/bin/torchfix $(BENCH_ARGS)

# Python's own tests as an oracle of the evaluator: two to three minutes.
bench-assertions: $(BENCH)/created
	$(BENCH)/bin/python -m bench.assertions

# ZOO_ARGS="--shim FOLDER" adds timm and torchvision, for whose import beside a torch for the CPU the folder has a shim.
bench-zoo: $(ZOO)/created
	$(ZOO)/bin/python -m bench.zoo --every $(ZOO_ARGS)
	$(ZOO)/bin/python -m bench.every_fix $(ZOO_ARGS)
	$(ZOO)/bin/python -m bench.zoo.cost

bench-mutations: $(DEV)/installed
	$(DEV)/bin/python -m bench.mutations

# Models are built and run without data, which takes torch.
bench-repairs: $(DEV)/installed
	$(DEV)/bin/python -m bench.repairs

# Models from their text, beside what torch counts and what the other engine finds: a quarter of an hour.
bench-whole: $(ZOO)/created
	$(ZOO)/bin/python -m bench.roots
	$(ZOO)/bin/python -m bench.whole --publish
	$(ZOO)/bin/python -m bench.agreement

# Torch and CuPy are large: GPU_PYTHON names a Python that has both, in place of one that is installed here.
gpu-check: $(if $(GPU_PYTHON),,$(GPU)/installed)
	$(or $(GPU_PYTHON),$(GPU)/bin/python) -m bench.gpu

# Atheris comes for Linux and macOS; each target has FUZZ_SECONDS.
fuzz: $(DEV)/installed
	FUZZ_EXAMPLES=2000 $(DEV)/bin/python -m pytest tests/fuzz
	$(DEV)/bin/python $(PIP) --editable '.[fuzz]'
	for target in source notebook rule configuration baseline; do \
		$(DEV)/bin/python -m tests.fuzz.guided $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done
	$(DEV)/bin/python -m bench.mangled
	$(DEV)/bin/python -m bench.mangled_models

site: $(DEV)/installed
	DOC_MODELS=1 $(DEV)/bin/python -m pytest tests/test_doc_blocks.py tests/test_site.py
	$(DEV)/bin/mkdocs build --strict --site-dir build/site

# Needs g++, and neither a GPU nor a driver.
bench-kernels: $(DEV)/installed
	$(DEV)/bin/python -m bench.kernels

clean:
	rm -rf $(RUN) $(DEV) $(BENCH) $(PEER) $(ZOO) $(GPU) bench/.cache build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(RUN)/installed: pyproject.toml
	$(PYTHON) -m venv $(RUN)
	$(RUN)/bin/python $(PIP) --editable .
	@touch $@

# pytorchcv is read by a test, never imported, so that nothing it needs is installed.
$(DEV)/installed: pyproject.toml Makefile
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python $(PIP) --editable '.[dev]'
	$(DEV)/bin/python $(PIP) --no-deps pytorchcv==0.0.74
	@touch $@

$(BENCH)/created: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python $(PIP) .
	@touch $@

$(GPU)/installed: pyproject.toml
	$(PYTHON) -m venv $(GPU)
	$(GPU)/bin/python $(PIP) --editable '.[gpu]'
	@touch $@

# torchfix caps the version of libcst, so it does not share an environment.
$(PEER)/installed: bench/requirements-torchfix.txt
	$(PYTHON) -m venv $(PEER)
	$(PEER)/bin/python $(PIP) --requirement $<
	@touch $@

# What models of zoos need to be built, and fvcore.
$(ZOO)/created: bench/requirements-zoo.txt
	$(PYTHON) -m venv $(ZOO)
	$(ZOO)/bin/python $(PIP) --requirement $< .
	@touch $@
