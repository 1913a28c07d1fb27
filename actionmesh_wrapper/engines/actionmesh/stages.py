"""ActionMesh's stages, driven one by one: the same calls as its ``__call__`` makes, told of step by step."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from actionmesh_wrapper.data.progress import StageStep, Step
from actionmesh_wrapper.engines.actionmesh.upstream import image_to_3d
from actionmesh_wrapper.engines.actionmesh.windows import Window
from actionmesh_wrapper.errors import NoSurface

NO_SURFACE = "Image-to-3D found no surface in the anchor frame; another one may do."
STUMBLE = "Expected reduction dim"
"""How upstream's extraction fails where there is no surface: it asks for the least of no points."""


@dataclass(frozen=True)
class Banks:
    """What is known of each frame so far: ActionMesh's own stores, by timestep."""

    latents: Any
    meshes: Any

    def clean_anchor(self, pipe: Any, seed: int) -> None:
        """Puts the anchor's mesh in the place of its surface: loose parts off, as few faces as asked for.

        Args:
            pipe: an ``ActionMeshPipeline``.
            seed: of the choices on the way.

        Raises:
            NoSurface: if nothing is left of it.
        """
        self.meshes.items[0] = pipe.mesh_process.process_mesh(self.meshes.items[0], seed=seed)
        self.check_surface()

    def check_surface(self) -> None:
        """Checks that the anchor's mesh has faces.

        Raises:
            NoSurface: if it has none.
        """
        if not len(self.meshes.items[0].faces):
            raise NoSurface(NO_SURFACE)


def stage_0(pipe: Any, video_input: Any, seed: int, step: Step) -> Banks:
    """Image-to-3D of the anchor frame, and extraction of its surface; see `Banks.clean_anchor` for the rest.

    Args:
        pipe: an ``ActionMeshPipeline``.
        video_input: an ``ActionMeshInput``.
        seed: of the noise.
        step: is told of each step of ``stage_0``, and of ``extraction``.

    Raises:
        NoSurface: if the anchor's latent has none.
    """
    steps = pipe.cfg.model.image_to_3D_denoiser.num_inference_steps
    model = pipe.image_to_3d_pipe
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        step("stage_0", done, steps)

    step("stage_0", 0, steps)
    try:
        with _hooked(model.transformer, count), _hooked(model.vae.decoder, lambda: step("extraction", 0, 1)):
            banks = Banks(*image_to_3d(pipe, video_input, seed))
    except IndexError as error:
        if done < steps or STUMBLE not in str(error):
            raise
        raise NoSurface(NO_SURFACE) from error
    banks.check_surface()
    gc.collect()  # diso's extractor refers to itself and holds GPU memory that PyTorch does not know of
    step("extraction", 1, 1)
    return banks


def encode_context(pipe: Any, video_input: Any, most: int, part: StageStep) -> torch.Tensor:
    """What the image encoder sees in the frames: (T, S, D), in the host's memory.

    Args:
        pipe: an ``ActionMeshPipeline``.
        video_input: an ``ActionMeshInput`` of T frames.
        most: how many frames are encoded at a time.
        part: is told of each such batch that is done.
    """
    batches = np.array_split(np.arange(video_input.n_frames), -(-video_input.n_frames // most))
    seen = []
    for index, batch in enumerate(batches, start=1):
        seen.append(pipe.encode_all_frames(video_input.get(batch.tolist())).cpu())
        part(index, len(batches))
    return torch.cat(seen)


def stage_1(
    pipe: Any,
    video_input: Any,
    context: torch.Tensor,
    banks: Banks,
    windows: Sequence[Window],
    *,
    seed: int,
    part: StageStep,
) -> Iterator[None]:
    """The temporal denoiser: adds a latent for every frame, in the host's memory.

    Between two windows it hands the turn to its caller.

    Args:
        pipe: an ``ActionMeshPipeline``.
        video_input: an ``ActionMeshInput`` of T frames, numbered from 0.
        context: (T, S, D), what the image encoder sees in them.
        banks: with the anchor's latent.
        windows: of a `Plan`.
        seed: of the first window's noise; each has the next.
        part: is told of each step of each window.
    """
    steps = pipe.scheduler.num_inference_steps
    part(0, steps * len(windows))
    for index, window in enumerate(windows):
        frames = list(window.frames)
        given = video_input.get(frames)
        latents = pipe._denoise_latents(  # noqa: SLF001 – the public method knows upstream's windows alone
            input=replace(given, timesteps=torch.tensor(window.times)),
            context=context[frames].to(pipe.device),
            latent_bank=_retimed(banks.latents, window),
            seed=seed + index,
            step_callback=lambda done, of, index=index: part(index * of + done, of * len(windows)),
        )
        banks.latents.update(latents=latents.cpu(), timesteps=given.timesteps)
        del latents
        yield


def stage_2(
    pipe: Any,
    banks: Banks,
    windows: list[Window],
    subsampling: int,
    *,
    total: int,
    skip_known: bool,
    part: StageStep,
) -> Iterator[None]:
    """The temporal autoencoder: adds a mesh for every frame, and for times between if asked for.

    Works on the windows in their order until there is one with a frame whose latent is not known yet; takes
    those that it has worked on off the list. After each it hands the turn to its caller. Upstream decodes
    frames that two windows share twice, and keeps the first.

    Args:
        pipe: an ``ActionMeshPipeline``.
        banks: with the anchor's mesh, and latents.
        windows: of a `Plan`, those that are left.
        subsampling: 1 for the frames alone; each number more halves the time between meshes.
        total: how many meshes all windows add.
        skip_known: whether the second is left out.
        part: is told of each mesh that is kept.
    """
    done = len(banks.meshes.timesteps) - 1

    def count() -> int:
        nonlocal done
        done += 1
        return done

    part(done, total)
    while windows and all(
        banks.latents.get_timestep_index(float(frame)) is not None for frame in windows[0].frames
    ):
        window = windows.pop(0)
        frames = torch.tensor([float(frame) for frame in window.frames])  # looked up on the host
        source, targets = frames[:1], _targets(window, subsampling)
        known = [banks.meshes.get_timestep_index(target.item()) is not None for target in targets]
        start, length = frames.min(), frames.max() - frames.min()
        latents, _ = banks.latents.get(timesteps=frames, device=pipe.device, add_batch_dim=True)
        with _watched(pipe.temporal_3D_vae, known, lambda: part(count(), total), skip_known=skip_known):
            meshes = pipe._decode_displacement(  # noqa: SLF001 – as above
                latents=latents,
                window_timesteps=torch.tensor([window.times], device=pipe.device),
                source_alpha=((source - start) / length).to(pipe.device),
                target_alphas=((targets - start) / length)[None].to(pipe.device),
                anchor_mesh=banks.meshes.get(timesteps=source)[0],
            )
        banks.meshes.update(meshes=meshes, timesteps=targets)  # keeps those it knows
        yield


def _retimed(latents: Any, window: Window) -> Any:
    """A bank of those latents that are known in a window, at the times that the model is told."""
    found = [
        (time, latents.items[index])
        for frame, time in zip(window.frames, window.times, strict=True)
        if (index := latents.get_timestep_index(float(frame))) is not None
    ]
    return replace(latents, timesteps=[time for time, _ in found], items=[item for _, item in found])


def _targets(window: Window, subsampling: int) -> torch.Tensor:
    """The times for which a window gives meshes: all but that of its first frame, rising.

    Of frames that follow each other also those between; of keys from all over the clip their own alone.
    """
    source, *others = window.frames
    if window.is_spread:
        return torch.tensor([float(frame) for frame in others])
    count = len(others) * 2 ** (subsampling - 1) + 1
    times = torch.linspace(min(window.frames), max(window.frames), count)
    return times[times != source]


@contextmanager
def _watched(
    autoencoder: Any, known: Sequence[bool], call: Callable[[], None], *, skip_known: bool
) -> Iterator[None]:
    """Tells of the targets that the autoencoder decodes; has it leave out those that are known, if asked to.

    They get zeros. They keep their places, because a processor's vector units round by the place.

    Args:
        autoencoder: an ``ActionMeshAutoencoder``.
        known: of each target that it is given.
        call: is called after each that was not known; what it raises ends the decoding.
        skip_known: whether to leave the others out.
    """
    look, ask, left = autoencoder.fwd_kv_cache, autoencoder.fwd_cross_attn, iter(known)
    is_known = False

    def look_unless_left_out(*args: Any, **kwargs: Any) -> Any:
        nonlocal is_known
        is_known = next(left)
        return None if is_known and skip_known else look(*args, **kwargs)

    def ask_unless_left_out(kv_cache: Any, queries: torch.Tensor) -> torch.Tensor:
        if kv_cache is None:
            return queries.new_zeros((*queries.shape[:-1], autoencoder.out_dim))
        displacement: torch.Tensor = ask(kv_cache, queries)
        if not is_known:
            call()
        return displacement

    autoencoder.fwd_kv_cache, autoencoder.fwd_cross_attn = look_unless_left_out, ask_unless_left_out
    try:
        yield
    finally:
        del autoencoder.fwd_kv_cache, autoencoder.fwd_cross_attn


@contextmanager
def _hooked(module: nn.Module, call: Callable[[], None]) -> Iterator[None]:
    """Has ``call`` made after each forward pass of a module; what it raises ends the pass."""

    def hook(_module: nn.Module, _given: Sequence[Any], _answer: object) -> None:
        call()

    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
