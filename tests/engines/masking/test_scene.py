import numpy as np

from actionmesh_wrapper.engines.masking.scene import Scene
from tests.engines.masking.fakes import PICTURES


def test_clip_and_flow_are_made_once_when_asked_for() -> None:
    scene = Scene(PICTURES)
    assert set(vars(scene)) == {"rgb"}

    flow = scene.flow

    assert scene.flow is flow
    assert flow.forward.shape == (len(PICTURES) - 1, scene.clip.height, scene.clip.width, 2)
    np.testing.assert_array_equal(scene.rgb, PICTURES)
