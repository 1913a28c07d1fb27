"""ActionMesh's stages, driven one by one: the same calls as its ``__call__`` makes, told of step by step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from actionmesh_wrapper.engines.actionmesh.faults import fault_of
from actionmesh_wrapper.engines.actionmesh.upstream import image_to_3d
from actionmesh_wrapper.engines.actionmesh.windows import windows
from actionmesh_wrapper.errors import NoSurface
from actionmesh_wrapper.progress import Part, Step


@dataclass(frozen=True)
class Banks:
    """What is known of each frame so far: ActionMesh's own stores, by timestep."""

    latents: Any
    meshes: Any


def stage_0(pipe: Any, given: Any, seed: int, step: Step) -> Banks:
    """Image-to-3D of the anchor frame, extraction of its surface, decimation.

    Args:
        pipe: an ``ActionMeshPipeline``.
        given: an ``ActionMeshInput``.
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
            banks = Banks(*image_to_3d(pipe, given, seed))
    except Exception as error:
        # Once the steps are done, upstream only extracts and cleans the surface; it stumbles over one that is
        # not there, in many ways.
        if done < steps or fault_of(error):
            raise
        raise NoSurface("Image-to-3D found no surface in the anchor frame; another one may do.") from error
    step("extraction", 1, 1)
    return banks


def stage_1(pipe: Any, given: Any, context: torch.Tensor, banks: Banks, *, seed: int, part: Part) -> None:
    """The temporal denoiser: adds a latent for every frame.

    Args:
        pipe: an ``ActionMeshPipeline``.
        given: an ``ActionMeshInput`` of T frames.
        context: (T, S, D), what the image encoder sees in them.
        banks: with the anchor's latent.
        seed: of the first window's noise; the next has the next.
        part: is told of each step of each window.
    """
    spans = _windows(pipe, given.n_frames, pipe.cfg.model.temporal_3D_denoiser)
    steps = pipe.scheduler.num_inference_steps
    part(0, steps * len(spans))
    for index, span in enumerate(spans):
        window = given.get(span)
        latents = pipe._denoise_latents(  # noqa: SLF001 – the public method knows upstream's windows alone
            input=window,
            context=context[span],
            latent_bank=banks.latents,
            seed=seed + index,
            step_callback=lambda done, of, index=index: part(index * of + done, of * len(spans)),
        )
        banks.latents.update(latents=latents, timesteps=window.timesteps)


def stage_2(pipe: Any, banks: Banks, subsampling: int, part: Part) -> None:
    """The temporal autoencoder: adds a mesh for every frame, and for times between if asked for.

    Upstream decodes frames that two windows share twice, and keeps the first; here the second is left out.

    Args:
        pipe: an ``ActionMeshPipeline``.
        banks: with the anchor's mesh, and a latent for every frame.
        subsampling: 1 for the frames alone; each number more halves the time between meshes.
        part: is told of each mesh.
    """
    times = banks.latents.get_ordered_timesteps().to(pipe.device)
    total = (len(times) - 1) * 2 ** (subsampling - 1)
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return done

    part(0, total)
    for span in _windows(pipe, len(times), pipe.cfg.model.temporal_3D_vae):
        window = times[span]
        start, length = window.min(), window.max() - window.min()
        keys = torch.linspace(
            window.min().item(),
            window.max().item(),
            (len(span) - 1) * 2 ** (subsampling - 1) + 1,
            device=pipe.device,
        )
        targets = torch.stack([key for key in keys if key != window[0]])
        known = [banks.meshes.get_timestep_index(target.item()) is not None for target in targets]
        latents, _ = banks.latents.get(timesteps=window, device=pipe.device, add_batch_dim=True)
        with _leaving_out(known, pipe.temporal_3D_vae, lambda: part(count(), total)):
            meshes = pipe._decode_displacement(  # noqa: SLF001 – as above
                latents=latents,
                window_timesteps=window[None],
                source_alpha=((window[0] - start) / length)[None],
                target_alphas=((targets - start) / length)[None],
                anchor_mesh=banks.meshes.get(timesteps=window[:1])[0],
            )
        banks.meshes.update(meshes=meshes, timesteps=targets)  # keeps those it knows


def _windows(pipe: Any, total: int, model: Any) -> list[list[int]]:
    return windows(total, pipe.cfg.anchor_idx, model.temporal_context_size)


@contextmanager
def _leaving_out(known: Sequence[bool], autoencoder: Any, call: Callable[[], None]) -> Iterator[None]:
    """Has the autoencoder decode, of the targets it is given, only those that are not known yet.

    The others get zeros. They keep their places, because a processor's vector units round by the place.

    Args:
        known: of each target.
        autoencoder: an ``ActionMeshAutoencoder``.
        call: is called after each target that is decoded; what it raises ends the decoding.
    """
    look, ask, left = autoencoder.fwd_kv_cache, autoencoder.fwd_cross_attn, iter(known)

    def look_unless_known(*args: Any, **kwargs: Any) -> Any:
        return None if next(left) else look(*args, **kwargs)

    def ask_unless_known(kv_cache: Any, queries: torch.Tensor) -> torch.Tensor:
        if kv_cache is None:
            return queries.new_zeros((*queries.shape[:-1], autoencoder.out_dim))
        displacement: torch.Tensor = ask(kv_cache, queries)
        call()
        return displacement

    autoencoder.fwd_kv_cache, autoencoder.fwd_cross_attn = look_unless_known, ask_unless_known
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
