"""Stage I's steps."""

from dataclasses import dataclass
from typing import Any


def tqdm(*_: object, **__: object) -> Any:
    raise AssertionError("a worker draws no bars")


@dataclass(eq=False)
class SchedulerFlow:
    num_inference_steps: int
    split_cfg_batch: bool = False
