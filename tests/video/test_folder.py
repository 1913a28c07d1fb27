import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import FrameTooLarge, VideoError
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video.folder import frame_files, open_picture


def put(folder: Path, *names: str, mode: str = "RGB") -> None:
    for name in names:
        Image.new(mode, (4, 3)).save(folder / name)


def found(folder: Path) -> list[tuple[str, str | None]]:
    """Each frame's image and mask, by name."""
    return [(files.image.name, files.mask.name if files.mask else None) for files in frame_files(folder)]


def images(folder: Path) -> list[str]:
    assert all(mask is None for _, mask in found(folder))
    return [image for image, _ in found(folder)]


@pytest.mark.parametrize(
    "names",
    [
        ["1.png", "2.png", "10.png"],
        ["a1b9.png", "a1b10.png", "a2b1.png"],
        ["m1³.png", "m2³.png", "m10³.png"],
        ["m¹.png", "m².png", "m³.png", "m¹⁰.png"],
        ["①.png", "②.png", "⑩.png", "⑪.png"],
        ["٣.png", "٤.png", "١٠.png"],  # Arabic digits
        ["３.png", "１０.png"],  # wide ones
        ["½.png", "三.png"],  # numbers without digits
        ["frame2.PNG", "Frame3.png", "frame10.Png"],
        ["2" * 240 + ".png", "3" * 240 + ".png"],
    ],
    ids=ascii,
)
def test_names_are_in_natural_order(tmp_path: Path, names: list[str]) -> None:
    for name in reversed(names):
        put(tmp_path, name)
    assert images(tmp_path) == names


def test_equal_numbers_have_one_order_whatever_the_folders(tmp_path: Path) -> None:
    for number, names in enumerate((["1.png", "01.png", "001.png"], ["001.png", "1.png", "01.png"])):
        (folder := tmp_path / str(number)).mkdir()
        put(folder, *names)
        assert images(folder) == ["001.png", "01.png", "1.png"]


def test_what_is_no_frame_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "0.png", "1.JPG", "2.jpeg", "3.WebP")
    put(tmp_path, ".hidden.png")
    for name in ("._0.png", "._1.JPG", "Thumbs.db", ".DS_Store", "desktop.ini", "notes.txt", "clip.mp4"):
        (tmp_path / name).write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    for name in ("masks.png", "older.jpg", "__MACOSX"):
        (tmp_path / name).mkdir()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    assert images(tmp_path) == ["0.png", "1.JPG", "2.jpeg", "3.WebP"]


def test_links_to_pictures_are_frames(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    put(tmp_path, "a.png")
    (tmp_path / "frames/0.png").symlink_to(tmp_path / "a.png")
    assert images(tmp_path / "frames") == ["0.png"]


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("{}_image.png", "{}_mask.png"),
        ("{}_IMAGE.JPG", "{}_Mask.PNG"),
        ("{}_image.jpg", "{}_image_mask.png"),
        ("{}.png", "{}_mask.png"),
        ("{}.jpg", "{}-mask.png"),
        ("{}.jpg", "{}.mask.png"),
        ("image_{}.png", "mask_{}.png"),
        ("{}.jpg", "mask_{}.jpg"),
    ],
)
def test_masks_are_known_by_their_names(tmp_path: Path, image: str, mask: str) -> None:
    pairs = [(image.format(number), mask.format(number)) for number in (2, 10)]
    put(tmp_path, *(name for pair in pairs for name in pair))
    assert found(tmp_path) == pairs
    assert not any(files.is_guess for files in frame_files(tmp_path))


@pytest.mark.parametrize("name", ["image_{}.png", "{}_image.png", "masked_{}.png", "unmask{}.png"])
def test_without_masks_all_are_frames(tmp_path: Path, name: str) -> None:
    put(tmp_path, name.format(0), name.format(1))
    assert images(tmp_path) == [name.format(0), name.format(1)]


def test_beside_images_nothing_else_is_a_frame(tmp_path: Path) -> None:
    put(tmp_path, "0_image.png", "0_mask.png", "0_depth.png", "cover.jpg", "9_mask.png")
    assert found(tmp_path) == [("0_image.png", "0_mask.png")]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
@pytest.mark.parametrize("image", ["{}.jpg", "{}.JPG", "{}.webp"])
def test_a_picture_without_colour_is_the_mask_of_one_with_the_same_name(
    tmp_path: Path, image: str, mode: str
) -> None:
    pairs = [(image.format(number), f"{number}.png") for number in (2, 10)]
    for picture, mask in pairs:
        put(tmp_path, mask, mode=mode)
        put(tmp_path, picture)
    assert found(tmp_path) == pairs
    assert all(files.is_guess for files in frame_files(tmp_path))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("0.jpg", "RGB"), ("0.png", "RGB")),
        (("0.png", "RGBA"), ("0.webp", "RGBA")),
        (("0.jpg", "L"), ("0.png", "L")),
        (("0.jpg", "RGB"), ("0.JPEG", "RGB")),
        (("frame.PNG", "RGB"), ("Frame.png", "RGB")),
        ((unicodedata.normalize("NFC", "é.png"), "RGB"), (unicodedata.normalize("NFD", "é.png"), "RGB")),
    ],
)
def test_what_may_be_two_frames_or_one_is_refused(
    tmp_path: Path, one: tuple[str, str], other: tuple[str, str]
) -> None:
    for name, mode in (one, other):
        put(tmp_path, name, mode=mode)
    with pytest.raises(VideoError) as error:
        frame_files(tmp_path)
    names = sorted((one[0], other[0]))
    assert error.value.message == (
        f"{names[0]} and {names[1]} have one name. If one is the mask of the other, end their names in "
        "_image and _mask; else keep one of them."
    )


def test_two_masks_of_one_image_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "0.jpg", "0_mask.png", "0_mask.webp")
    with pytest.raises(VideoError, match=r"0_mask\.png and 0_mask\.webp have one name"):
        frame_files(tmp_path)


def test_three_of_one_name_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "0.jpg", "0.webp")
    put(tmp_path, "0.png", mode="L")
    with pytest.raises(VideoError, match=r"0\.jpg and 0\.png and 0\.webp have one name"):
        frame_files(tmp_path)


def test_a_missing_mask_is_named(tmp_path: Path) -> None:
    put(tmp_path, "0.jpg", "1.jpg", "2.jpg")
    put(tmp_path, "0.png", "2.png", mode="L")
    with pytest.raises(VideoError, match=r"^VIDEO_UNREADABLE: 1 of 3 frames have no mask, 1\.jpg for one\.$"):
        frame_files(tmp_path)


@pytest.mark.parametrize(
    "names", [["0.png", "0_mask.png", "1_mask.png"], ["1_mask.png"], ["0.png", "1_mask.png"]]
)
def test_a_mask_without_a_picture_is_named(tmp_path: Path, names: list[str]) -> None:
    put(tmp_path, *names)
    with pytest.raises(VideoError, match=r"1_mask\.png is the mask of no picture"):
        frame_files(tmp_path)


def test_a_picture_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "0.png")
    monkeypatch.setattr(limits, "MAX_PIXELS", 11)
    with (
        pytest.raises(FrameTooLarge, match=r"0\.png has 4 × 3 pixels; at most"),
        open_picture(tmp_path / "0.png"),
    ):
        pass


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "0.npy", np.zeros(3))
    (tmp_path / "0.npy").rename(tmp_path / "0.png")
    with (
        pytest.raises(VideoError, match=r"0\.png cannot be read as a picture"),
        open_picture(tmp_path / "0.png"),
    ):
        pass
