"""The same clip through our engine, and through ActionMesh's own ``__call__``."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.engines import Show, Unseen
from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh
from actionmesh_wrapper.engines.actionmesh.knobs import CONFIGS
from actionmesh_wrapper.engines.masking.load import load_models
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Notice
from actionmesh_wrapper.request import Mode, Options
from actionmesh_wrapper.weights import Weights

FOLDERS = ("ActionMesh", "TripoSG", "dinov2", "RMBG")
CPU = torch.device("cpu")


class Ours:
    """Our engine on a processor.

    Attributes:
        steps: what the last job told of itself, (stage, index, of).
        notices: what it warned of.
    """

    def __init__(self, home: Path, *, resident: bool = True) -> None:
        paths = {name: home / "pretrained_weights" / name for name in FOLDERS}
        models = load_models(paths, "cpu")
        self.engine = ActionMesh.load(
            Weights(paths), models, CPU, configs=home / "configs", resident=resident
        )
        self.steps: list[tuple[str, int, int]] = []
        self.notices: list[Notice] = []

    def __call__(
        self,
        frames: Frames,
        *,
        show: Show | None = None,
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
        return self.engine.animate(frames, asked, note, self.notices.append, show or Unseen(), mesh=mesh)


class Theirs:
    """Upstream's pipeline, made anew for each call, in a working directory with its weights."""

    def __init__(self, pipeline: Any, home: Path) -> None:
        self.pipeline, self.home = pipeline, home

    def __call__(
        self, frames: Frames, mode: Mode = "default", *, subsampling: int = 1, **knobs: Any
    ) -> Animation:
        """Runs it with its own names for the knobs."""
        from actionmesh.io.video_input import ActionMeshInput

        pictures = [Image.fromarray(image) for image in frames.images]
        given = ActionMeshInput(frames=pictures, timesteps=torch.arange(len(pictures), dtype=torch.float32))
        before = Path.cwd()
        os.chdir(self.home)
        try:
            pipe = self.pipeline(CONFIGS[mode], str(self.home / "configs"), lazy_loading="low_ram" in mode)
            pipe.to("cpu")
            pipe.cfg.subsampling_level = subsampling
            meshes = pipe(given, **knobs)
        finally:
            os.chdir(before)
        vertices = np.stack([mesh.vertices.astype(np.float32) for mesh in meshes])
        return Animation(vertices, meshes[0].faces.astype(np.int32), frames.fps)
