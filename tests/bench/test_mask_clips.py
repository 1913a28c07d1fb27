import numpy as np
import pytest

from bench.mask_clips import FRAMES, SIZE, draw, draw_part, subjects


@pytest.fixture(scope="module")
def cast() -> dict[str, np.ndarray]:
    return subjects()


@pytest.mark.parametrize("number", range(8))
def test_each_number_is_one_clip_whose_subject_is_seen(number: int, cast: dict[str, np.ndarray]) -> None:
    clip = draw(number, cast)
    assert clip.images.shape == (FRAMES, SIZE, SIZE, 3)
    assert 0.005 < clip.truth.mean(axis=(1, 2)).min() < 0.5
    assert clip.name.startswith(f"{number} ")
    again = draw(number, cast)
    np.testing.assert_array_equal(clip.images, again.images)
    np.testing.assert_array_equal(clip.truth, again.truth)


def test_the_truth_is_where_the_subject_was_laid(cast: dict[str, np.ndarray]) -> None:
    white = {
        name: np.concatenate([np.full_like(c[..., :3], 255), c[..., 3:]], -1) for name, c in cast.items()
    }
    black = {name: np.concatenate([np.zeros_like(c[..., :3]), c[..., 3:]], -1) for name, c in cast.items()}
    compared = 0
    for number in range(8):
        one, other = draw(number, white), draw(number, black)
        differs = np.abs(one.images.astype(int) - other.images).max(axis=-1) > 127
        if differs.any():  # else the coat is dyed, and both are alike
            compared += 1
            assert (differs & one.truth).sum() > 0.99 * one.truth.sum()
    assert compared > 2


@pytest.mark.parametrize("number", range(4))
def test_a_part_moves_and_the_rest_rests(number: int, cast: dict[str, np.ndarray]) -> None:
    clip = draw_part(number, cast)

    always, ever = clip.truth.all(axis=0).sum(), clip.truth.any(axis=0).sum()
    assert 0.4 * ever < always < 0.99 * ever
    np.testing.assert_array_equal(clip.images, draw_part(number, cast).images)
