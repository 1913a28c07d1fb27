"""A folder of weights, fetched from the Hugging Face hub.

Needs no package but huggingface_hub. The worker itself never fetches.

A repository's marker is written last, once all of its files have been compared with the hub's hashes; the
worker takes no folder without one. A cut fetch goes on where it stopped when it is started again.
"""

import errno
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from http import HTTPStatus
from pathlib import Path

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from requests import ConnectionError as Unreachable
from requests import RequestException
from requests.exceptions import InvalidHeader

from actionmesh_wrapper.errors import in_words
from actionmesh_wrapper.weights.marker import MARKER, Known, Marker
from actionmesh_wrapper.weights.table import Repository, chosen
from actionmesh_wrapper.weights.verify import compare, digest, inspect, unknown_files

log = logging.getLogger(__name__)
Tell = Callable[[str], None]

SECRET = Path("/run/secrets/hf_token")  # a secret of docker build
HUB_FOLDER = (
    ".cache"  # huggingface_hub's own notes in a folder that it downloads to; a cut fetch goes on from them
)
SHA256_LIKE = "0" * 64
AGAIN = "start the fetch again, it goes on where it stopped"
FILES = 8  # fetched at a time, over all repositories


class FetchError(Exception):
    """A repository could not be fetched; the message says which and why."""


def fetch(
    folder: Path,
    repositories: Sequence[Repository] | None = None,
    token: str | None = None,
    *,
    endpoint: str | None = None,
    tell: Tell = log.info,
) -> list[str]:
    """Fetches repositories beside each other, each into a subfolder; what lies there whole is kept.

    Args:
        folder: made if it is not there.
        repositories: which; None means all of the table that the hub has and that need no naming.
        token: of a hub account; without one the build secret, then what huggingface_hub finds, such as
            `HF_TOKEN`. An empty one is none.
        endpoint: a mirror of the hub.
        tell: is told of each repository that is done.

    Returns:
        What went wrong, a line a repository; the others are fetched all the same.
    """
    wanted = [item for item in chosen((), folder) if not item.wheel] if repositories is None else repositories
    hub = HfApi(endpoint or None, _given(token))
    with ThreadPoolExecutor(FILES) as files, ThreadPoolExecutor(len(wanted)) as threads:
        tasks = [threads.submit(_fetch, item, folder / item.folder, hub, files, tell) for item in wanted]
        return [str(error) for task in tasks if (error := task.exception()) is not None]


def _given(token: str | None) -> str | None:
    """The token in use, or None: huggingface_hub then looks for one of its own."""
    secret = SECRET.read_text("utf-8") if SECRET.is_file() else ""
    return (token or "").strip() or secret.strip() or None


def _fetch(repository: Repository, folder: Path, hub: HfApi, threads: Executor, tell: Tell) -> None:
    """Fetches a repository's files into a folder, and marks the folder once all of them are right.

    Raises:
        FetchError: if the hub does not give them, or gives others than it says or than are pinned.
    """
    if (folder / MARKER).is_file() and not inspect(folder, repository, "full"):
        tell(f"{repository}: is there")
        return

    def download(name: str) -> str:
        return hub.hf_hub_download(repository.name, name, revision=repository.revision, local_dir=folder)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        Marker.remove(folder)
        known = hub_files(repository, hub)
        tasks = [threads.submit(download, name) for name in repository.files]
        wait(tasks)  # the others may go on when one fails: what they bring is kept
        for task in tasks:
            task.result()
        _mark(folder, repository, known)
    except (HfHubHTTPError, RequestException, OSError, RuntimeError, ValueError) as error:
        # RuntimeError is hf_xet's, ValueError of what huggingface_hub or a header does not take
        raise FetchError(f"{repository}: {_reason(error, repository, hub)}") from error
    tell(f"{repository}: fetched, {sum(item.size or 0 for item in known.values()):,} bytes")


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
    """The SHA-256 of a file that was just compared with what is known of it."""
    is_sha256 = known.digest is not None and len(known.digest) == len(SHA256_LIKE)
    return known.digest if known.digest is not None and is_sha256 else digest(path, like=SHA256_LIKE)


def _reason(error: Exception, repository: Repository, hub: HfApi) -> str:
    """What went wrong, in a line that says what to do."""
    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set; a fetch needs HF_HUB_OFFLINE=0"
    if isinstance(error, InvalidHeader | UnicodeEncodeError):  # whose words have the token
        return "HF_TOKEN, or the token that is given, has characters that no token has"
    page = f"https://huggingface.co/{repository.name}"
    known = {  # what is derived from another one stands before it
        Unreachable: f"{hub.endpoint} could not be reached: is there a network? {AGAIN}",
        GatedRepoError: f"gated: log in at {page}, accept the terms, and set HF_TOKEN to your token",
        RevisionNotFoundError: "the hub has no such revision",
        RepositoryNotFoundError: "the hub has no such repository, or hides it from you: HF_TOKEN may help",
    }
    for kind, reason in known.items():
        if isinstance(error, kind):
            return reason
    if getattr(getattr(error, "response", None), "status_code", None) == HTTPStatus.UNAUTHORIZED:
        return "the hub refuses the token: it is wrong or has expired; what is not gated needs none"
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"no room is left on the disk: all weights take 16 GB; {AGAIN}"
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.strerror:  # those of requests have none
        what = in_words(error)
    return f"{what}; {AGAIN}"
