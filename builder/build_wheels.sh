#!/usr/bin/env bash
# Compiles what has no wheels for the image's torch.
#
#     builder/build_wheels.sh WHEELS diso|SOURCE…
#
# diso comes from the package index, at the version and hash of diso.txt; SOURCE is a folder, such as PyTorch3D's.
# Runs in an environment that has requirements.txt, requirements-build.txt, torch, nvcc and a C++ compiler. No GPU is needed.
set -euo pipefail

wheels="$1"
shift
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python="${PYTHON:-python}"

# From Ampere to Blackwell: A100; A40, RTX 30; L4, L40, RTX 40; H100, H200; B200; RTX 50, RTX PRO 6000.
export TORCH_CUDA_ARCH_LIST="${TORCH_CUDA_ARCH_LIST:-8.0;8.6;8.9;9.0;10.0;12.0}"
export FORCE_CUDA=1 # without a GPU in sight they would leave CUDA out

# nvcc is of the version that torch was built with: a toolkit that is installed, as for CUDA 12, or wheels, as for 13.
# In the latter a linker finds names with a version alone.
CUDA_HOME=/usr/local/cuda
if [[ ! -x "$CUDA_HOME/bin/nvcc" ]]; then
    CUDA_HOME="$("$python" -c 'import nvidia.cu13 as cuda; print(next(iter(cuda.__path__)))')"
    ln -sfn lib "$CUDA_HOME/lib64"
    ln -sf libcudart.so.13 "$CUDA_HOME/lib/libcudart.so"
fi
export CUDA_HOME PATH="$CUDA_HOME/bin:$PATH"

build() { "$python" -m pip wheel --no-build-isolation --no-deps --wheel-dir "$wheels" "$@"; }
for what in "$@"; do
    case "$what" in
    diso) build --no-binary diso --require-hashes --requirement "$here/diso.txt" ;;
    *) build "$what" ;;
    esac
done
