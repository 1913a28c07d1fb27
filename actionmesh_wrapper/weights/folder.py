"""A folder of weights, for people: verified, listed. Nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights.search import SearchPath, find
from actionmesh_wrapper.weights.table import Repository, chosen
from actionmesh_wrapper.weights.verify import verify as verify_found


@dataclass(frozen=True)
class Listed:
    """What a folder has of a repository.

    Attributes:
        repository: which.
        why_not: why the worker would not take it; None if it is there by name. Its bytes were not compared.
        size: of its files that are there, in bytes.
    """

    repository: Repository
    why_not: str | None
    size: int

    def __str__(self) -> str:
        item = self.repository
        what = f"{item.folder:<10} {item.name:<30} {item.revision[:8]}"
        state = (self.why_not or "there") + ("" if item.required else " (optional)")
        size = f"{self.size / 1e9:5.2f} GB" if self.size >= 1e8 else f"{self.size / 1e6:5.1f} MB"
        return f"{what}  {size}  {state}"


def verify(folder: Path, repositories: Sequence[Repository] | None = None) -> list[str]:
    """Hashes every file in a folder of weights, and fetches nothing; what is wrong, or missing."""
    weights = find(
        SearchPath((folder,), ()), tuple(chosen((), folder) if repositories is None else repositories)
    )
    lacking = [f"{item}: {weights.absent[item.folder]}" for item in weights.missing if not item.required]
    try:
        verify_found(weights)
    except StartError as error:
        return [str(error), *lacking]
    return lacking


def listing(folder: Path, repositories: Sequence[Repository] | None = None) -> list[Listed]:
    """What a folder has, by name and size alone: quick, and says nothing of the files' bytes."""
    wanted = tuple(chosen((), folder) if repositories is None else repositories)
    absent = find(SearchPath((folder,), ()), wanted).absent

    def listed(item: Repository) -> Listed:
        home = folder / item.folder
        size = sum(path.stat().st_size for name in item.files if (path := home / name).is_file())
        why_not = absent.get(item.folder, "").removeprefix(f"{home}: ") or None
        return Listed(item, why_not, size)

    return [listed(item) for item in wanted]
