"""Remember a running episode as its actions, so that learning can go on inside it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.checks import require_at_least
from dsrl_agent.errors import HandoverError
from dsrl_agent.runtime.episodes import Actor, Position, Step, play
from dsrl_agent.types import Frame


@dataclass
class RunningEpisode:
    """An episode that is not over: its number, the actions taken in it, and its return so far."""

    number: int
    actions: list[int] = field(default_factory=list)
    total_reward: float = 0.0

    def take(self, action: int, reward: float) -> None:
        """Add a step."""
        self.actions.append(action)
        self.total_reward += reward

    def played_again(self, env: gym.Env[Any, Any], seed: int, frame: Frame) -> Position | None:
        """Bring an environment to where the episode stands, by its seed and its actions.

        Args:
            env: The environment, in whatever state.
            seed: The seed of the episode.
            frame: The frame `uint8 [H, W, 3]` that the episode stood at.

        Returns:
            The position, or None if the environment does not come to that frame again: it does not
            depend on its seed and the actions alone.
        """
        try:
            shown, info = env.reset(seed=seed)
            for action in self.actions:
                shown, _, terminated, truncated, info = env.step(action)
                if terminated or truncated:
                    return None
        except HandoverError:
            return None
        if not np.array_equal(shown, frame):
            return None
        return Position(self.number, len(self.actions), shown, info)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the episode for a checkpoint."""
        return {
            "number": np.array([self.number], np.int64),
            "actions": np.array(self.actions, np.int64),
            "total_reward": np.array([self.total_reward], np.float64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Return what `arrays` gave.

        Raises:
            ValueError: They are not those of a running episode.
        """
        number, total = int(arrays["number"][0]), float(arrays["total_reward"][0])
        actions = [int(action) for action in arrays["actions"]]
        if number < 0 or not actions or min(actions) < 0 or not math.isfinite(total):
            raise ValueError(f"episode {number} with the return {total} is no running episode")
        return cls(number, actions, total)


class Episodes:
    """The episodes of an agent's training.

    Attributes:
        begun: The number of episodes begun so far.
        running: The one that is not over, if there is one.
    """

    def __init__(self) -> None:
        self.begun = 0
        self.running: RunningEpisode | None = None

    def steps(
        self,
        env: gym.Env[Any, Any],
        actor: Actor,
        seed_for: Callable[[int], int],
        newest: Callable[[], Frame],
    ) -> Generator[Step]:
        """Play on inside the running episode, if the environment comes there again, and then on.

        `seed_for` maps an episode's number to its seed; `newest` returns the frame that the running
        episode stands at.
        """
        running, start = self.running, None
        if running is not None:
            start = running.played_again(env, seed_for(running.number), newest())
            if start is None:
                self.running = None
        return play(env, actor, itertools.count(self.begun), seed_for, start)

    def take(self, step: Step) -> float:
        """Take the next step, and return the return of its episode so far."""
        if step.number == 0:
            self.running, self.begun = RunningEpisode(step.episode), step.episode + 1
        assert self.running is not None
        self.running.take(step.action, step.reward)
        total_reward = self.running.total_reward
        if step.last:
            self.running = None
        return total_reward

    def restore(self, begun: int, running: Mapping[str, NDArray[np.generic]] | None) -> None:
        """Restore the number of episodes begun, and the arrays of the running one, if any.

        Raises:
            ConfigError, ValueError: They are no such things.
        """
        require_at_least("num_episodes", begun, 0)
        self.begun = begun
        self.running = None if running is None else RunningEpisode.from_arrays(running)

    def break_off(self, at_fault: bool) -> None:
        """End the running episode, so that another begins next.

        `at_fault` says that the environment failed, perhaps as soon as an episode began.
        """
        self.begun += at_fault and self.running is None
        self.running = None
