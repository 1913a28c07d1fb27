import pytest
from PIL import Image

from actionmesh_wrapper.system.colour_profile import MAX_BYTES, UnusableProfile, to_srgb
from tests.system.profiles import ADOBE_RGB, cmyk_profile, encoded, grey_profile, rgb_profile

ADOBE = rgb_profile(ADOBE_RGB, 2.2)
SKIN = (224, 172, 140)


def test_one_transform_serves_many_pictures_of_any_mode() -> None:
    convert = to_srgb(ADOBE, spaces={"RGB"})
    red, green, blue = encoded(SKIN, ADOBE_RGB, 2.2).tolist()
    for mode, size in (("RGB", (1, 1)), ("RGBA", (3, 2))):
        shown = convert(Image.new(mode, size, (red, green, blue, 77)[: len(mode)]))
        assert (shown.mode, shown.size) == ("RGB", size)
        colour = shown.getpixel((0, 0))
        assert isinstance(colour, tuple)
        assert max(abs(one - other) for one, other in zip(colour, SKIN, strict=True)) <= 1


@pytest.mark.parametrize(
    ("profile", "spaces"),
    [
        (b"", {"RGB"}),
        (b"no profile" * 100, {"RGB"}),
        (ADOBE[:200], {"RGB"}),
        (ADOBE, {"CMYK"}),
        (ADOBE, {"GRAY"}),
        (grey_profile(1.0), {"RGB"}),
        (cmyk_profile((0, 0, 0)), {"RGB", "GRAY"}),
        (ADOBE[:16] + b"Lab " + ADOBE[20:], {"RGB"}),
        (ADOBE + bytes(MAX_BYTES), {"RGB"}),
    ],
)
def test_what_does_not_fit_is_told(profile: bytes, spaces: set[str]) -> None:
    with pytest.raises(UnusableProfile):
        to_srgb(profile, spaces=spaces)
