"""python -m tests.fuzz --seconds 600 --seed 1 [--keep FOLDER]; python -m tests.fuzz --replay FILE."""

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis

from actionmesh_wrapper import video
from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.video import packets
from tests.export.samples import NEAR, seamed
from tests.fuzz.mutate import mutate
from tests.fuzz.targets import DAMAGED, INVENTED, outcome
from tests.hostile.containers import KINDS, good
from tests.hostile.scene import Clips, TooSlow, alarm
from tests.hostile.watch import watching
from tests.mesh_file.test_hostile import samples

FFMPEG_S = 10.0  # in place of minutes, for each time that it is started
LIMIT_S = 45.0  # of one input
OWN_BYTES, CHILD_BYTES = 500 << 20, 1500 << 20
IN_A_ROW = {"video": 10, "mesh": 30, "animation": 30}
EXAMPLES = 100  # of a strategy in a row


@dataclass
class Fuzzer:
    """Feeds inputs and notes what comes of them.

    Attributes:
        folder: to work in.
        keep: a folder for inputs that are faults, or None.
        outcomes: how often each kind of input ended how.
        most: of each kind the longest time in seconds, and the most memory in MB, ours and a child's.
        faults: what must not be.
    """

    folder: Path
    keep: Path | None
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    most: dict[tuple[str, str], float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def damage(self, kind: str, corpus: dict[str, bytes], number: str) -> None:
        """Feeds one damaged file, the same for the same number."""
        chance = random.Random(f"{kind} {number}")
        name = chance.choice(sorted(corpus))
        data = mutate(corpus[name], list(corpus.values()), chance)
        with watching(self.folder) as peaks:
            self.feed(kind, f"{number}-{name}", data, lambda: DAMAGED[kind](data, self.folder))
        for who, most, limit in (("own", peaks.own, OWN_BYTES), ("child", peaks.child, CHILD_BYTES)):
            self._note(kind, f"MB, {who}", most >> 20)
            if most > limit:
                self._fault(kind, f"{number}-{name}", data, f"{most >> 20} MB of memory ({who})")

    def invent(self, kind: str, seed: int) -> None:
        """Feeds what a strategy gives, the same for the same seed."""
        strategy, target = INVENTED[kind]

        def check(value: object) -> None:
            text = json.dumps(value, default=repr).encode()
            self.feed(kind, str(seed), text, lambda: target(value))

        checks = list(hypothesis.HealthCheck)
        settings = hypothesis.settings(
            max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=checks
        )
        hypothesis.seed(seed)(settings(hypothesis.given(strategy)(check)))()

    def feed(self, kind: str, name: str, data: bytes, run: Callable[[], None]) -> None:
        """Runs one input."""
        started = time.monotonic()
        try:
            with alarm(LIMIT_S):
                code = outcome(run)
        except (Exception, TooSlow) as error:  # noqa: BLE001 – that is what is looked for
            code = "FAULT"
            self._fault(kind, name, data, "".join(traceback.format_exception(error)))
        self.outcomes[kind, code] += 1
        self._note(kind, "s", time.monotonic() - started)

    def _note(self, kind: str, what: str, value: float) -> None:
        self.most[kind, what] = max(self.most.get((kind, what), 0), value)

    def _fault(self, kind: str, name: str, data: bytes, what: str) -> None:
        self.faults.append(f"{kind}-{name}: {what}")
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{kind}-{name}").write_bytes(data)


def fuzz(seconds: float, seed: int, keep: Path | None = None) -> Fuzzer:
    """Feeds all kinds in turn for so long."""
    video._DECODING_S = packets._LISTING_S = FFMPEG_S
    with tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in ("clips", "meshes", "work")]
        for folder in folders:
            folder.mkdir()
        fuzzer = Fuzzer(folders[2], keep)
        clips = {kind: good(Clips(folders[0]), kind, count=17) for kind in KINDS}
        corpora = {"video": clips, "mesh": samples(folders[1]), "animation": animations(folders[1])}
        end, number = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            number += 1
            for kind, times in IN_A_ROW.items():
                for turn in range(times):
                    fuzzer.damage(kind, corpora[kind], f"{seed}.{number}.{turn}")
            for kind in INVENTED:
                fuzzer.invent(kind, seed * 1_000_000 + number)
    return fuzzer


def animations(folder: Path) -> dict[str, bytes]:
    """A sound animation in each profile."""
    extras = {"engine": "ball", "mode": "fast", "seed": 1}
    files = {profile: folder / f"{profile}.glb" for profile in PROFILES}
    for profile, path in files.items():
        write_animated_mesh(seamed(3), path, extras=extras, profile=profile, film=NEAR)
    return {profile: path.read_bytes() for profile, path in files.items()}


def replay(path: Path) -> str:
    """What comes of a saved input."""
    kind, data = path.name.split("-")[0], path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        if kind in DAMAGED:
            return outcome(lambda: DAMAGED[kind](data, Path(folder)))
        return outcome(lambda: INVENTED[kind][1](json.loads(data)))


def main() -> int:
    """Prints a table; fails if there are faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for inputs that are faults")
    parser.add_argument("--replay", type=Path, help="one of these, instead")
    given = parser.parse_args()
    if given.replay:
        sys.stdout.write(f"{replay(given.replay)}\n")
        return 0
    fuzzer = fuzz(given.seconds, given.seed, given.keep)
    lines = [f"{kind:8} {code:20} {count:8,}" for (kind, code), count in sorted(fuzzer.outcomes.items())]
    lines += [f"{kind:8} at most {most:.2f} {what}" for (kind, what), most in fuzzer.most.items()]
    sys.stdout.write("\n".join([*lines, *fuzzer.faults, f"{len(fuzzer.faults)} faults\n"]))
    return 1 if fuzzer.faults else 0


if __name__ == "__main__":
    sys.exit(main())
