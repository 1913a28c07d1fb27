from pathlib import Path

import pytest

from tests.export.blenders import WITH_ALEMBIC, installed


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
