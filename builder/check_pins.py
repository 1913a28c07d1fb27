"""Compares what is pinned with its home, and says what is newer (make pins). It changes nothing.

    python builder/check_pins.py

Looked at are the commits and base images in the Dockerfiles and the weights' revisions. One line each:

    same      pinned and newest are one
    newer     the home has a newer one; what to read
    unknown   it could not be looked at, and why; the exit code is 1 then
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds only its own folder
from actionmesh_wrapper.host import drop_empty
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILES = ("Dockerfile", "frontend/Dockerfile")
IMAGES_HOME = "https://hub.docker.com"
TIMEOUT_S = 60.0  # for each question
SHOWN = 12  # digits of a commit


@dataclass(frozen=True)
class Found:
    """What is known of a pin.

    Attributes:
        state: ``same``, ``newer`` or ``unknown``.
        name: what is pinned.
        note: the versions, or why nothing is known.
    """

    state: str
    name: str
    note: str

    def __str__(self) -> str:
        return f"{self.state:<8}{self.name}: {self.note}"


class OutOfReachError(Exception):
    """The home of a pin could not be asked; the message says why."""


def commits(text: str) -> Iterator[tuple[str, str]]:
    """Each git repository in a Dockerfile with its pinned commit."""
    yield from re.findall(r"fetch_source\.sh (\S+) ([0-9a-f]{40})\b", re.sub(r"\\\n\s*", "", text))


def images(text: str) -> Iterator[tuple[str, str, str]]:
    """Each base image in a Dockerfile: its name, its tag and its digest, or ""."""
    pattern = r"^(?:FROM|COPY --from=|ARG \w+=)\s*([a-z][\w./-]*):(\d[\w.-]*)(?:@(sha256:[0-9a-f]{64}))?"
    yield from dict.fromkeys(re.findall(pattern, text, flags=re.MULTILINE))


def check_commit(url: str, commit: str) -> Found:
    """Whether the newest commit of a repository's default branch is the pinned one.

    Raises:
        OutOfReachError: if git cannot ask it.
    """
    try:
        done = subprocess.run(  # noqa: S603 – an argument list, from our own Dockerfile
            ["git", "ls-remote", url, "HEAD"],  # noqa: S607 – git is where the user has it
            env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},  # noqa: TID251 – a program of its own
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        fatal = re.search(r"^fatal: (.+)$", error.stderr, flags=re.MULTILINE)
        raise OutOfReachError(fatal[1] if fatal else error.stderr.strip()) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutOfReachError(str(error)) from error
    newest = done.stdout.partition("\t")[0]
    if newest == commit:
        return Found("same", url, commit[:SHOWN])
    page = f"{url.removesuffix('.git')}/compare/{commit[:SHOWN]}...{newest[:SHOWN]}"
    return Found("newer", url, f"pinned {commit[:SHOWN]}, there {newest[:SHOWN]}; {page}")


def check_weights(repository: Repository) -> Found:
    """Whether the hub's newest revision is the pinned one; if not, which of the files that are read differ.

    Raises:
        OutOfReachError: if the hub cannot be asked, or does not answer for it.
    """
    from huggingface_hub import HfApi  # noqa: PLC0415 – reads the environment when it is imported

    hub = HfApi()

    def files(revision: str | None) -> tuple[str, dict[str, str]]:
        info = hub.model_info(repository.name, revision=revision, files_metadata=True, timeout=TIMEOUT_S)
        digests = {item.rfilename: item.blob_id or "" for item in info.siblings or []}
        return info.sha or "", {name: digests.get(name, "gone") for name in repository.files}

    try:
        newest, theirs = files(None)
        if newest == repository.revision:
            return Found("same", repository.name, newest[:SHOWN])
        _, ours = files(repository.revision)
    except (
        OSError,
        ValueError,
    ) as error:  # huggingface_hub's errors are requests', which are of the first kind
        raise OutOfReachError(_in_short(error, hub.endpoint)) from error
    differing = [name for name in repository.files if ours[name] != theirs[name]]
    what = f"differing: {', '.join(differing)}" if differing else "none of the files that are read differs"
    return Found(
        "newer", repository.name, f"pinned {repository.revision[:SHOWN]}, there {newest[:SHOWN]}; {what}"
    )


def check_image(name: str, tag: str, digest: str, home: str = IMAGES_HOME) -> Found:
    """Whether the tag without its patch version (3.11.14-slim → 3.11-slim) is still the pinned image.

    Raises:
        OutOfReachError: if Docker Hub cannot be asked.
    """

    def digest_of(asked: str) -> str:
        path = name if "/" in name else f"library/{name}"
        try:
            reply = requests.get(f"{home}/v2/repositories/{path}/tags/{asked}", timeout=TIMEOUT_S)
            reply.raise_for_status()
            answer: dict[str, Any] = reply.json()
            return str(answer["digest"])
        except (OSError, ValueError, KeyError) as error:
            raise OutOfReachError(_in_short(error, home)) from error

    floating = re.sub(r"^(\d+\.\d+)\.\d+", r"\1", tag)
    ours, newest = digest or digest_of(tag), digest_of(floating)
    if ours == newest:
        return Found("same", f"{name}:{tag}", ours[: len("sha256:") + SHOWN])
    return Found("newer", f"{name}:{tag}", f"{name}:{floating} is another image, {newest}")


def _in_short(error: Exception, home: str) -> str:
    """An error of a connection in few words."""
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return f"{home} could not be reached: is there a network?"
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else home}"


def main(
    argv: Sequence[str] | None = None,
    root: Path = ROOT,
    repositories: Sequence[Repository] = REPOSITORIES,
    images_home: str = IMAGES_HOME,
) -> int:
    """Prints a line a pin, in the order of the files; 0 if each could be looked at."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    ).parse_args(argv)
    drop_empty(os.environ)  # noqa: TID251 – a program of its own
    texts = [(root / path).read_text("utf-8") for path in DOCKERFILES]
    checks: list[tuple[str, Callable[[], Found]]] = []
    for text in texts:
        checks += [(url, partial(check_commit, url, commit)) for url, commit in commits(text)]
    checks += [(item.name, partial(check_weights, item)) for item in repositories if item.wheel is None]
    for text in texts:
        checks += [
            (f"{name}:{tag}", partial(check_image, name, tag, digest, images_home))
            for name, tag, digest in images(text)
        ]

    def look(check: tuple[str, Callable[[], Found]]) -> Found:
        name, ask = check
        try:
            return ask()
        except OutOfReachError as error:
            return Found("unknown", name, str(error))

    with ThreadPoolExecutor(len(checks)) as threads:
        found = list(threads.map(look, checks))
    print(*found, sep="\n")
    return 1 if any(item.state == "unknown" for item in found) else 0


if __name__ == "__main__":
    sys.exit(main())
