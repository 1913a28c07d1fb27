#!/usr/bin/env bash
# Installs the image's packages in a clean environment and imports ActionMesh beside them (make image-check).
#
#     ACTIONMESH_SRC=… TRIPOSG_SRC=… CUDA=13|12 builder/image_check.sh
#
# The two name checkouts of upstream at the Dockerfile's commits; without them the imports are left out. It takes 7 GB
# of disk, and no GPU: where diso is not compiled, an empty module stands in for it. WHEELS names a folder of compiled
# wheels (build_wheels.sh) to install beside the others.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT
"${PYTHON:-python3.11}" -m venv "$environment"
python="$environment/bin/python"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "builder/requirements-cuda${CUDA:-13}.txt" -r builder/requirements.txt
if [[ -n "${WHEELS:-}" ]]; then
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps "$WHEELS"/*.whl
fi
PYTHON="$python" builder/pip_check.sh
"$python" -c 'import actionmesh_wrapper.api, handler; print("the worker: imported")'

if [[ -z "${ACTIONMESH_SRC:-}" || -z "${TRIPOSG_SRC:-}" ]]; then
    echo "upstream: skipped, ACTIONMESH_SRC and TRIPOSG_SRC are not both set"
    exit 0
fi
PYTHONPATH="$ACTIONMESH_SRC:$TRIPOSG_SRC" "$python" builder/import_upstream.py
