#!/usr/bin/env bash
# Whether every locked package can still be had, with one of its hashes, for the image's Python (make lock-check).
# Nothing is downloaded or installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for lock in builder/requirements*.txt; do
    "${UV:-.venv/bin/uv}" pip install --quiet --dry-run --no-deps --require-hashes \
        --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
        --target "${TMPDIR:-/tmp}/lock-check" --requirement "$lock"
    echo "$lock: can be installed"
done
