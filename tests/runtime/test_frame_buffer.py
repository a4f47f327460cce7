"""The ring of frames: against a plain list, beyond its capacity, and through a checkpoint."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.runtime.frame_buffer import FrameBuffer
from dsrl_agent.types import Frame

SHAPE = (2, 3, 3)


class Entry(NamedTuple):
    """A transition of the list that the ring is compared with."""

    before: int
    action: int
    reward: float
    terminated: bool
    first: bool
    after: int


def frame(number: int) -> Frame:
    return np.full(SHAPE, number % 251, np.uint8)


def recorded(buffer: FrameBuffer) -> list[Entry]:
    stored = buffer.transitions()
    assert stored.before.shape == stored.after.shape == (len(stored.actions), *SHAPE)
    for frames in (stored.before, stored.after):  # every frame is whole
        assert_array_equal(frames, np.broadcast_to(frames[:, :1, :1, :1], frames.shape))
    return [
        Entry(int(before), *outcome, int(after))
        for before, outcome, after in zip(
            stored.before[:, 0, 0, 0],
            buffer.outcomes(),
            stored.after[:, 0, 0, 0],
            strict=True,
        )
    ]


class Model:
    """The last frames in a plain list, with the step that led to each."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.kept: list[tuple[int, tuple[int, float, bool] | None]] = []

    def add(self, number: int, step: tuple[int, float, bool] | None) -> None:
        self.kept = [*self.kept, (number % 251, step)][-self.capacity :]

    def recorded(self) -> list[Entry]:
        pairs = zip(self.kept, self.kept[1:], strict=False)
        return [
            Entry(before, *step, i == 0 or led is None, after)
            for i, ((before, led), (after, step)) in enumerate(pairs)
            if step is not None
        ]


def record(buffer: FrameBuffer, model: Model | None, episodes: list[int], start: int = 0) -> int:
    """Record episodes of the given lengths, all frames and steps different."""
    number = start
    for length in episodes:
        buffer.begin(frame(number))
        if model is not None:
            model.add(number, None)
        for step in range(length):
            number += 1
            what = (number % 4, number / 8, step == length - 1 and number % 2 == 0)
            buffer.step(*what, frame(number))
            if model is not None:
                model.add(number, what)
        number += 1
    return number


def test_the_oldest_transitions_are_overwritten() -> None:
    buffer = FrameBuffer(4, SHAPE)
    assert recorded(buffer) == []
    buffer.begin(frame(10))
    assert recorded(buffer) == []
    buffer.step(1, 0.5, False, frame(11))
    buffer.step(2, -1.0, True, frame(12))
    first, second = Entry(10, 1, 0.5, False, True, 11), Entry(11, 2, -1.0, True, False, 12)
    assert recorded(buffer) == [first, second]
    buffer.begin(frame(20))  # full; 12 and 20 are of two episodes
    assert recorded(buffer) == [first, second]
    buffer.step(3, 0.0, False, frame(21))  # drops 10, and with it the first transition
    third = Entry(20, 3, 0.0, False, True, 21)
    # The transition before the second is lost.
    assert recorded(buffer) == [second._replace(first=True), third]
    assert buffer.starts().tolist() == [1, 3]
    buffer.step(0, 2.0, False, frame(22))  # drops 11
    assert recorded(buffer) == [third, Entry(21, 0, 2.0, False, False, 22)]
    assert len(buffer) == 4


@given(st.integers(2, 9), st.lists(st.integers(0, 7), max_size=6))
def test_the_ring_equals_the_tail_of_a_list(capacity: int, episodes: list[int]) -> None:
    buffer, model = FrameBuffer(capacity, SHAPE), Model(capacity)
    record(buffer, model, episodes)
    assert recorded(buffer) == model.recorded()
    assert len(buffer) == len(model.kept)


@given(st.integers(2, 9), st.lists(st.integers(0, 7), max_size=4))
def test_a_loaded_ring_continues_as_an_uninterrupted_one(
    capacity: int, episodes: list[int]
) -> None:
    buffer, copy = FrameBuffer(capacity, SHAPE), FrameBuffer(capacity, SHAPE)
    number = record(buffer, None, episodes)
    copy.load({name: array.copy() for name, array in buffer.arrays().items()})
    for one in (buffer, copy):
        if len(one):
            one.step(3, 0.25, False, frame(200))
        record(one, None, [2, 0, 3], number)
    assert recorded(copy) == recorded(buffer)
    assert copy.arrays().keys() == buffer.arrays().keys()
    for name, array in buffer.arrays().items():
        assert_array_equal(copy.arrays()[name], array)


def test_a_large_capacity_takes_no_memory_before_frames_come() -> None:
    buffer = FrameBuffer(10**9, SHAPE)
    assert buffer.frames.nbytes == 0
    assert_array_equal(buffer.newest(), np.zeros(SHAPE, np.uint8))
    record(buffer, None, [6])
    assert len(buffer.frames) == 7  # 1, 3, 7: twice as many and one at a time
    other = FrameBuffer(10**9, SHAPE)
    record(other, None, [3])
    assert len(other.frames) == 7  # for 4 frames: it grows seldom
    loaded = FrameBuffer(10**9, SHAPE)
    loaded.load({name: array.copy() for name, array in buffer.arrays().items()})
    assert loaded.frames.nbytes == buffer.frames.nbytes
    for one in (buffer, loaded):
        one.step(0, 0.0, False, frame(7))
    assert recorded(loaded) == recorded(buffer)
    assert len(recorded(loaded)) == 7


@pytest.mark.parametrize("added", [3, 7])  # before the ring of 5 is full, and after
def test_a_stored_step_from_the_newest_frame_is_refused(added: int) -> None:
    buffer = FrameBuffer(5, SHAPE)
    record(buffer, None, [added - 1])
    arrays = {name: array.copy() for name, array in buffer.arrays().items()}
    arrays["linked"][(added - 1) % 5] = True
    with pytest.raises(ValueError, match="a step starts at the newest frame"):
        FrameBuffer(5, SHAPE).load(arrays)


def test_writable_arrays_become_the_buffer_s_own_and_others_are_copied() -> None:
    buffer = FrameBuffer(5, SHAPE)
    record(buffer, None, [1])
    arrays = {name: array.copy() for name, array in buffer.arrays().items()}
    arrays["actions"].flags.writeable = False
    loaded = FrameBuffer(5, SHAPE)
    loaded.load(arrays)
    assert loaded.frames is arrays["frames"]
    loaded.step(3, 0.0, False, frame(2))
    assert arrays["actions"].tolist() == buffer.actions[:2].tolist()


def test_frames_are_copied_in_and_out() -> None:
    buffer = FrameBuffer(3, SHAPE)
    live = frame(1)
    buffer.begin(live)
    live[:] = 2
    buffer.step(0, 0.0, False, live)
    live[:] = 3
    stored = buffer.transitions()
    assert recorded(buffer) == [Entry(1, 0, 0.0, False, True, 2)]
    stored.before[:] = stored.after[:] = 9
    assert recorded(buffer) == [Entry(1, 0, 0.0, False, True, 2)]


def test_an_unused_ring_stores_nothing() -> None:
    buffer = FrameBuffer(5, SHAPE)
    buffer.begin(frame(1))
    stored = buffer.arrays()
    assert {name: array.shape[0] for name, array in stored.items()} == {
        "frames": 1,
        "actions": 1,
        "rewards": 1,
        "terminated": 1,
        "linked": 1,
        "added": 1,
    }


def test_frames_of_another_size_are_left_out_and_counted_until_somebody_is_told() -> None:
    buffer = FrameBuffer(3, SHAPE)
    empty = buffer.resized((5, 3, 3))
    assert (empty.lost, empty.unsaid, empty.capacity) == (False, 0, 3)
    record(buffer, None, [3])  # four frames, of which three are kept
    other = buffer.resized((5, 3, 3))
    assert (len(other), other.complete, other.unsaid) == (0, False, 3)
    assert other.resized((6, 3, 3)).unsaid == 3
    loaded = FrameBuffer(3, (5, 3, 3))
    loaded.load(buffer.arrays())
    assert (len(loaded), loaded.complete, loaded.unsaid) == (0, False, 3)
    loaded.load(other.arrays())
    assert (loaded.complete, loaded.unsaid) == (False, 0)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("added", np.array([-1]), "-1 frames were added, but it must be at least 0"),
        (
            "added",
            np.array([3]),
            r"frames is uint8 \[2, 2, 3, 3\], but it must be uint8 \[3, 2, 3, 3",
        ),
        ("rewards", np.zeros(2, np.float32), r"rewards is float32 \[2\], .* be float64 \[2\]"),
        ("actions", np.zeros((2, 1), np.int64), r"actions is int64 \[2, 1\], .* be int64 \[2\]"),
        ("linked", np.zeros(3, np.bool_), r"linked is bool \[3\], .* be bool \[2\]"),
    ],
)
def test_arrays_of_another_buffer_are_refused(name: str, value: Any, fault: str) -> None:
    buffer = FrameBuffer(5, SHAPE)
    record(buffer, None, [1])
    arrays = {**buffer.arrays(), name: value}
    with pytest.raises(ValueError, match=fault):
        FrameBuffer(5, SHAPE).load(arrays)


def test_a_full_buffer_is_complete_until_a_frame_is_dropped() -> None:
    buffer = FrameBuffer(3, SHAPE)
    record(buffer, None, [2])
    assert buffer.complete
    assert_array_equal(buffer.newest(), frame(2))
    buffer.step(0, 0.0, False, frame(7))
    assert not buffer.complete
    assert_array_equal(buffer.newest(), frame(7))
    buffer.newest()[:] = 9  # a copy
    assert_array_equal(buffer.newest(), frame(7))


def test_frames_left_out_twice_are_all_counted() -> None:
    first = FrameBuffer(3, SHAPE)
    record(first, None, [2])
    second = first.resized((5, 3, 3))
    second.begin(np.zeros((5, 3, 3), np.uint8))
    third = second.resized((6, 3, 3))
    assert (third.lost, third.unsaid) == (True, 4)  # three, and one
    assert third.resized(SHAPE).lost
