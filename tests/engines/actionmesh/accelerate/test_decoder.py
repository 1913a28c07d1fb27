"""A latent is looked at once, however many points are asked for.

`tests/upstream/test_accelerate.py` has the real decoder.
"""

from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


@pytest.fixture
def looks(fake: Any) -> tuple[Any, list[Any]]:
    """A decoder of the fake's that is changed, and the latents that its first layer sees."""
    from actionmesh_wrapper.engines.actionmesh.accelerate.decoder import decode_once

    pipeline, seen = fake.TripoSG(), []
    decoder = pipeline.vae.decoder
    decoder.proj_out.register_forward_hook(lambda _layer, given, _answer: seen.append(given[0]))
    decode_once(pipeline)
    return decoder, seen


def test_an_equal_latent_is_not_looked_at_again(looks: tuple[Any, list[Any]]) -> None:
    decoder, seen = looks
    first, other = torch.rand(1, 4, 64), torch.rand(1, 4, 64)
    expected = decoder(first, torch.zeros(1, 8, 1))[0]
    again = decoder(first.clone(), torch.ones(1, 2, 1))[0]
    torch.testing.assert_close(again, expected[:, :2] + 1)
    assert len(seen) == 1
    decoder(other, torch.zeros(1, 8, 1))
    decoder(first, torch.zeros(1, 8, 1))
    assert len(seen) == 3


def test_neither_is_one_of_another_shape_taken_for_it(looks: tuple[Any, list[Any]]) -> None:
    decoder, seen = looks
    latent = torch.rand(1, 4, 64)
    decoder(latent, torch.zeros(1, 8, 1))
    decoder(latent.repeat(2, 1, 1), torch.zeros(2, 8, 1))
    assert [len(one) for one in seen] == [1, 2]


def test_what_the_caller_kept_itself_is_used(looks: tuple[Any, list[Any]]) -> None:
    decoder, seen = looks
    latent = torch.rand(1, 4, 64)
    kept = torch.full((1, 4, 1), 5.0)
    logits, cache = decoder(latent, torch.zeros(1, 8, 1), kept)
    assert float(logits[0, 0, 0]) == 5
    assert cache is kept
    assert seen == []
