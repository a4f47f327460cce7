"""Image files as frames: what a person sees is what is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dsrl_agent.cli.pictures import read_pictures, resized
from dsrl_agent.errors import ObservationError

_MOST = 10_000


def read(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    frames, remarks = read_pictures([str(path)], _MOST)
    assert remarks == []
    return np.asarray(frames[0])


def plain(path: Path, size: tuple[int, int] = (30, 20)) -> str:
    Image.new("RGB", size, (10, 20, 30)).save(path)
    return str(path)


def test_pictures_of_one_size_become_frames(tmp_path: Path) -> None:
    frames, _ = read_pictures([plain(tmp_path / "a.png"), plain(tmp_path / "b.png")], _MOST)
    assert frames.shape == (2, 20, 30, 3)
    assert frames.dtype == np.uint8
    assert frames[1, 5, 5].tolist() == [10, 20, 30]


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    names = [plain(tmp_path / "a.png"), plain(tmp_path / "b.png", (31, 20))]
    with pytest.raises(ObservationError, match=r"is 20 x 31, but .* is 20 x 30; give pictures of"):
        read_pictures(names, _MOST)


def test_transparent_pixels_show_white_whatever_their_hidden_colour(tmp_path: Path) -> None:
    image = Image.new("RGBA", (3, 1), (200, 0, 0, 255))
    image.putpixel((1, 0), (200, 0, 0, 0))
    image.putpixel((2, 0), (0, 0, 0, 51))  # 20 % of black over white: 0.8 * 255 = 204
    image.save(tmp_path / "a.png")
    assert read(tmp_path / "a.png")[0].tolist() == [[200, 0, 0], [255] * 3, [204] * 3]


def test_a_transparent_colour_of_a_palette_shows_white(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([9, 8, 7, 60, 70, 80])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=0)
    assert read(tmp_path / "a.png")[0].tolist() == [[255] * 3, [60, 70, 80]]


def test_16_bits_are_scaled_to_8(tmp_path: Path) -> None:
    values = np.array([[0, 257, 32896, 65535]], np.uint16)  # multiples of 257: 0, 1, 128, 255
    Image.fromarray(values).save(tmp_path / "a.png")
    assert read(tmp_path / "a.png")[0, :, 0].tolist() == [0, 1, 128, 255]


def test_floats_in_0_1_are_the_whole_range_and_others_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.2, 1.0]], np.float32)).save(tmp_path / "a.tiff")
    assert read(tmp_path / "a.tiff")[0, :, 1].tolist() == [0, 51, 255]
    for value in (np.nan, -1.0, 300.0):
        Image.fromarray(np.array([[value, 0.5]], np.float32)).save(tmp_path / "b.tiff")
        with pytest.raises(ObservationError, match="is shown from 0 to 1; scale them"):
            read(tmp_path / "b.tiff")


@pytest.mark.parametrize("grey", [False, True])
def test_the_picture_is_turned_as_its_file_says(tmp_path: Path, grey: bool) -> None:
    values = np.array([[0, 65535], [0, 0], [0, 0]], np.uint16)
    image = Image.fromarray(values if grey else (values >> 8).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees
    image.save(tmp_path / "a.png", exif=exif)
    assert read(tmp_path / "a.png")[:, :, 0].tolist() == [[0, 0, 0], [0, 0, 255]]


def test_of_an_animated_file_the_first_picture_is_read_and_named(tmp_path: Path) -> None:
    shown = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "lime")]
    name = str(tmp_path / "a.gif")
    shown[0].save(name, save_all=True, append_images=shown[1:])
    frames, remarks = read_pictures([name], _MOST)
    assert frames[0, 0, 0].tolist() == [255, 0, 0]
    assert remarks == [f"{name} has 3 pictures; the first one is read"]


def test_too_many_pixels_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "convert", None)  # nothing is decoded
    with pytest.raises(ObservationError, match=r"is 101 x 100, .* more than the 10,000 pixels"):
        read_pictures([plain(tmp_path / "a.png", (100, 101))], _MOST)


def test_the_pixels_of_all_pictures_count(tmp_path: Path) -> None:
    names = [plain(tmp_path / "a.png", (80, 80)), plain(tmp_path / "b.png", (80, 80))]
    with pytest.raises(ObservationError, match=r"b.png' is 80 x 80, which with those before it"):
        read_pictures(names, _MOST)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_files_that_are_no_pictures_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ObservationError, match=r"cannot be read .*; give an image file"):
        read(path)


def test_a_picture_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ObservationError, match="cannot be read"):
        read(path)


def test_a_frame_whose_pixels_were_enlarged_becomes_what_it_was() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8)
    large = np.kron(frame, np.ones((3, 3, 1), np.uint8))
    np.testing.assert_array_equal(resized(large, (5, 4)), frame)
    assert resized(frame, (8, 6)).shape == (8, 6, 3)
