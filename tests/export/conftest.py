from pathlib import Path

import pytest

from tests.export.blenders import WITH_ALEMBIC, WITH_USD, installed


@pytest.fixture
def blender() -> Path:
    program = installed("import numpy")  # its glTF add-on needs it
    if program is None:
        pytest.skip("Blender with NumPy is not installed")
    return program


@pytest.fixture
def blender_with_alembic() -> Path:
    program = installed(WITH_ALEMBIC)
    if program is None:
        pytest.skip("Blender with Alembic, which Debian's lacks, is not installed")
    return program


@pytest.fixture
def blender_with_usd() -> Path:
    program = installed(WITH_USD)
    if program is None:
        pytest.skip("Blender with USD, which Debian's lacks, is not installed")
    return program
