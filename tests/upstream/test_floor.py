"""The model's own noise, with tiny models on a processor."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation

torch = pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

BOX = np.array([[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]], np.float32)
STEP = np.array([0, 0, 0.5], np.float32)
FIRST = Animation(np.stack([BOX, BOX + STEP]), np.array([[0, 1, 2], [0, 2, 3]], np.int32), 8.0)
SIZE = np.sqrt(3**2 + 4**2 + 0.5**2)


def moved(by: float, count: int = 4) -> Animation:
    """With some vertices of each key to the side."""
    vertices = FIRST.vertices.copy()
    vertices[:, :count, 0] += by
    return replace(FIRST, vertices=vertices)


def test_distances_are_shares_of_the_box() -> None:
    from bench.floor import Distance

    one = Distance.of(moved(0.1), FIRST)
    assert one.p95 == pytest.approx(0.1 / SIZE, rel=1e-5)
    assert one.chamfer == pytest.approx(0.1 / SIZE, rel=1e-5)
    assert one.motion == pytest.approx(0.5 / SIZE, rel=1e-5)
    fewer = replace(FIRST, vertices=FIRST.vertices[:, :3], faces=FIRST.faces[:1])
    assert Distance.of(fewer, FIRST).p95 == np.inf


def test_close_is_what_moves_no_more_than_half_as_far_again_as_noise() -> None:
    from bench.floor import Distance, Floor

    floor = Floor.of(FIRST, [moved(0.01), moved(-0.02)], [moved(0.3), moved(0.4)])
    assert floor.p95 == pytest.approx(0.02 / SIZE, rel=1e-4)
    assert floor.chamfer == pytest.approx(0.3 / SIZE, rel=1e-4)
    assert floor.is_close(Distance.of(moved(0.029), FIRST))
    assert not floor.is_close(Distance.of(moved(0.031), FIRST))
    close = Distance.of(FIRST, FIRST)
    assert floor.is_close(close)
    assert not floor.is_close(replace(close, chamfer=0.31 / SIZE))
    assert not floor.is_close(replace(close, motion=0.6 / SIZE))


@pytest.mark.parametrize("towards", [np.inf, -np.inf])
def test_noise_moves_by_one_unit_in_the_last_place_and_no_longer_than_asked(
    sources: Path, towards: float
) -> None:
    from actionmesh.scheduler.scheduler import SchedulerFlow

    from bench.floor import noise_moved

    scheduler = SchedulerFlow(4)

    def draw() -> Any:
        return scheduler.get_noise([8, 4], 1, 3, "cpu", torch.Generator().manual_seed(1))

    before = draw()
    with noise_moved(scheduler, towards):
        after = draw()
    assert torch.equal(after, torch.nextafter(before, torch.tensor(towards)))
    assert not torch.eq(after, before).any()
    assert torch.equal(draw(), before)


def test_what_is_on_by_default_is_told_close_and_another_guidance_is_not(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench import floor, rig

    monkeypatch.setattr(rig, "OUTPUTS", tmp_path)
    monkeypatch.setattr(floor, "RESULTS", tmp_path)
    asked = ["--device", "cpu", "--tiny", "--mixed", "--save", "--only", "all", "guidance_interval"]
    monkeypatch.setattr(sys, "argv", ["floor", *asked])
    floor.main()
    told = json.loads((tmp_path / "floor-cpu-tiny-bfloat16.json").read_text())
    assert told["floor"]["p95"] > 0
    assert told["changes"]["all"]["p95"] == 0
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert {row[0]: row[-1] for row in rows[1:]} == {"| all": "yes |", "| guidance_interval": "no |"}
    assert (tmp_path / "floor-cpu-tiny-bfloat16.md").is_file()


def test_one_that_fails_costs_no_other_and_ends_the_script_with_its_name(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench import floor, rig

    measure = floor.distance_of

    def fail(on: Any, names: str, *given: Any, **named: Any) -> Any:
        if names == "none":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return measure(on, names, *given, **named)

    monkeypatch.setattr(rig, "OUTPUTS", tmp_path)
    monkeypatch.setattr(floor, "distance_of", fail)
    monkeypatch.setattr(sys, "argv", ["floor", "--device", "cpu", "--tiny", "--only", "none", "exact"])
    with pytest.raises(SystemExit, match=r"^FAILED: none$"):
        floor.main()
    told = capsys.readouterr()
    assert "| exact | 0.0e+00 |" in told.out
    assert "illegal memory access" in told.err
