import fnmatch
import re
from pathlib import Path

import pytest

from actionmesh_wrapper.weights import REPOSITORIES

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"


def read(dockerfile: Path) -> str:
    """Its instructions, a line each."""
    return re.sub(r"\\\n\s*", "", dockerfile.read_text("utf-8"))


WORKER, PAGE = read(ROOT / "Dockerfile"), read(FRONTEND / "Dockerfile")
BOTH = pytest.mark.parametrize("dockerfile", [WORKER, PAGE], ids=["worker", "page"])
COPIED = [
    source.replace("${CUDA}", cuda)
    for line in re.findall(r"^COPY (?!--from)(.+)$", WORKER, flags=re.MULTILINE)
    for source in line.split()[:-1]
    for cuda in ("13", "12")
]


def stages(dockerfile: str) -> dict[str, str]:
    """The text of each stage by its name; the last one's is "" where it has none."""
    texts = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[1:]
    return {(re.match(r"\S+ AS (\S+)", text) or ["", ""])[1]: text for text in texts}


def line_of(stage: str) -> list[str]:
    """The names of a worker's stage and of all that it is built on, with the arguments' defaults."""
    base = stages(WORKER)[stage].split()[0]
    base = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", base)
    return [stage, *(line_of(base) if base in stages(WORKER) else [])]


@pytest.mark.parametrize("source", sorted(set(COPIED)))
def test_what_is_copied_is_there_and_sent_to_the_build(source: str) -> None:
    assert (ROOT / source).exists()
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert any(fnmatch.fnmatch(source, pattern) or source.startswith(f"{pattern}/") for pattern in sent)


def test_all_weights_are_baked_a_layer_each() -> None:
    baked = re.findall(r"^RUN .*/bake_weights\.sh (\S+)$", stages(WORKER)["weights-baked"], re.MULTILINE)
    of_actionmesh = [item.folder for item in REPOSITORIES if item.wheel is None and not item.by_name_only]
    assert sorted(baked) == sorted(of_actionmesh)


def test_what_changes_least_lies_below_what_changes_more() -> None:
    assert line_of("actionmesh") == [
        "actionmesh",
        "packages",
        "compiler-0",
        "cuda-13",
        "weights-none",
        "python",
    ]
    torch = [stages(WORKER)[f"cuda-{cuda}"] for cuda in ("13", "12")]
    assert all(
        re.findall(r"^COPY (\S+)", text, re.MULTILINE)[0].startswith("builder/requirements-cuda")
        for text in torch
    )
    assert not any("requirements.txt" in text for text in torch)


def test_every_source_is_a_commit() -> None:
    fetched = re.findall(r"fetch_source\.sh (\S+) (\S+) ", WORKER)
    assert len(fetched) == 3
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit in fetched)


def test_base_images_are_of_a_patch_version() -> None:
    known = {"scratch", *stages(WORKER), *stages(PAGE)}
    named = [text.split()[0] for text in [*stages(WORKER).values(), *stages(PAGE).values()]]
    bases = {
        re.sub(r"@sha256:[0-9a-f]{64}$", "", base) for base in named if "$" not in base and base not in known
    }
    assert all(
        re.fullmatch(r"(python:3\.11|node:22\.\d+)\.\d+-(bookworm-slim|slim-bookworm)", base)
        for base in bases
    )
    assert len(bases) == 2


def test_a_stage_that_an_argument_chooses_is_there_and_the_defaults_are_the_arguments() -> None:
    chosen = {text.split()[0] for text in stages(WORKER).values() if "$" in text.split()[0]}
    values = {
        "WEIGHTS": ("none", "baked"),
        "CUDA": ("13", "12"),
        "PYTORCH3D": ("0", "1"),
        "COMPILER": ("0", "1"),
    }
    for argument, (default, _) in values.items():
        assert f"\nARG {argument}={default}\n" in WORKER
        assert f":-{default}}}" in "".join(base for base in chosen if f"${{{argument}" in base)
    for base in chosen:
        [(prefix, argument)] = re.findall(r"^(\S+-)\$\{(\w+):-\w+\}$", base)
        assert {prefix + value for value in values[argument]} <= stages(WORKER).keys()


def test_no_token_and_unless_asked_for_no_compiler_reach_the_image() -> None:
    for stage in [*line_of("actionmesh"), *line_of("silhouette")]:
        assert not re.search(r"apt-get|build-essential|secret|HF_TOKEN|-compile\.txt", stages(WORKER)[stage])


def test_weights_that_are_baked_leave_no_token() -> None:
    assert "mount=type=secret" in stages(WORKER)["weights-baked"]
    assert "HF_TOKEN" not in WORKER.split("ARG WEIGHTS")[1]


@BOTH
def test_a_step_mounts_nothing_that_its_cache_would_not_see(dockerfile: str) -> None:
    mounts = [name for name, text in stages(dockerfile).items() if "--mount=from=" in text]
    assert mounts == (["weights-baked"] if dockerfile is WORKER else [])
    if mounts:
        assert "\nCOPY actionmesh_wrapper/weights/table.py " in stages(dockerfile)["weights-baked"]


@BOTH
def test_no_step_mounts_a_tmpfs(dockerfile: str) -> None:
    assert "type=tmpfs" not in dockerfile  # buildah 1.28 removes the image's files with it


@BOTH
def test_images_say_what_they_are(dockerfile: str) -> None:
    shipped = [text for text in stages(dockerfile).values() if "\nCMD " in text]
    assert len(shipped) == (2 if dockerfile is WORKER else 1)
    for text in shipped:
        for label in ("title", "description", "licenses", "version", "revision", "source"):
            assert f"org.opencontainers.image.{label}=" in text


@BOTH
def test_nothing_runs_as_root(dockerfile: str) -> None:
    for text in stages(dockerfile).values():
        assert ("\nCMD " in text) == ("\nUSER 1000\n" in text)


def test_the_worker_starts_offline() -> None:
    *_, (last, text) = stages(WORKER).items()
    assert last == "actionmesh"
    for setting in ("ENGINE=auto", "HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "HF_MODULES_CACHE=/tmp/"):
        assert setting in text


def sent_files() -> set[Path]:
    """The page's sources that its build is sent, by its .dockerignore."""
    rules = (FRONTEND / ".dockerignore").read_text("utf-8").split()
    sent = set()
    for path in FRONTEND.rglob("*"):
        name, left_out = path.relative_to(FRONTEND).as_posix(), False
        if (
            "node_modules" in path.parts
            or ".next" in path.parts
            or path.suffix not in {".ts", ".tsx", ".mjs"}
        ):
            continue
        for rule in rules:
            pattern = rule.removeprefix("!").removeprefix("**/")
            whole = any(
                fnmatch.fnmatch(part, pattern) for part in (name, path.name) if rule.startswith("**/")
            )
            if whole or any(fnmatch.fnmatch(part, pattern) for part in prefixes(name)):
                left_out = not rule.startswith("!")
        if not left_out:
            sent.add(path)
    return sent


def prefixes(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def test_what_the_pages_build_imports_is_sent_to_it() -> None:
    sent = sent_files()
    assert FRONTEND / "next.config.ts" in sent
    assert not any(path.name.endswith(".test.ts") for path in sent)
    for path in sent:
        for name in re.findall(r'(?:from|import) "((?:@|\.\.?)/(?!\.next/)[^"]+)"', path.read_text("utf-8")):
            target = FRONTEND / name[2:] if name.startswith("@/") else path.parent / name
            candidates = [
                target.parent / f"{target.name}{end}" for end in ("", ".ts", ".tsx", "/index.ts", ".d.ts")
            ]
            found = [item.resolve() for item in candidates if item.is_file()]
            assert found, f"{path}: {name}"
            assert found[0].suffix not in {".ts", ".tsx", ".mjs"} or found[0] in sent, f"{path}: {name}"
