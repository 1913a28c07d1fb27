from dataclasses import replace
from typing import Any

import pytest

from actionmesh_wrapper.data.quality import Quality
from actionmesh_wrapper.job.doubtful_motion import notices

FINE = Quality(seams=1.2, volume_drift=0.1, edge_drift=0.05)


@pytest.mark.parametrize("quality", [FINE, Quality(None, None, 0)])
def test_what_is_within_bounds_is_not_told(quality: Quality) -> None:
    assert list(notices(quality)) == []


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"seams": 4.26}, "SEAMS", "The motion jerks 4.3 times as much where windows meet as elsewhere"),
        ({"volume_drift": 0.63}, "SHAPE_DRIFTS", "volume changes by up to 63%, its edges by up to 5%"),
        ({"edge_drift": 0.4}, "SHAPE_DRIFTS", "volume changes by up to 10%, its edges by up to 40%"),
    ],
)
def test_what_is_out_of_bounds_is(change: dict[str, Any], code: str, words: str) -> None:
    [notice] = notices(replace(FINE, **change))
    assert notice.code == code
    assert words in notice.message
