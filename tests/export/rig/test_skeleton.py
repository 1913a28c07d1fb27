import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.export.rig.bones import Bones
from actionmesh_wrapper.export.rig.skeleton import build_skeleton, motion_of_the_whole, root_alone
from tests.export.rig.toys import chain, tumbling


def known_bones() -> tuple[Bones, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The chain's own bones, found from three vertices of each segment; rest, faces, hinges, the whole."""
    animation, segment, hinges = chain(16)
    rest = animation.vertices[0].astype(np.float64)
    transforms = np.stack(
        [motion_of_the_whole(animation.vertices[:, middle_of(rest, limb)], 0) for limb in range(4)], axis=1
    )
    weights = (segment == np.arange(4)[:, None]).astype(np.float64)
    whole = motion_of_the_whole(animation.vertices, 0)
    return Bones(transforms, weights), animation.vertices[0], animation.faces, hinges, whole


def middle_of(rest: np.ndarray, limb: int) -> np.ndarray:
    """The vertices of a segment that no other moves."""
    inner: np.ndarray = np.abs(rest[:, 0] - limb - 0.5) < 0.4
    return inner


def test_neighbours_turn_about_their_hinge() -> None:
    bones, rest, faces, hinges, whole = known_bones()
    skeleton, order = build_skeleton(bones, rest, faces.astype(np.intp), whole)
    assert sorted(order.tolist()) == [0, 1, 2, 3]
    for joint in range(2, 5):
        one, other = sorted([order[joint - 1], order[skeleton.parents[joint] - 1]])
        assert other == one + 1  # only neighbours hang on each other
        assert np.linalg.norm(skeleton.places[joint] - hinges[one]) < 0.03


def test_joints_carry_the_bones_motion() -> None:
    bones, rest, faces, _, whole = known_bones()
    skeleton, order = build_skeleton(bones, rest, faces.astype(np.intp), whole)
    transforms = skeleton.transforms()
    assert np.abs(transforms[:, 0] - whole[:, :3]).max() < 1e-6
    assert np.abs(transforms[:, 1:] - bones.transforms[:, order, :3]).max() < 2e-6


def test_names_tell_the_place_as_the_camera_sees_it() -> None:
    bones, rest, faces, _, whole = known_bones()
    skeleton, order = build_skeleton(bones, rest, faces.astype(np.intp), whole)
    names = {order[joint - 1]: skeleton.names[joint] for joint in range(1, 5)}
    assert names[0] == "left_mid_1"
    assert names[3] == "right_mid_1"
    assert {names[1], names[2]} == {"centre_mid_1", "centre_mid_2"}


def test_the_whole_of_a_stiff_body_is_its_motion() -> None:
    animation = tumbling(16)
    rest = animation.vertices[4].astype(np.float64)
    for motion, frame in zip(motion_of_the_whole(animation.vertices, 4), animation.vertices, strict=True):
        assert np.linalg.det(motion[:3, :3]) == pytest.approx(1)
        assert np.abs(rest @ motion[:3, :3].T + motion[:3, 3] - frame).max() < 1e-6


def test_turns_go_the_short_way_from_key_to_key() -> None:
    turns = Rotation.from_rotvec(np.linspace(0, 20, 60)[:, None] * [0, 0, 1]).as_matrix()
    whole = np.tile(np.eye(4), (60, 1, 1))
    whole[:, :3, :3] = turns
    skeleton = root_alone(np.eye(3, dtype=np.float32), whole)
    quaternions = skeleton.rotations[:, 0]
    assert (quaternions[1:] * quaternions[:-1]).sum(axis=1).min() > 0.9
