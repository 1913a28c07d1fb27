# Everything is set up by the target that needs it: `make run` and `make test` work on a fresh machine with
# Python 3.11 and Node 20.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VIDEO ?=
PY := .venv/bin/python
# The container's versions (NumPy 1, OpenCV 4), which ActionMesh needs; .venv has the newest.
IMAGE_PY := .venv-image/bin/python

# Tests that touch neither NumPy nor OpenCV need not run with other versions of them.
NO_ARRAYS := --ignore tests/local_runpod --ignore tests/source --ignore tests/storage

.DEFAULT_GOAL := help
.PHONY: help run local test lint types pytest pytest-image frontend bench contract sample format clean

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/run ## the main job: the sample, or VIDEO=clip.mp4; prints the folder of the results
	$(PY) handler.py --test_input $(VIDEO)

local: .venv/run ## RunPod's public API on this machine with a worker: http://127.0.0.1:8000/v2/local, key "local"
	$(PY) -m local_runpod

test: lint types pytest pytest-image frontend ## every check: lint, types, all tests, Python and frontend

lint: .venv/dev ## ruff, and who may import whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports

types: .venv/dev ## mypy, strict
	$(PY) -m mypy

pytest: .venv/dev frontend/node_modules/.installed ## Python tests, with coverage
	$(PY) -m pytest --cov

pytest-image: .venv-image/test frontend/node_modules/.installed ## the same with the container's NumPy and OpenCV
	$(IMAGE_PY) -m pytest -q $(NO_ARRAYS)

frontend: frontend/node_modules/.installed ## the frontend's lint, types and tests
	npm --prefix frontend run --silent check

bench: .venv/dev ## measure the steps of the sample job against doing them as ActionMesh's example does
	$(PY) -m bench.job
	$(PY) -m bench.export
	OMP_NUM_THREADS=1 $(PY) -m bench.silhouette

contract: .venv/dev frontend/node_modules/.installed ## write schema/, README's tables and the frontend's types anew
	$(PY) builder/write_contract.py
	npm --prefix frontend run --silent contract

sample: .venv/dev ## draw the sample clip, test_input.json and README's picture of its result anew
	$(PY) builder/make_sample.py
	$(PY) handler.py --test_input
	$(PY) builder/make_picture.py outputs/sample/preview.mp4 docs/sample.webp

format: .venv/dev ## format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix-only .
	npm --prefix frontend run --silent format

clean: ## remove what the targets above made
	rm -rf .venv .venv-image frontend/node_modules outputs .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/run: pyproject.toml builder/constraints.txt
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints.txt -e .
	@touch $@

.venv/dev: .venv/run
	$(PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints.txt -e '.[dev]'
	@touch $@

.venv-image/test: pyproject.toml builder/constraints.txt builder/constraints-image.txt
	$(PYTHON) -m venv .venv-image
	$(IMAGE_PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints-image.txt -e '.[test]'
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	npm --prefix frontend ci --no-audit --no-fund
	@touch $@
