"""Which changes are on."""

import pytest

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY, choose

ALL = EXACT.keys() | CLOSE.keys()


@pytest.mark.parametrize(
    ("wish", "on"),
    [
        ("all", ALL),
        ("exact", set(EXACT)),
        ("none", set()),
        ("decode_once", {"decode_once"}),
        ("decode_once, mesh_beside", {"decode_once", "mesh_beside"}),
        ("all,-decode_once", ALL - {"decode_once"}),
        ("all,-fused_attention", ALL - {"fused_attention"}),
        ("all,-exact", set(CLOSE)),
        ("all,compile", {*ALL, "compile"}),
        ("all,-all", set()),
        ("-decode_once", set()),
        ("-decode_once,all", ALL),
    ],
)
def test_names_are_read_from_left_to_right(wish: str, on: set[str]) -> None:
    assert choose(wish) == on


def test_none_of_the_lossy_ones_is_on_unless_it_is_named() -> None:
    assert not choose("all") & LOSSY.keys()
    assert len(ALL | LOSSY.keys()) == len(EXACT) + len(CLOSE) + len(LOSSY)


@pytest.mark.parametrize("wish", ["fast", "", "all,", "-", "all,-fast"])
def test_other_words_are_refused_with_those_that_there_are(wish: str) -> None:
    with pytest.raises(
        ValueError,
        match=r"is no change: all, exact, none, swift_load, .*cached_guidance; -name takes one out",
    ):
        choose(wish)
