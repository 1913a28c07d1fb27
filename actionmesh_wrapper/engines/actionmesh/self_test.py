"""The start's look at the GPU: a little of each kind of work that jobs are made of, with a known answer.

PyTorch and diso hold kernels for certain cards. On another one PyTorch raises at the first of them, and diso
prints an error and answers with nothing, so that every job would end for want of a surface.
"""

import gc
import importlib
import logging
from collections.abc import Callable

import torch
from torch.nn import functional

from actionmesh_wrapper.engines.actionmesh.gpu import compute_dtype
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.system import accelerator

log = logging.getLogger(__name__)
Check = Callable[[torch.device], None]
GRID, RADIUS = 32, 0.5  # points a side, from -1 to 1; of the ball
LEAST_FACES = 1000  # of it; it has 2,256


def check_gpu(device: torch.device, *, diso: bool = True) -> None:
    """Checks that a GPU computes what jobs will ask of it, and rightly; a processor is passed over.

    Args:
        device: on which jobs will run.
        diso: whether surfaces will be extracted, too; masks alone need none.

    Raises:
        StartError: naming the first check that failed.
    """
    if device.type == "cuda":
        log.info("the GPU has passed: %s", ", ".join(run_checks(device, diso=diso)))


def run_checks(device: torch.device, *, diso: bool = True) -> list[str]:
    """As `check_gpu`, on any device; returns the names of the checks."""
    checks: dict[str, Check] = {
        "a convolution": _convolution,
        "attention": _attention,
        "a product in mixed precision": _mixed_product,
    } | ({"the extraction of a surface (diso)": _extraction} if diso else {})
    name, about = "its name", ""
    try:
        about = _about(device)  # a GPU that has failed may not tell any more
        for name, check in checks.items():  # noqa: B007 – told below, if it fails
            check(device)
            if device.type == "cuda":
                torch.cuda.synchronize(device)  # a kernel's error is raised late
    except Exception as error:
        accelerator.note(error)
        why = f"{type(error).__name__}: {error}"
        raise StartError(f"the GPU failed the start's check of {name}: {why}\n{about}".rstrip()) from error
    gc.collect()  # diso's extractor, as after Stage 0
    return list(checks)


def _convolution(device: torch.device) -> None:
    """In 16 bits and three dimensions, as TripoSG widens what is near a surface."""
    ones = torch.ones(1, 1, 8, 8, 8, dtype=torch.float16, device=device)
    counts = functional.conv3d(ones, ones[..., :3, :3, :3], padding=1)
    _expect(counts[0, 0, 1:-1, 1:-1, 1:-1], 27)


def _attention(device: torch.device) -> None:
    """With heads as wide as Stage I's; equal keys give the mean of the values."""
    dtype = compute_dtype(device)
    alike = torch.ones(1, 4, 64, 128, dtype=dtype, device=device)
    values = torch.arange(64, dtype=dtype, device=device)[:, None].expand(1, 4, 64, 128)
    _expect(functional.scaled_dot_product_attention(alike, alike, values), 31.5, within=0.25)


def _mixed_product(device: torch.device) -> None:
    dtype = compute_dtype(device)
    ones = torch.ones(256, 256, device=device)
    with torch.autocast(device.type, dtype=dtype):
        product = ones @ ones
    if product.dtype is not dtype:
        raise ArithmeticError(f"{product.dtype} came out, not {dtype}")
    _expect(product, 256)


def _extraction(device: torch.device) -> None:
    """Of a ball, by the call that TripoSG makes."""
    axis = torch.linspace(-1, 1, GRID, device=device)
    distance = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij")).norm(dim=0) - RADIUS
    extract = importlib.import_module("diso").DiffDMC(dtype=torch.float32).to(device)
    vertices, faces = extract(distance, deform=None, return_quads=False, normalize=False)
    cell = 2 / (GRID - 1)
    if len(faces) < LEAST_FACES or int(faces.min()) < 0 or int(faces.max()) >= len(vertices):
        raise ArithmeticError(f"{len(vertices)} vertices and {len(faces)} faces are no ball")
    _expect((vertices * cell - 1).norm(dim=1), RADIUS, within=cell)


def _expect(found: torch.Tensor, value: float, *, within: float = 0) -> None:
    """Checks that all numbers are a value, or near it.

    Raises:
        ArithmeticError: if one is not, or is no number.
    """
    if not bool(((found.float() - value).abs() <= within).all()):
        raise ArithmeticError(f"{found.min():g} to {found.max():g} came out, not {value:g}")


def _about(device: torch.device) -> str:
    """The card, and what PyTorch was built for."""
    if device.type != "cuda":
        return f"The device is {device.type}."
    major, minor = torch.cuda.get_device_capability(device)
    return (
        f"The GPU is {torch.cuda.get_device_name(device)}, of compute capability {major}.{minor}; PyTorch is "
        f"built for {' '.join(torch.cuda.get_arch_list())}."
    )
