"""Options of a command line from a schema: names, help, choices and defaults are the schema's own."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import click
from pydantic import BaseModel

BARE_POINT = re.compile(r"(?<![\w.])(?=\.\d)")
"""Where a number lacks the nought before its point, as JSON wants it."""


def options_of(
    schema: type[BaseModel], *, without: Iterable[str] = (), required: Collection[str] = ()
) -> list[click.Option]:
    """An option for each field of a schema, by its JSON Schema. Values are as `value_of` reads them.

    An option that is not given is None. Nothing is checked here: that is the schema's part.

    Args:
        schema: its fields have descriptions.
        without: fields that get none.
        required: fields whose options have to be given, no booleans.
    """
    left_out = set(without)
    fields: Mapping[str, Any] = schema.model_json_schema()["properties"]
    return [
        _option(name, field, is_required=name in required)
        for name, field in fields.items()
        if name not in left_out
    ]


def value_of(text: str, *, depth: int = 0) -> Any:
    """An option's text as a value of JSON: as JSON where it is that, else as the words that it has.

    Args:
        text: such as ``20``, ``fast``, ``0.2,.1,.8,0.9``, ``preview,masks`` or ``[[0.5,0.5,true]]``.
        depth: 1 where a list is wanted, 2 for a list of lists; outer brackets may be left out.
    """
    if depth > 0:
        text = BARE_POINT.sub("0", text)
    value = _json(text)
    if text == "null":
        return None
    if depth == 0:
        return text if value is None else value
    if value is None or not isinstance(value, list):
        value = _json(f"[{text}]") or [value_of(part.strip()) for part in text.split(",")]
    return [value] if depth == 2 and value and not isinstance(value[0], list) else value


def _json(text: str) -> Any:
    """The value of a text, or None if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _option(name: str, field: Mapping[str, Any], *, is_required: bool) -> click.Option:
    kinds = [field, *field.get("anyOf", ())]
    types = {kind["type"] for kind in kinds if "type" in kind}
    flag = f"--{name.replace('_', '-')}"
    default = field.get("default")
    if "boolean" in types:
        return click.Option(
            [f"{flag}/--no-{flag[2:]}"], default=None, help=_help(field, "yes" if default else "no")
        )
    depth = max(map(_depth, kinds))
    shown = ",".join(map(str, default)) if isinstance(default, list) else default
    return click.Option(
        [flag],
        required=is_required,
        metavar=_metavar(kinds),
        help=_help(field, None if is_required else shown),
        callback=lambda _context, _option, text: None if text is None else value_of(text, depth=depth),
    )


def _help(field: Mapping[str, Any], default: object) -> str:
    return str(field["description"]) + ("" if default is None else f"  [default: {default}]")


def _metavar(kinds: Iterable[Mapping[str, Any]]) -> str:
    """The choices, and the numbers that are allowed."""
    parts: list[str] = []
    for kind in kinds:
        parts += map(str, kind.get("enum", ()))
        if "const" in kind:
            parts.append(kind["const"])
        if kind.get("type") == "array":
            parts.append("LIST")
        if kind.get("type") in {"integer", "number"} and "enum" not in kind:
            least, most = kind.get("minimum", kind.get("exclusiveMinimum", "")), kind.get("maximum", "")
            parts.append(f"{least}..{most}")
    return "|".join(parts)


def _depth(schema: Mapping[str, Any]) -> int:
    """How many lists are in each other: 0 of a number, 2 of a list of points."""
    return 1 + _depth(schema.get("items", {})) if schema.get("type") == "array" else 0
