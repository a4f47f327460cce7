"""The loop's records, on an environment and an actor that follow a tape."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent.runtime.episodes import Step, play
from dsrl_agent.types import Frame

# An episode's steps: (reward, terminated, truncated) each.
Tape = list[tuple[float, bool, bool]]


def frame(number: int) -> Frame:
    return np.full((1, 1, 3), number, np.uint8)


class TapeEnv(gym.Env[Frame, int]):
    """Plays the given episodes one after another; every frame shows its running number."""

    def __init__(self, *episodes: Tape) -> None:
        self.calls: list[Any] = []
        self._episodes = list(episodes)
        self._shown = -1

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        self.calls.append(("reset", seed))
        self._tape = iter(self._episodes.pop(0))
        return self._show()

    def step(self, action: int) -> tuple[Frame, Any, Any, Any, dict[str, Any]]:
        self.calls.append(("step", action))
        reward, terminated, truncated = next(self._tape)
        shown, info = self._show()
        return shown, np.float32(reward), np.bool_(terminated), np.bool_(truncated), info

    def _show(self) -> tuple[Frame, dict[str, Any]]:
        self._shown += 1
        return frame(self._shown), {"number": self._shown}


class TapeActor:
    """Answers frame n with action 10 + n, and writes down what it is told."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def begin(self) -> None:
        self.calls.append("begin")

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        self.calls.append((int(frame[0, 0, 0]), info["number"]))
        return 10 + int(info["number"])


GOES_ON, ENDS, IS_CUT, BOTH = (False, False), (True, False), (False, True), (True, True)
EPISODES = ([(0.5, *GOES_ON), (1.0, *ENDS)], [(-1.0, *IS_CUT)], [(0.0, *GOES_ON), (2.0, *BOTH)])


def plain(step: Step) -> tuple[Any, ...]:
    """Return a record with its frames as their numbers, without the only environment's number."""
    shown = {"frame": int(step.frame[0, 0, 0]), "next_frame": int(step.next_frame[0, 0, 0])}
    return tuple(step._replace(**shown))[:-1]  # type: ignore[arg-type]


def test_every_step_is_recorded() -> None:
    env, actor = TapeEnv(*EPISODES), TapeActor()
    records = [plain(step) for step in play(env, actor, [4, 5, 9], lambda e: 100 + e)]
    # episode, number, frame, info, action, reward, terminated, truncated, next frame, next info
    assert records == [
        (4, 0, 0, {"number": 0}, 10, 0.5, False, False, 1, {"number": 1}),
        (4, 1, 1, {"number": 1}, 11, 1.0, True, False, 2, {"number": 2}),
        (5, 0, 3, {"number": 3}, 13, -1.0, False, True, 4, {"number": 4}),
        (9, 0, 5, {"number": 5}, 15, 0.0, False, False, 6, {"number": 6}),
        (9, 1, 6, {"number": 6}, 16, 2.0, True, True, 7, {"number": 7}),
    ]
    assert {tuple(type(part) for part in record[5:8]) for record in records} == {
        (float, bool, bool)
    }


def test_environment_and_actor_are_called_in_turn() -> None:
    env, actor = TapeEnv(*EPISODES), TapeActor()
    list(play(env, actor, [4, 5, 9], lambda e: 100 + e))
    assert env.calls == [
        *[("reset", 104), ("step", 10), ("step", 11)],
        *[("reset", 105), ("step", 13)],
        *[("reset", 109), ("step", 15), ("step", 16)],
    ]
    assert actor.calls == ["begin", (0, 0), (1, 1), "begin", (3, 3), "begin", (5, 5), (6, 6)]


def test_the_last_step_is_terminated_or_truncated() -> None:
    steps = play(TapeEnv(*EPISODES), TapeActor(), range(3), lambda e: e)
    assert [step.last for step in steps] == [False, True, True, False, True]


def test_the_steps_of_an_episode_are_counted_from_0() -> None:
    long: Tape = [*[(0.0, *GOES_ON)] * 4, (1.0, *ENDS)]
    steps = list(play(TapeEnv(long, long), TapeActor(), range(2), lambda e: e))
    assert [step.number for step in steps] == [*range(5), *range(5)]


def test_the_environment_is_stepped_only_on_demand() -> None:
    env, actor = TapeEnv(*EPISODES), TapeActor()
    steps = play(env, actor, range(3), lambda e: e)
    assert (env.calls, actor.calls) == ([], [])
    next(steps)
    assert env.calls == [("reset", 0), ("step", 10)]
    steps.close()  # whoever has seen enough stops: no step more
    assert env.calls == [("reset", 0), ("step", 10)]


@pytest.mark.parametrize("episodes", [[], range(0)])
def test_no_episodes_are_no_steps(episodes: Any) -> None:
    env = TapeEnv()
    assert list(play(env, TapeActor(), episodes, lambda e: e)) == []
    assert env.calls == []
