"""The same clip through our engine, and through ActionMesh's own ``__call__``."""

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from actionmesh_wrapper.contract.acceleration import EXACT
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener, Notice
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh
from actionmesh_wrapper.engines.actionmesh.knobs import CONFIGS
from actionmesh_wrapper.masking.models import load_models
from actionmesh_wrapper.weights import Weights
from tests.fakes import Seen

FOLDERS = ("ActionMesh", "TripoSG", "dinov2", "RMBG")
CPU = torch.device("cpu")


class Ours:
    """Our engine, on a processor unless asked otherwise.

    Attributes:
        steps: what the last job told of itself, (stage, index, of).
        notices: what it warned of.
    """

    def __init__(
        self,
        home: Path,
        *,
        resident: bool = True,
        device: torch.device = CPU,
        accelerate: Collection[str] = tuple(EXACT),
    ) -> None:
        paths = {name: home / "pretrained_weights" / name for name in FOLDERS}
        models = load_models(paths, str(device))
        with redirect_stdout(sys.stderr):  # the hub's mixin prints
            self.engine = ActionMesh.load(
                Weights(paths),
                models,
                device,
                configs=home / "configs",
                resident=resident,
                accelerate=accelerate,
            )
        self.steps: list[tuple[str, int, int]] = []
        self.notices: list[Notice] = []

    def __call__(
        self,
        frames: Frames,
        *,
        seen: Any = None,
        step: Callable[[str, int, int], None] = lambda *_: None,
        mesh: Animation | None = None,
        **options: object,
    ) -> Animation:
        """Runs a job with these options."""
        self.steps, self.notices = [], []

        def note(stage: str, index: int, of: int) -> None:
            self.steps.append((stage, index, of))
            step(stage, index, of)

        asked = Options.model_validate(options)
        shown = Seen() if seen is None else seen
        listener = Listener(note, self.notices.append, shown.masks, shown.anchor, shown.so_far)
        return self.engine.animate(Task(frames, asked, mesh), listener)


class Theirs:
    """Upstream's pipeline, made anew for each call, in a working directory with its weights."""

    def __init__(self, pipeline: Any, home: Path, device: str = "cpu") -> None:
        self.pipeline, self.home, self.device = pipeline, home, device

    def __call__(
        self, frames: Frames, mode: Mode = "default", *, subsampling: int = 1, **knobs: Any
    ) -> Animation:
        """Loads it and runs it, with its own names for the knobs."""
        with self._at_home():
            pipe = self.load(mode)
            pipe.cfg.subsampling_level = subsampling
            return self.run(pipe, frames, **knobs)

    def load(self, mode: Mode) -> Any:
        """The pipeline as upstream's script loads it."""
        with self._at_home(), redirect_stdout(sys.stderr):
            pipe = self.pipeline(CONFIGS[mode], str(self.home / "configs"), lazy_loading="low_ram" in mode)
            return pipe.to(self.device)

    def run(self, pipe: Any, frames: Frames, **knobs: Any) -> Animation:
        """Its ``__call__``."""
        from actionmesh.io.video_input import ActionMeshInput

        pictures = [Image.fromarray(image) for image in frames.images]
        given = ActionMeshInput(frames=pictures, timesteps=torch.arange(len(pictures), dtype=torch.float32))
        with self._at_home(), redirect_stdout(sys.stderr):
            meshes = pipe(given, **knobs)
        vertices = np.stack([mesh.vertices.astype(np.float32) for mesh in meshes])
        return Animation(vertices, meshes[0].faces.astype(np.int32), frames.fps)

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        before = Path.cwd()
        os.chdir(self.home)
        try:
            yield
        finally:
            os.chdir(before)
