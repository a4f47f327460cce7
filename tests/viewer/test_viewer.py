"""Pictures of play: layout and animations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageDraw import ImageDraw

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.types import Frame
from dsrl_agent.viewer import Panel, compose, save_gif

CHOSEN, BAR = (230, 159, 0), (86, 180, 233)
PANEL = Panel(
    title="DSRL",
    facts=[("type 2", "[1, 3]")],
    values=[0.5, -1.0, 0.0, 0.25],
    actions=("left", "right", "up", "down"),
    chosen=0,
    lines=["score +3", "step 7"],
)


def noise(height: int = 20, width: int = 30, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)


def where(picture: Frame, color: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the panel's pixels of a colour."""
    rows, cols = np.nonzero((picture == color).all(axis=2))
    panel = cols >= picture.shape[1] - 340
    return rows[panel], cols[panel]


# Composition


def test_the_world_is_enlarged_without_blurring() -> None:
    frame = noise(20, 30)
    picture = compose(frame, PANEL)
    assert picture.dtype == np.uint8
    assert picture.shape == (440, 600 + 2 * 20 + 340, 3)  # by 20 to 400 x 600, and margins of 20
    assert_array_equal(picture[20:420, 20:620], frame.repeat(20, axis=0).repeat(20, axis=1))


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((50, 50), (400, 400)),
        ((210, 160), (420, 320)),
        ((500, 300), (500, 300)),
        ((10, 100), (80, 800)),
        ((10, 1000), (10, 1000)),
    ],
)
def test_frames_come_near_the_usual_height(size: tuple[int, int], shown: tuple[int, int]) -> None:
    frame = np.full((*size, 3), (1, 2, 3), np.uint8)
    world = (compose(frame, PANEL) == (1, 2, 3)).all(axis=2)
    assert world.sum() == shown[0] * shown[1]
    assert (world.any(axis=1).sum(), world.any(axis=0).sum()) == shown


def test_all_pictures_of_an_episode_have_one_size() -> None:
    for frame in (noise(50, 50), noise(10, 1000)):
        panels = [
            replace(PANEL, facts=[(f"type {i}", f"[{i}, 0]") for i in range(count)], lines=lines)
            for count in (0, 1, 5, 19, 20, 21, 500)
            for lines in ([], ["a", "b", "c", "d"])
        ]
        assert len({compose(frame, panel).shape for panel in panels}) == 1


def test_the_picture_depends_on_its_input_alone_and_leaves_it_as_it_was() -> None:
    frame = noise()
    assert_array_equal(compose(frame, PANEL), compose(frame, PANEL))
    assert_array_equal(frame, noise())
    read_only = noise()
    read_only.flags.writeable = False
    assert_array_equal(compose(read_only, PANEL), compose(frame, PANEL))
    assert_array_equal(compose(frame[::-1], PANEL), compose(frame[::-1].copy(), PANEL))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "other"},
        {"facts": [("type 2", "[1, 4]")]},
        {"facts": [("type 3", "[1, 3]")]},
        {"values": [0.5, -1.0, 0.0, 0.2]},
        {"values": []},
        {"actions": ("left", "right", "up", "fire")},
        {"chosen": 1},
        {"chosen": None},
        {"lines": ["score +4", "step 7"]},
    ],
)
def test_everything_in_the_panel_is_shown(change: dict[str, Any]) -> None:
    frame = noise()
    different = (compose(frame, PANEL) != compose(frame, replace(PANEL, **change))).any(axis=2)
    assert different.any()
    assert not different[:, :640].any()


def test_bars_are_signed_and_in_proportion_and_the_chosen_one_stands_out() -> None:
    def bars(color: tuple[int, int, int], picture: Frame) -> list[tuple[int, int]]:
        """Return first and last column of each bar: rows in which a colour fills five pixels."""
        rows, cols = where(picture, color)
        spans: list[tuple[int, int]] = []
        for row in np.unique(rows):
            at = np.sort(cols[rows == row])
            runs = np.split(at, np.flatnonzero(np.diff(at) != 1) + 1)
            # The chosen action's marker and letters are of its colour as well, left of the bars.
            span = max(runs, key=len)
            if len(span) > 12 and (not spans or spans[-1] != (span[0], span[-1])):
                spans.append((int(span[0]), int(span[-1])))
        return spans

    picture = compose(noise(), PANEL)
    # Of 980 columns the panel begins at 640, its text at 660 and ends at 960. Bars have the room
    # 734..892, so zero is at 813 and the largest value is 79 long; the axis covers column 813.
    assert bars(CHOSEN, picture) == [(814, 813 + 40)]  # round(79 / 2), halves to even
    assert bars(BAR, picture) == [(813 - 79, 812), (814, 813 + 20)]
    assert bars(CHOSEN, compose(noise(), replace(PANEL, chosen=1))) == [(813 - 79, 812)]


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.0, 0.0, 0.0],
        [np.nan, np.inf, -np.inf, 1.0],
        [1e300, -1e-300, 12345.678, 5e-324],
        np.array([1, 2, 3, 4], np.float32),
    ],
)
def test_no_value_leaves_the_panel(values: Any) -> None:
    panel = replace(PANEL, values=values, chosen=None)
    picture = compose(noise(), panel)
    _, cols = where(picture, BAR)
    assert ((cols >= 734) & (cols <= 892)).all()
    assert (picture[:, -18:] == picture[0, -1]).all()  # the margin, less the overhang of letters


def test_long_texts_are_shortened_and_leave_the_margins_free() -> None:
    long = "a name without an end " * 20
    panel = Panel(long, 100 * [(long, long)], [1.0], [long], 0, 4 * [long])
    picture = compose(noise(), panel)
    background = picture[0, -1]
    panel_part = picture[:, 640:]
    for margin in (panel_part[:18], panel_part[-18:], panel_part[:, :18], panel_part[:, -18:]):
        assert (margin == background).all()
    compose(noise(), Panel("", [("", "")], [], [], None, ["", "two\nlines"]))


def test_facts_without_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(count: int) -> list[str]:
        written: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(ImageDraw, "text", lambda self, xy, text, *_, **__: written.append(text))
            facts = [(f"type {i}", f"[{i}, 0]") for i in range(count)]
            compose(noise(), replace(PANEL, facts=facts))
        return written[written.index(f"facts: {count}") + 1 :]

    # Above are the margin, title, two lines, heading, four bars and heading, and two gaps:
    # 20 + 30 + 40 + 20 + 80 + 20 + 2 * 14 = 238. To the margin at 420 there are 9 rows of 20.
    room = 2 * 9
    assert texts(0) == []
    full = texts(room)
    assert full == [part for i in range(room) for part in (f"type {i}", f"[{i}, 0]")]
    assert texts(room + 1) == [*full[:-2], "… 2 more"]
    assert texts(room + 100) == [*full[:-2], "… 101 more"]


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((5, 5, 3)),
        np.zeros((3, 5, 5), np.uint8),
        np.zeros((5, 5), np.uint8),
        np.zeros((1, 5, 5, 3), np.uint8),
        np.zeros((5, 0, 3), np.uint8),
    ],
)
def test_an_array_that_is_no_frame_is_refused(frame: Any, tmp_path: Path) -> None:
    said = f"is {frame.dtype} {list(frame.shape)}, but must be".replace("[", r"\[")
    with pytest.raises(ObservationError, match=said):
        compose(frame, PANEL)
    with pytest.raises(ObservationError, match=said):
        save_gif(tmp_path / "a.gif", [frame], 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [1.0]}, "There are 1 values for 4 actions; give one for each"),
        ({"chosen": 4}, "chosen is 4, but must number one of 4 actions"),
        ({"chosen": -1}, "chosen is -1, but must number one of 4 actions"),
        ({"lines": 5 * ["a"]}, "There are 5 status lines, but room for 4"),
    ],
)
def test_an_inconsistent_panel_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(PANEL, **change)


# Animations


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


@pytest.mark.parametrize(("fps", "duration"), [(4, 250), (0.5, 2000), (30, 30), (1000, 20)])
def test_an_animation_has_its_frames_size_and_rate(
    tmp_path: Path, fps: float, duration: int
) -> None:
    written = []
    for step in range(5):
        frame = np.zeros((40, 60, 3), np.uint8)
        frame[:, 10 * step : 10 * step + 10] = CHOSEN
        written.append(frame)
    path = tmp_path / "new" / "play.GIF"
    save_gif(path, iter(written), fps)
    frames, durations = read_gif(path)
    assert durations == 5 * [duration]
    assert_array_equal(frames, written)
    assert [file.name for file in path.parent.iterdir()] == ["play.GIF"]


def test_composed_pictures_keep_their_colours(tmp_path: Path) -> None:
    written = [compose(noise(4, 4, seed), replace(PANEL, title=f"{seed}")) for seed in range(3)]
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
