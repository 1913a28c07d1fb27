"""Writes the contract where it is published: JSON Schemas, and README's tables of options, settings, changes.

    python builder/write_contract.py

Tests hold the repository to what this writes.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from actionmesh_wrapper.contract.acceleration import EXACT, LOSSY
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
NO_DEFAULT = "–"


def schemas() -> dict[str, str]:
    """Each schema's path in the repository with its text."""
    models: dict[str, type[BaseModel]] = {"request": Request, "result": Result}
    return {
        f"schema/{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema"}
            | model.model_json_schema(mode="validation"),
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in models.items()
    }


def readme(text: str) -> str:
    """README's text with the tables between ``<!-- NAME -->`` and ``<!-- /NAME -->`` made anew."""
    tables = {"request": request_table(), "settings": settings_table(), "changes": changes_table()}
    for name, table in tables.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"README needs {start.strip()} and {end} once each")
        before, _, rest = text.partition(start)
        text = before + start + table + end + rest.partition(end)[2]
    return text


def request_table() -> str:
    """The request's fields as a Markdown table."""
    schema = Request.model_json_schema()
    return _table("Field", dict(sorted(schema["properties"].items(), key=_inputs_first)))


def settings_table() -> str:
    """The settings as a Markdown table."""
    return _table("Variable", Settings.model_json_schema()["properties"])


def changes_table() -> str:
    """What makes ActionMesh faster, as a Markdown table."""
    changes = [(name, "yes", what) for name, what in EXACT.items()]
    changes += [(name, "not held", what) for name, what in LOSSY.items()]
    rows = [f"| `{name}` | {same} | {what[0].upper()}{what[1:]}. |" for name, same, what in changes]
    return "\n".join(["| Change | Same output | What it is |", "|---|---|---|", *rows, ""])


def _table(head: str, fields: dict[str, Any]) -> str:
    rows = [
        f"| `{name}` | {_allowed(field)} | {_default(field.get('default'))} | {field['description']} |"
        for name, field in fields.items()
    ]
    return "\n".join([f"| {head} | Type | Default | What it is |", "|---|---|---|---|", *rows, ""])


def _inputs_first(item: tuple[str, Any]) -> bool:
    return not item[0].startswith(("video_", "mesh_"))


def _default(value: object) -> str:
    return NO_DEFAULT if value in (None, "") else f"`{json.dumps(value)}`"


def _allowed(field: dict[str, Any]) -> str:
    """A schema's type and bounds in a few words."""
    if "anyOf" in field:
        return " or ".join(_allowed(option) for option in field["anyOf"] if option != {"type": "null"})
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        items = field.get("items") or {}
        return f"list of {_allowed(items)}" if "enum" in items else "list"
    low, over, high = (field.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    names = {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}
    kind = "URL" if field.get("format") == "uri" else names[field["type"]]
    bounds = [
        f"{sign} {bound:,.10g}" for sign, bound in (("≥", low), (">", over), ("≤", high)) if bound is not None
    ]
    return " ".join([kind, ", ".join(bounds)]).strip()


def main() -> None:
    """Writes all of it."""
    for path, text in schemas().items():
        (ROOT / path).write_text(text, "utf-8")
    page = ROOT / "README.md"
    page.write_text(readme(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
