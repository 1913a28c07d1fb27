"""A client of a real server whose calls sometimes fail, as a test plans."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError


def refusal(status: int, code: str) -> ClientError:
    """A server's answer that something did not work."""
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PutObject")  # type: ignore[arg-type]  # the rest of an answer is not looked at


class MoodyClient:
    """Passes calls on, but for those planned to fail.

    Args:
        client: a real one.
        plan: by method, what happens at each call: it fails with an error, a callable's answer is given
            in place of the server's, or with None, and after the plan's end, the server is asked.

    Attributes:
        calls: how often each method was called.
        keys: the method and key of each call, in order.
    """

    def __init__(self, client: object, **plan: Sequence[Exception | Callable[[], Any] | None]) -> None:
        self._client, self._plan = client, {name: list(moods) for name, moods in plan.items()}
        self.calls: Counter[str] = Counter()
        self.keys: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        passed_on = getattr(self._client, name)
        if name.startswith("_") or not callable(passed_on) or name == "generate_presigned_url":
            return passed_on

        def call(**parameters: Any) -> Any:
            self.calls[name] += 1
            self.keys.append((name, parameters.get("Key", "")))
            moods = self._plan.get(name, [])
            mood = moods.pop(0) if moods else None
            if isinstance(mood, Exception):
                raise mood
            return passed_on(**parameters) if mood is None else mood()

        return call
