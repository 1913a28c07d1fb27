import pytest

from actionmesh_wrapper import video
from actionmesh_wrapper.video import packets
from tests.fuzz.__main__ import fuzz
from tests.fuzz.targets import DAMAGED, INVENTED


def test_a_few_seconds_find_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_DECODING_S", video._DECODING_S)  # which the fuzzer lowers
    monkeypatch.setattr(packets, "_LISTING_S", packets._LISTING_S)
    tally = fuzz(4, seed=7)
    assert tally.faults == []
    kinds = {kind for kind, _ in tally.outcomes}
    assert kinds == DAMAGED.keys() | INVENTED.keys()
    assert {code for kind, code in tally.outcomes if kind == "mesh"} >= {"OK", "NOT_A_MESH"}
    assert {code for kind, code in tally.outcomes if kind == "animation"} >= {"OK", "NOT_A_MESH"}
    assert {code for kind, code in tally.outcomes if kind == "request"} >= {"INVALID_INPUT"}
    assert {code for kind, code in tally.outcomes if kind == "url"} >= {"OK", "URL_NOT_ALLOWED"}
