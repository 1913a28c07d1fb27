"""What is computed once, on the fake; `tests/upstream/test_accelerate.py` has the real models."""

from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)
FRAMES = 4


@pytest.fixture
def looks(fake: Any) -> tuple[Any, list[Any]]:
    """A decoder of the fake's that is changed, and the latents that its first layer sees."""
    from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import decode_once

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


@pytest.fixture
def denoiser(fake: Any) -> Any:
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    return ActionMeshDenoiser()


class Counted:
    """Notes how many frames each call of an attention has."""

    def __init__(self, attention: Any) -> None:
        self.frames: list[int] = []
        attend = attention.forward

        def forward(hidden_states: Any, *args: Any, **given: Any) -> Any:
            self.frames.append(len(hidden_states))
            return attend(hidden_states, *args, **given)

        attention.forward = forward


def tokens_after(denoiser: Any, hidden: Any, context: Any) -> Any:
    """What the last block makes of them."""
    seen: list[Any] = []
    handle = denoiser.blocks[-1].register_forward_hook(lambda _block, _given, answer: seen.append(answer))
    with torch.inference_mode():
        denoiser.forward(
            hidden_states=hidden,
            context=context,
            framestep=torch.arange(float(FRAMES)).repeat(len(hidden), 1),
            diffusion_time=torch.zeros(len(hidden)),
        )
    handle.remove()
    return seen[0]


def given(*blank: bool) -> tuple[Any, Any]:
    """Halves with equal hidden states, of which some have a context of zeros."""
    hidden = torch.rand(1, FRAMES, 3, 1).repeat(len(blank), 1, 1, 1)
    context = torch.rand(1, FRAMES, 1, 1) + 0.1
    return hidden, torch.cat([context * (not zero) for zero in blank])


@pytest.mark.parametrize(
    ("blank", "attended"),
    [
        ((True, False), [FRAMES]),
        ((True,), []),
        ((False,), [FRAMES]),
        ((False, True), [2 * FRAMES]),
        ((True, True), []),
    ],
)
def test_a_context_of_zeros_is_not_attended_to(
    denoiser: Any, blank: tuple[bool, ...], attended: list[int]
) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import constant_cross_attention

    hidden, context = given(*blank)
    plain = tokens_after(denoiser, hidden, context)
    counted = [Counted(block.x_attn) for block in denoiser.blocks]
    constant_cross_attention(denoiser)
    for _ in range(2):
        torch.testing.assert_close(tokens_after(denoiser, hidden, context), plain, rtol=0, atol=0)
    assert [count.frames for count in counted] == [attended * 2] * 2


def test_each_call_is_looked_at_anew(denoiser: Any) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import constant_cross_attention

    cases = [given(True, False), given(False), given(True), given(False, False)]
    plain = [tokens_after(denoiser, *case) for case in cases]
    constant_cross_attention(denoiser)
    for case, expected in zip(cases, plain, strict=True):
        torch.testing.assert_close(tokens_after(denoiser, *case), expected, rtol=0, atol=0)


def test_equal_halves_share_the_first_blocks_self_attention(denoiser: Any) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import shared_first_block

    equal, context = given(True, False)
    other = torch.rand_like(equal)
    cases = [(equal, context), (other, context), (equal[:1], context[:1])]
    plain = [tokens_after(denoiser, *case) for case in cases]
    first, second = (Counted(block.s_attn) for block in denoiser.blocks)
    shared_first_block(denoiser)
    for case, expected in zip(cases, plain, strict=True):
        torch.testing.assert_close(tokens_after(denoiser, *case), expected, rtol=0, atol=0)
    assert first.frames == [FRAMES, 2 * FRAMES, FRAMES]
    assert second.frames == [2 * FRAMES, 2 * FRAMES, FRAMES]
