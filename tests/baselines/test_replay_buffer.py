"""The replay buffer that stores each frame once."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from gymnasium import spaces

from dsrl_agent.baselines.replay_buffer import FrameReplayBuffer, buffer_bytes
from dsrl_agent.errors import ConfigError

SPACE = spaces.Box(0, 255, (1, 1, 1), np.uint8)


def frame(number: int) -> np.ndarray:
    return np.full((1, 1, 1, 1), number, np.uint8)


def tape(buffer: FrameReplayBuffer, episodes: list[list[int]], *, timed_out: bool) -> None:
    """Add episodes of frames by number; each step is rewarded with the number it leads to."""
    for numbers in episodes:
        for before, after in itertools.pairwise(numbers):
            done = after == numbers[-1]
            info = {"TimeLimit.truncated": done and timed_out}
            reward, end = np.array([float(after)]), np.array([done])
            buffer.add(frame(before), frame(after), np.array([before % 4]), reward, end, [info])


def all_samples(buffer: FrameReplayBuffer) -> set[tuple[float, ...]]:
    got = buffer.sample(300)
    columns = (got.observations, got.actions, got.next_observations, got.dones, got.rewards)
    assert got.discounts is not None
    return {
        tuple(round(float(column[i].item()), 4) for column in (*columns, got.discounts))
        for i in range(300)
    }


def make(size: int = 100, **options: object) -> FrameReplayBuffer:
    return FrameReplayBuffer(size, SPACE, spaces.Discrete(4), "cpu", **options)  # type: ignore[arg-type]


def test_each_frame_is_stored_once_and_no_transition_joins_two_episodes() -> None:
    buffer = make(gamma=0.5)
    tape(buffer, [[1, 2, 3], [7, 8]], timed_out=False)
    ring = buffer.rings[0]
    assert ring.frames[: len(ring)].ravel().tolist() == [1, 2, 3, 7, 8]
    # (frame, action, next frame, end, reward, discount): nothing leads from 3 to 7.
    assert all_samples(buffer) == {
        (1, 1, 2, 0, 2, 0.5), (2, 2, 3, 1, 3, 0.5), (7, 3, 8, 1, 8, 0.5),
    }  # fmt: skip


def test_a_time_out_is_not_terminal_and_keeps_its_last_frame() -> None:
    buffer = make(gamma=0.5)
    tape(buffer, [[1, 2], [7, 8]], timed_out=True)
    assert all_samples(buffer) == {(1, 1, 2, 0, 2, 0.5), (7, 3, 8, 0, 8, 0.5)}


def test_rewards_of_several_steps_stop_at_an_end() -> None:
    buffer = make(n_steps=2, gamma=0.5)
    tape(buffer, [[1, 2, 3], [7, 8]], timed_out=False)
    # From 1: 2 + .5 * 3, and the end behind it; the others have one step left.
    assert all_samples(buffer) == {
        (1, 1, 3, 1, 3.5, 0.25), (2, 2, 3, 1, 3, 0.5), (7, 3, 8, 1, 8, 0.5),
    }  # fmt: skip


def test_rewards_of_several_steps_stop_at_a_time_out_and_bootstrap_there() -> None:
    buffer = make(n_steps=3, gamma=0.5)
    tape(buffer, [[1, 2, 3], [7, 8]], timed_out=True)
    # From 1: 2 + .5 * 3; from 2: 3; nothing of the next episode, and none of them is an end.
    assert all_samples(buffer) == {
        (1, 1, 3, 0, 3.5, 0.25), (2, 2, 3, 0, 3, 0.5), (7, 3, 8, 0, 8, 0.5),
    }  # fmt: skip


def test_old_transitions_are_overwritten() -> None:
    buffer = make(2)
    tape(buffer, [[n, n + 1] for n in range(0, 40, 2)], timed_out=False)
    assert {sample[0] for sample in all_samples(buffer)} == {38}


def test_a_loaded_buffer_equals_the_saved_one() -> None:
    buffer, other = make(), make()
    tape(buffer, [[1, 2, 3], [7, 8]], timed_out=False)
    other.load(buffer.arrays())
    assert all_samples(other) == all_samples(buffer)


def test_a_buffer_that_does_not_fit_is_refused_before_it_is_allocated() -> None:
    # 10^12 frames would not even be addressable here: nothing was asked of the system.
    with pytest.raises(ConfigError, match=r"1,000,000,000,000 transitions.*set dqn.buffer"):
        make(10**12, free=2**30)


def test_the_estimated_size_equals_the_allocated_size() -> None:
    space = spaces.Box(0, 255, (3, 36, 36), np.uint8)
    ring = FrameReplayBuffer(5000, space, spaces.Discrete(4), "cpu").rings[0]
    for _ in range(5000):  # its arrays grow
        ring.begin(np.zeros(ring.frames.shape[1:], np.uint8))
    arrays = (ring.frames, ring.actions, ring.rewards, ring.terminated, ring.linked)
    taken = sum(array.nbytes for array in arrays)
    assert buffer_bytes(5000, (3, 36, 36)) == pytest.approx(taken, rel=0.001)
