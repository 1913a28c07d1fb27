"""Which engine a worker runs."""

from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.turns import Turns
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.settings import Settings


def load(settings: Settings) -> Engine:
    """Loads the engine that the settings name; ``auto`` never means silhouette on RunPod.

    Raises:
        StartError: if that engine cannot run here.
    """
    if settings.engine == "silhouette" or (settings.engine == "auto" and not settings.hosted):
        from actionmesh_wrapper.engines.silhouette import Silhouette  # noqa: PLC0415 – SciPy and OpenCV

        return Turns(Silhouette())
    raise StartError(
        f"ENGINE={settings.engine!r}: this version of the worker does not include the actionmesh engine; "
        "ENGINE=silhouette runs the classical one."
    )
