#!/usr/bin/env bash
# Resolves builder/requirements*.in into locks with hashes, for the image's Python 3.11 on Linux x86-64 (make lock).
# Versions that a lock already has stay unless its .in or the constraints ask for others; UPGRADE=1 takes the newest.
#
# The image's packages are resolved together and written apart, a file a layer of the image:
#
#     requirements-cuda13.txt           torch and the CUDA libraries; -cuda12 likewise
#     requirements-cuda13-compile.txt   triton, which torch names as needed but only torch.compile calls
#     requirements.txt                  all others, the same for both
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV="${UV:-.venv/bin/uv}"
temporary="$(mktemp -d)"
trap 'rm -rf "$temporary"' EXIT
# The checks run the engine with a torch for processors, at another version than the image's.
grep -v '^torch==' builder/constraints-image.txt >"$temporary/shared.txt"

compile() { # compile LOCK ARGUMENTS…
    local lock="$1"
    shift
    "$UV" pip compile --quiet ${UPGRADE:+--upgrade} \
        --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
        --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
        --constraint "$temporary/shared.txt" --output-file "$lock" "$@"
}

select_packages() { # select_packages LOCK PATTERN: those whose name is, or with ! is not, of the pattern
    awk -v pattern="${2#!}" -v wanted="$([[ "$2" != !* ]] && echo 1 || echo 0)" \
        '/^#/ { print; next } /^[A-Za-z0-9]/ { split($1, part, "=="); taken = (part[1] ~ pattern) == wanted } taken' "$1"
}

compile_image() { # compile_image CUDA ARGUMENTS…: leaves in $temporary/others.txt what is not torch's
    local name="builder/requirements-cuda$1" all="$temporary/all.txt"
    shift
    cat "$name.txt" "$name-compile.txt" builder/requirements.txt >"$all" 2>/dev/null || true # the versions of now
    compile "$all" "$@" --extra actionmesh --extra alembic --extra usdz pyproject.toml builder/requirements.in "$name.in"
    select_packages "$all" '^(torch|torchvision|nvidia-.*|cuda-.*)$' >"$name.txt"
    select_packages "$all" '^triton$' >"$name-compile.txt"
    select_packages "$all" '!^(torch|torchvision|nvidia-.*|cuda-.*|triton)$' >"$temporary/others.txt"
}

compile_image 13
cp "$temporary/others.txt" builder/requirements.txt
compile_image 12 --constraint builder/requirements.txt
if others="$(grep -vxFf builder/requirements.txt "$temporary/others.txt")"; then
    printf 'torch for CUDA 12 needs what requirements.txt has not; name it in requirements.in:\n%s\n' "$others" >&2
    exit 1
fi

compile builder/requirements-silhouette.txt --constraint builder/requirements.txt pyproject.toml
compile builder/requirements-build.txt --constraint builder/requirements.txt builder/requirements-build.in
compile builder/requirements-cuda13-nvcc.txt --constraint builder/requirements-cuda13.txt builder/requirements-cuda13-nvcc.in
compile builder/requirements-fetch.txt --constraint builder/requirements.txt builder/requirements-fetch.in
