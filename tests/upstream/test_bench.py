"""The benchmark's and the GPU check's own code, with tiny models on a processor."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from bench.rig import Rig
    from tests.upstream.pipelines import Ours


@pytest.fixture
def on(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Rig"]:
    from bench import rig

    monkeypatch.setattr(rig, "OUTPUTS", tmp_path)
    with rig.rig("tiny", "cpu") as made:
        yield made


def test_a_round_takes_the_time_of_both(on: "Rig") -> None:
    from bench.engine import Warm

    taken = Warm(on, "fast").round(16)
    assert 0 < taken.ours_stage_2 < taken.ours
    assert 0 < taken.theirs_stage_2 < taken.theirs


def test_a_round_whose_outputs_differ_ends_the_benchmark(on: "Rig") -> None:
    from bench.engine import Warm

    warm = Warm(on, "fast")
    warm.ours.engine._knobs = {"fast": replace(warm.ours.engine._knobs["fast"], guidance_scale=2.0)}
    with pytest.raises(SystemExit, match="16 frames: the outputs differ"):
        warm.round(16)


def test_keys_are_compared_with_a_chain(on: "Rig") -> None:
    from bench.windows import with_random_weights

    del on  # its folder of weights is taken
    machine, keys, chain, difference = with_random_weights("tiny", "cpu", 46)
    assert "46 frames, random weights, tiny" in machine
    assert (keys.split()[0], chain.split()[0]) == ("keys", "chain")
    for line in (keys, chain):
        assert float(line.split()[1]) > 0
        assert "stage_1 " in line
    assert difference.startswith("keys against chain: differs: ")


def test_the_clip_of_real_weights_is_the_sample_twice(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="bench.windows runs torch")
    from bench.sample import write_sample
    from bench.windows import FRAMES, twice

    pictures = sorted(twice(write_sample(tmp_path / "sample.mp4"), tmp_path / "frames").iterdir())
    assert len(pictures) == 96 > FRAMES
    assert pictures[0].read_bytes() == pictures[48].read_bytes() != pictures[1].read_bytes()


@pytest.mark.parametrize("which", ["ours", "theirs"])
def test_a_process_of_its_own_tells_its_peak(
    on: "Rig", which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench.engine import run_alone

    run_alone(which, on, "fast")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["host"] > 100
    assert told["gpu"] == 0
    assert told["processor_s"] > 0


def test_the_wide_clip_is_prepared_alike(sources: Path) -> None:
    from bench.preparation import _prepare, _wide

    assert min(_prepare(_wide())) > 0


def test_the_gpu_check_holds_on_a_processor(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench import gpu, rig

    monkeypatch.setattr(rig, "OUTPUTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["gpu", "--device", "cpu", "--tiny", "--modes", "fast"])
    gpu.main()
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in told if line.startswith(("resident", "lent"))] == [
        ["resident", "fast", "16"],
        ["resident", "fast", "20"],
        ["lent", "fast", "16"],
        ["lent", "fast", "20"],
    ]
    assert [line for line in told if line.startswith("ok: ")] == [
        "ok: fast, 16 frames: upstream's, bit for bit",
        "ok: fast, 20 frames: upstream's, bit for bit",
        "ok: too little memory: OUT_OF_MEMORY",
        "ok: the job after it: as ever",
        "ok: a cancel in Stage I: is heard",
        "ok: the job after it: as ever",
    ]
    assert told[-1] == "All of it held."


def test_the_gpu_check_fails_if_upstream_s_output_is_another(on: "Rig") -> None:
    from bench import gpu

    mine = on.ours()(swing(16), mode="fast", **gpu.FEW)
    mine.vertices[3, 5, 0] = np.nextafter(mine.vertices[3, 5, 0], np.float32(2))
    with pytest.raises(SystemExit, match="FAILED: fast, 16 frames: upstream's, bit for bit"):
        gpu.compare_with_upstream(on, {("fast", 16): mine}, gpu.FEW)


def test_the_gpu_check_fails_if_memory_does_not_run_out(
    on: "Rig", ours: "Ours", monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from bench import gpu

    def room(_device: Any) -> Any:
        return nullcontext(lambda *_: None)

    monkeypatch.setattr(gpu, "_no_room", room)
    with pytest.raises(SystemExit, match="FAILED: too little memory: OUT_OF_MEMORY"):
        gpu.run_out_of_memory(ours, on, gpu.FEW, ours(swing(16), **gpu.FEW))
