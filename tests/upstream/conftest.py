"""ActionMesh's and TripoSG's real code with tiny random weights, on a processor."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours, Theirs

SOURCES = ("ACTIONMESH_SRC", "TRIPOSG_SRC")
STEPS = {
    "stage_0_steps": {"100": 4, "50": 2},
    "stage_1_steps": {"30": 3, "15": 2},
    "face_decimation": {"40000": 2000},
}
"""What upstream's presets say, and what the tests have instead."""
DEPTH = 5  # of the octree that the surface is extracted from


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings of upstream and its packages are not ours to mend, so here they are no errors."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session")
def sources() -> Path:
    """Puts both checkouts on Python's path; returns ActionMesh's."""
    missing = [name for name in SOURCES if not os.environ.get(name)]
    if missing:
        names = " and ".join(missing)
        pytest.skip(f"ActionMesh's own code is not at hand: {names} name no checkout (make test-upstream)")
    from tests.upstream import stand_ins

    folders = [str(Path(os.environ[name]).resolve()) for name in SOURCES]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    stand_ins.install()
    return Path(folders[0])


@pytest.fixture(scope="session")
def upstream_home(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``pretrained_weights`` and ``configs``: tiny ones, under upstream's own names."""
    from tests.upstream.tiny_weights import TOKENS, write_tiny_weights

    home = tmp_path_factory.mktemp("upstream")
    write_tiny_weights(home / "pretrained_weights")
    (home / "configs").mkdir()
    for preset in (sources / "actionmesh/configs").glob("*.yaml"):
        text = preset.read_text()
        for key, value in {"num_tokens_nominal": {"2048": TOKENS}, **STEPS}.items():
            for large, small in value.items():
                text = text.replace(f"{key}: {large}\n", f"{key}: {small}\n")
        (home / "configs" / preset.name).write_text(text)
    return home


@pytest.fixture(scope="session")
def tiny(upstream_home: Path) -> Iterator[Any]:
    """Upstream's pipeline class, made to run image-to-3D small and in float32."""
    import torch
    from actionmesh.external.triposg import TripoSGPipelinePlus
    from actionmesh.pipeline import ActionMeshPipeline

    from tests.upstream.tiny_weights import TOKENS

    class TinyTripoSG(TripoSGPipelinePlus):  # type: ignore[misc]
        """Few tokens, a coarse grid."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return super().__call__(*args, num_tokens=TOKENS, flash_octree_depth=DEPTH, **kwargs)

    load = ActionMeshPipeline._load_image_to_3d

    def load_small(self: Any) -> None:
        load(self)
        self.image_to_3d_pipe.to(torch.float32)
        self.image_to_3d_pipe.__class__ = TinyTripoSG

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ActionMeshPipeline, "_load_image_to_3d", load_small)
        yield ActionMeshPipeline


@pytest.fixture(scope="session")
def ours(tiny: Any, upstream_home: Path) -> "Ours":
    """Our engine, loaded once as in a worker."""
    from tests.upstream.pipelines import Ours

    return Ours(upstream_home)


@pytest.fixture(scope="session")
def theirs(tiny: Any, upstream_home: Path) -> "Theirs":
    """Upstream's own ``__call__``."""
    from tests.upstream.pipelines import Theirs

    return Theirs(tiny, upstream_home)
