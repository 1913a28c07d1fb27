#!/usr/bin/env bash
# Resolves builder/requirements*.in into locks with hashes, for the image's Python 3.11 on Linux x86-64 (make lock).
# Versions that a lock already has stay unless its .in or the constraints ask for others; UPGRADE=1 takes the newest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV="${UV:-.venv/bin/uv}"
shared="$(mktemp)"
trap 'rm -f "$shared"' EXIT
# The checks run the engine with a torch for processors, at another version than the image's.
grep -v '^torch==' builder/constraints-image.txt >"$shared"

compile() { # compile LOCK ARGUMENTS…
    local lock="$1"
    shift
    "$UV" pip compile --quiet ${UPGRADE:+--upgrade} \
        --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
        --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
        --constraint "$shared" --output-file "$lock" "$@"
}

compile builder/requirements.txt --extra actionmesh --extra usdz pyproject.toml builder/requirements.in
compile builder/requirements-build.txt --constraint builder/requirements.txt builder/requirements-build.in
compile builder/requirements-fetch.txt --constraint builder/requirements.txt builder/requirements-fetch.in
