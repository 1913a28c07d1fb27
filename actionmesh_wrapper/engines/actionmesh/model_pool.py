"""The pipeline's models: on the GPU for good, or lent to it a stage at a time, from host memory or disk."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from actionmesh_wrapper.engines.actionmesh.gpu import free

IMAGE_TO_3D, SHAPE_ENCODER, IMAGE_ENCODER, DENOISER, AUTOENCODER = (
    "image_to_3d_pipe",
    "vae",
    "image_encoder",
    "temporal_3D_denoiser",
    "temporal_3D_vae",
)
OF_EVERY_JOB = (IMAGE_TO_3D, IMAGE_ENCODER, DENOISER, AUTOENCODER)
log = logging.getLogger(__name__)
Modules = Sequence[nn.Module]


@dataclass(frozen=True)
class PooledModel:
    """A model that is used by itself.

    Attributes:
        load: reads it from disk into host memory and returns its modules.
        drop: forgets it.
    """

    load: Callable[[], Modules]
    drop: Callable[[], None]


class ModelPool:
    """Lends each part to the GPU.

    Weights never change, so nothing is ever copied back: a part leaves the GPU by pointing to its host copy
    again.

    Args:
        models: by name.
        device: where they work.
        resident: whether all stay on the device.
        hosted: whether those that do not stay are kept in host memory, or read from disk each time.
    """

    def __init__(
        self, models: Mapping[str, PooledModel], device: torch.device, *, resident: bool, hosted: bool
    ) -> None:
        self._models = models
        self._device = device
        self._resident = resident
        self._hosted = hosted
        self._modules: dict[str, Modules] = {}
        self._host: dict[str, list[torch.Tensor]] = {}

    @property
    def resident(self) -> bool:
        """Whether all stay on the device, so that lending one takes no time."""
        return self._resident

    def fill(self, names: Iterable[str]) -> None:
        """Loads these, so that the first job finds them, or as a check, where they are not kept."""
        for name in names:
            with self.lend(name):
                log.info("%s is loaded", name)

    @contextmanager
    def lend(self, name: str) -> Iterator[None]:
        """Has a part on the device for as long as the block runs."""
        try:
            self._bring(name)
            yield
        finally:
            if not self._resident:
                self._take_back(name)

    def _bring(self, name: str) -> None:
        if name not in self._modules:
            self._modules[name] = self._models[name].load()
            if self._hosted and not self._resident:
                self._host[name] = [_pinned(tensor) for tensor in _tensors(self._modules[name])]
        for module in self._modules[name]:
            module.to(self._device, non_blocking=True)

    def _take_back(self, name: str) -> None:
        modules = self._modules.get(name, ())
        if name in self._host:
            for tensor, host in zip(_tensors(modules), self._host[name], strict=True):
                tensor.data = host
        else:
            self._modules.pop(name, None)
            del modules
            self._models[name].drop()
        free(self._device)


def _tensors(modules: Modules) -> list[torch.Tensor]:
    return [tensor for module in modules for tensor in (*module.parameters(), *module.buffers())]


def _pinned(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor's values in pinned host memory, from where a GPU gets them fastest; it keeps them there."""
    if torch.cuda.is_available():
        tensor.data = tensor.data.pin_memory()
    return tensor.data
