#!/usr/bin/env bash
# Fetches one repository of weights into /weights, in the image's build. What is fetched lies in /cache, which outlasts a build
# that fails, until all of it is there: then it moves, so that no second copy stays.
#
#     builder/bake_weights.sh FOLDER
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONPATH="$here/../packages" PYTHONDONTWRITEBYTECODE=1
fetch="$here/fetch_weights.py"

python "$fetch" /cache --only "$1"
mkdir -p /weights
mv "/cache/$1" "/weights/$1"
python "$fetch" /weights --only "$1" --verify
