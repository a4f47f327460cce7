"""Split the hypotheses of a place into latents: type, scale and offset, each categorical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.types import Ints

NO_TEMPLATE = -1
"""Number that stands for no template."""

_REACH = 2  # steps of scale that neighbours are away, at most


class Proposals(NamedTuple):
    """The n most probable hypotheses of places, the most probable one first.

    The posterior of a place is that of something and, given something, that of what it is.
    """

    templates: Ints  # [..., n]: `NO_TEMPLATE` where there are fewer hypotheses
    tints: Ints  # [..., n]: numbers in the palette
    nats: NDArray[np.float32]  # [..., n]: negative log posterior, given something
    present: NDArray[np.float32]  # [...]: probability of something
    sure: NDArray[np.float32]  # [...]: probability of the best type and tint, or of nothing


@dataclass(frozen=True)
class Factors:
    """The latents of every template: type, rank of its scale in its type, and offset.

    Offsets are ranks among those of all types. A template is one combination of latents; not every
    combination is one.
    """

    latents: Ints  # [M, 4]: type, rank of scale, rank down, rank right
    templates: Ints  # [K, S, D, R]: the template of each combination, or `NO_TEMPLATE`

    @classmethod
    def of(cls, hypotheses: Hypotheses) -> Factors:
        """Return the latents of all templates of hypotheses."""
        places = np.array([tuple(place) for place in hypotheses.placements], np.float64)
        places = places.reshape(-1, 3)
        ranks = np.zeros((len(places), 4), np.int64)
        ranks[:, 0] = hypotheses.types
        for part in hypotheses.parts:
            ranks[part, 1] = _ranks(places[part, 0])
        for axis in (1, 2):
            ranks[:, 1 + axis] = _ranks(places[:, axis])
        sizes = ranks.max(axis=0, initial=0) + 1
        sizes[0] = max(1, hypotheses.number_of_types)
        templates = np.full(tuple(sizes), NO_TEMPLATE)
        templates[tuple(ranks.T)] = np.arange(len(ranks))
        return cls(ranks, templates)

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Number of types, most scales of a type, and number of offsets down and right."""
        kinds, scales, downs, rights = self.templates.shape
        return kinds, scales, downs, rights

    def allowed(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which scales `[K, S]`, offsets down `[K, D]` and right `[K, R]` types have."""
        there = self.templates != NO_TEMPLATE
        return there.any(axis=(2, 3)), there.any(axis=(1, 3)), there.any(axis=(1, 2))

    def neighbours(self) -> Ints:
        """Return the templates `[M, 8]` up to `_REACH` scales or one offset away on each side."""
        steps = range(1, _REACH + 1)
        moves = [(0, sign * s, 0, 0) for s in steps for sign in (1, -1)]
        moves += [(0, 0, d, r) for d, r in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        found = np.full((len(self.latents), len(moves)), NO_TEMPLATE)
        for number, move in enumerate(moves):
            moved = self.latents + np.array(move)
            inside = ((moved >= 0) & (moved < self.templates.shape)).all(axis=1)
            found[inside, number] = self.templates[tuple(moved[inside].T)]
        return found

    def rivals(self) -> Ints:
        """Return the templates `[M, n]` of all types at the same offset, in every fifth scale.

        Each scale is one of these or a neighbour of one.
        """
        numbers = (self.templates != NO_TEMPLATE).any(axis=(2, 3)).sum(axis=1)  # of scales
        step = 2 * _REACH + 1
        chosen = [
            (kind, min(scale, number - 1))
            for kind, number in enumerate(numbers.tolist())
            for scale in range(_REACH, number + _REACH, step)
        ]
        kinds, scales = np.array(chosen, np.int64).reshape(-1, 2).T
        downs, rights = self.latents[:, 2, None], self.latents[:, 3, None]
        return np.asarray(self.templates[kinds, scales, downs, rights])


def _ranks(values: NDArray[np.float64]) -> Ints:
    """Return the rank of each value among the distinct ones, ascending."""
    return np.asarray(np.unique(values, return_inverse=True)[1].ravel(), np.int64)
