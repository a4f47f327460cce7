"""Rings of frames of several environments: their order, and checkpoints of as many or of others."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.frame_buffers import FrameBuffers, frame_buffers
from dsrl_agent.types import Frame

SHAPE = (2, 3, 3)


def frame(number: int) -> Frame:
    return np.full(SHAPE, number, np.uint8)


def played(count: int = 2, memory: int = 20) -> FrameBuffers:
    """Environment e shows frames 10 e, 10 e + 1 and so on; that of number 1 begins anew once."""
    buffers = FrameBuffers(memory, SHAPE, count)
    for env, ring in enumerate(buffers.each):
        ring.begin(frame(10 * env))
        for number in range(1, 4):
            if (env, number) == (1, 2):
                ring.begin(frame(10 * env + number))
            else:
                ring.step(number, 0.5 * env, number == 3, frame(10 * env + number))
    return buffers


def levels(buffers: FrameBuffers) -> list[tuple[int, int, int, float, bool, bool]]:
    moves = buffers.transitions()
    return [
        (int(before[0, 0, 0]), action, int(after[0, 0, 0]), reward, terminated, first)
        for before, (action, reward, terminated, first), after in zip(
            moves.before, buffers.outcomes(), moves.after, strict=True
        )
    ]


OF_0 = [(0, 1, 1, 0.0, False, True), (1, 2, 2, 0.0, False, False), (2, 3, 3, 0.0, True, False)]
OF_1 = [(10, 1, 11, 0.5, False, True), (12, 3, 13, 0.5, True, True)]


def test_transitions_are_listed_environment_by_environment() -> None:
    buffers = played()
    assert levels(buffers) == OF_0 + OF_1
    assert buffers.numbers() == [0, 0, 0, 1, 1]
    assert buffers.by_age() == [0, 1, 3, 2, 4]  # the latest of each are of one age
    assert int(buffers.newest_of(1)[0, 0, 0]) == 13
    assert buffers.complete
    assert buffers.begun


def test_several_share_the_memory_evenly() -> None:
    assert [ring.capacity for ring in FrameBuffers(20, SHAPE, 3).each] == [7, 7, 7]
    assert not played(2, 4).complete
    with pytest.raises(ConfigError, match=r"num_envs is 21, but .* perception.memory, which is 20"):
        frame_buffers(20, SHAPE, 21)


def test_content_comes_back_to_as_many_environments() -> None:
    restored = FrameBuffers(20, SHAPE, 2)
    assert restored.load(played().arrays())
    assert levels(restored) == OF_0 + OF_1
    assert restored.complete


@pytest.mark.parametrize("count", [1, 3])
def test_content_is_dealt_to_another_number_of_environments(count: int) -> None:
    restored = FrameBuffers(20, SHAPE, count)
    assert not restored.load(played().arrays())
    assert sorted(levels(restored)) == sorted(OF_0 + OF_1)
    assert restored.complete
    assert restored.begun == (count == 1)
    assert restored.filled


def test_content_that_lacks_frames_is_still_incomplete_when_dealt() -> None:
    restored = FrameBuffers(20, SHAPE, 1)
    restored.load(played(2, 4).arrays())  # three frames of each are left
    first = [(*move[:-1], True) for move in (OF_0[1], OF_1[1])]  # no move is left before these
    assert sorted(levels(restored)) == sorted([first[0], OF_0[2], first[1]])
    assert not restored.complete


def test_frames_of_another_size_are_left_out_and_counted_once() -> None:
    buffers = played()
    assert buffers.resize(SHAPE) == 0
    assert buffers.resize((4, 4, 3)) == 8
    assert buffers.resize((4, 4, 3)) == 0
    assert buffers.frame_shape == (4, 4, 3)
    assert not buffers.filled


def test_other_arrays_are_refused() -> None:
    arrays = played().arrays()
    with pytest.raises(ValueError, match="not the names of rings"):
        FrameBuffers(20, SHAPE, 2).load({**arrays, "frames": arrays["0.frames"]})
    gone = {name: array for name, array in arrays.items() if not name.startswith("0.")}
    with pytest.raises(ValueError, match=r"\[1\] are not the numbers"):
        FrameBuffers(20, SHAPE, 2).load(gone)


@pytest.mark.parametrize("memory", [10**15, 2**62])
def test_a_memory_that_no_machine_has_is_refused_at_once(memory: int) -> None:
    with pytest.raises(ConfigError, match=r"perception.memory is \d+, but so many .* do not fit"):
        frame_buffers(memory, SHAPE, 1)
