"""Where the weights lie: each repository is looked for on its own, in our folders and the hub's caches."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.weights.marker import Marker
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository

BAKED = Path("/weights")  # in the image
INSTALLED = Path(sys.prefix, "share", "actionmesh-worker")  # beside the packages: what `make run` fetches
HUB_CACHE = Path("~/.cache/huggingface/hub")  # the hub's own


@dataclass(frozen=True)
class Weights:
    """The weights that were found. They are not verified yet: `verify` does that.

    Attributes:
        paths: a repository's folder name, such as ``ActionMesh``, with where it lies; absolute.
        absent: the folder name of each that was not found, with why.
        repositories: the table that was looked for.
    """

    paths: Mapping[str, Path]
    absent: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[Repository, ...] = REPOSITORIES

    @property
    def revision(self) -> str:
        """The revisions of all that were found, eight digits each: equal strings, equal weights."""
        return "-".join(item.revision[:8] for item in self.repositories if item.folder in self.paths)

    def only(self, *folders: str) -> "Weights":
        """Those of some repositories, of which none has to be there."""
        kept = tuple(replace(item, required=False) for item in self.repositories if item.folder in folders)
        return Weights(
            {name: path for name, path in self.paths.items() if name in folders},
            {name: why for name, why in self.absent.items() if name in folders},
            kept,
        )

    @property
    def missing(self) -> tuple[Repository, ...]:
        """The repositories that were not found."""
        return tuple(item for item in self.repositories if item.folder not in self.paths)


@dataclass(frozen=True)
class SearchPath:
    """Where to look, in order: folders with a subfolder a repository, then caches of the hub's layout."""

    folders: Sequence[Path]
    caches: Sequence[Path]

    @classmethod
    def usual(cls, weights_dir: Path | None, hub_cache: Path | None, host: Host = LAPTOP) -> "SearchPath":
        """The worker's places.

        Args:
            weights_dir: `WEIGHTS_DIR`; None means the image's own folder, then the one beside the
                packages, then the host's.
            hub_cache: the hub's cache, of ``models--org--name`` folders; None means that of the home folder.
            host: where the worker runs.
        """
        folders = (BAKED, INSTALLED, *host.weights_dirs) if weights_dir is None else (weights_dir,)
        return cls(folders, (*host.hub_caches, (hub_cache or HUB_CACHE).expanduser()))


def find(places: SearchPath, repositories: tuple[Repository, ...] = REPOSITORIES) -> Weights:
    """Looks for each repository: the first place that has its revision and all of its files by name."""
    paths: dict[str, Path] = {}
    absent: dict[str, str] = {}
    for repository in repositories:
        refused = []
        for place, why in _candidates(repository, places):
            if why is None:
                paths[repository.folder] = place.absolute()
                break
            refused.append(f"{place}: {why}")
        else:
            looked = ", ".join(str(place) for place in (*places.folders, *places.caches))
            absent[repository.folder] = "; ".join(refused) or f"not found in {looked}"
    return Weights(paths, absent, repositories)


def _candidates(repository: Repository, places: SearchPath) -> Iterator[tuple[Path, str | None]]:
    """Each place that has something of the repository, with why it does not do, or None."""
    for root in places.folders:
        folder = root / repository.folder
        if folder.is_dir() and any(folder.iterdir()):
            yield folder, _refusal(folder, repository)
    for cache in places.caches:
        for snapshots in _snapshots(cache, repository.name):
            folder = snapshots / repository.revision
            yield folder, _lacking(folder, repository) if folder.is_dir() else "another revision is there"


def _snapshots(cache: Path, name: str) -> Iterator[Path]:
    """The repository's folder of snapshots in a cache of the hub's layout; some caches write names small."""
    folder = f"models--{name.replace('/', '--')}"
    for spelling in dict.fromkeys((folder, folder.lower())):
        if (cache / spelling / "snapshots").is_dir():
            yield cache / spelling / "snapshots"


def _refusal(folder: Path, repository: Repository) -> str | None:
    """Why a folder of ours does not do, or None."""
    try:
        marker = Marker.read(folder)
    except (ValueError, OSError) as error:
        return str(error)
    if marker is None:
        return "it is half-downloaded or was not fetched by builder/fetch_weights.py"
    if (marker.repository, marker.revision) != (repository.name, repository.revision):
        return f"it has {marker.repository}@{marker.revision}"
    return _lacking(folder, repository)


def _lacking(folder: Path, repository: Repository) -> str | None:
    """Which files a folder lacks, or None."""
    lacking = [name for name in repository.files if not (folder / name).is_file()]
    return f"{', '.join(lacking)}: missing" if lacking else None
