"""Places of equal pixels are read once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.memory import PlaceMemory
from dsrl_agent.types import Frame, Ints

GRID = Grid((2, 3), (1, 2), (2, 2), (6, 9))


class Reader:
    """Reads the brightest pixel of each place as its type, and counts its calls."""

    def __init__(self, grid: Grid = GRID) -> None:
        self.calls, self.shift, self.grid = 0, 0, grid

    def __call__(self, frames: Frame) -> Ints:
        self.calls += 1
        (top, left), (height, width), (rows, cols) = (
            self.grid.origin,
            self.grid.pitch,
            self.grid.shape,
        )
        inner = frames[:, top : top + rows * height, left : left + cols * width]
        places = inner.reshape(1, rows, height, cols, width, 3)
        return np.asarray(places.max(axis=(2, 4, 5)).astype(np.int64) + self.shift)


def frame_of(*levels: int) -> Frame:
    """Return a frame whose places have levels, row by row."""
    frame = np.zeros((1, 6, 9, 3), np.uint8)
    frame[0, 1:5, 2:8] = np.repeat(np.repeat(np.reshape(levels, (2, 2, 1)), 2, 0), 3, 1)
    return frame


def test_a_frame_is_read_once_and_again_where_a_place_has_new_pixels() -> None:
    memory, read = PlaceMemory(100), Reader()
    assert memory.types(frame_of(1, 2, 3, 4), GRID, read).tolist() == [[[1, 2], [3, 4]]]
    assert memory.types(frame_of(1, 2, 3, 4), GRID, read).tolist() == [[[1, 2], [3, 4]]]
    assert read.calls == 1
    memory.types(frame_of(5, 2, 3, 4), GRID, read)
    assert read.calls == 2  # level 5 is new in the first place
    memory.types(frame_of(1, 2, 5, 4), GRID, read)
    assert read.calls == 3  # and in the third
    assert memory.types(frame_of(5, 2, 5, 4), GRID, read).tolist() == [[[5, 2], [5, 4]]]
    assert read.calls == 3


def test_pixels_outside_the_places_do_not_matter() -> None:
    memory, read, frame = PlaceMemory(100), Reader(), frame_of(1, 2, 3, 4)
    memory.types(frame, GRID, read)
    beside = frame.copy()
    beside[0, 0], beside[0, :, :2] = 9, 9
    memory.types(beside, GRID, read)
    assert read.calls == 1


def test_what_is_forgotten_or_of_another_grid_is_read_again() -> None:
    memory, read, frame = PlaceMemory(100), Reader(), frame_of(1, 2, 3, 4)
    memory.types(frame, GRID, read)
    memory.forget()
    read.shift = 10
    assert memory.types(frame, GRID, read).tolist() == [[[11, 12], [13, 14]]]
    other = Grid((2, 3), (1, 2), (1, 2), (6, 9))
    assert memory.types(frame, other, Reader(other)).tolist() == [[[1, 2]]]
    assert memory.types(frame, GRID, read).tolist() == [[[11, 12], [13, 14]]]


def test_a_grid_that_sticks_out_of_the_frame_is_never_remembered() -> None:
    out, frame = Grid((2, 3), (-1, 2), (2, 2), (6, 9)), frame_of(1, 2, 3, 4)
    memory, seen = PlaceMemory(100), np.ones((1, 2, 2), np.int64)
    assert memory.types(frame, out, lambda _: seen) is seen


def test_the_caller_may_change_the_result() -> None:
    memory, read, frame = PlaceMemory(100), Reader(), frame_of(1, 2, 3, 4)
    memory.types(frame, GRID, read)[:] = 0
    memory.types(frame, GRID, read)[:] = 0
    assert memory.types(frame, GRID, read).tolist() == [[[1, 2], [3, 4]]]


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), max_size=20), st.integers(0, 9)
)
def test_types_are_those_that_are_read(frames: list[list[int]], most: int) -> None:
    memory, read = PlaceMemory(most), Reader()
    for levels in frames:
        frame = frame_of(*levels)
        assert (memory.types(frame, GRID, read) == read(frame)).all()
