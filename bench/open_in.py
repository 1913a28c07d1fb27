"""What opens the animated mesh: each profile in each tool that can be had here, against the truth.

    python -m bench.open_in FOLDER [--save]

FOLDER is kept, for the tools: libraries from PyPI get a virtual environment each, those from npm a folder.
Blender, Godot 3 and Debian's Assimp are run where they are installed. A tool that cannot be had is named,
with the reason. Needs package indexes, and ``npm ci`` in frontend for three.js.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from bench.machine import about
from bench.openers import KEYS, TOOLS, Bench, Frames, NotHere, Read, Refused

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Opened:
    """What came of a file in a tool.

    Attributes:
        says: in a few words.
        keys: that it showed.
        farthest: from the truth, of any vertex at any of these keys, as a share of the box's longest side.
    """

    says: str
    keys: int = 0
    farthest: float | None = None


def compared(frames: Frames, truth: Animation) -> Opened:
    """What a tool shows beside the truth; a vertex is the one whose whole path is nearest."""
    if not frames:
        return Opened("finds no mesh")
    shown = np.stack(frames, axis=1)  # (V', keys, 3)
    if not np.isfinite(shown).all():
        return Opened("opens, but its positions are no numbers")
    wanted = truth.vertices[: len(frames)].transpose(1, 0, 2).astype(np.float64)
    _, place = KDTree(shown.reshape(len(shown), -1)).query(wanted.reshape(len(wanted), -1))
    gaps = np.linalg.norm(shown[place] - wanted, axis=2)
    farthest = float(gaps.max() / np.ptp(truth.vertices.reshape(-1, 3), axis=0).max())
    if farthest > 1e-3:
        return Opened("opens, but shows something else", len(frames), farthest)
    return Opened("all keys" if len(frames) == KEYS else "first frame only", len(frames), farthest)


def tried(read: Read, file: Path, truth: Animation) -> tuple[str | None, Opened]:
    """The tool's version, where it told it, and what came of a file."""
    try:
        version, frames = read(file)
    except Refused as error:
        return None, Opened(f"refuses it: {error}")
    return version, compared(frames, truth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save", action="store_true", help="write bench/results/open-in.*")
    options = parser.parse_args()
    bench = Bench(options.folder)
    rows: dict[str, Any] = {}
    for name, tool in TOOLS.items():
        try:
            read = tool(bench)
        except (NotHere, Refused) as error:
            rows[name] = {"not_run": str(error)}
            continue
        found = {profile: tried(read, bench.file(profile), bench.truth) for profile in PROFILES}
        versions = [version for version, _ in found.values() if version]
        rows[name] = {"version": versions[0] if versions else "unknown"}
        rows[name] |= {profile: asdict(opened) for profile, (_, opened) in found.items()}
        print(name, rows[name], flush=True)
    facts = {"on": datetime.now(UTC).date().isoformat(), "machine": about(), "keys": KEYS, "tools": rows}
    text = table(facts, bench.truth)
    print(f"\n{text}")
    if options.save:
        (RESULTS / "open-in.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        (RESULTS / "open-in.md").write_text(text)


def table(facts: dict[str, Any], truth: Animation) -> str:
    """All of it as a page."""
    heads = ["Tool", "Version", *(f"`{profile}`" for profile in PROFILES)]
    rows = [heads, ["---"] * len(heads)]
    for name, row in facts["tools"].items():
        if "not_run" in row:
            rows.append([name, "not run", row["not_run"], *[""] * (len(PROFILES) - 1)])
        else:
            rows.append([name, row["version"], *(cell(row[profile]) for profile in PROFILES)])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    what = f"{truth.vertices.shape[1]:,} vertices, {KEYS} keys; {facts['machine']}; {facts['on']}."
    return "\n".join(["# What opens the animated mesh", "", what, "", *lines, ""])


def cell(opened: dict[str, Any]) -> str:
    """What came of one file."""
    says, farthest = opened["says"], opened["farthest"]
    return f"{says}" if farthest is None else f"{says}, {farthest:.1e}"


if __name__ == "__main__":
    main()
