from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.texture.bake import Baked, bake
from tests.texture import painted
from tests.texture.painted import Body

SIDE, SIZE = 384, 512


def baked(body: Body, azimuth: float = 0, *, keys: int = 1, degrees: float = 0) -> Baked:
    animation = painted.turning(body, keys, degrees)
    camera = painted.camera(body, azimuth, side=SIDE)
    frames, masks = painted.filmed(body, animation, camera, SIDE)
    return bake(animation, frames, masks, camera, size=SIZE)


def decibels(made: Baked, body: Body, azimuth: float) -> float:
    return painted.psnr(made.animation, body, painted.camera(body, azimuth, side=SIDE), SIDE)[0]


@pytest.fixture(scope="module")
def fox() -> tuple[Body, Baked]:
    body = painted.fox(0.03)
    return body, baked(body)


@pytest.fixture(scope="module")
def turning_ball() -> tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera]:
    body = painted.ball(24)
    animation, camera = painted.turning(body, 5, 40, bend=0.1), painted.camera(body, side=SIDE)
    return body, animation, *painted.filmed(body, animation, camera, SIDE), camera


@pytest.mark.parametrize("name", ["fox", "bear"])
def test_what_the_film_shows_is_as_it_was(name: str) -> None:
    body: Body = getattr(painted, name)(0.03)
    made = baked(body)
    assert decibels(made, body, 0) >= 30
    assert min(decibels(made, body, turn) for turn in (-30, 30)) >= 24


def test_the_other_side_is_mirrored_where_the_shape_is_its_own_picture(fox: tuple[Body, Baked]) -> None:
    body, made = fox
    assert decibels(made, body, 180) >= 21
    assert made.mirrored > 0.2
    assert made.seen + made.mirrored + made.guessed == pytest.approx(1)


def test_a_key_that_turned_shows_more() -> None:
    body = painted.bear(0.04)
    one, many = baked(body), baked(body, keys=5, degrees=40)
    assert many.seen > one.seen + 0.05
    assert decibels(many, body, 45) > decibels(one, body, 45) + 1
    assert many.disagreement < 3


def test_faces_keep_their_order_and_vertices_their_places(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
) -> None:
    body, animation, frames, masks, camera = turning_ball
    made = bake(animation, frames, masks, camera, size=SIZE)
    whole = made.animation
    assert np.array_equal(made.origin[whole.faces], body.faces)
    assert np.array_equal(whole.vertices, animation.vertices[:, made.origin])
    assert whole.uv is not None
    assert whole.uv.min() >= 0
    assert whole.uv.max() <= 1
    assert whole.texture is not None
    assert whole.texture.shape == (SIZE, SIZE, 3)
    assert (whole.fps, whole.anchor) == (animation.fps, animation.anchor)


def test_it_is_the_same_to_the_last_bit(fox: tuple[Body, Baked]) -> None:
    body, first = fox
    again = baked(body)
    assert np.array_equal(first.animation.texture, again.animation.texture)  # type: ignore[arg-type]  # both have one
    assert np.array_equal(first.animation.uv, again.animation.uv)  # type: ignore[arg-type]  # likewise
    assert (first.seen, first.mirrored, first.guessed) == (again.seen, again.mirrored, again.guessed)


def test_light_that_changes_is_left_out(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
) -> None:
    body, animation, _, _, camera = turning_ball
    lights = (0.9, 1.0, 1.0, 0.85, 1.1)
    frames, masks = painted.filmed(body, animation, camera, SIDE, lights)
    made = bake(animation, frames, masks, camera, size=SIZE)
    assert made.disagreement < 4
    assert decibels(made, body, 0) >= 30


def test_a_camera_that_is_wrong_shows_in_the_colours(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
) -> None:
    _, animation, frames, masks, camera = turning_ball
    right = bake(animation, frames, masks, camera, size=SIZE)
    wrong = bake(animation, frames, masks, replace(camera, elevation_deg=40), size=SIZE)
    assert right.doubt is None
    assert wrong.disagreement > 4 * right.disagreement


def grey(vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> Body:
    points = np.asarray(vertices, np.float32)
    return Body(points, np.asarray(faces, np.int32), np.full(points.shape, 200, np.float32))


def flat_sheet() -> Body:
    ticks = np.linspace(-1, 1, 12)
    points = np.stack([*(axis.ravel() for axis in np.meshgrid(ticks, ticks)), np.zeros(144)], axis=1)
    index = np.arange(144).reshape(12, 12)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    return grey(points, np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3))


def odd_meshes() -> dict[str, Body]:
    ball = painted.ball(8)
    corners = np.array([[-1.0, -1, 0], [1, -1, 0], [0, 1, 0]])
    soup = ball.vertices[ball.faces].reshape(-1, 3)
    small, aside = ball.vertices * 0.4, np.array([0.6, 0, 0])
    return {
        "one triangle": grey(corners, np.array([[0, 1, 2]])),
        "faces without area": grey(
            np.vstack([corners, [0, 0, 0]]), np.array([[0, 1, 2], [0, 0, 1], [3, 3, 3]])
        ),
        "a vertex of no face": grey(np.vstack([corners, [3, 3, 3]]), np.array([[0, 1, 2]])),
        "no shared vertices": grey(soup, np.arange(len(soup)).reshape(-1, 3)),
        "every face twice": grey(ball.vertices, np.concatenate([ball.faces, ball.faces])),
        "two parts": grey(
            np.vstack([small - aside, small + aside]),
            np.concatenate([ball.faces, ball.faces + len(small)]),
        ),
        "an edge of four faces": grey(
            np.vstack([corners, [[0, 0, 1], [0, 0, -1]]]),
            np.array([[0, 1, 2], [0, 1, 3], [0, 1, 4], [1, 0, 2]]),
        ),
        "tiny": grey(ball.vertices * 1e-6, ball.faces),
        "an open sheet": flat_sheet(),
    }


@pytest.mark.parametrize("name", odd_meshes())
def test_odd_meshes_are_coloured(name: str) -> None:
    body = odd_meshes()[name]
    animation, camera = Animation(body.vertices[None], body.faces, 8.0), painted.camera(body, side=128)
    frames, masks = painted.filmed(body, animation, camera, 128)
    made = bake(animation, frames, masks, camera, size=128)
    assert made.doubt is None
    assert made.seen > 0.1
    assert np.array_equal(made.origin[made.animation.faces], body.faces)
    assert made.animation.texture is not None
    assert (
        abs(made.animation.texture.astype(int) - 200).max() <= 12
    )  # of 90 that the background is darker: a tip is thinner than the edge


@pytest.mark.parametrize("points", [np.zeros((3, 3)), [[-1, 0, 0], [0, 0, 0], [1, 0, 0]]])
def test_a_mesh_without_area_stays_as_it_was(points: list[list[float]]) -> None:
    body = grey(np.array(points), np.array([[0, 1, 2]]))
    animation, camera = Animation(body.vertices[None], body.faces, 8.0), painted.camera(body, side=64)
    frames, masks = painted.filmed(body, animation, camera, 64)
    made = bake(animation, frames, masks, camera, size=64)
    assert made.doubt == "The mesh has no surface that could be laid flat."
    assert made.animation.texture is None
    assert np.array_equal(made.animation.vertices, animation.vertices)
    assert (made.seen, made.mirrored, made.guessed) == (0, 0, 1)


def test_what_no_frame_shows_is_doubted(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
) -> None:
    _, animation, frames, masks, camera = turning_ball
    made = bake(animation, frames, np.zeros_like(masks), camera, size=SIZE)
    assert made.doubt == "The film shows 0% of the surface."
    assert made.animation.texture is not None
    assert (made.animation.texture == 128).all()


def test_without_xatlas_the_mesh_stays_as_it_was(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, animation, frames, masks, camera = turning_ball
    monkeypatch.setattr("actionmesh_wrapper.texture.unwrap.find_spec", lambda _: None)
    made = bake(animation, frames, masks, camera, size=SIZE)
    assert made.doubt == "This worker has no xatlas, which lays the surface flat."
    assert made.animation.uv is None


@pytest.mark.parametrize("part", [0, 8, 12, 16])
def test_a_cancel_stops_it_in_every_part(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera], part: int
) -> None:
    _, animation, frames, masks, camera = turning_ball
    calls: list[int] = []

    def step(done: int, of: int) -> None:
        calls.append(done)
        assert 0 <= done <= of
        if calls.count(done) > 1 and done >= part:  # within a part, not as it begins
            raise Cancelled

    with pytest.raises(Cancelled):
        bake(animation, frames, masks, camera, size=SIZE, step=step)
    assert calls == sorted(calls)
    assert calls[-1] - part < 4


def test_what_does_not_fit_is_refused(
    turning_ball: tuple[Body, Animation, Frames, NDArray[np.uint8], FilmCamera],
) -> None:
    _, animation, frames, masks, camera = turning_ball
    with pytest.raises(ValueError, match="5 keys, 5 frames, 4 masks"):
        bake(animation, frames, masks[:4], camera, size=SIZE)
    with pytest.raises(ValueError, match="masks must have the size of the frames"):
        bake(animation, frames, masks[:, :9], camera, size=SIZE)
    with pytest.raises(ValueError, match="size must be a multiple of 4"):
        bake(animation, frames, masks, camera, size=1022)
