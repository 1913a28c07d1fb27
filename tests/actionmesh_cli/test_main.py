"""The command as a process."""

import json
import shutil
from pathlib import Path

import pytest

from actionmesh_wrapper.version import VERSION
from tests.fakes import write_frames
from tests.programs import COMMAND_LINE, finish, stop_at

QUICK = ("--outputs", "animated_mesh", "--face-decimation", "1000")


def test_a_clip_with_options_of_a_request(tmp_path: Path) -> None:
    write_frames(tmp_path / 'my $frames "1"', 20)
    options = ("--num-frames", "16", "--mode", "fast", "--subject-box", "0.2,0.1,0.8,0.9", *QUICK)
    done = finish(COMMAND_LINE, 'my $frames "1"', *options, "-o", "out/", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["animated_mesh.glb", "result.json"]
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert (result["mode"], result["num_frames"], result["job_id"]) == ("fast", 16, "out")
    first, mesh, taken, *warnings = done.stdout.splitlines()
    assert first == "Results: out/"
    assert mesh.startswith("  animated_mesh.glb ")
    assert taken.startswith("Taken: 16 frames, 0.00 s to ")
    assert warnings[0] == "Warnings:"
    assert "  OPTION_IGNORED: mode has no effect with the silhouette engine." in warnings
    engine, *stages = done.stderr.splitlines()
    assert engine.startswith("Engine: Silhouette (2.5D). ActionMesh needs ")
    assert stages[0] == "  0% fetch"
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stderr
    assert list((tmp_path / "jobs").iterdir()) == []


def test_any_frame_of_a_folder_may_be_the_anchor(tmp_path: Path) -> None:
    write_frames(tmp_path / "frames", 20)
    done = finish(COMMAND_LINE, "frames", "--anchor-idx", "19", *QUICK, "-o", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Taken: 20 frames" in done.stdout
    refused = finish(COMMAND_LINE, "frames", "--anchor-idx", "20", *QUICK, folder=tmp_path)
    assert (refused.returncode, "must be less than 20" in refused.stderr) == (2, True), refused.stderr


def test_further_files_of_a_result(tmp_path: Path) -> None:
    write_frames(tmp_path / "clip", 16)
    first = finish(COMMAND_LINE, "clip", *QUICK, "-o", "first", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    mesh = "first/animated_mesh.glb"
    done = finish(COMMAND_LINE, "export", mesh, "--outputs", "obj", "-o", "more", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "more").iterdir()) == ["obj_sequence.zip", "result.json"]
    assert "Taken: 16 frames of an animation that silhouette made" in done.stdout
    assert "Engine" not in done.stderr
    refused = finish(COMMAND_LINE, "export", mesh, "--outputs", "preview", folder=tmp_path)
    assert (refused.returncode, "without the clip" in refused.stderr) == (2, True)
    nothing = finish(COMMAND_LINE, "export", mesh, folder=tmp_path)
    assert (nothing.returncode, "Missing option '--outputs'" in nothing.stderr) == (2, True)
    unknown = finish(COMMAND_LINE, "export", mesh, "--seed", "3", folder=tmp_path)
    assert (unknown.returncode, "No such option" in unknown.stderr) == (2, True)
    other = finish(COMMAND_LINE, "export", "more/obj_sequence.zip", "--outputs", "obj", folder=tmp_path)
    assert other.returncode == 1
    assert other.stderr.splitlines()[-1].startswith("NOT_A_MESH: ")
    assert sorted(path.name for path in (tmp_path / "outputs").iterdir()) == []


def test_two_clips_of_one_name_do_not_meet(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_frames(tmp_path / folder / "clip", 16)
        done = finish(COMMAND_LINE, f"{folder}/clip", *QUICK, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "outputs").iterdir()) == ["clip", "clip-2"]
    assert "Results: outputs/clip-2/" in done.stdout
    refused = finish(COMMAND_LINE, "a/clip", *QUICK, "-o", "outputs/clip", folder=tmp_path)
    assert refused.returncode == 2
    assert "has a result already" in refused.stderr
    again = finish(COMMAND_LINE, "a/clip", *QUICK, "-o", "outputs/clip", "--overwrite", folder=tmp_path)
    assert again.returncode == 0, again.stderr


def test_a_job_that_fails_exits_1_with_its_code_and_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("no video at all\n")
    done = finish(COMMAND_LINE, "clip.mp4", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("NOT_A_VIDEO: ")
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "outputs").iterdir()) == []
    (tmp_path / "mine").mkdir()
    for folder in ("mine", "new"):
        assert finish(COMMAND_LINE, "clip.mp4", "-o", folder, folder=tmp_path).returncode == 1
    assert (tmp_path / "mine").is_dir()
    assert not (tmp_path / "new").exists()


def test_a_fault_of_ours_is_said_in_a_line(tmp_path: Path) -> None:
    write_frames(tmp_path / "clip", 16)
    (tmp_path / "file").touch()
    done = finish(COMMAND_LINE, "clip", folder=tmp_path, JOBS_DIR="file")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("INTERNAL: file: File exists (LOG_LEVEL")
    assert "Traceback" not in done.stderr
    shown = finish(COMMAND_LINE, "clip", folder=tmp_path, JOBS_DIR="file", LOG_LEVEL="DEBUG")
    assert "Traceback" in shown.stderr


def test_a_disk_without_room_is_named(tmp_path: Path) -> None:
    write_frames(tmp_path / "clip", 16)
    done = finish(COMMAND_LINE, "clip", folder=tmp_path, JOBS_DIR="/proc")  # where nothing is free
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("DISK_FULL: ")
    assert last.endswith("Working folders are in /proc (JOBS_DIR).")


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        (["nowhere.mp4"], {}, "'nowhere.mp4' does not exist"),
        (["clip.mp4", "--mode", "fat"], {}, "INVALID_INPUT: mode: "),
        (["clip.mp4", "--mode", "null"], {}, "INVALID_INPUT: mode: "),
        (["clip.mp4", "--colour", "red"], {}, "No such option '--colour'"),
        (["clip.mp4", "other.mp4"], {}, "unexpected extra argument"),
        (["clip.mp4", "--overwrite"], {}, "--overwrite goes with --output"),
        (["clip.mp4", "-o", "clip.mp4/out"], {}, "clip.mp4/out cannot be written: Not a directory"),
        (["clip.mp4", "-o", ""], {}, "Invalid value for '-o' / '--output': the name of the folder is empty"),
        (["weights", "fetch", ""], {}, "Invalid value for 'FOLDER': the name of the folder is empty"),
        (["clip.mp4"], {"OUTPUT_DIR": "clip.mp4/out"}, "clip.mp4/out cannot be written: Not a directory"),
        (["clip.mp4", "--mesh", "."], {}, "File '.' is a directory"),
        (["clip.mp4"], {"ENGINE": "gpu"}, "ENGINE='gpu': "),
        (["clip.mp4"], {"ENGINE": "hunter2hunter2", "HF_TOKEN": "hunter2hunter2"}, "ENGINE='***': "),
        (["clip.mp4"], {"ENGINE": "actionmesh"}, "the actionmesh engine cannot run here"),
        (["weights", "list"], {}, "Missing argument 'FOLDER'"),
        (["serve", "--port", "x"], {}, "invalid int value"),
        ([], {}, "Usage: actionmesh-worker CLIP [OPTIONS]"),
    ],
)
def test_what_is_wrong_from_the_start_exits_2(
    arguments: list[str], environ: dict[str, str], message: str, tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_text("no video at all\n")
    done = finish(COMMAND_LINE, *arguments, folder=tmp_path, **environ)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize("stage", ["sample", "track", "export"])
def test_ctrl_c_exits_130_and_leaves_nothing(stage: str, tmp_path: Path) -> None:
    write_frames(tmp_path / "clip", 31, size=256)
    code, shown = stop_at(f"% {stage}", COMMAND_LINE, "clip", folder=tmp_path)
    assert code == 130, shown
    assert shown.endswith("Stopped by Ctrl-C.\n")
    assert "Traceback" not in shown
    assert list((tmp_path / "outputs").iterdir()) == []
    assert list((tmp_path / "jobs").iterdir()) == []


def test_help_and_version_need_no_engine(tmp_path: Path) -> None:
    for heavy in ("scipy", "runpod", "torch"):
        (tmp_path / f"{heavy}.py").write_text(f"raise ImportError('{heavy}')")
    found = f"{tmp_path}:{Path(__file__).parents[2]}"
    shown = finish(COMMAND_LINE, "--help", folder=tmp_path, PYTHONPATH=found)
    assert shown.returncode == 0, shown.stderr
    assert {"--subject-box", "weights", "serve", "doctor"} <= set(shown.stdout.split())
    assert finish(COMMAND_LINE, "--version", folder=tmp_path, PYTHONPATH=found).stdout == f"{VERSION}\n"


def test_an_unreadable_name_and_a_name_of_bytes(tmp_path: Path) -> None:
    write_frames(tmp_path / "frames", 16)
    for name in (b"cl\xffip", b"-x", b"serve"):
        shutil.copytree(tmp_path / "frames", tmp_path / name.decode(errors="surrogateescape"))
        arguments = ["--", name.decode(errors="surrogateescape")]
        done = finish(COMMAND_LINE, *QUICK, *arguments, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "outputs").iterdir())
    assert names == ["-x", "cl_ip", "serve"]
