"""Step many worlds of one spec together.

`PlainBatch` steps plain worlds (the agent walks, is blocked and touches) all at once in NumPy.
`LoopBatch` steps other worlds one after the other. Tests compare both with `shapes_grid.rules`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.appearances import AppearanceCodes
from shapes_grid.board import Board, Start
from shapes_grid.rules import COMPASS_DIRECTIONS, Episode, Rules
from shapes_grid.spec_fields import COMPASS

Indices = NDArray[np.intp]
Changed = tuple[Indices, Indices]
"""Cells whose picture changed: their worlds `[N]` and their places `[N]`."""


class Outcome(NamedTuple):
    """The results of one step in each world."""

    rewards: NDArray[np.float64]  # [B]
    terminated: NDArray[np.bool_]  # [B]
    truncated: NDArray[np.bool_]  # [B]
    changed: Changed


class Batch(ABC):
    """The state of `count` worlds, common to all ways of stepping."""

    def __init__(self, rules: Rules, count: int) -> None:
        spec = rules.spec
        shape = (count, spec.rows, spec.cols)  # [B, rows, cols]; all other arrays are [B]
        self.rules = rules
        self.cells: Board = np.zeros(shape, np.int8)  # 0 for empty, `i + 1` for `spec.kinds[i]`
        # appearance codes, or `None` in worlds without variation (see `shapes_grid.appearances`)
        varied = np.zeros(shape, np.int32) if spec.is_varied else None
        self.appearances: AppearanceCodes | None = varied
        self.agents: Indices = np.full(count, -1, np.intp)  # places, row by row; -1 without agents
        self.headings: Indices = np.zeros(count, np.intp)  # quarter turns right from facing up
        self.keys: Indices = np.zeros(count, np.intp)  # carried by each agent
        self.steps: NDArray[np.int64] = np.zeros(count, np.int64)  # in the running episode
        self.seeds: NDArray[np.int64] = np.zeros(count, np.int64)  # of the episodes' randomness

    def __len__(self) -> int:
        return len(self.cells)

    @abstractmethod
    def begin(self, worlds: Indices, starts: Sequence[Start]) -> Changed:
        """Begin or continue episodes of some worlds; return the changed cells."""

    @abstractmethod
    def step(self, actions: Indices) -> Outcome:
        """Step every world with its action `[B]`, an index into `spec.actions`.

        The results of worlds whose episode had ended are meaningless.
        """


class PlainBatch(Batch):
    """Worlds of a plain spec, stepped all at once by NumPy."""

    def __init__(self, rules: Rules, count: int) -> None:
        super().__init__(rules, count)
        roles = rules.roles
        self._worth = np.array(rules.worth)
        self._blocks = np.array([role == "wall" for role in roles])
        self._ends = np.array([role == "lethal" for role in roles])
        self._any_blocks, self._any_ends = bool(self._blocks.any()), bool(self._ends.any())
        self._following = np.array(rules.following, np.intp)[:, list(COMPASS_DIRECTIONS)]
        self._positives: NDArray[np.int64] = np.zeros(count, np.int64)
        self._every = np.arange(count)

    def begin(self, worlds: Indices, starts: Sequence[Start]) -> Changed:
        """Begin or continue episodes of some worlds; return the changed cells."""
        count, cols = len(worlds), self.rules.spec.cols
        cells = np.concatenate([start.cells for start in starts]).reshape(count, -1)
        row_cols = np.array([(-1, cols - 1) if s.agent is None else s.agent for s in starts])
        agents = row_cols @ (cols, 1)  # -1 for none
        flat = self.cells.reshape(len(self), -1)
        differs = flat[worlds] != cells
        for places in (self.agents[worlds], agents):
            differs[np.flatnonzero(places >= 0), places[places >= 0]] = True
        which, places = np.nonzero(differs)
        flat[worlds] = cells
        self.agents[worlds] = agents
        self.steps[worlds] = [start.steps for start in starts]
        if self.rules.needs_seed:
            self.seeds[worlds] = [start.seed for start in starts]
        self._positives[worlds] = (self._worth[cells] > 0).sum(1)
        return worlds[which], places

    def step(self, actions: Indices) -> Outcome:
        """Step every world with its action."""
        self.steps += 1
        spec, worlds = self.rules.spec, self._every
        rewards = np.full(len(self), 0.0 - spec.step_cost)
        terminated = np.zeros(len(self), np.bool_)
        changed = worlds[:0], worlds[:0]
        if spec.agent:
            # Views are made anew: stored views would still refer to the original after a copy.
            cells, first = self.cells.reshape(-1), worlds * (spec.rows * spec.cols)
            before = self.agents
            target = self._following.reshape(-1)[before * len(COMPASS) + actions]
            codes = cells[first + target]
            if self._any_blocks:
                blocked = self._blocks[codes]  # by walls, whose reward is 0
                target = np.where(blocked, before, target)
            cells[first + target] = 0
            self.agents = target
            worth = self._worth[codes]
            rewards += worth
            good = worth > 0
            self._positives -= good
            terminated = good & (self._positives == 0)
            if self._any_ends:
                terminated |= self._ends[codes]
            moved = before != target
            places = np.concatenate([target, before[moved]])
            changed = np.concatenate([worlds, worlds[moved]]), places
        return Outcome(rewards, terminated, ~terminated & (self.steps >= spec.limit), changed)


class LoopBatch(Batch):
    """Worlds of any spec, stepped one after the other."""

    def __init__(self, rules: Rules, count: int) -> None:
        super().__init__(rules, count)
        self.episodes = self._make_episodes()

    def __getstate__(self) -> dict[str, Any]:
        # The episodes share this batch's arrays; copied episodes would have arrays of their own.
        return {**vars(self), "episodes": [(e.start(), e.terminated) for e in self.episodes]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.episodes = self._make_episodes()
        for episode, (start, terminated) in zip(self.episodes, state["episodes"], strict=True):
            episode.begin(start)
            episode.terminated = terminated

    def begin(self, worlds: Indices, starts: Sequence[Start]) -> Changed:
        """Begin or continue episodes of some worlds; return the changed cells."""
        for index, start in zip(worlds.tolist(), starts, strict=True):
            self.episodes[index].begin(start)
            self._note(index)
        every = np.arange(len(self.rules.following))
        return np.repeat(worlds, len(every)), np.tile(every, len(worlds))

    def step(self, actions: Indices) -> Outcome:
        """Step every world with its action."""
        rewards = np.empty(len(self))
        terminated, truncated = np.empty(len(self), np.bool_), np.empty(len(self), np.bool_)
        worlds: list[int] = []
        places: list[int] = []
        for index, action in enumerate(actions.tolist()):
            episode = self.episodes[index]
            rewards[index] = episode.step(action)
            terminated[index], truncated[index] = episode.terminated, episode.truncated
            worlds += [index] * len(episode.changed)
            places += episode.changed
            self._note(index)
        changed = np.array(worlds, np.intp), np.array(places, np.intp)
        return Outcome(rewards, terminated, truncated, changed)

    def _make_episodes(self) -> list[Episode]:
        if self.appearances is None:
            return [Episode(self.rules, cells) for cells in self.cells]
        arrays = zip(self.cells, self.appearances, strict=True)
        return [Episode(self.rules, cells, codes) for cells, codes in arrays]

    def _note(self, index: int) -> None:
        episode = self.episodes[index]
        self.agents[index], self.headings[index] = episode.place, episode.heading
        self.keys[index], self.steps[index] = episode.keys, episode.steps
        self.seeds[index] = episode.seed


def make_batch(rules: Rules, count: int) -> Batch:
    """Return `count` worlds that are stepped in the fastest way that the rules allow."""
    return (PlainBatch if rules.is_plain else LoopBatch)(rules, count)
