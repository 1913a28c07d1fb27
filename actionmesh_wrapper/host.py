"""The host: what a worker must know of the place where it runs."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile


@dataclass(frozen=True)
class Host:
    """A place where workers run.

    Attributes:
        name: what people call it.
        is_serverless: whether callers reach the worker through a queue alone. Then a file on its disk is no
            answer, and no other engine stands in for the one that is missing.
        answer_bytes: the longest answer that it passes on, in bytes of JSON; None: any.
        weights_dirs: where a volume may hold the weights, beside the image's own folder.
        hub_caches: where it may keep models in the layout of the Hugging Face hub's cache.
    """

    name: str
    is_serverless: bool = False
    answer_bytes: int | None = None
    weights_dirs: tuple[Path, ...] = ()
    hub_caches: tuple[Path, ...] = ()


LAPTOP = Host("this machine")


# Settings of libraries (boto3, huggingface_hub) that take "" for a value: an address, a profile, a number.
OF_LIBRARIES = ("AWS_", "HF_", "HUGGING_FACE_", "HUGGINGFACE_", "TRANSFORMERS_")


def drop_empty(environ: MutableMapping[str, str]) -> None:
    """Removes the libraries' variables that are set to "": so arrives what is unset in a console or a build.

    To be called before those libraries are imported. The worker's own settings take "" for unset anyway.
    """
    for name in [
        name for name, value in environ.items() if name.startswith(OF_LIBRARIES) and not value.strip()
    ]:
        del environ[name]


def unwritable(folder: Path) -> str | None:
    """Makes a folder if it is not there, tries to write in it, and says what speaks against that, or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}."
    return None
