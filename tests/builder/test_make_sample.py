import base64
import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.preview.scene import is_closed
from builder import make_sample, toy
from tests.preview.decoding import decoded
from tests.preview.shapes import f32


def small_frame(index: int) -> NDArray[np.uint8]:
    return make_sample.frame(index, width=128, height=96, cell=0.04)


def is_fox(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels that are warmer than the room, in which blue exceeds red."""
    colours = picture.astype(int)
    warm: NDArray[np.bool_] = colours[..., 0] > colours[..., 2]
    return warm


def test_the_walk_moves_every_paw_the_head_and_the_tail() -> None:
    poses = [toy.walking_fox(cycle) for cycle in np.arange(8) / 8]
    ends = np.array([[pill.end for pill in pose] for pose in poses])
    colours = [pill.colour for pill in poses[0]]
    travel = np.ptp(ends, axis=0)
    paws = [i for i, colour in enumerate(colours) if colour == toy.BROWN and ends[:, i, 1].min() < 0.1]
    assert len(paws) == 8  # shin and foot of each leg
    assert (travel[paws, 0] > 0.3).all()
    assert (travel[paws, 1] > 0.1).all()
    nose = colours.index(toy.BLACK)
    assert 0.04 < travel[nose, 1] < 0.2
    assert travel[:, 2].max() > 0.2  # the tail, from side to side


def test_the_walk_repeats() -> None:
    start, end = toy.walking_fox(0.0), toy.walking_fox(1.0)
    for one, other in zip(start, end, strict=True):
        np.testing.assert_allclose(one.end, other.end, atol=1e-9)


def test_each_leg_keeps_its_lengths_and_its_paw_above_the_ground() -> None:
    for cycle in np.arange(24) / 24:
        pills = toy.walking_fox(cycle)
        for thigh, shin in [(a, b) for a, b in pairwise(pills) if b.start == a.end]:
            if thigh.colour == toy.ORANGE and shin.colour == toy.BROWN:
                assert math.dist(thigh.start, thigh.end) == pytest.approx(toy.THIGH, abs=1e-3)
                assert math.dist(shin.start, shin.end) == pytest.approx(toy.SHIN, abs=1e-3)
        vertices, _ = toy.mesh(pills, 0.04)
        assert vertices[:, 1].min() > -0.02


def test_the_toy_is_one_closed_surface_within_its_box() -> None:
    for cycle in (0.0, 0.3, 0.6):
        vertices, faces = toy.mesh(toy.walking_fox(cycle), 0.03)
        assert is_closed(faces)
        a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
        assert (np.cross(a, b) * c).sum() > 0  # its volume: the outside is out


def test_a_pill_is_measured_from_its_surface() -> None:
    pill = toy.Pill((0, 0, 0), (2, 0, 0), (0.5, 0.25), toy.ORANGE)
    places = np.array([(0, 0, 0), (-1, 0, 0), (3, 0, 0), (0, 1, 0), (2, 0, 1)], float)
    np.testing.assert_allclose(pill.distance(places), [-0.5, 0.5, 0.75, 0.5, 0.75])


def test_paint_is_the_nearest_pills() -> None:
    pills = [
        toy.Pill((x, 0, 0), (x, 0, 0), (0.1, 0.1), colour) for x, colour in ((0, toy.BLACK), (1, toy.WHITE))
    ]
    colours = toy.paint(pills, f32([(0.1, 0, 0), (0.5, 0, 0), (0.9, 0, 0)]))
    np.testing.assert_allclose(colours[[0, 2]], [toy.BLACK, toy.WHITE], atol=0.1)
    np.testing.assert_allclose(colours[1], np.mean([toy.BLACK, toy.WHITE], axis=0), rtol=1e-4)


def test_frames_show_the_fox_walk_wholly_in_the_picture() -> None:
    seen = [is_fox(small_frame(index)) for index in (0, 12, 24, 36)]
    for fox in seen:
        assert 0.1 < fox.mean() < 0.5
        assert not fox[[0, -1]].any()
        assert not fox[:, [0, -1]].any()
    legs = [fox[60:] for fox in seen]
    trunk = [fox[40:52, 50:75] for fox in seen]
    assert all(part.all() for part in trunk)
    assert all((legs[i] ^ legs[i - 1]).sum() > 30 for i in range(4))


def test_a_frame_is_the_same_each_time() -> None:
    np.testing.assert_array_equal(small_frame(5), small_frame(5))


def test_the_test_input_holds_a_small_clip_of_two_seconds(tmp_path: Path) -> None:
    job = json.loads(make_sample.TEST_INPUT.read_text())
    assert job.keys() == {"id", "input"}
    assert job["input"].keys() == {"video_base64"}
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(base64.b64decode(job["input"]["video_base64"], validate=True))
    assert clip.stat().st_size < 300_000
    video = decoded(clip)
    assert video.stream.startswith("h264")
    assert video.fps == make_sample.FPS
    assert video.pictures.shape == (2 * make_sample.FPS, make_sample.HEIGHT, make_sample.WIDTH, 3)
    assert (is_fox(video.pictures[0]) ^ is_fox(video.pictures[12])).sum() > 1000
