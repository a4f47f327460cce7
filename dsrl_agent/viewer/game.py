"""Play the episodes of an environment as a game with a score and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import gymnasium as gym

from dsrl_agent.runtime.door.handover import plain_flag, plain_reward, split_reset, split_step
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame
from dsrl_agent.viewer.playable import legend_of, name_of, render
from dsrl_agent.viewer.scoreboard import Scoreboard, compose_game

Ending = Literal["finished", "out of time"]


@dataclass(frozen=True, slots=True)
class Status:
    """State of an episode."""

    episode: int  # number of the episode, from 0
    steps: int = 0  # steps taken
    limit: int | None = None  # steps after which the episode is truncated; None if unknown
    score: float = 0.0  # sum of the rewards
    reward: float | None = None  # reward of the last step; None before the first step
    # `finished` if terminated, `out of time` if truncated, None while it runs
    ended: Ending | None = None


class Game:
    """Episodes of an environment, played by calls of `step`.

    The environment is made with `render_mode="rgb_array"`. Its method `legend()`, if any, returns
    pairs of a picture `uint8 [h, w, 3]` and a text, to be shown beside the world. The seed is that
    of the worlds; they equal those of a trained agent's play.

    Raises:
        ConfigError: The environment renders no picture.
        ObservationError: A picture of the legend is not `uint8 [h, w, 3]`.
    """

    def __init__(self, env: gym.Env[Any, Any], seed: int) -> None:
        self._env = env
        self._streams = Streams(seed)
        self.status = Status(0)
        self.begin(0)
        self._legend = legend_of(env)

    def begin(self, episode: int) -> None:
        """Begin the episode of a number; a number always gives the same world."""
        seed = self._streams.seed_for("play", episode)
        _, info = split_reset(self._env.reset(seed=seed), _ignore)
        self.status = Status(episode, limit=_limit(self._env, info))
        self._frame = render(self._env)

    def step(self, action: int) -> None:
        """Take an action in an episode that is not over."""
        _, gained, done, cut, _ = split_step(self._env.step(action), _ignore)
        reward = plain_reward(gained, _ignore)
        terminated = plain_flag("terminated", done, _ignore)
        truncated = plain_flag("truncated", cut, _ignore)
        steps, score = self.status.steps + 1, self.status.score + reward
        late: Ending | None = "out of time" if truncated else None
        ended: Ending | None = "finished" if terminated else late
        self.status = replace(self.status, steps=steps, score=score, reward=reward, ended=ended)
        self._frame = render(self._env)

    def picture(
        self, then: str, hints: Sequence[str], room: tuple[int, int] | None = None
    ) -> Frame:
        """Return a picture `uint8 [H, W, 3]` of the game, with the hints at the bottom.

        The line `then` stands below the reason when the episode is over, and may be empty. `room`
        is the width and height in pixels to fit the picture into.
        """
        status = self.status
        step = f"step {status.steps}" + ("" if status.limit is None else f" of {status.limit}")
        last = "none yet" if status.reward is None else _number(status.reward)
        message = [] if status.ended is None else [f"Episode over: {status.ended}", then]
        board = Scoreboard(
            title=f"score {_number(status.score)}",
            lines=[
                f"last reward {last}",
                f"episode {status.episode + 1}, {step}",
                name_of(self._env),
            ],
            message=[line for line in message if line],
            legend=self._legend,
            hints=hints,
        )
        return compose_game(self._frame, board, room)


def _ignore(text: str) -> None:
    """Leave out the note on something unusual that was taken: a person sees the play."""


def _limit(env: gym.Env[Any, Any], info: Mapping[str, Any]) -> int | None:
    """Return the step limit of an episode that has just begun, or None if unknown."""
    truth = info.get("truth")
    if isinstance(truth, Mapping) and "steps_left" in truth:
        return int(truth["steps_left"])
    return None if env.spec is None else env.spec.max_episode_steps


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:+g}"  # 0.1 + 0.2 - 0.3 is shown as +0, and so is -0.0
