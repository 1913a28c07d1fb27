"""Fetches the weights into a folder, a subfolder a repository, or verifies those that lie there.

    python builder/fetch_weights.py /weights [--only ActionMesh …] [--verify]

A cut fetch goes on where it stopped when started again. A repository's marker is written last, once all files
were held to the hub's hashes; the worker takes no folder without one. Where the hub asks for a token, it is
read from ``/run/secrets/hf_token`` (a build secret) or, by huggingface_hub itself, from ``HF_TOKEN``.
"""

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from pathlib import Path

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from requests import RequestException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds only its own folder
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights.marker import MARKER, Known, Marker
from actionmesh_wrapper.weights.search import SearchPath, find
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository
from actionmesh_wrapper.weights.verify import compare, digest, inspect, unknown_files, verify

TOKEN_FILE = Path("/run/secrets/hf_token")
HUB_FOLDER = (
    ".cache"  # huggingface_hub's own notes in a folder that it downloads to; a cut fetch goes on from them
)
SHA256_LIKE = "0" * 64
FILES = 8  # fetched at a time, over all repositories


class FetchError(Exception):
    """A repository could not be fetched; the message says which and why."""


def main(argv: Sequence[str] | None = None, repositories: tuple[Repository, ...] = REPOSITORIES) -> int:
    """Runs the command line; 0 if all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("folder", type=Path, help="such as /weights; the worker's WEIGHTS_DIR")
    parser.add_argument(
        "--only", nargs="+", choices=[item.folder for item in repositories], help="these alone"
    )
    parser.add_argument("--verify", action="store_true", help="hash what lies there; fetch nothing")
    parser.add_argument("--endpoint", help="a mirror of the hub, such as https://hub.example.org")
    wishes = parser.parse_args(argv)
    chosen = tuple(item for item in repositories if wishes.only is None or item.folder in wishes.only)
    if wishes.verify:
        problems = check(wishes.folder, chosen)
    else:
        problems = fetch_all(wishes.folder, chosen, wishes.endpoint)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def check(root: Path, repositories: tuple[Repository, ...]) -> list[str]:
    """Holds the folder's repositories to their markers; what is wrong."""
    weights = find(SearchPath((root,), ()), repositories)
    lacking = [f"{item}: {weights.absent[item.folder]}" for item in weights.missing if not item.required]
    try:
        verify(weights)
    except StartError as error:
        return [str(error), *lacking]
    return lacking


def fetch_all(root: Path, repositories: Sequence[Repository], endpoint: str | None) -> list[str]:
    """Fetches the repositories beside each other; what went wrong, of which the others take no notice."""
    token = TOKEN_FILE.read_text("utf-8").strip() if TOKEN_FILE.is_file() else None
    hub = HfApi(endpoint, token)
    with ThreadPoolExecutor(FILES) as files, ThreadPoolExecutor(len(repositories)) as threads:
        tasks = [threads.submit(fetch, item, root / item.folder, hub, files) for item in repositories]
        return [str(error) for task in tasks if (error := task.exception()) is not None]


def fetch(repository: Repository, folder: Path, hub: HfApi, threads: Executor) -> None:
    """Fetches a repository's files into a folder, and marks the folder once all of them are right.

    Args:
        repository: what to fetch.
        folder: is made if it is not there; what lies there whole is not fetched again.
        hub: where from.
        threads: fetch its files.

    Raises:
        FetchError: if the hub does not give them, or gives others than it says or than are pinned.
    """
    if (folder / MARKER).is_file() and not inspect(folder, repository, "full"):
        print(f"{repository}: is there")
        return
    folder.mkdir(parents=True, exist_ok=True)
    Marker.remove(folder)

    def download(name: str) -> str:
        return hub.hf_hub_download(repository.name, name, revision=repository.revision, local_dir=folder)

    try:
        known = hub_files(repository, hub)
        tasks = [threads.submit(download, name) for name in repository.files]
        wait(tasks)  # the others may go on when one fails: what they bring is kept
        for task in tasks:
            task.result()
    except (HfHubHTTPError, RequestException, OSError) as error:
        raise FetchError(f"{repository}: {_reason(error)}") from error
    _mark(folder, repository, known)
    print(f"{repository}: fetched, {sum(item.size or 0 for item in known.values()):,} bytes")


def hub_files(repository: Repository, hub: HfApi) -> dict[str, Known]:
    """The size and hash of each of the repository's files, as the hub has them.

    Raises:
        FetchError: if the hub has another revision, or lacks a file.
    """
    info = hub.model_info(repository.name, revision=repository.revision, files_metadata=True)
    if info.sha != repository.revision:
        raise FetchError(f"{repository}: the hub answers for revision {info.sha}")
    known = {
        item.rfilename: Known(item.size, item.lfs.sha256 if item.lfs else item.blob_id)
        for item in info.siblings or []
    }
    if lacking := [name for name in repository.files if known.get(name, Known(None, None)).digest is None]:
        raise FetchError(f"{repository}: the hub has no {', '.join(lacking)}")
    return {name: known[name] for name in repository.files}


def _mark(folder: Path, repository: Repository, known: Mapping[str, Known]) -> None:
    """Writes the marker if the folder has what the hub has; a wrong file is removed, to be fetched anew."""
    problems = compare(folder, repository, known, "full")
    for problem in problems:
        (folder / problem.partition(":")[0]).unlink(missing_ok=True)
    shutil.rmtree(folder / HUB_FOLDER, ignore_errors=True)
    problems += unknown_files(folder, repository)
    if problems:
        raise FetchError("\n".join(f"{repository} in {folder}: {problem}" for problem in problems))
    files = {name: Known(item.size, _sha256(folder / name, item)) for name, item in known.items()}
    Marker(repository.name, repository.revision, files).write(folder)


def _sha256(path: Path, known: Known) -> str:
    """The SHA-256 of a file that was just held to what is known of it."""
    is_sha256 = known.digest is not None and len(known.digest) == len(SHA256_LIKE)
    return known.digest if known.digest is not None and is_sha256 else digest(path, like=SHA256_LIKE)


def _reason(error: Exception) -> str:
    """What went wrong, in a line that says what to do."""
    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set; a fetch needs HF_HUB_OFFLINE=0"
    if isinstance(error, GatedRepoError):
        return (
            "its licence must be accepted on its page first, and HF_TOKEN be set to a token of that account"
        )
    if isinstance(error, RevisionNotFoundError):
        return "the hub has no such revision"
    if isinstance(error, RepositoryNotFoundError):
        return "the hub has no such repository, or shows it to others only: HF_TOKEN may help"
    return f"{type(error).__name__}: {error}; start the fetch again, it goes on where it stopped"


if __name__ == "__main__":
    sys.exit(main())
