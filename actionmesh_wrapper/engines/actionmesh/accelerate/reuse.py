"""Changes that leave out what ActionMesh's models compute twice, or in vain."""

from typing import Any

import torch
from torch import nn


def decode_once(pipeline: Any) -> None:
    """Keeps what the decoder's self-attention makes of a latent for the next batch of points.

    TripoSG's decoder hands it out for that, but its caller drops it between calls.

    Args:
        pipeline: a ``TripoSGPipelinePlus``. ``vae.decoder.forward`` is replaced; it keeps a few MB of the
            last latent on the GPU.
    """
    decoder = pipeline.vae.decoder
    decode = decoder.forward
    latent: torch.Tensor | None = None
    seen: torch.Tensor | None = None

    def forward(
        sample: torch.Tensor, queries: torch.Tensor, kv_cache: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal latent, seen
        if kv_cache is None and latent is not None and _same(latent, sample):
            kv_cache = seen
        logits, seen = decode(sample, queries, kv_cache)
        latent = sample
        return logits, seen

    decoder.forward = forward


def _same(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Whether two tensors are equal, and in the same place."""
    return bool(first.device == second.device and torch.equal(first, second))


def constant_cross_attention(denoiser: Any) -> None:
    """Answers cross-attention to a context of zeros by what it always is: the bias of its output.

    Keys and values of zeros are zeros, as their layers have no bias; so is any mean of them, and the output
    layer adds its bias.

    Args:
        denoiser: an ``ActionMeshDenoiser``. Its ``forward`` is replaced, which the scheduler calls itself,
            past hooks, and each block's ``x_attn.forward``.
    """
    denoise = denoiser.forward
    blank = 0

    def forward(
        hidden_states: torch.Tensor, context: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, Any]:
        nonlocal blank
        blank = _leading_zeros(context)
        answer: tuple[torch.Tensor, Any] = denoise(hidden_states, context, *args, **kwargs)
        return answer

    def of(attention: nn.Module) -> Any:
        attend = attention.forward

        def attend_unless_blank(
            hidden_states: torch.Tensor, encoder_hidden_states: torch.Tensor
        ) -> torch.Tensor:
            if not blank:
                return attend(hidden_states, encoder_hidden_states=encoder_hidden_states)
            constant = _bias(attention, hidden_states.device).expand(blank, *hidden_states.shape[1:])
            if blank == len(hidden_states):
                return constant
            seen = attend(hidden_states[blank:], encoder_hidden_states=encoder_hidden_states[blank:])
            return torch.cat([constant, seen])

        return attend_unless_blank

    denoiser.forward = forward
    for block in denoiser.blocks:
        block.x_attn.forward = of(block.x_attn)


def shared_first_block(denoiser: Any) -> None:
    """Computes the first block's self-attention once where both halves of the batch are equal.

    They differ only from the first cross-attention on. Whether they are equal is asked each time, before the
    block runs: inside, the answer is a plain number, as compiled blocks want it.

    Args:
        denoiser: an ``ActionMeshDenoiser``. ``blocks[0].s_attn.forward`` is replaced, and the block's class.
    """
    block = denoiser.blocks[0]
    attend = block.s_attn.forward
    copies = 1

    class AskedFirst(type(block)):  # type: ignore[misc]  # ``__call__`` is looked up in the class
        def __call__(
            self, hidden_states: torch.Tensor, *args: Any, n_frames: int, **kwargs: Any
        ) -> torch.Tensor:
            nonlocal copies
            first, *others = hidden_states.split(n_frames)
            copies = 1 + len(others) if all(torch.equal(first, other) for other in others) else 1
            answer: torch.Tensor = super().__call__(hidden_states, *args, n_frames=n_frames, **kwargs)
            return answer

    def forward(
        hidden_states: torch.Tensor,
        *,
        n_frames: int,
        freqs_rot: tuple[torch.Tensor, torch.Tensor],
        **kwargs: Any,
    ) -> torch.Tensor:
        if copies == 1:
            whole: torch.Tensor = attend(hidden_states, n_frames=n_frames, freqs_rot=freqs_rot, **kwargs)
            return whole
        cosines, sines = (table[:n_frames] for table in freqs_rot)
        once: torch.Tensor = attend(
            hidden_states[:n_frames], n_frames=n_frames, freqs_rot=(cosines, sines), **kwargs
        )
        return once.repeat(copies, 1, 1)

    block.__class__, block.s_attn.forward = AskedFirst, forward


def _leading_zeros(context: torch.Tensor) -> int:
    """How many frames of a (B, T, S, D) context are zeros before the first that is not."""
    seen: list[bool] = context.flatten(0, 1).flatten(1).any(dim=1).tolist()
    return seen.index(True) if True in seen else len(seen)


def _bias(attention: Any, device: torch.device) -> torch.Tensor:
    """The bias of an attention's output layer, in the format that the layer would answer in."""
    bias: torch.Tensor = attention.to_out[0].bias
    if torch.is_autocast_enabled(device.type):
        return bias.to(torch.get_autocast_dtype(device.type))
    return bias
