"""Store every frame once in a replay buffer for Stable-Baselines3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.buffers import BaseBuffer, ReplayBuffer
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from stable_baselines3.common.vec_env import VecNormalize

from dsrl_agent.baselines.available import require_memory
from dsrl_agent.records.reading import free_memory
from dsrl_agent.runtime.frame_buffer import FrameBuffer

_EPISODE = 25  # steps assumed per episode, which stores one frame more than transitions


def buffer_bytes(transitions: int, frame_shape: tuple[int, ...]) -> int:
    """Return the bytes of a buffer: frames, actions, rewards and flags."""
    frame = int(np.prod(frame_shape))
    return transitions * (_EPISODE + 1) // _EPISODE * (frame + 8 + 8 + 1 + 1)


class FrameReplayBuffer(ReplayBuffer):
    """A replay buffer of frames in order of play, with the true last frame of every episode.

    Stable-Baselines3's own buffer stores each frame twice, or once if time-outs count as
    terminations (its `optimize_memory_usage`). This buffer stores each frame once, and time-outs
    bootstrap.

    The first arguments are Stable-Baselines3's, for a Box of uint8 and a Discrete space.
    `buffer_size` is the capacity in transitions of all environments together, and
    `optimize_memory_usage` is ignored. `n_steps` is the number of rewards to sum, `free` are the
    free bytes, asked of the system by default, and `owner` names the learner in errors.

    Raises:
        ConfigError: The buffer does not fit into memory. Nothing was allocated.
    """

    def __init__(  # noqa: PLR0913 - the first six are Stable-Baselines3's
        self,
        buffer_size: int,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        device: torch.device | str = "auto",
        n_envs: int = 1,
        optimize_memory_usage: bool = True,
        n_steps: int = 1,
        gamma: float = 0.99,
        free: int | None = None,
        owner: str = "dqn",
    ) -> None:
        # Not ReplayBuffer's own, which allocates.
        BaseBuffer.__init__(self, buffer_size, observation_space, action_space, device, n_envs)
        assert observation_space.shape is not None
        shape = observation_space.shape
        require_memory(
            buffer_bytes(buffer_size, shape),
            free_memory() if free is None else free,
            f"The replay buffer of {buffer_size:,} transitions of frames {list(shape)}",
            f"set {owner}.buffer to fewer transitions, or take smaller frames.",
        )
        each = max(2, buffer_size // n_envs * (_EPISODE + 1) // _EPISODE + 1)
        self.rings = [FrameBuffer(each, shape) for _ in range(n_envs)]
        self._n_steps, self._gamma = n_steps, gamma
        self._begun = np.zeros(n_envs, np.bool_)
        self._rng = np.random.default_rng(0)

    def add(
        self,
        obs: NDArray[Any],
        next_obs: NDArray[Any],
        action: NDArray[Any],
        reward: NDArray[Any],
        done: NDArray[Any],
        infos: list[dict[str, Any]],
    ) -> None:
        """Add a step of every environment; at an end `next_obs` is the true last frame."""
        for i, ring in enumerate(self.rings):
            if not self._begun[i]:
                ring.begin(obs[i])
            timed_out = bool(infos[i].get("TimeLimit.truncated", False))
            ends = bool(done[i]) and not timed_out
            ring.step(int(action[i]), float(reward[i]), ends, next_obs[i])
            self._begun[i] = not done[i]

    def begin_piece(self, rng: np.random.Generator) -> None:
        """Cut the running episodes off, and draw samples from a new generator."""
        self._begun[:] = False
        self._rng = rng

    def size(self) -> int:
        """Return the frames of the fullest ring."""
        return max(len(ring) for ring in self.rings)

    def sample(self, batch_size: int, env: VecNormalize | None = None) -> ReplayBufferSamples:
        """Draw transitions with equal probability."""
        rings = self._rng.integers(len(self.rings), size=batch_size)
        return self._gather([self._draw(self.rings[number]) for number in rings])

    def arrays(self) -> dict[str, dict[str, NDArray[np.generic]]]:
        """Return the content for a checkpoint."""
        return {f"ring-{i}": ring.arrays() for i, ring in enumerate(self.rings)}

    def load(self, arrays: Mapping[str, Mapping[str, NDArray[np.generic]]]) -> None:
        """Restore the content of `arrays()`."""
        for i, ring in enumerate(self.rings):
            ring.load(arrays[f"ring-{i}"])

    def _draw(self, ring: FrameBuffer) -> tuple[FrameBuffer, int]:
        while True:  # the last frame of an episode starts no transition
            place = int(self._rng.integers(len(ring)))
            if ring.linked[place]:
                return ring, place

    def _gather(self, drawn: list[tuple[FrameBuffer, int]]) -> ReplayBufferSamples:
        before, after, figures = [], [], []
        for ring, place in drawn:
            reward, discount, here = 0.0, 1.0, place
            for _ in range(self._n_steps):
                reward += discount * float(ring.rewards[here])
                discount *= self._gamma
                ends = bool(ring.terminated[here])
                here = (here + 1) % ring.capacity
                if ends or not ring.linked[here]:
                    break
            before.append(ring.frames[place])
            after.append(ring.frames[here])
            figures.append((float(ring.actions[place]), float(ends), reward, discount))
        actions, ends_, rewards, discounts = np.array(figures, np.float32).T[:, :, None]
        frames, next_frames = np.stack(before), np.stack(after)
        parts = (frames, actions.astype(np.int64), next_frames, ends_, rewards, discounts)
        return ReplayBufferSamples(*map(self.to_torch, parts))
