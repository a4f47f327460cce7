"""Loops of contestants: transitions, resets, fresh observations and copies."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from benchmarks.worlds.loops import PLAIN, SMALL, Count, SinglePlay, VectorPlay, copies_of
from shapes_grid import ShapesGridVectorEnv, WorldSpec


def test_frames_have_the_sizes_of_the_limits() -> None:
    assert WorldSpec(**PLAIN).frame_shape == (84, 84, 3)
    assert WorldSpec(**SMALL).frame_shape == (40, 40, 3)


class TapeEnv(gym.Env[Any, Any]):
    """Every episode ends at its third step, in turn terminated and truncated."""

    def __init__(self, *, live: bool = False) -> None:
        self.action_space = gym.spaces.Discrete(2)
        self.tape: list[str] = []
        self._live = np.zeros((2, 2, 3), np.uint8) if live else None
        self._steps = self._ends = 0

    def _frame(self) -> Any:
        return np.zeros((2, 2, 3), np.uint8) if self._live is None else self._live

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        self.tape.append("reset")
        self._steps = 0
        return self._frame(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert action in (0, 1)
        self.tape.append("step")
        self._steps += 1
        over = self._steps == 3
        self._ends += over
        odd = self._ends % 2 == 1
        return self._frame(), 0.0, over and odd, over and not odd, {}


def test_a_single_environment_is_reset_as_it_ends() -> None:
    env = TapeEnv()
    play = SinglePlay(env, turn=7)
    assert play.frame_shape == (2, 2, 3)
    env.tape.clear()
    env._steps = 0
    assert (play(), play()) == (Count(7, 2), Count(7, 2))
    steps = ["step"] * 3
    # 14 steps in episodes of three; the reset waits for the next step.
    assert env.tape == [*([*steps, "reset"] * 4), "step", "step"]


def test_observations_that_share_memory_are_refused() -> None:
    with pytest.raises(ValueError, match="share memory, but each step must give a fresh array"):
        SinglePlay(TapeEnv(live=True), turn=1)


def test_actions_must_be_discrete() -> None:
    env = TapeEnv()
    env.action_space = gym.spaces.Box(0, 1)
    with pytest.raises(ValueError, match="must be Discrete"):
        SinglePlay(env, turn=1)


class Spy(ShapesGridVectorEnv):
    """Keeps what went in and came out of each step."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.seen: list[tuple[Any, Any, Any]] = []

    def step(self, actions: Any) -> Any:
        outcome = super().step(actions)
        flags = np.logical_or(outcome[2], outcome[3])
        self.seen.append((np.array(actions), outcome[0].copy(), flags))
        return outcome


def test_steps_that_reset_a_world_are_not_counted() -> None:
    # The reward of one cross, often found, lets worlds terminate and fall out of step.
    env = Spy(40, rows=3, cols=3, objects={"cross": 1}, step_limit=4)
    play = VectorPlay(env, turn=40, fresh=True)
    assert play.frame_shape == env.single_observation_space.shape
    env.seen.clear()
    first, second = play(), play()
    actions, frames, ended = (np.stack(part) for part in zip(*env.seen, strict=True))
    assert ended.shape == (80, 40)
    assert (ended.sum(axis=0) >= 80 // 5).all()  # a step limit of 4 and the step that resets
    assert ended[39].any()  # so that the second turn begins with a reset
    # The worlds that the step before ended are reset by this one: no transition.
    assert first == Count(40 * 40 - ended[:39].sum(), ended[:40].sum())
    assert second == Count(40 * 40 - ended[39:79].sum(), ended[40:].sum())
    assert (frames[1:] != frames[:-1]).any(axis=(0, 2, 3, 4)).all()
    assert all(set(world) == {0, 1, 2, 3} for world in actions.T.tolist())


def test_actions_are_drawn_from_the_action_space() -> None:
    env = Spy(3)
    env.single_action_space = gym.spaces.Discrete(2)
    VectorPlay(env, turn=20, fresh=True)()
    actions = np.stack([actions for actions, _, _ in env.seen])
    assert set(actions.ravel().tolist()) == {0, 1}


def test_other_autoreset_modes_are_refused_by_the_loop() -> None:
    env = ShapesGridVectorEnv(1)
    env.metadata = {**env.metadata, "autoreset_mode": AutoresetMode.SAME_STEP}
    with pytest.raises(ValueError, match="must be NEXT_STEP"):
        VectorPlay(env, turn=1, fresh=True)


def test_copies_are_counted() -> None:
    pool = np.ones(10 * 48 + 5, np.uint8)  # ten frames and a rest; three batches of three
    copies = copies_of(pool, (4, 4, 3), 3)
    assert {label: turn() for label, turn in copies.items()} == {
        "hot copy 4x4": Count(1000, 0),
        "cold copy 4x4": Count(9, 0),
        "kept copy 4x4": Count(9, 0),
        "bulk copy 4x4": Count(9, 0),
    }
