"""Composed pictures of play: the world and its panel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawn_frames import noise
from numpy.testing import assert_array_equal
from PIL.ImageDraw import ImageDraw

from dsrl_agent.types import Frame
from dsrl_agent.viewer.picture import Panel, compose

CHOSEN, BAR = (230, 159, 0), (86, 180, 233)
PANEL = Panel(
    title="DSRL",
    facts=[("type 2", "[1, 3]")],
    values=[0.5, -1.0, 0.0, 0.25],
    actions=("left", "right", "up", "down"),
    chosen=0,
    lines=["score +3", "step 7"],
)


def where(picture: Frame, color: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the panel's pixels of a colour."""
    rows, cols = np.nonzero((picture == color).all(axis=2))
    panel = cols >= picture.shape[1] - 340
    return rows[panel], cols[panel]


def test_the_world_is_enlarged_without_blurring() -> None:
    frame = noise(20, 30)
    picture = compose(frame, PANEL)
    assert picture.dtype == np.uint8
    assert picture.shape == (440, 600 + 2 * 20 + 340, 3)  # by 20 to 400 x 600, and margins of 20
    assert_array_equal(picture[20:420, 20:620], frame.repeat(20, axis=0).repeat(20, axis=1))


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
