"""A device guard for ``cuda`` in a PyTorch that is built without CUDA, where fakes could not be indexed.

PyTorch's own for that case (``torch._C._ensureCUDADeviceGuardSet``) serves builds with CUDA alone. It is the
same one here, `NoOpDeviceGuardImpl`, registered by eight lines of C++ that are compiled when they are needed.
"""

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch

SOURCE = """
#include <c10/core/impl/DeviceGuardImplInterface.h>

namespace {
c10::impl::DeviceGuardImplRegistrar registered(
    c10::DeviceType::CUDA, new c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::CUDA>());
}
"""
COMPILER = "c++"


def why_not() -> str | None:
    """Why there can be no guard here, or None if there can."""
    if torch.backends.cuda.is_built() or shutil.which(COMPILER) is not None:
        return None
    return f"PyTorch is built without CUDA, and {COMPILER} is not installed"


@functools.cache
def ensure_guard() -> None:
    """Registers it, for the rest of this process."""
    if torch.backends.cuda.is_built():
        return  # `FakeTensorMode` sees to it
    home = Path(torch.__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "guard.cpp"), Path(folder, "guard.so")
        source.write_text(SOURCE)
        how = ["-std=c++20", "-shared", "-fPIC", f"-I{home}/include", f"-L{home}/lib"]
        subprocess.run([COMPILER, *how, str(source), "-o", str(library), "-lc10"], check=True, timeout=120)
        ctypes.CDLL(str(library))
