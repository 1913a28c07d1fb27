#!/usr/bin/env bash
# Builds a release's images, scans them, and pushes those that pass, with SBOM and provenance.
#
#   IMAGE=ghcr.io/OWNER/actionmesh-worker IMAGE_TARGETS="silhouette page" \
#     REGISTRY_USER=… REGISTRY_TOKEN=… builder/image_publish.sh v0.1.0
#
# Tags: IMAGE:0.1.0-silhouette, IMAGE:0.1.0-page; the target actionmesh, without weights, is IMAGE:0.1.0.
# Needs Docker with buildx. Nothing is pushed before all have been scanned.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tag=${1:?the tag, such as v0.1.0}
: "${IMAGE:?the image, such as ghcr.io/OWNER/actionmesh-worker}" "${IMAGE_TARGETS:?such as silhouette}"
: "${REGISTRY_USER:?}" "${REGISTRY_TOKEN:?}"
image=${IMAGE,,} # registries take no capital letters, and owners of repositories may have some
python3 builder/release_notes.py "$tag" > /dev/null # the tag is this version, and has its notes

# By its tag, not its digest. It fails for what is critical and has been mended.
scanner=aquasec/trivy:0.72.0

labels=(
  --build-arg "VERSION=${tag#v}"
  --build-arg "REVISION=$(git rev-parse HEAD)"
  --build-arg "SOURCE=${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}"
)

name_of() { [[ $1 == actionmesh ]] && echo "$image:${tag#v}" || echo "$image:${tag#v}-$1"; }

build() { # target, and what to do with the image
  local where=(--target "$1" .)
  [[ $1 == page ]] && where=(frontend)
  docker buildx build --builder release --tag "$(name_of "$1")" "${@:2}" "${labels[@]}" "${where[@]}"
}

docker buildx inspect release > /dev/null 2>&1 || docker buildx create --name release --driver docker-container
for target in $IMAGE_TARGETS; do
  build "$target" --load
  docker run --rm --volume /var/run/docker.sock:/var/run/docker.sock "$scanner" image --exit-code 1 \
    --severity CRITICAL --ignore-unfixed --scanners vuln "$(name_of "$target")"
done
docker login "${image%%/*}" --username "$REGISTRY_USER" --password-stdin <<< "$REGISTRY_TOKEN"
for target in $IMAGE_TARGETS; do
  build "$target" --push --sbom=true --provenance=mode=max
done
