"""The examples' clips: their sizes, what moves in them, and what can be seen through."""

import numpy as np

from builder import example_clips

COARSE = 0.05  # cells of the toys, so that drawing is quick


def test_the_dolphin_stands_before_nothing() -> None:
    picture = next(example_clips.dolphin(COARSE))
    alpha = picture[..., 3]
    assert picture.shape == (384, 512, 4)
    assert (alpha[0] == 0).all()
    assert 0.08 < (alpha == 255).mean() < 0.3
    blue = picture[alpha == 255][:, 2].astype(int) - picture[alpha == 255][:, 0]
    assert np.median(blue) > 60


def test_the_camera_moves_past_the_books_and_not_past_the_child() -> None:
    pictures = [picture for picture, _ in zip(example_clips.child(COARSE), range(3), strict=False)]
    shelf = [picture[20:100, 20:140] for picture in pictures]
    np.testing.assert_array_equal(shelf[0][:, 2:], shelf[2][:, :-2])  # a pixel in a frame
    red = [np.nonzero((picture[..., 0] > 190) & (picture[..., 1] < 90))[1].mean() for picture in pictures]
    assert abs(red[0] - red[2]) < 4


def test_the_dinosaur_is_filmed_upright() -> None:
    assert next(example_clips.dinosaur(COARSE)).shape == (640, 360, 3)


def test_the_bird_beats_its_wings() -> None:
    pictures = [picture for picture, _ in zip(example_clips.bird(COARSE), range(10), strict=False)]
    top = [
        np.nonzero((picture[:, :120, 2] < 230) & (picture[:, :120, 0] < 120))[0].min() for picture in pictures
    ]
    assert abs(int(top[0]) - int(top[-1])) > 40
