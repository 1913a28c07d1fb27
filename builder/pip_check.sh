#!/usr/bin/env bash
# pip check, but for Triton: torch names it as needed, and only torch.compile calls it. An image without a compiler has none.
set -uo pipefail

said="$("${PYTHON:-python}" -m pip check)" && exit
wrong="$(grep -v '^torch [^ ]* requires triton, which is not installed\.$' <<<"$said")" || exit 0
echo "$wrong" >&2
exit 1
