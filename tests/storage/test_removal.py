import time
from dataclasses import replace
from typing import Any

import pytest

from actionmesh_wrapper.storage import persist
from actionmesh_wrapper.storage.removal import QUIET_S, remove
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.moody import MoodyClient, refusal


def moody(storage: S3, **plan: Any) -> S3:
    return replace(storage, client=MoodyClient(storage.client, **plan))  # type: ignore[arg-type]  # stands for one


def test_goes_on_through_failures_that_pass(storage: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persist, "FIRST_WAIT_S", 0.01)
    keys = [f"meshes/removal/mesh_{index:03d}.glb" for index in range(40)]
    for key in keys:
        storage.write(key, b"x")
    busy = moody(storage, delete_object=[refusal(503, "SlowDown")] * 30)
    assert remove(busy, [*keys, "meshes/removal/never.glb"], within_s=10) == []
    assert all(storage.read(key) is None for key in keys)


def test_tells_what_stays(storage: S3) -> None:
    storage.write("meshes/removal/stays.glb", b"x")
    ours = moody(storage, delete_object=[refusal(403, "AccessDenied")])
    assert remove(ours, ["meshes/removal/stays.glb"], within_s=10) == ["meshes/removal/stays.glb"]
    assert remove(storage, ["meshes/removal/stays.glb"], within_s=10) == []
    assert remove(storage, [], within_s=10) == []


def test_gives_up_on_a_server_that_does_nothing(storage: S3) -> None:
    start = time.monotonic()
    gone = moody(storage, delete_object=[refusal(503, "SlowDown")] * 1000)
    keys = [f"meshes/removal/{index}.glb" for index in range(40)]
    assert remove(gone, keys, within_s=60) == keys
    assert QUIET_S <= time.monotonic() - start < 30
