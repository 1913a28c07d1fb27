"""What bench.speed measures and tells, with tiny models on a processor."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY, choose
from actionmesh_wrapper.data.animation import Animation
from bench.difference import Difference, worst
from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from bench.speed import Bench
    from bench.speed_report import Report, Row, Settings
    from tests.upstream.pipelines import Ours

torch = pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

SQUARE = Animation(
    np.array([[[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]]] * 2, np.float32),
    np.array([[0, 1, 2], [0, 2, 3]], np.int32),
    8.0,
)
H100 = "NVIDIA H100 80GB HBM3"


def moved(animation: Animation, by: float) -> Animation:
    """With one of its vertices somewhat to the side."""
    vertices = animation.vertices.copy()
    vertices[1, 2, 0] += by
    return replace(animation, vertices=vertices)


@pytest.fixture
def bench(tiny: Any, upstream_home: Path) -> "Bench":
    from bench.rig import Rig
    from bench.speed import Bench

    return Bench(Rig(tiny, upstream_home, torch.device("cpu")), "fast", 16, {"stage_0_steps": 3}, 1)


@pytest.fixture
def settings() -> "Settings":
    from bench.speed_report import Settings

    return Settings("Linux", "PyTorch 2", H100, "real", "default", 16, {"stage_1_steps": 5}, 2)


def row(name: str, *seconds: float) -> "Row":
    from bench.speed_report import Row

    theirs = [{"stage_1": 4.0}] * len(seconds)
    mine = [{"stage_1": each} for each in seconds]
    return Row(name, "2026-11-25", 1.0, 9.0, mine, theirs, Difference.of(SQUARE, SQUARE), 12.5)


def lines_of(markdown: str) -> dict[str, list[str]]:
    """The cells of its tables' lines, by their first."""
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in markdown.splitlines() if "|" in line
    ]
    return {first: others for first, *others in cells}


def test_each_change_has_a_row_beside_upstream_s(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench import rig, speed
    from bench.speed_report import Report

    monkeypatch.setattr(rig, "OUTPUTS", tmp_path)
    monkeypatch.setattr(speed, "RESULTS", tmp_path)
    names = [name for name in speed.sets(torch.device("cpu")) if not LOSSY.keys() & choose(name)]
    asked = ["--device", "cpu", "--tiny", "--mode", "fast", "--rounds", "1", "--save", "--only", *names]
    monkeypatch.setattr(sys, "argv", ["speed", *asked])
    speed.main()
    report = Report.of_json(json.loads((tmp_path / "speed-cpu-tiny-fast.json").read_text()))
    assert [*report.rows] == ["upstream", *names]
    for made in report.rows.values():
        assert str(made.output) == "equal"
        assert made.rounds[0].keys() == made.upstream[0].keys() == made.stages_s.keys()
        assert min(made.rounds[0].values()) > 0
        assert made.peak_gb is None
    assert len(report.rows["upstream"].rounds) == len(names)
    page = (tmp_path / "speed-cpu-tiny-fast.md").read_text()
    assert capsys.readouterr().out.startswith(page)
    assert {"upstream", *names, "Stage I"} < lines_of(page).keys()
    assert lines_of(page)["Stage I"][1] == "–"


@pytest.mark.parametrize(
    ("device", "lossy"),
    [("cuda", [*LOSSY]), ("cpu", [name for name in LOSSY if name not in {"cudnn_attention", "cuda_graph"}])],
)
def test_the_sets_are_each_change_alone_and_those_together(
    device: str, lossy: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.speed import names_of, sets

    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: (8, 9))
    kept = {*EXACT, *CLOSE} - (set() if device == "cuda" else {"sixteen_bit_weights"})
    names = sets(torch.device(device))
    together = {"exact", "all", *(f"all,{name}" for name in lossy), ",".join(["all", *lossy])}
    assert set(names) == {"none", *kept, *lossy, *together}
    assert len(names) == len(set(names))
    assert [*map(names_of, names)] == names


def test_a_set_that_fails_is_no_reason_to_lose_the_others(
    bench: "Bench",
    settings: "Settings",
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from bench.speed import measure
    from bench.speed_report import Report

    run = bench.measure

    def fail(name: str) -> Any:
        if name == "decode_once":
            raise RuntimeError("CUDA error: operation not permitted when stream is capturing")
        return run(name)

    monkeypatch.setattr(bench, "measure", fail)
    report = Report(settings)
    assert measure(bench, report, ["decode_once", "none"], None) == ["decode_once"]
    assert [*report.rows] == ["upstream", "none"]
    assert "stream is capturing" in capsys.readouterr().err


def test_an_output_that_differs_is_told(bench: "Bench") -> None:
    expected = bench._first.animation
    bench._first = replace(bench._first, animation=moved(expected, 0.5))
    made, operations = bench.measure("none")
    assert str(made.output).startswith("differs: ")
    assert operations["stage_1"] > 0
    assert bench.measure("shared_first_block")[1] == {}


@pytest.mark.parametrize(
    ("animation", "told"),
    [
        (SQUARE, "equal"),
        (moved(SQUARE, 0.4), "differs: 8.0e-02 at most, 1.0e-02 on average"),
        (
            replace(SQUARE, faces=SQUARE.faces[::-1]),
            "differs: 0.0e+00 at most, 0.0e+00 on average; other faces",
        ),
        (
            replace(SQUARE, vertices=SQUARE.vertices[:, :3], faces=SQUARE.faces[:1]),
            "another mesh: 3 vertices, not 4",
        ),
    ],
)
def test_how_an_animation_differs(animation: Animation, told: str) -> None:
    difference = Difference.of(animation, SQUARE)
    assert str(difference) == told
    assert worst([Difference.of(SQUARE, SQUARE), difference]) == difference


def test_operations_are_counted_by_stage_and_grow_with_the_steps(ours: "Ours") -> None:
    from bench.flops import count

    def job(steps: int, frames: int = 16) -> Callable[[Any], Animation]:
        return lambda step: ours(swing(frames), step=step, stage_1_steps=steps)

    few, many = count(job(2), 2), count(job(4), 4)
    assert min(operations for stage, operations in few.items() if stage != "masks") > 0
    assert many["stage_1"] == 2 * few["stage_1"]
    assert count(job(2), 4) == many
    assert count(job(2, frames=20), 2 * 4) == count(job(4, frames=20), 2 * 4)


def test_attention_on_a_processor_is_counted() -> None:
    from bench.flops import count

    def attend(step: Callable[[str, int, int], None]) -> None:
        query = torch.ones(1, 2, 8, 4)
        for index in range(3):
            step("stage_1", index, 2)
            if index:
                torch.nn.functional.scaled_dot_product_attention(query, query, query)

    once = 2 * (2 * 8 * 8 * 4) * 2
    assert count(attend, 2) == {"masks": 0, "stage_1": 2 * once}


@pytest.mark.parametrize(
    ("device", "seconds"),
    [
        (H100, 1.0),
        ("NVIDIA H200", 1.0),
        ("NVIDIA H100 PCIe", 989 / 756),
        ("NVIDIA A100-SXM4-80GB", 989 / 312),
        ("NVIDIA GeForce RTX 4090", 989 / 165),
        ("NVIDIA L40S", 989 / 362),
        ("NVIDIA L4", 989 / 121),
        ("NVIDIA L40", None),
        ("NVIDIA A10G", None),
        (f"{H100} MIG 1g.10gb", None),
        ("cpu", None),
    ],
)
def test_a_bound_is_told_of_cards_whose_peak_is_known(device: str, seconds: float | None) -> None:
    from bench.flops import bound_s

    assert bound_s(989e12, device) == (None if seconds is None else pytest.approx(seconds))


def report_of(settings: "Settings", *rows: "Row") -> "Report":
    from bench.speed_report import Report

    return Report(settings, {made.name: made for made in rows})


def test_the_tables_tell_medians_ratios_and_bounds(settings: "Settings") -> None:
    report = report_of(settings, row("none", 4.0, 2.0, 3.0))
    report.operations = {"masks": 0.0, "stage_1": 1978e12}
    lines = lines_of(report.markdown())
    assert lines["none"][6:] == ["3.00", "0.75 (0.50–1.00)", "9.0", "1.0", "12.50", "equal"]
    assert lines["Stage I"] == ["1.98e+03", "2.000", "3.00"]
    assert "Stage II" not in lines


def test_rows_that_were_kept_before_stay_if_nothing_else_has_changed(
    settings: "Settings", tmp_path: Path
) -> None:
    from bench.speed_report import Report

    def kept() -> Report:
        return Report.of_json(json.loads((tmp_path / "speed-nvidia-h100-80gb-hbm3.json").read_text()))

    first = report_of(settings, row("none", 4.0), row("all", 3.0))
    first.operations = {"stage_1": 1.0}
    page = first.save(tmp_path)
    assert kept() == first
    again = report_of(settings, row("all", 2.0), row("all,compile", 1.0))
    again.save(tmp_path)
    assert kept().rows == first.rows | again.rows
    assert kept().operations == first.operations
    assert {"none", "all", "all,compile"} < lines_of(page.read_text()).keys()
    other = report_of(replace(settings, rounds=9), row("all", 1.0))
    other.save(tmp_path)
    assert kept() == other


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({}, ""),
        ({"sizes": "quarter", "steps": {}}, "-quarter"),
        ({"steps": {}}, "-full"),
        ({"mode": "fast_low_ram", "frames": 20}, "-fast-low-ram-20-frames"),
    ],
)
def test_a_file_is_named_for_the_device_and_what_is_not_as_usual(
    settings: "Settings", changed: dict[str, Any], slug: str
) -> None:
    assert replace(settings, **changed).slug == f"speed-nvidia-h100-80gb-hbm3{slug}"


@pytest.mark.parametrize("given", [["--device", "cpu"], ["--only", "none", "nonsense"]])
def test_what_cannot_be_measured_is_refused(monkeypatch: pytest.MonkeyPatch, given: list[str]) -> None:
    from bench.speed import arguments

    monkeypatch.setattr(sys, "argv", ["speed", *given])
    with pytest.raises(SystemExit):
        arguments()


@pytest.mark.parametrize(
    ("given", "knobs"),
    [
        ([], {"stage_0_steps": 10, "stage_1_steps": 5}),
        (["--full"], {}),
        (["--quarter"], {}),
        (["--stage-1-steps", "7"], {"stage_0_steps": 10, "stage_1_steps": 7}),
    ],
)
def test_at_real_size_a_few_steps_are_run(
    monkeypatch: pytest.MonkeyPatch, given: list[str], knobs: dict[str, int]
) -> None:
    from bench.speed import arguments

    monkeypatch.setattr(sys, "argv", ["speed", *given])
    assert arguments().knobs == knobs
