"""Steps replayed, with a stand-in for the capture: it computes anew from the inputs that it was shown."""

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


class Transformer(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Adds up what it is given."""

    def forward(
        self,
        hidden_states: Any,
        timestep: Any,
        encoder_hidden_states: Any = None,
        attention_kwargs: Any = None,
        return_dict: bool = True,
    ) -> Any:
        assert attention_kwargs is None
        assert not return_dict
        return (hidden_states + timestep[:, None, None] + encoder_hidden_states.mean(),)


class Captures:
    """In place of a GPU's: the answer lies in one place, as a graph's does.

    Attributes:
        count: of captures.
        replays: of all of them.
    """

    def __init__(self) -> None:
        self.count = self.replays = 0

    def __call__(self, run: Callable[[], Any]) -> Callable[[], Any]:
        self.count += 1
        answer = run()

        def replay() -> Any:
            self.replays += 1
            return answer.copy_(run())

        return replay


def step(transformer: Any, tokens: int, seed: int) -> Any:
    chance = torch.Generator().manual_seed(seed)
    hidden = torch.randn(2, tokens, 4, generator=chance)
    time = torch.full((2,), float(seed))
    context = torch.randn(2, 3, 4, generator=chance)
    [answer] = transformer(
        hidden, time, encoder_hidden_states=context, attention_kwargs=None, return_dict=False
    )
    return answer


def test_one_capture_serves_all_steps_of_a_shape() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.graph import graph_steps

    plain = Transformer()
    changed, captures = Transformer(), Captures()
    graph_steps(SimpleNamespace(transformer=changed), captures)
    asked = [(8, 1), (8, 2), (8, 3), (5, 4), (5, 5), (8, 6)]
    answers = [step(changed, *one) for one in asked]
    for one, answer in zip(asked, answers, strict=True):
        assert torch.equal(answer, step(plain, *one)), "and none is overwritten by a later one"
    assert (captures.count, captures.replays) == (3, 6)


def test_hooks_of_the_transformer_are_called_as_ever() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.graph import graph_steps

    changed, calls = Transformer(), list[int]()
    changed.register_forward_hook(lambda *_: calls.append(1))
    graph_steps(SimpleNamespace(transformer=changed), Captures())
    for seed in range(3):
        step(changed, 8, seed)
    assert len(calls) == 3


def test_a_capture_bears_what_other_threads_do_with_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """With stand-ins for PyTorch's own graph, whose signature is the real one's."""
    from actionmesh_wrapper.engines.actionmesh.accelerate.graph import WARM_UP, capture_on_gpu

    signature = inspect.signature(torch.cuda.graph)
    modes, runs, replays = list[str](), list[int](), list[int]()

    def graph(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        modes.append(bound.arguments["capture_error_mode"])
        return nullcontext()

    stream = SimpleNamespace(wait_stream=lambda _: None)
    made = SimpleNamespace(replay=lambda: replays.append(1))
    for name, stand_in in {
        "Stream": lambda: stream,
        "current_stream": lambda: stream,
        "stream": lambda _: nullcontext(),
        "CUDAGraph": lambda: made,
        "graph": graph,
    }.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)

    def run() -> Any:
        runs.append(1)
        return torch.ones(2)

    replay = capture_on_gpu(run)
    assert torch.equal(replay(), torch.ones(2))
    assert (modes, len(runs), len(replays)) == (["thread_local"], WARM_UP + 1, 1)
