"""Runs a real S3 server with one bucket that a page may use: python bucket.py FOLDER ORIGIN."""  # noqa: INP001 – a script

import json
import re
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))  # run from anywhere
from actionmesh_wrapper.settings import Settings  # noqa: E402 - needs the line above
from actionmesh_wrapper.storage.s3 import S3  # noqa: E402
from tests.storage.s3_server import KEY, SECRET  # noqa: E402
from tests.storage.seaweed_server import executable, seaweed_server  # noqa: E402

BUCKET = "meshes"
NOT_INSTALLED = 3  # exit code


def cors_rules(origin: str) -> dict[str, object]:
    """Those of docs/deploy.md, for this page."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    found = re.search(r"\{\s*\"CORSRules\".*?\n\}", page, re.DOTALL)
    if found is None:
        raise SystemExit("docs/deploy.md has no CORSRules")
    rules: dict[str, object] = json.loads(found.group().replace("https://page.example", origin))
    return rules


def main(folder: Path, origin: str) -> None:
    """Serves until a signal comes; ``bucket.json`` in the folder has the worker's variables for it."""
    program = executable()
    if program is None:
        sys.exit(NOT_INSTALLED)
    folder.mkdir(parents=True, exist_ok=True)
    with seaweed_server(program, folder) as url:
        environ = {
            "BUCKET_NAME": BUCKET,
            "BUCKET_ENDPOINT_URL": url,
            "BUCKET_ACCESS_KEY_ID": KEY,
            "BUCKET_SECRET_ACCESS_KEY": SECRET,
            "BUCKET_REGION": "us-east-1",
        }
        client = S3.from_settings(Settings.from_env(environ)).client
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=cors_rules(origin))
        (folder / "bucket.json").write_text(json.dumps(environ))
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
