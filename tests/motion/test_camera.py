import numpy as np
import pytest

from actionmesh_wrapper.motion.camera import find_camera_motion
from tests.masking.classical.scenes import SIZE, texture


def test_a_pan_is_taken_out() -> None:
    wide = texture(300, 3).mean(axis=-1).astype(np.uint8)
    grey = np.stack([wide[:, 8 * t : 8 * t + SIZE] for t in range(6)])

    camera = find_camera_motion(grey)

    width, height = camera.size
    assert width == pytest.approx(SIZE + 40, abs=2)
    assert height == pytest.approx(SIZE, abs=2)
    laid = [camera.onto_canvas(frame.astype(np.float32), t)[:, 60:170] for t, frame in enumerate(grey)]
    assert max(np.abs(one[5:-5] - laid[0][5:-5]).mean() for one in laid) < 3
    assert camera.flow(1, 3, SIZE, SIZE) == pytest.approx(
        np.broadcast_to([-16.0, 0.0], (SIZE, SIZE, 2)), abs=0.5
    )


def test_what_is_laid_on_the_canvas_is_found_there_again() -> None:
    wide = texture(300, 3).mean(axis=-1).astype(np.uint8)
    grey = np.stack([wide[:, 8 * t : 8 * t + SIZE] for t in range(3)])
    camera = find_camera_motion(grey)

    back = camera.from_canvas(camera.onto_canvas(grey[2].astype(np.float32), 2), 2, SIZE, SIZE)

    assert np.abs(back - grey[2])[4:-4, 4:-4].mean() < 2


def test_without_features_the_camera_rests() -> None:
    camera = find_camera_motion(np.full((4, 40, 60), 90, np.uint8))

    assert camera.size == (60, 40)
    assert np.array_equal(camera.to_canvas, np.tile(np.eye(3), (4, 1, 1)))
