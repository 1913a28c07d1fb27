"""The engine's line: masks → cut → Stage 0 → context → Stage I → Stage II."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch

from actionmesh_wrapper.contract.acceleration import CLOSE, LOSSY, choose
from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.data.progress import Listener, Notice, Step, Warn
from actionmesh_wrapper.data.quality import measure
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.actionmesh import gpu, model_pool, upstream
from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect
from actionmesh_wrapper.engines.actionmesh.convert import as_input, to_animation
from actionmesh_wrapper.engines.actionmesh.cut import cut
from actionmesh_wrapper.engines.actionmesh.gpu import named_faults
from actionmesh_wrapper.engines.actionmesh.knobs import Knobs
from actionmesh_wrapper.engines.actionmesh.model_pool import ModelPool
from actionmesh_wrapper.engines.actionmesh.own_mesh import OwnMesh, encode
from actionmesh_wrapper.engines.actionmesh.stages import Banks, encode_context, stage_0, stage_1, stage_2
from actionmesh_wrapper.engines.actionmesh.windows import Plan
from actionmesh_wrapper.masking import MaskModels, subject_masks
from actionmesh_wrapper.system.memory import available_gb
from actionmesh_wrapper.system.threads import BackgroundTask, in_background
from actionmesh_wrapper.weights import Weights

log = logging.getLogger(__name__)

# Host memory that must be free for all weights to be kept there, pinned: they take 8.5 GB, and 11.8 where
# those of the denoiser and the autoencoder stay in 32 bits. The rest is a job's.
HOST_GB, HOST_32_BIT_GB = 11, 15

# Seconds on an H100, from upstream's own figures: what a stage is of a job, not what it takes here.
MASK_S, STAGE_0_STEP_S, EXTRACTION_S, CONTEXT_S, STAGE_1_STEP_S, STAGE_2_MESH_S = 0.1, 0.08, 3, 1, 1.87, 0.4


class ActionMesh:
    """Meta's ActionMesh, loaded once. It takes one job at a time; see `OneAtATime`.

    Args:
        pipe: an ``ActionMeshPipeline`` that has loaded nothing yet.
        knobs: each mode's, of upstream's presets.
        pool: with the pipeline's models.
        mask_models: for videos without alpha.
        revision: of code and weights.
        accelerated: names of the changes that make it faster; those of the models are made already.
    """

    facts = ACTIONMESH

    def __init__(
        self,
        pipe: Any,
        knobs: Mapping[Mode, Knobs],
        pool: ModelPool,
        mask_models: MaskModels,
        *,
        revision: str,
        accelerated: tuple[str, ...],
    ) -> None:
        self._pipe = pipe
        self._knobs = knobs
        self._pool = pool
        self._mask_models = mask_models
        self.revision = " ".join([revision, *sorted({*CLOSE, *LOSSY}.intersection(accelerated))])
        self.accelerated = accelerated
        self._device: torch.device = pipe.device
        self._dtype = gpu.compute_dtype(self._device)
        self._gpu_gb = gpu.memory_gb(self._device)

    @classmethod
    def load(
        cls,
        weights: Weights,
        mask_models: MaskModels,
        device: torch.device,
        *,
        configs: Path | None = None,
        resident: bool | None = None,
        accelerate: Collection[str] = choose("all"),
    ) -> Self:
        """Loads the models.

        Args:
            weights: where the weights are, verified.
            mask_models: for videos without alpha.
            device: ``cuda:0``; a processor too, but only a tiny model is of any use on it.
            configs: folder of the presets; None is upstream's own.
            resident: whether all models stay on the GPU; None is: where its memory allows.
            accelerate: names of the changes that make it faster, of `acceleration`.

        Raises:
            StartError: if upstream's code cannot be imported, a file lacks tensors, or a change what it
                needs.
        """
        dtype = gpu.compute_dtype(device)
        if resident is None:
            resident = gpu.memory_gb(device) >= gpu.RESIDENT_GB
        on = in_effect(accelerate, device, resident=resident)
        pipe = upstream.make_pipeline(weights.paths, configs, device, dtype)
        hosted = fit_in_host(on)
        where = "on the GPU" if resident else "in host memory" if hosted else "on disk"
        log.info("between their turns the models stay %s", where)
        log.info("made faster by: %s", ", ".join(on) or "nothing")
        models = upstream.pooled_models(pipe, weights.paths, on, dtype)
        pool = ModelPool(models, device, resident=resident, hosted=hosted)
        pool.fill(model_pool.OF_EVERY_JOB)
        knobs = upstream.read_knobs(configs)
        revision = f"{upstream.COMMIT[:12]} {weights.revision}"
        return cls(pipe, knobs, pool, mask_models, revision=revision, accelerated=on)

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """By the steps that each will take; see `Engine.stages`."""
        knobs = self._knobs_of(options)
        windows = len(self._plan(num_frames, options).latents)
        return {
            "masks": MASK_S * num_frames,
            "stage_0": STAGE_0_STEP_S * knobs.stage_0_steps,
            "extraction": EXTRACTION_S,
            "context": CONTEXT_S,
            "stage_1": STAGE_1_STEP_S * knobs.stage_1_steps * windows,
            "stage_2": STAGE_2_MESH_S * (num_frames - 1) * 2 ** (options.subsampling - 1),
        }

    def accept(self, options: Options, *, mesh: bool) -> None:  # noqa: ARG002 – it takes any mesh
        """Checks the mode against the GPU.

        Raises:
            GpuTooSmall: naming the modes that fit.
        """
        gpu.check_mode(options.mode, self._gpu_gb)

    def find_masks(self, task: Task, listener: Listener) -> None:
        """Finds the masks alone; see `Engine.find_masks`, and `animate` for what it raises."""
        with named_faults(self._device):
            self._masks(task, listener)

    def _masks(self, task: Task, listener: Listener) -> Bytes:
        """The subject's masks (T, H, W) uint8, which the listener is told."""
        step = listener.stage("masks")
        masks = subject_masks(task.frames, task.options, self._mask_models, step, listener.warn)
        listener.masks(masks)
        return masks

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Makes the animation; see `Engine.animate`.

        The same as ActionMesh's own ``__call__`` makes with the same frames, seed and knobs, bit for bit,
        where all changes that are on are exact. With a mesh, the answer has its faces, texture and unit.

        Raises:
            SubjectNotFound: if the masks are empty, or full.
            NoSurface: if image-to-3D found none in the anchor frame.
            OutOfMemory, GpuFailed: see `named_faults`.
        """
        frames, options = task.frames, task.options
        self._warn_of_cost(len(frames), options, listener.warn)
        with named_faults(self._device):
            video_input = as_input(cut(self._pipe, frames, self._masks(task, listener)))
            self._knobs_of(options).apply_to(self._pipe, anchor=options.anchor_idx)
            fps = frames.fps * 2 ** (options.subsampling - 1)
            banks, finish = self._start(video_input, task, listener.step)

            def anchor() -> None:
                if task.mesh is None:
                    banks.clean_anchor(self._pipe, options.seed)
                listener.anchor(finish(banks.meshes.items, fps))

            def so_far() -> None:
                found, times = banks.meshes.get_ordered("cpu")
                listener.so_far(finish(found, fps), [round(float(time) * fps / frames.fps) for time in times])

            with in_background(anchor, threaded="mesh_beside" in self.accelerated) as anchor_task:
                self._run(video_input, banks, options, anchor_task, step=listener.step, so_far=so_far)
                meshes = banks.meshes.get_ordered("cpu")[0]
                return self._measured(finish(meshes, fps), len(frames), options)

    def _start(
        self, video_input: Any, task: Task, step: Step
    ) -> tuple[Banks, Callable[[list[Any], float], Animation]]:
        """The anchor frame's latent and surface, and what makes an animation of such meshes (trimesh's)."""
        seed = task.options.seed
        if task.mesh is None:
            with self._on_gpu(model_pool.IMAGE_TO_3D):
                return stage_0(self._pipe, video_input, seed, step), to_animation
        step("stage_0", 0, 1)
        own = OwnMesh.of(task.mesh)
        with self._on_gpu(model_pool.SHAPE_ENCODER):
            banks, vertex_map = encode(self._pipe, video_input, own, seed)
        step("stage_0", 1, 1)
        return banks, lambda meshes, fps: own.to_animation(vertex_map.restored(meshes), len(meshes), fps)

    def _run(
        self,
        video_input: Any,
        banks: Banks,
        options: Options,
        anchor: BackgroundTask,
        *,
        step: Step,
        so_far: Callable[[], None],
    ) -> None:
        """Context, Stage I, Stage II: adds a mesh for every key.

        Stage II is the first to need the anchor's mesh. Of a clip of more than two windows it has its turn
        after each window of Stage I, if the models need not be moved for it: so some of the animation is
        there long before the end.
        """
        pipe, seed = self._pipe, options.seed

        def denoised(index: int, of: int) -> None:
            anchor.look()
            step("stage_1", index, of)

        plan = self._plan(video_input.n_frames, options)
        left, keys = list(plan.meshes), (video_input.n_frames - 1) * 2 ** (options.subsampling - 1)

        def decode() -> None:
            anchor.wait()
            with self._on_gpu(model_pool.AUTOENCODER), self._mixed_precision():
                for _ in stage_2(
                    pipe,
                    banks,
                    left,
                    options.subsampling,
                    total=keys,
                    skip_known="skip_known_meshes" in self.accelerated,
                    part=lambda index, of: step("stage_2", index, of),
                ):
                    if left:
                        so_far()

        step("context", 0, 1)
        with self._on_gpu(model_pool.IMAGE_ENCODER):
            most = 2 * self._window_size - 1
            context = encode_context(pipe, video_input, most, lambda index, of: step("context", index, of))
        by_turns = self._pool.resident and len(plan.latents) > 2
        with self._on_gpu(model_pool.DENOISER), self._mixed_precision():
            self._knobs_of(options).apply_to_denoiser(pipe)
            for _ in stage_1(pipe, video_input, context, banks, plan.latents, seed=seed, part=denoised):
                if by_turns:
                    decode()
        decode()

    def _warn_of_cost(self, count: int, options: Options, warn: Warn) -> None:
        """Warns of windows that are not made full use of."""
        size, windows = self._window_size, len(self._plan(count, options).latents)
        most = count
        while most < self.facts.frames.most and len(self._plan(most + 1, options).latents) == windows:
            most += 1
        if windows > 1 and count < most:
            times = "twice" if windows == 2 else f"{windows} times"
            cost = f"{count} frames take as long as {most}, {times} as long as {size}"
            warn(Notice("FRAMES_COST_MORE", f"{cost}: ActionMesh denoises {size} at a time."))

    def _measured(self, animation: Animation, count: int, options: Options) -> Animation:
        """An animation of so many frames, with its quality, and the key that is the anchor's."""
        keys_a_frame = 2 ** (options.subsampling - 1)
        frames = animation.vertices[::keys_a_frame]
        made_in = self._plan(count, options).made_in
        quality = measure(frames, animation.faces, options.anchor_idx, made_in)
        return replace(animation, quality=quality, anchor=options.anchor_idx * keys_a_frame)

    def _plan(self, count: int, options: Options) -> Plan:
        """The windows of a clip of so many frames."""
        return Plan.of(count, options.anchor_idx, self._window_size, options.windows, options.overlap)

    @property
    def _window_size(self) -> int:
        return int(self._pipe.cfg.model.temporal_3D_denoiser.temporal_context_size)

    def _knobs_of(self, options: Options) -> Knobs:
        return self._knobs[options.mode].with_options(options)

    @contextmanager
    def _on_gpu(self, name: str) -> Iterator[None]:
        """Lends a model to the GPU, and keeps no record for gradients."""
        with self._pool.lend(name), torch.inference_mode():
            yield

    def _mixed_precision(self) -> AbstractContextManager[Any]:
        if self._device.type != "cuda":
            return nullcontext()
        mixed: AbstractContextManager[Any] = torch.autocast(self._device.type, dtype=self._dtype)
        return mixed


def fit_in_host(on: Collection[str]) -> bool:
    """Whether the host's memory holds all models, with these changes on."""
    return available_gb() >= (HOST_GB if "sixteen_bit_weights" in on else HOST_32_BIT_GB)
