"""Which engine a worker runs, one job at a time."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from typing import TypeVar

from actionmesh_wrapper.contract.acceleration import choose
from actionmesh_wrapper.contract.engines import MAX_FRAMES, EngineFacts
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Engine, Task
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system import accelerator
from actionmesh_wrapper.weights import SearchPath, Weights, find, verify

R = TypeVar("R")
LOOK_S = 0.2  # how soon a waiting job notices that it was cancelled
log = logging.getLogger(__name__)
PACKAGES = ("torch", "torchvision", "transformers", "diffusers", "diso", "actionmesh", "triposg")
"""What ActionMesh's code needs most, and itself; a container that has these has the rest."""
DEVICE = "cuda:0"


class OneAtATime:
    """An `Engine` that runs another, one job after the other; a job that waits can be cancelled.

    Args:
        engine: the other.
        max_frames: most frames of a job, where it takes more.
    """

    def __init__(self, engine: Engine, max_frames: int = MAX_FRAMES) -> None:
        self._engine = engine
        self._max_frames = max_frames
        self._lock = threading.Lock()

    @property
    def facts(self) -> EngineFacts:
        """The engine's, with as many frames as this worker takes."""
        facts = self._engine.facts
        return replace(facts, frames=replace(facts.frames, most=min(facts.frames.most, self._max_frames)))

    @property
    def revision(self) -> str:
        """The engine's."""
        return self._engine.revision

    @property
    def accelerated(self) -> tuple[str, ...]:
        """The engine's."""
        return self._engine.accelerated

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """The engine's."""
        return self._engine.stages(options, num_frames)

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Asks the engine."""
        self._engine.accept(options, mesh=mesh)

    def find_masks(self, task: Task, listener: Listener) -> None:
        """Waits for its turn, then finds the masks; raises as `animate` does."""
        self._in_turn(self._engine.find_masks, task, listener)

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Waits for its turn, then animates.

        Raises:
            OutOfMemory, GpuFailed: for what its models raise of the GPU.
            JobError: the engine's own.
        """
        return self._in_turn(self._engine.animate, task, listener)

    def _in_turn(self, work: Callable[[Task, Listener], R], task: Task, listener: Listener) -> R:
        first = next(iter(self.stages(task.options, len(task.frames))))
        listener.step(first, 0, 1)
        since, waited = time.perf_counter(), False
        while not self._lock.acquire(timeout=LOOK_S if waited else 0):
            waited = True
            listener.step(first, 0, 1)
        try:
            if waited:
                listener.waited(time.perf_counter() - since)
            return work(task, listener)
        except Exception as error:
            if fault := accelerator.note(error):
                raise fault from error
            raise
        finally:
            self._lock.release()


def load(settings: Settings, host: Host = LAPTOP) -> Engine:
    """Loads the engine that the settings name; ``auto`` never means silhouette on a serverless host.

    Raises:
        StartError: if that engine cannot run here, with all that it lacks.
    """
    weights = find(SearchPath.usual(settings.weights_dir, settings.hub_cache, host))
    if settings.engine == "silhouette":
        return _silhouette(settings, weights)
    lacking = what_actionmesh_lacks(weights)
    if not lacking:
        return _actionmesh(settings, weights)
    if settings.engine == "auto" and not host.is_serverless:
        log.warning("the actionmesh engine cannot run here, so silhouette does: %s", "; ".join(lacking))
        return _silhouette(settings, weights)
    reasons = "\n".join(f"- {lack}" for lack in lacking)
    raise StartError(
        f"ENGINE={settings.engine!r}: the actionmesh engine cannot run here.\n{reasons}\n"
        "ENGINE=silhouette runs the classical one."
    )


def what_actionmesh_lacks(weights: Weights) -> list[str]:
    """What stands between this machine and the actionmesh engine."""
    lacking = []
    packages = [name for name in PACKAGES if find_spec(name) is None]
    if packages:
        lacking.append(f"packages that are not installed: {', '.join(packages)}")
    if "torch" not in packages and not _has_gpu():
        lacking.append("PyTorch finds no GPU")
    lacking += [
        f"weights: {item}: {weights.absent[item.folder]}" for item in weights.missing if item.required
    ]
    return lacking


def _has_gpu() -> bool:
    import torch  # noqa: PLC0415, TID251 – only where the engine may run

    return bool(torch.cuda.is_available())


def _actionmesh(settings: Settings, weights: Weights) -> Engine:
    """The engine; its weights are verified while its code is imported and the GPU looked at."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        verified = thread.submit(verify, weights, settings.weights_check)

        import torch  # noqa: PLC0415, TID251 – as above

        from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh  # noqa: PLC0415 – PyTorch
        from actionmesh_wrapper.engines.actionmesh.self_test import check_gpu  # noqa: PLC0415 – as above
        from actionmesh_wrapper.engines.actionmesh.upstream import import_code  # noqa: PLC0415 – as above
        from actionmesh_wrapper.masking.models import load_models  # noqa: PLC0415 – as above

        import_code()
        check_gpu(device := torch.device(DEVICE))
        verified.result()
    models = load_models(weights.paths, DEVICE)
    on = choose(settings.accelerate)
    try:
        engine = ActionMesh.load(weights, models, device, accelerate=on)
    except Exception as error:
        if fault := accelerator.note(error):
            raise StartError(f"the models cannot be loaded onto the GPU: {fault.detail}") from error
        raise
    return OneAtATime(engine, settings.max_frames)


def _silhouette(settings: Settings, weights: Weights) -> Engine:
    from actionmesh_wrapper.engines.silhouette import Silhouette  # noqa: PLC0415 – SciPy and OpenCV
    from actionmesh_wrapper.masking import saliency  # noqa: PLC0415 – OpenCV
    from actionmesh_wrapper.masking.models import load_models  # noqa: PLC0415 – as above

    for network in saliency.installed(weights.paths):
        if not network.can_run:
            log.warning("%s is not used: it needs the package onnxruntime", network.name)
    chosen = saliency.choose(weights.paths)
    name = chosen.name if chosen else "U2NETP"
    masks = weights.only(name, *(("RMBG", "SAM2") if find_spec("torch") else ()))
    if not masks.paths:
        log.info("no model finds masks here, so what has no alpha is cut out by colour and motion alone")
        return OneAtATime(Silhouette(), settings.max_frames)
    verify(masks, settings.weights_check)
    device = "cpu"
    if chosen:
        log.info("%s finds what stands out, where masks are made without RMBG and SAM 2", name)
    if masks.paths.keys() - {name}:
        device = DEVICE if _has_gpu() else "cpu"
        _check_masks_gpu(device)
    return OneAtATime(Silhouette(load_models(masks.paths, device), masks.revision), settings.max_frames)


def _check_masks_gpu(device: str) -> None:
    import torch  # noqa: PLC0415, TID251 – as above

    from actionmesh_wrapper.engines.actionmesh.self_test import check_gpu  # noqa: PLC0415 – PyTorch

    check_gpu(torch.device(device), diso=False)
