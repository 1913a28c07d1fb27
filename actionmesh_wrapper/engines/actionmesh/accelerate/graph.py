"""A step of image-to-3D as one CUDA graph: its many small kernels are launched at once, not one by one.

The way of PyTorch's notes on CUDA semantics ("Whole-network capture", without gradients).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import torch

Inputs = tuple[torch.Tensor, ...]
Replay = Callable[[], torch.Tensor]
"""Computes from what its inputs hold now; the answer is overwritten by the next call."""
Capture = Callable[[Callable[[], torch.Tensor]], Replay]
"""Makes a `Replay` of a computation whose inputs stay where they are."""

WARM_UP = 3  # runs before the capture, in which libraries choose their kernels


def capture_on_gpu(run: Callable[[], torch.Tensor]) -> Replay:
    """Captures a computation on the current GPU.

    Other threads use the GPU meanwhile (another job's preview or masks): only what this one does may break
    the capture, where PyTorch's default ("global") lets any thread's allocation do so.
    """
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        answer = run()

    def replay() -> torch.Tensor:
        graph.replay()
        return answer

    return replay


def graph_steps(pipeline: Any, capture: Capture = capture_on_gpu) -> None:
    """Captures the transformer's first step of each shape, and replays it for the others.

    The weights have to stay where they are, and the graph keeps the memory of a step.

    Args:
        pipeline: a ``TripoSGPipelinePlus``. ``transformer.forward`` is replaced.
        capture: makes the graph.
    """
    transformer = pipeline.transformer
    compute = transformer.forward
    graph: _Graph | None = None

    def forward(
        hidden_states: torch.Tensor,
        timestep: torch.Tensor,
        *,
        encoder_hidden_states: torch.Tensor,
        attention_kwargs: None = None,
        return_dict: bool = False,
    ) -> tuple[torch.Tensor]:
        nonlocal graph
        assert attention_kwargs is None, "as ActionMesh calls it"
        assert not return_dict, "as ActionMesh calls it"
        inputs = (hidden_states, timestep, encoder_hidden_states)
        if graph is None or not graph.fits(inputs):
            graph = None  # its memory serves the next one
            graph = _Graph.of(
                lambda hidden, time, context: compute(
                    hidden, time, encoder_hidden_states=context, return_dict=False
                )[0],
                inputs,
                capture,
            )
        return (graph(inputs),)

    transformer.forward = forward


@dataclass(frozen=True)
class _Graph:
    """A captured computation.

    Attributes:
        inputs: where it reads them.
        replay: computes from them.
    """

    inputs: Inputs
    replay: Replay

    @classmethod
    def of(cls, compute: Callable[..., torch.Tensor], inputs: Inputs, capture: Capture) -> Self:
        """Captures a computation of inputs of these shapes."""
        kept = tuple(tensor.clone() for tensor in inputs)
        return cls(kept, capture(lambda: compute(*kept)))

    def fits(self, inputs: Inputs) -> bool:
        """Whether they are of the shapes and formats that it was captured with."""
        return all(
            (mine.shape, mine.dtype, mine.device) == (other.shape, other.dtype, other.device)
            for mine, other in zip(self.inputs, inputs, strict=True)
        )

    def __call__(self, inputs: Inputs) -> torch.Tensor:
        """The answer for other inputs of these shapes."""
        for mine, other in zip(self.inputs, inputs, strict=True):
            mine.copy_(other)
        return self.replay().clone()
