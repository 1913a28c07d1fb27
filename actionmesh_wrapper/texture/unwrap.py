"""A surface laid flat: few charts, found on a smoothed copy of it."""

import io
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from actionmesh_wrapper.data.arrays import Floats, Ints, sides_of
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, paths_of_ours, run

CHARTS = Path(__file__).with_name(
    "charts.py"
)  # is started, never imported: xatlas is not installed everywhere
SMOOTHING = 2  # Laplacian steps: the grain of marching cubes makes twenty times as many charts
SIDE = 100.0  # of the box that xatlas is given: it takes faces smaller than a millionth for points
_POLL_S = 0.1
_LIMITS = Limits(
    seconds=300, cpu_seconds=600, memory_bytes=16 << 30, output_bytes=1 << 30, file_bytes=1 << 20
)


class Unwrap(Protocol):
    """As `unwrap`."""

    def __call__(
        self,
        vertices: NDArray[np.float32],
        faces: NDArray[np.int32],
        size: int,
        *,
        tick: Callable[[], None],
    ) -> "Unwrapped": ...


class UnwrapFailed(Exception):
    """No charts were found.

    Attributes:
        reason: a sentence for the caller.
        log: what the process said.
    """

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = log


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """A mesh with a place on the texture for each of its corners.

    Attributes:
        origin: (W,) int32, which of the mesh's V vertices each new one is.
        faces: (F, 3) int32 indices into W, in the mesh's order.
        uv: (W, 2) float32 within [0, 1], see `Animation`.
        charts: how many there are.
    """

    origin: NDArray[np.int32]
    faces: NDArray[np.int32]
    uv: NDArray[np.float32]
    charts: int


def welded(vertices: NDArray[np.float32]) -> tuple[Ints, Ints]:
    """Vertices at the same place as one.

    Args:
        vertices: (V, 3).

    Returns:
        (U,) int64 the first vertex at each place, and (V,) int64 the place of each vertex.
    """
    _, first, place = np.unique(vertices, axis=0, return_index=True, return_inverse=True)
    return first, place.reshape(-1)


def neighbours(faces: Ints, count: int) -> csr_array:
    """The (count, count) matrix that has 1 where (F, 3) faces have an edge."""
    sides = sides_of(faces)
    sides = sides[sides[:, 0] != sides[:, 1]]
    ends = np.concatenate([sides, sides[:, ::-1]])
    matrix = csr_array(coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def unwrap(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], size: int, *, tick: Callable[[], None]
) -> Unwrapped:
    """Cuts a surface into charts and packs them onto a square, with xatlas.

    Args:
        vertices: (V, 3).
        faces: (F, 3).
        size: texels along each side of the square.
        tick: is called several times a second; what it raises passes through, and the process is killed.

    Raises:
        UnwrapFailed: if no face has an area, xatlas is not installed, or it failed or took too long.
    """
    if find_spec("xatlas") is None:
        raise UnwrapFailed("This worker has no xatlas, which lays the surface flat.")
    given = io.BytesIO()
    np.savez(given, vertices=_smoothed(vertices, faces), faces=faces, size=size)
    command = [sys.executable, "-P", str(CHARTS)]
    try:
        done = run(
            command,
            limits=_LIMITS,
            feed=[given.getvalue()],
            tick=lambda _: tick(),
            environment=paths_of_ours(),
        )
    except LimitExceeded as error:
        raise UnwrapFailed("Laying the surface flat took too long.", error.log) from error
    if done.code != 0:
        raise UnwrapFailed("The surface could not be laid flat.", done.log)
    with np.load(io.BytesIO(done.output)) as made:
        uv = np.clip(np.nan_to_num(made["uv"]), 0, 1).astype(np.float32)
        result = Unwrapped(made["origin"], made["faces"], uv, int(made["charts"]))
    if not result.charts or not np.array_equal(result.origin[result.faces], faces):
        raise UnwrapFailed("The mesh has no surface that could be laid flat.")
    return result


class Unwrapping:
    """An `unwrap` that is begun in a thread, beside what is done meanwhile, and ends with `close`.

    Args:
        vertices: (V, 3).
        faces: (F, 3).
        size: texels along each side of the square.
    """

    def __init__(self, vertices: NDArray[np.float32], faces: NDArray[np.int32], size: int) -> None:
        self._faces, self._size, self._is_closed = faces, size, Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="unwrap")
        begin = copy_context().run
        self._made = self._thread.submit(begin, lambda: unwrap(vertices, faces, size, tick=self._go_on))

    def unwrap(
        self,
        vertices: NDArray[np.float32],
        faces: NDArray[np.int32],
        size: int,
        *,
        tick: Callable[[], None],
    ) -> Unwrapped:
        """As the function, but of what was begun where its faces and size are these.

        The vertices then may have moved since: charts are of faces. It is waited for, so that what comes out
        is the same from run to run.
        """
        if size != self._size or not np.array_equal(faces, self._faces):
            return unwrap(vertices, faces, size, tick=tick)
        while not wait([self._made], timeout=_POLL_S).done:
            tick()
        return self._made.result()

    def close(self) -> None:
        """Kills its process if it still runs."""
        self._is_closed.set()
        self._thread.shutdown()

    def _go_on(self) -> None:
        if self._is_closed.is_set():
            raise Cancelled


def _smoothed(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """The surface without its grain, in a box of `SIDE`."""
    first, place = welded(vertices)
    points: Floats = vertices[first].astype(np.float64)
    points -= points.min(axis=0)
    points *= SIDE / (float(points.max()) or 1.0)
    near = neighbours(place[faces], len(first))
    count = near.sum(axis=1)
    for _ in range(SMOOTHING):
        points = np.where(count[:, None] > 0, (near @ points) / np.maximum(count, 1)[:, None], points)
    return np.ascontiguousarray(points[place], np.float32)
