#!/usr/bin/env bash
# Makes a tag's release on GitHub, with its section of CHANGELOG.md: what RunPod's Hub lists.
#
#   GH_TOKEN=… builder/release.sh v0.1.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tag=${1:?the tag, such as v0.1.0}
notes=$(python3 builder/release_notes.py "$tag")
gh release create "$tag" --verify-tag --title "$tag" --notes "$notes"
