"""ActionMesh's and TripoSG's real code with tiny random weights, on a processor."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours, Theirs

from tests.upstream.home import find_sources, image_to_3d_of, lay, missing_sources
from tests.upstream.sizes import TINY


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings of upstream and its packages are not ours to mend, so here they are no errors."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session")
def sources() -> Path:
    """Puts both checkouts on Python's path; returns ActionMesh's."""
    if why := missing_sources():
        pytest.skip(f"{why} (make test-upstream)")
    return find_sources()


@pytest.fixture(scope="session")
def upstream_home(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``pretrained_weights`` and ``configs``: tiny ones, under upstream's own names."""
    home = tmp_path_factory.mktemp("upstream")
    lay(home, sources, TINY)
    return home


@pytest.fixture(scope="session")
def tiny(upstream_home: Path) -> Iterator[Any]:
    """Upstream's pipeline class, made to run image-to-3D small and in float32."""
    with image_to_3d_of(TINY, single=True) as pipeline:
        yield pipeline


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
