"""The sample's video, for what measures it."""

import base64
import json
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "test_input.json"


def write_sample(path: Path) -> Path:
    """Writes the video of ``test_input.json`` as a file; returns its path."""
    path.write_bytes(base64.b64decode(json.loads(SAMPLE.read_text("utf-8"))["input"]["video_base64"]))
    return path
