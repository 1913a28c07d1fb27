"""What is wrong with a request, in words that may be told."""

from pydantic import ValidationError

MAX_PROBLEMS = 20  # that a message names
LONGEST_NAME = 100  # characters of a field's name in it


def problems(error: ValidationError) -> list[str]:
    """Problems as ``field: what is wrong``, or what is wrong with several fields together.

    Without the value: it may be a whole video, or a secret.
    """
    lines = []
    for item in error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]:
        field = _tame(".".join(str(part) for part in item["loc"]))
        message = "unknown field" if item["type"] == "extra_forbidden" else _in_words_of_json(item["msg"])
        lines.append(f"{field}: {message}" if field else message)
    if error.error_count() > MAX_PROBLEMS:
        lines.append(f"and {error.error_count() - MAX_PROBLEMS:,} more")
    return lines


def _in_words_of_json(message: str) -> str:
    """Pydantic's message, for whoever writes JSON: there are lists in it, and no tuples."""
    return message.removeprefix("Value error, ").replace("a valid tuple", "a list").replace("Tuple", "List")


def _tame(name: str) -> str:
    """A field's name on a line of a log; that of an unknown field is the caller's own."""
    short = "".join(letter if letter.isprintable() else "?" for letter in name[:LONGEST_NAME])
    return short if len(name) <= LONGEST_NAME else f"{short}…"
