from collections.abc import Iterator

import pytest

from tests.local_runpod.scene import Scene, served


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An endpoint without workers; a test plays them."""
    with served(tmp_path_factory.mktemp("bare")) as scene:
        yield scene


@pytest.fixture(scope="session")
def manned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An endpoint with one worker, shared by tests that leave it idle."""
    with served(tmp_path_factory.mktemp("manned"), workers=1) as scene:
        yield scene
