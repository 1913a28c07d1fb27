"""Attention with fewer passes over memory than ActionMesh's own."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

Rotation = tuple[torch.Tensor, torch.Tensor]
"""Cosines and sines of a rotary embedding, (B, S, D) each, every angle twice in a row."""


class LeanAttention:
    """Stands for ActionMesh's ``AttentionProcessor``, where `sort_heads` has sorted the projections.

    They come out by heads, so they are not joined to be split again; what has 16 bits is not brought
    to 32 and back before the output layer; nothing is divided by one.

    Args:
        rotate: applies a rotary embedding to (B, S, H, D).
        norm: a layer on the queries' or the keys' heads, (…, D).
    """

    def __init__(
        self,
        rotate: Callable[[torch.Tensor, Rotation], torch.Tensor],
        norm: Callable[[nn.Module, torch.Tensor], torch.Tensor],
    ) -> None:
        self._rotate = rotate
        self._norm = norm

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: None = None,  # noqa: ARG002 – diffusers hands it on
        *,
        inflate_self_attention: bool = False,
        freqs_rot: Rotation | None = None,
        n_frames: int | None = None,
    ) -> torch.Tensor:
        """The attention's output, (B, N, D) as its input.

        Args:
            attn: diffusers' ``Attention``.
            hidden_states: (B, N, D).
            encoder_hidden_states: (B, S, D'), what is attended to; None is the same.
            attention_mask: not heeded, as ActionMesh does not.
            inflate_self_attention: whether the frames of a clip attend to each other.
            freqs_rot: of the rotary embedding.
            n_frames: of a clip; B is a multiple.
        """
        shape = hidden_states.shape
        if inflate_self_attention:
            hidden_states = _joined(hidden_states, n_frames)
            freqs_rot = freqs_rot and (_joined(freqs_rot[0], n_frames), _joined(freqs_rot[1], n_frames))
        seen = hidden_states
        if encoder_hidden_states is not None:
            seen = encoder_hidden_states
            if attn.norm_cross:
                seen = attn.norm_encoder_hidden_states(seen)
        query, key, value = (
            layer(given).unflatten(-1, (attn.heads, -1))
            for layer, given in ((attn.to_q, hidden_states), (attn.to_k, seen), (attn.to_v, seen))
        )
        query, key = (
            each if layer is None else self._norm(layer, each)
            for layer, each in ((attn.norm_q, query), (attn.norm_k, key))
        )
        if freqs_rot is not None:
            query, key = self._rotate(query, freqs_rot), self._rotate(key, freqs_rot)
        attended = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
        )
        answer: torch.Tensor = attn.to_out[0](attended.transpose(1, 2).flatten(2))
        return answer.view(shape)


def lean_attention(model: Any) -> None:
    """Has a model's attention make fewer copies, with norms and rotary embedding as they are.

    Args:
        model: an ``ActionMeshDenoiser`` or ``ActionMeshAutoencoder``.
    """
    _change(model, LeanAttention(_rotate_as_upstream, lambda layer, heads: layer(heads)))


def fused_attention(model: Any) -> None:
    """As `lean_attention`, and with norms and rotary embedding in one kernel each.

    Args:
        model: an ``ActionMeshDenoiser`` or ``ActionMeshAutoencoder``.
    """
    _change(model, LeanAttention(rotate, norm))


def rotate(heads: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    """Turns pairs of numbers by angles, as ActionMesh does, but as one product of complex numbers.

    Args:
        heads: (B, S, H, D).
        rotation: cosines and sines, (B or 1, S, D).
    """
    if torch.compiler.is_compiling():  # which fuses the other way, and has no complex numbers
        return _rotate_as_upstream(heads, rotation)
    cosines, sines = (table[..., ::2].float() for table in rotation)
    turned = (
        torch.view_as_complex(heads.float().unflatten(-1, (-1, 2)))
        * torch.complex(cosines, sines)[:, :, None]
    )
    return torch.view_as_real(turned).flatten(-2).to(heads.dtype)


def norm(layer: Any, heads: torch.Tensor) -> torch.Tensor:
    """A norm by root mean square as PyTorch's own.

    Args:
        layer: diffusers' ``RMSNorm``, with a weight in 32 bits.
        heads: (…, D).

    Returns:
        (…, D) in 32 bits, as the layer answers.
    """
    return functional.rms_norm(heads.float(), layer.weight.shape, layer.weight, layer.eps)


def sort_heads(attn: Any) -> None:
    """Sorts the rows of the projections' weights so that their outputs come by heads.

    ActionMesh joins queries, keys and values, cuts that into heads, and each head into the three: a head's
    queries may so come from the layer of the keys.

    Args:
        attn: diffusers' ``Attention``; layers without bias.
    """
    layers = [attn.to_k, attn.to_v] if attn.is_cross_attention else [attn.to_q, attn.to_k, attn.to_v]
    rows = torch.cat([layer.weight for layer in layers]).unflatten(0, (attn.heads, len(layers), -1))
    for layer, own in zip(layers, rows.unbind(1), strict=True):
        assert layer.bias is None, "as ActionMesh makes it"
        layer.weight = nn.Parameter(own.flatten(0, 1), requires_grad=False)


def _change(model: nn.Module, processor: LeanAttention) -> None:
    for attn in model.modules():
        if hasattr(attn, "set_processor"):
            if not isinstance(attn.processor, LeanAttention):
                sort_heads(attn)
            attn.set_processor(processor)


def _rotate_as_upstream(heads: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    """By the function of ActionMesh's own, which has heads before tokens."""
    # not by importlib, where PyTorch's compiler breaks off
    from actionmesh.model.utils.rotary_embedding import apply_rotary_embedding  # noqa: PLC0415

    turned: torch.Tensor = apply_rotary_embedding(heads.transpose(1, 2), *rotation)
    return turned.transpose(1, 2)


def _joined(frames: torch.Tensor, count: int | None) -> torch.Tensor:
    """(B·T, N, D) → (B, T·N, D)."""
    assert count is not None, "as ActionMesh calls it"
    return frames.unflatten(0, (-1, count)).flatten(1, 2)
