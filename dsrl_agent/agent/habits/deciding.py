"""Decide on frames: actions, facts and values, in the habit of Stable-Baselines3."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import AnyFrontEnd, Episode, Valuation
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.runtime.envs import door_of, require_frames
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.runtime.threads import one_thread
from dsrl_agent.types import Facts, Frame


class PlayState(tuple[Episode, ...]):
    """What `predict` remembers of the running episodes, one entry for each environment."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"State({len(self)} running episode{'' if len(self) == 1 else 's'})"


class Deciding(ABC):
    """The part of an agent that decides; it learns nothing."""

    env: gym.Env[Any, Any]
    config: AgentConfig
    perception: PerceptionProtocol
    num_actions: int
    _streams: Streams
    _learns: bool  # whether `learn` is running

    @property
    @abstractmethod
    def front_end(self) -> AnyFrontEnd:
        """The front end: tables or rules learned so far."""

    @one_thread()
    def predict(
        self,
        observation: Frame,
        state: PlayState | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[Any, PlayState]:
        """Choose actions, in the habit of Stable-Baselines3.

        Args:
            observation: A frame `uint8 [H, W, 3]` or a batch `[n, H, W, 3]`, of any size, or an
                observation of the agent's environment with an image in it.
            state: What the last call returned in these episodes; without it each call stands
                alone, and the agent may walk to and fro before an obstacle.
            episode_start: `[n]`: which of the episodes have just begun.
            deterministic: Whether to act greedily (ties are broken by the agent's own stream)
                rather than epsilon-greedily.

        Returns:
            The action, or `int64 [n]` for a batch, and the state for the next call.
        """
        frames, single = require_frames(self._frames_of(observation))
        if self._learns and not self.perception.ready:
            return self._drawn(len(frames), single), PlayState()
        shape = self.perception.shape_of(frames[0])
        if not state:
            memories = [self.front_end.begin(shape) for _ in frames]
        elif len(state) != len(frames):
            raise ConfigError(
                f"The state is of {len(state)} environments, but the observation is of "
                f"{len(frames)}; give the state that the last call returned."
            )
        else:
            begun = np.zeros(len(frames), np.bool_) if episode_start is None else episode_start
            pairs = zip(state, begun, strict=True)
            memories = [self.front_end.begin(shape) if new else old.copy() for old, new in pairs]
        rng = self._streams.get("predict")
        epsilon = 0.0 if deterministic else self.config.front_end.epsilon
        seen = zip(self.perception.facts(frames), memories, strict=True)
        chosen = [self.front_end.decide(facts, memory, rng, epsilon) for facts, memory in seen]
        actions = np.array(chosen, np.int64)
        return (actions[0] if single else actions), PlayState(memories)

    @one_thread()
    def facts(self, observation: Frame) -> Facts:
        """Return the sorted facts (type, row, col) in a frame `uint8 [H, W, 3]`."""
        frame = self._frame_of(observation, "facts")
        return self.perception.facts(frame[None])[0]

    @one_thread()
    def values(self, observation: Frame, state: PlayState | None = None) -> Valuation:
        """Return what each action is worth in a frame, and each object's part in it."""
        frame = self._frame_of(observation, "values")
        if not state:
            state = PlayState([self.front_end.begin(self.perception.shape_of(frame))])
        return self.front_end.values(self.perception.facts(frame[None])[0], state[0])

    def _frame_of(self, observation: Any, method: str) -> Frame:
        """Return the one frame `uint8 [H, W, 3]` of an observation; refuse a batch."""
        frames, single = require_frames(self._frames_of(observation))
        if not single:
            raise ConfigError(f"{method}() takes one frame; use perception.facts() for a batch.")
        return np.asarray(frames[0])

    def _drawn(self, count: int, single: bool) -> Any:
        """Return random actions, as the agent takes them until it has learned to see."""
        drawn = self._streams.get("predict").integers(self.num_actions, size=count)
        return drawn[0] if single else drawn

    def _frames_of(self, observation: Any) -> Any:
        """Return the frames of an observation of the agent's environment, or frames as they are."""
        door = door_of(self.env)
        return observation if door is None else door.frames_of(observation)
