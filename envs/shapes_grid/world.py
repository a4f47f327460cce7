"""The rules, for many worlds at once: state and actions in, state and rewards out.

This is the only implementation: `ShapesGridEnv` is a batch of one, `ShapesGridVectorEnv` of many.
It holds no generator and draws nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.board import Board
from shapes_grid.spec import WorldSpec

ACTIONS = ("left", "right", "up", "down")
MOVES = np.array([(0, -1), (0, 1), (-1, 0), (1, 0)], np.intp)
"""(row, column) steps of the four actions."""


class Outcome(NamedTuple):
    """What a step did in each world."""

    rewards: NDArray[np.float64]  # [B]
    terminated: NDArray[np.bool_]  # [B]
    truncated: NDArray[np.bool_]  # [B]


class World:
    """`count` worlds of one spec.

    Attributes:
        cells: `int8 [B, rows, cols]`: 0 for empty, `i + 1` for an object of `spec.kinds[i]`.
        agents: `intp [B, 2]`: row and column of each agent, (-1, -1) without agents.
        steps: `int64 [B]`: steps taken in the running episode.
    """

    def __init__(self, spec: WorldSpec, count: int) -> None:
        self.spec = spec
        self.cells: NDArray[np.int8] = np.zeros((count, spec.rows, spec.cols), np.int8)
        self.agents: NDArray[np.intp] = np.full((count, 2), -1, np.intp)
        self.steps: NDArray[np.int64] = np.zeros(count, np.int64)
        self._worth = np.array([0.0, *(spec.rewards.get(kind, 0.0) for kind in spec.kinds)])
        self._positives: NDArray[np.int64] = np.zeros(count, np.int64)
        self._had_positives: NDArray[np.bool_] = np.zeros(count, np.bool_)
        self._corner = np.array([spec.rows - 1, spec.cols - 1], np.intp)
        self._every = np.arange(count)

    def place(self, index: int, cells: Board, agent: tuple[int, int]) -> None:
        """Begin an episode of world `index` from the given start."""
        self.cells[index] = cells
        self.agents[index] = agent
        self.steps[index] = 0
        self._positives[index] = np.count_nonzero(self._worth[cells] > 0)
        self._had_positives[index] = self._positives[index] > 0

    def step(self, actions: NDArray[np.intp], active: NDArray[np.bool_] | None = None) -> Outcome:
        """Move every agent, let what it touches vanish, and count.

        Args:
            actions: `[B]`, indices into `ACTIONS`.
            active: `[B]`: worlds that are not active stand still and give nothing.

        Returns:
            The rewards and how each episode stands. An episode whose last positive object is
            touched on the last step allowed has terminated; it is not truncated.
        """
        which = self._every if active is None else np.flatnonzero(active)
        rewards = np.zeros(len(self._every))
        if self.spec.agent and len(which):
            target = self.agents[which] + MOVES[actions[which]]
            np.clip(target, 0, self._corner, out=target)  # the grid's edge stops the agent
            self.agents[which] = target
            rows, cols = target[:, 0], target[:, 1]
            worth = self._worth[self.cells[which, rows, cols]]
            self.cells[which, rows, cols] = 0
            self._positives[which] -= worth > 0
            rewards[which] = worth
        rewards[which] -= self.spec.step_cost
        self.steps[which] += 1
        moved = np.zeros(len(self._every), np.bool_)
        moved[which] = True
        terminated = moved & self._had_positives & (self._positives == 0)
        truncated = moved & ~terminated & (self.steps >= self.spec.limit)
        return Outcome(rewards, terminated, truncated)

    def truth(self, index: int) -> dict[str, object]:
        """Describe world `index` exactly, for evaluation and tests, in copies of its state."""
        kinds = self.spec.kinds
        return {
            "cells": self.cells[index].copy(),
            "agent": tuple(int(i) for i in self.agents[index]) if self.spec.agent else None,
            "kinds": kinds,
            "rewards": tuple(self.spec.rewards.get(kind, 0.0) for kind in kinds),
            "moves": tuple((int(row), int(col)) for row, col in MOVES),
            "step_cost": self.spec.step_cost,
            "steps_left": self.spec.limit - int(self.steps[index]),
        }
