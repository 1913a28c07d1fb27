#!/usr/bin/env bash
# Builds images with Docker or buildah, whichever is there, and runs what it built (make image-build).
#
#     builder/image_build.sh [--install] [silhouette|page|actionmesh]…        without a name: silhouette and page
#
# silhouette  its sample job is run as the image's user and, into a folder of this machine, as the one who calls;
#             then as RunPod starts it, beside a local RunPod, until it is ready and SIGTERM stops it
# page        started, asked for its start page, its health and by its own health check, stopped by SIGTERM
# actionmesh  the default image, half an hour and 35 GB: its sample job by the silhouette engine, and that it names
#             the weights that it has not; ACTIONMESH_SRC and TRIPOSG_SRC may name checkouts instead of GitHub
#
# The exit code is 3 where nothing can be built here; the reason is printed. --install lets root install buildah and
# debootstrap on Debian. With buildah, where the bases cannot be pulled, stand-ins of the same names take their place:
# Debian by debootstrap with its own Python, or with Node from the npm registry.
#
#   STORE      where buildah keeps images and layers (default: a folder in TMPDIR, which is removed in the end)
#   PYTHON     an environment that has the worker's packages and its extra `local` (default: .venv/bin/python)
#   BUILD_ARGS further arguments of the build, such as "CUDA=12 COMPILER=1"
#   REVISION, SOURCE   the labels' (default: the commit that is checked out, and none)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root="$PWD"
PYTHON="${PYTHON:-.venv/bin/python}"

say() { echo "image-build: $*" >&2; }
fail() { say "$*" && exit 1; }
skip() { say "skipped: $*" && exit 3; }

install=
[[ "${1:-}" != --install ]] || { install=1 && shift; }
targets=("$@")
((${#targets[@]})) || targets=(silhouette page)
for target in "${targets[@]}"; do
    [[ "$target" =~ ^(silhouette|page|actionmesh)$ ]] || { say "silhouette, page or actionmesh, not '$target'" && exit 2; }
done

# --- What builds and runs images -----------------------------------------------------------------------------------------

codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null; }
is_debian() { grep -qx 'ID=debian' /etc/os-release 2>/dev/null; }

if docker info >/dev/null 2>&1; then
    engine=docker
else
    engine=buildah
    if ! command -v buildah >/dev/null && [[ -n "$install" && "$(id -u)" = 0 ]] && is_debian; then
        say "no Docker engine answers; buildah and debootstrap are installed"
        { apt-get update && apt-get install --yes --no-install-recommends buildah debootstrap; } >/dev/null 2>&1 ||
            skip "apt-get cannot install buildah and debootstrap"
    fi
    command -v buildah >/dev/null || skip "no Docker engine answers, and there is no buildah (on Debian: apt-get install buildah debootstrap)"
    [[ "$(id -u)" = 0 ]] || skip "no Docker engine answers, and buildah is run as root alone here"
fi

kept="${STORE:-}"
STORE="${STORE:-$(mktemp -d)}"
mkdir -p "$STORE/conf" "$STORE/tmp"
STORE="$(cd "$STORE" && pwd)"
conf="$STORE/conf"
finish() {
    remove_containers >/dev/null 2>&1 || true
    [[ -z "$endpoint" ]] || kill "$endpoint" 2>/dev/null || true
    wait
    [[ -n "$kept" ]] || rm -rf "$STORE"
}
service='' endpoint=''
trap finish EXIT
# shellcheck source=builder/image_engines.sh
source builder/image_engines.sh "$engine"

# --- What is asked of each image -----------------------------------------------------------------------------------------

port="$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"

wait_for() { # wait_for SECONDS COMMAND…: until it succeeds
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || fail "in vain: $*"
        sleep 1
    done
}

expect_stop() { # expect_stop WHAT LIMIT CODE…: by SIGTERM, in so many seconds, with one of these exit codes
    local what="$1" limit="$2" begin=$SECONDS
    shift 2
    stop_service
    ((SECONDS - begin <= limit)) || fail "$what: stopped $((SECONDS - begin)) s after SIGTERM"
    [[ " $* " = *" $code "* ]] || fail "$what: exit code $code after SIGTERM, not $*"
    say "$what: stopped by SIGTERM, exit code $code, $((SECONDS - begin)) s"
}

check_labels() { # check_labels IMAGE: that they are of this version and commit
    [[ -z "$kept" ]] || return 0 # buildah's cache keeps the labels of an earlier commit
    labels_of "$1" | grep -F "$version" | grep -qF "$revision" || fail "$1: labels of another commit: $(labels_of "$1")"
}

check_sample() { # check_sample IMAGE: its sample job, as its user and as the one who calls
    local outputs="$STORE/outputs"
    # shellcheck disable=SC2016 # the image's shell expands it
    run_once "$1" sh -c 'test "$(id -u)" = 1000 && python handler.py --test_input && test -s outputs/sample/animated_mesh.glb'
    rm -rf "$outputs" && mkdir "$outputs" && chown 4321:4321 "$outputs"
    RUN_USER=4321:4321 RUN_OUTPUTS="$outputs" run_once "$1" python handler.py --test_input
    [[ -s "$outputs/sample/animated_mesh.glb" ]] || fail "$1: nothing in the mounted folder"
}

check_silhouette() {
    local image=actionmesh-worker:silhouette log="$STORE/local.log" environment
    build --target silhouette --tag "$image" "$root"
    check_labels "$image"
    check_sample "$image"
    "$PYTHON" -m local_runpod --no-worker --port "$port" 2>"$log" &
    endpoint=$!
    wait_for 30 grep 'a worker: ' "$log"
    # Its line is for a shell: NAME='value' … ENGINE=silhouette python handler.py
    eval "environment=($(sed -n 's/.* a worker: \(.*\) ENGINE=.*/\1/p' "$log"))"
    start_service "$image" "${environment[@]}" RUNPOD_SKIP_AUTO_SYSTEM_CHECKS=true
    wait_for 60 "$PYTHON" -c "import json, urllib.request as u
r = u.Request('http://127.0.0.1:$port/v2/local/health', headers={'Authorization': 'Bearer local'})
assert json.load(u.urlopen(r))['workers']['ready'] == 1"
    expect_stop "$image" 20 0 # once its question for a job, which is open for 10 s, has been answered
    kill "$endpoint"
}

check_page() {
    local image=actionmesh-page
    build --tag "$image" "$root/frontend"
    check_labels "$image"
    start_service "$image" PORT="$port" HOSTNAME=127.0.0.1
    wait_for 60 curl --silent --fail "http://127.0.0.1:$port/icon.svg"
    curl --silent --fail "http://127.0.0.1:$port/" | grep --only-matching '<title>[^<]*' || fail "$image: no start page"
    curl --silent --fail "http://127.0.0.1:$port/api/health" | grep '"reachable":false' || fail "$image: no health"
    check_service || fail "$image: its health check fails"
    expect_stop "$image" 10 0 143
}

check_actionmesh() {
    local image=actionmesh-worker log="$STORE/no-weights.log"
    build --tag "$image" "$root"
    check_labels "$image"
    check_sample "$image" # off RunPod ENGINE=auto is silhouette where there are no weights
    RUN_ENVIRONMENT=ENGINE=actionmesh run_once "$image" python handler.py --test_input 2>"$log" && fail "$image: runs without weights"
    grep 'weights: .* not found' "$log" || { cat "$log" && fail "$image: does not name the weights that it has not"; }
}

for target in "${targets[@]}"; do
    begin=$SECONDS
    "check_$target"
    say "$target: built and run in $((SECONDS - begin)) s"
done
list_images
