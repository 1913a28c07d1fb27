#!/usr/bin/env bash
# Fetches one commit of a git repository, without its history and submodules; it replaces the folder.
#
#     builder/fetch_source.sh URL COMMIT FOLDER
set -euo pipefail

url="$1"
commit="$2"
folder="$3"
if [[ ! "$commit" =~ ^[0-9a-f]{40}$ ]]; then
    echo "fetch_source: COMMIT is 40 hexadecimal digits, not '$commit'" >&2
    exit 2
fi

rm -rf "$folder"
git init --quiet "$folder"
git -C "$folder" fetch --quiet --depth 1 "$url" "$commit"
git -C "$folder" -c advice.detachedHead=false checkout --quiet FETCH_HEAD
fetched="$(git -C "$folder" rev-parse HEAD)"
if [[ "$fetched" != "$commit" ]]; then
    echo "fetch_source: $url gave $fetched instead of $commit" >&2
    exit 1
fi
rm -rf "$folder/.git"
