"""Writes the contract where it is published: JSON Schemas, a worker's facts, and the tables of the pages.

    python builder/write_contract.py

Tests hold the repository to what this writes.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from actionmesh_wrapper.contract import bounds, engines, outputs
from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY
from actionmesh_wrapper.contract.recipe import TWO_WINDOWS
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.engines.actionmesh.windows import Plan
from actionmesh_wrapper.job.run import AFTER, BEFORE
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video import sampling

ROOT = Path(__file__).resolve().parent.parent
NO_DEFAULT = "–"


def published() -> dict[str, str]:
    """Each published file's path in the repository with its text: schemas, and a worker's facts."""
    models: dict[str, type[BaseModel]] = {"request": Request, "result": Result}
    schemas = {
        f"schema/{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        | model.model_json_schema(mode="validation")
        for name, model in models.items()
    }
    files = schemas | {"schema/worker.json": facts()}
    return {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in files.items()}


def facts() -> dict[str, Any]:
    """What a worker offers, for programs that show it: kinds of output, engines, stages, bounds."""
    return {
        "outputs": [
            {
                "name": kind.name,
                "about": kind.about,
                "option": kind.option,
                "is_default": kind.is_default,
                "needs_clip": kind.needs_clip,
                "files": [asdict(file) | {"is_many": file.is_many} for file in kind.files],
            }
            for kind in outputs.KINDS
        ],
        "engines": {name: _facts_of(engine) for name, engine in engines.ENGINES.items()},
        "frames": {
            "least": engines.MIN_FRAMES,
            "two_windows": TWO_WINDOWS,
            "auto_most": Settings.model_fields["max_frames"].default,
            "most": engines.MAX_FRAMES,
            "by_windows": _by_windows(),
        },
        "stages": {"before": list(BEFORE), "after": list(AFTER)},
        "sampling": {"even_up_to_s": sampling.EVEN_UP_TO_S, "window_fps": sampling.WINDOW_FPS},
        "video": {
            "max_duration_s": limits.MAX_DURATION_S,
            "max_frames": limits.MAX_FRAMES,
            "max_pixels": limits.MAX_PIXELS,
        },
        "request": {
            "max_fields": bounds.MOST_FIELDS,
            "max_values": bounds.MOST_VALUES,
            "max_depth": bounds.DEEPEST,
            "max_text": bounds.LONGEST_TEXT,
        },
    }


def _by_windows() -> list[int]:
    """The most frames that ActionMesh works on in one window, in two, ….

    That is by the plan that it takes where a request names none.
    """
    window = engines.ACTIONMESH.frames.window or engines.MAX_FRAMES
    counts = range(engines.MIN_FRAMES, engines.MAX_FRAMES + 1)
    return list({len(Plan.of(count, 0, window).latents): count for count in counts}.values())


def _facts_of(engine: engines.EngineFacts) -> dict[str, Any]:
    return {
        "title": engine.title,
        "needs": engine.needs,
        "licence": engine.licence,
        "frames": asdict(engine.frames),
        "modes": {mode: asdict(mode_facts) for mode, mode_facts in engine.modes.items()},
        "stages": engine.stages,
        "options": sorted(engine.heeded),
        "not_with_mesh": sorted(engine.not_with_mesh),
        "knobs": {name: asdict(knob) for name, knob in engine.knobs.items()},
    }


def tables() -> dict[str, dict[str, str]]:
    """The tables of each page, by its path in the repository and then by name."""
    return {
        "docs/api.md": {"request": request_table(), "outputs": outputs_table(), "modes": modes_table()},
        "docs/engines.md": {"changes": changes_table()},
        "docs/settings.md": {"settings": settings_table()},
    }


def with_tables(page: str, text: str) -> str:
    """A page's text with the tables between ``<!-- NAME -->`` and ``<!-- /NAME -->`` made anew."""
    for name, table in tables()[page].items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"{page} needs {start.strip()} and {end} once each")
        before, _, rest = text.partition(start)
        text = before + start + table + end + rest.partition(end)[2]
    return text


def request_table() -> str:
    """The request's fields as a Markdown table."""
    schema = Request.model_json_schema()
    return _table("Field", dict(sorted(schema["properties"].items(), key=_inputs_first)))


def outputs_table() -> str:
    """The kinds of output and their files as a Markdown table."""
    rows = [
        f"| `{kind.option or kind.name}` | {'yes' if kind.is_default else 'no'} | `{file.pattern}` "
        f"| {file.about[0].upper()}{file.about[1:]}. |"
        for kind in outputs.KINDS
        for file in kind.files
    ]
    return "\n".join(["| Asked for by | By default | File | What it is |", "|---|---|---|---|", *rows, ""])


def modes_table() -> str:
    """The modes of ActionMesh as a Markdown table."""
    rows = []
    for mode, mode_facts in engines.ACTIONMESH.modes.items():
        seconds = "–".join(map(str, dict.fromkeys(mode_facts.seconds or ()))) or None
        rows.append(f"| `{mode}` | {mode_facts.gpu_gb} GB | {f'{seconds} s' if seconds else NO_DEFAULT} |")
    heads = ["| Mode | GPU memory | 16 frames on an H100, as Meta states it |", "|---|---|---|"]
    return "\n".join([*heads, *rows, ""])


def settings_table() -> str:
    """The settings as a Markdown table."""
    return _table("Variable", Settings.model_json_schema()["properties"])


def changes_table() -> str:
    """What makes ActionMesh faster, as a Markdown table."""
    changes = [(name, "yes", what) for name, what in EXACT.items()]
    changes += [(name, "close", what) for name, what in CLOSE.items()]
    changes += [(name, "not promised", what) for name, what in LOSSY.items()]
    rows = [f"| `{name}` | {same} | {what[0].upper()}{what[1:]}. |" for name, same, what in changes]
    return "\n".join(["| Change | Same output | What it is |", "|---|---|---|", *rows, ""])


def _table(head: str, fields: dict[str, Any]) -> str:
    rows = [
        f"| `{name}` | {_allowed(field)} | {_default(field.get('default'))} | {field['description']} |"
        for name, field in fields.items()
    ]
    return "\n".join([f"| {head} | Type | Default | What it is |", "|---|---|---|---|", *rows, ""])


def _inputs_first(item: tuple[str, Any]) -> bool:
    return not item[0].startswith(("video_", "mesh_", "animation_"))


def _default(value: object) -> str:
    if isinstance(value, list):  # a name at a time, so that a narrow column may break between them
        return ", ".join(f"`{item}`" for item in value)
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
    for name, text in published().items():
        (ROOT / name).write_text(text, "utf-8")
    for page in tables():
        path = ROOT / page
        path.write_text(with_tables(page, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
