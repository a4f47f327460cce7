"""Remember a running episode as its actions, so that learning can go on inside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.checks import require_at_least
from dsrl_agent.runtime.episodes import Position, Step
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.lockstep import GroupActor, Positions, play_together, played_again
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
        running: Those that are not over, by the number of their environment.
    """

    def __init__(self) -> None:
        self.begun = 0
        self.running: dict[int, RunningEpisode] = {}
        self._count = 1  # number of environments

    def steps(
        self,
        envs: Environments,
        actor: GroupActor,
        seed_for: Callable[[int], int],
        newest: Callable[[int], Frame],
    ) -> Generator[list[Step]]:
        """Play on inside the running episodes, where environments come there again, and then on.

        `seed_for` maps an episode's number to its seed; `newest` returns the frame that the running
        episode of an environment stands at. Environments that reset themselves begin others.
        """
        self._count = envs.num_envs
        if envs.reset_themselves:
            self.running.clear()
        start = self._played_again(envs, seed_for, newest) if self.running else {}
        self.running = {env: self.running[env] for env in start}
        return play_together(envs, actor, self.begun, seed_for, start)

    def take(self, step: Step) -> float:
        """Take the next step of an environment, and return the return of its episode so far."""
        if step.number == 0:
            self.running[step.env] = RunningEpisode(step.episode)
            self.begun = max(self.begun, step.episode + 1)
        running = self.running[step.env]
        running.take(step.action, step.reward)
        if step.last:
            del self.running[step.env]
        return running.total_reward

    def arrays(self) -> dict[str, dict[str, NDArray[np.generic]]]:
        """Return the running episodes for a checkpoint, by file."""
        return {_file_of(env): running.arrays() for env, running in self.running.items()}

    def restore(
        self, begun: int, arrays: Mapping[str, Mapping[str, NDArray[np.generic]]], count: int
    ) -> None:
        """Restore the number of episodes begun, and the running ones of `count` environments.

        Raises:
            ConfigError, ValueError: They are no such things.
        """
        require_at_least("num_episodes", begun, 0)
        self.begun = begun
        self.running = {
            env: RunningEpisode.from_arrays(arrays[_file_of(env)])
            for env in range(count)
            if _file_of(env) in arrays
        }

    def break_off(self, at_fault: bool) -> None:
        """End the running episodes, so that others begin next.

        `at_fault` says that the environment failed, perhaps as soon as an episode began.
        """
        if at_fault:
            self.begun += self._count - len(self.running)
        self.running = {}

    def _played_again(
        self,
        envs: Environments,
        seed_for: Callable[[int], int],
        newest: Callable[[int], Frame],
    ) -> Positions:
        """Return the positions of the environments that come to where their episodes stand."""
        courses = {
            env: (seed_for(running.number), running.actions)
            for env, running in self.running.items()
        }
        frames = {env: newest(env) for env in courses}
        positions = {}
        for env, (frame, info) in played_again(envs, courses, frames).items():
            running = self.running[env]
            positions[env] = Position(running.number, len(running.actions), frame, info)
        return positions


def _file_of(env: int) -> str:
    """Return the name of the file of a running episode; the first as it was always named."""
    return f"running{env or ''}"
