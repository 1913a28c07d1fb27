"""Named stand-ins for the heavy parts, and small inputs that the tests make themselves."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from actionmesh_wrapper.contract.engines import MODES, EngineFacts, FrameLimits, ModeFacts
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.data.progress import Listener, Notice, Step, Warn
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.errors import JobError
from actionmesh_wrapper.storage import Local
from actionmesh_wrapper.storage.local import LocalDelivery

BALL = EngineFacts(
    name="ball",
    title="Ball",
    frames=FrameLimits(least=16, most=31),
    modes={mode: ModeFacts() for mode in MODES},
    stages=("inflate", "roll"),
    knobs={},
    options=frozenset({"seed"}),
)


class BallEngine:
    """An engine whose answer is known: a ball, or the mesh that it is given, moves along X, one unit in all.

    Attributes:
        seen: what `animate` was given, for the test to look at.
        meshes: whether each job that it was asked to accept brings a mesh.
        fails: is raised by `animate`, if set.
        refuses: is raised by `accept`, if set.
    """

    revision = "1"
    accelerated = ("skates",)

    def __init__(self, fails: BaseException | None = None) -> None:
        self.facts = BALL
        self.seen: list[Task] = []
        self.meshes: list[bool] = []
        self.fails = fails
        self.refuses: JobError | None = None

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """Two."""
        return {"inflate": 1.0, "roll": 3.0}

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Takes any, unless told otherwise."""
        self.meshes.append(mesh)
        if self.refuses is not None:
            raise self.refuses

    def find_masks(self, task: Task, listener: Listener) -> None:
        """The frames' alpha."""
        self.seen.append(task)
        listener.step("inflate", 1, 1)
        listener.masks(task.frames.images[..., 3])

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Rolls the ball."""
        frames = task.frames
        self.seen.append(task)
        listener.step("inflate", 0, 1)
        if self.fails is not None:
            raise self.fails
        listener.masks(frames.images[..., 3])
        still = _ball() if task.mesh is None else task.mesh
        listener.anchor(replace(still, vertices=still.vertices - np.array([0.5, 0, 0], np.float32)))
        for index in range(len(frames)):
            listener.step("roll", index, len(frames))
        listener.warn(Notice("ROUND", "It is a ball."))
        path = np.zeros((len(frames), 1, 3), np.float32)
        path[:, 0, 0] = np.linspace(-0.5, 0.5, len(frames))
        return replace(still, vertices=still.vertices + path, fps=frames.fps)


class Seen:
    """Keeps what an engine shows before it is done."""

    def __init__(self) -> None:
        self.taken: list[NDArray[np.uint8]] = []
        self.anchors: list[Animation] = []
        self.grown: list[tuple[Animation, list[int]]] = []

    def masks(self, masks: NDArray[np.uint8]) -> None:
        """Keeps the masks."""
        self.taken.append(masks)

    def anchor(self, mesh: Animation) -> None:
        """Keeps the anchor's mesh."""
        self.anchors.append(mesh)

    def so_far(self, animation: Animation, keys: Sequence[int]) -> None:
        """Keeps what is there of the animation."""
        self.grown.append((animation, list(keys)))

    def listener(self, step: Step, warn: Warn) -> Listener:
        """Listens to an engine."""
        return Listener(step, warn, self.masks, self.anchor, self.so_far)


def _ball() -> Animation:
    ball = trimesh.creation.icosphere(subdivisions=1, radius=0.5)
    return Animation(ball.vertices[None].astype(np.float32), ball.faces.astype(np.int32), DEFAULT_FPS)


@dataclass(frozen=True)
class SharingStorage(Local):
    """A folder that gives addresses to files of jobs that still run.

    Attributes:
        sent: is handed the files that are sent before the end.
    """

    sent: Callable[[Sequence[Path]], None] = lambda _files: None

    @contextmanager
    def deliver(self, name: str) -> Iterator["SharingDelivery"]:
        """Opens a delivery that shares."""
        with super().deliver(name) as delivery:
            yield SharingDelivery(delivery.folder, delivery.token, self.sent)


@dataclass(frozen=True)
class SharingDelivery(LocalDelivery):
    """A delivery into `SharingStorage`."""

    sent: Callable[[Sequence[Path]], None] = lambda _files: None

    def share(self, file: Path) -> str:
        """Copies the file."""
        self.folder.parent.mkdir(exist_ok=True)
        shutil.copy(file, self.folder.parent)
        return f"https://bucket.example/{self.folder.name}/{file.name}"

    def send(self, files: Sequence[Path]) -> None:
        """Hands them on."""
        assert all(file.is_file() for file in files)
        self.sent(files)


def write_frames(folder: Path, count: int, *, size: int = 64) -> Path:
    """Makes a folder of RGBA frames of a disc that moves to the right."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        image = Image.new("RGBA", (size, size))
        left = size // 8 + index * size // 4 // count
        ImageDraw.Draw(image).ellipse([left, size // 4, left + size // 2, size * 3 // 4], (200, 90, 40, 255))
        image.save(folder / f"{index:02d}.png")
    return folder
