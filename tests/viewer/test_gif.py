"""Animations of play."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_frames import noise
from numpy.testing import assert_array_equal
from PIL.GifImagePlugin import GifImageFile

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.types import Frame
from dsrl_agent.viewer.gif import save_gif
from dsrl_agent.viewer.picture import Panel, compose


def read_gif(path: Path) -> tuple[list[Frame], list[int]]:
    """Return frames and their durations in ms."""
    frames, durations = [], []
    with GifImageFile(path) as image:
        assert image.info["loop"] == 0  # without end
        for index in range(image.n_frames):
            image.seek(index)
            frames.append(np.array(image.convert("RGB")))
            durations.append(image.info["duration"])
    return frames, durations


def panel(title: str) -> Panel:
    return Panel(
        title=title,
        facts=[("type 2", "[1, 3]")],
        values=[0.5, -1.0],
        actions=("left", "right"),
        chosen=0,
        lines=["score +3"],
    )


@pytest.mark.parametrize(("fps", "duration"), [(4, 250), (0.5, 2000), (30, 30), (1000, 20)])
def test_an_animation_has_its_frames_size_and_rate(
    tmp_path: Path, fps: float, duration: int
) -> None:
    written = []
    for step in range(5):
        frame = np.zeros((40, 60, 3), np.uint8)
        frame[:, 10 * step : 10 * step + 10] = (230, 159, 0)
        written.append(frame)
    path = tmp_path / "new" / "play.GIF"
    save_gif(path, iter(written), fps)
    frames, durations = read_gif(path)
    assert durations == 5 * [duration]
    assert_array_equal(frames, written)
    assert [file.name for file in path.parent.iterdir()] == ["play.GIF"]


def test_composed_pictures_keep_their_colours(tmp_path: Path) -> None:
    written = [compose(noise(4, 4, seed), panel(f"{seed}")) for seed in range(3)]
    save_gif(tmp_path / "play.gif", written, 4)
    frames, _ = read_gif(tmp_path / "play.gif")
    difference = np.abs(np.array(frames, int) - np.array(written))
    assert difference.max() <= 24
    assert difference.mean() < 1


def test_equal_frames_in_a_row_last_as_long(tmp_path: Path) -> None:
    one, other = noise(8, 8, 1), noise(8, 8, 2)
    save_gif(tmp_path / "play.gif", [one, one, one, other], 10)
    assert read_gif(tmp_path / "play.gif")[1] == [300, 100]


def test_an_older_animation_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "play.gif"
    save_gif(path, [noise(8, 8)], 4)
    before = path.read_bytes()
    with pytest.raises(ObservationError, match=r"width and height \(9, 8\), but .* \(8, 8\)"):
        save_gif(path, [noise(8, 8), noise(8, 9)], 4)
    with pytest.raises(ObservationError, match="There are no frames to write"):
        save_gif(path, [], 4)
    assert path.read_bytes() == before
    save_gif(path, [noise(8, 8), noise(8, 8, 1)], 4)
    assert len(read_gif(path)[0]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["play.gif"]
    path.unlink()
    path.mkdir()  # a place that cannot be taken
    with pytest.raises(OSError, match=r"play\.gif"):
        save_gif(path, [noise(8, 8)], 4)
    assert [file.name for file in tmp_path.iterdir()] == ["play.gif"]


@pytest.mark.parametrize("name", ["play.mp4", "play", "gif"])
def test_another_kind_of_video_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=rf"{name} does not end in .gif.*name a .gif file"):
        save_gif(tmp_path / name, [noise()], 4)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_not_above_zero_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(ConfigError, match=r"fps is .*, but must be a number above 0"):
        save_gif(tmp_path / "a.gif", [noise()], fps)


def test_a_frame_of_another_dtype_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ObservationError, match=r"is float64 \[5, 5, 3\], but must be"):
        save_gif(tmp_path / "a.gif", [np.zeros((5, 5, 3))], 4)  # type: ignore[list-item]
