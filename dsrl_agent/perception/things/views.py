"""Choose by rewards which difference between things is one of type: shape, colour or both."""

from __future__ import annotations

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.symbols.evidence import reward_evidence
from dsrl_agent.types import Ints

SHAPE, COLOUR, BOTH = "shape", "colour", "both"
VIEWS = (SHAPE, COLOUR, BOTH)
"""The views: things of one shape, of one colour, or of one shape and colour are of one type."""


def choose_view(
    evidence: Evidence, before: Scene, agent: int, last: str, thresholds: MergingThresholds
) -> str:
    """Return the view that explains the rewards of touches best.

    `before` are the scenes in the frames before each step, `agent` the number of the agent's
    type. The view `last` stays unless another one explains the rewards better, as an agent that
    knows a type to be bad no longer touches it.
    """
    if evidence.rewards is None:
        return last
    n, row, col = np.nonzero(evidence.trail.entered)
    shapes, colours = before.types[n, row, col], before.tints[n, row, col]
    touched = (shapes >= 0) & (shapes != agent)
    if not touched.any():
        return last
    shapes, colours = shapes[touched], colours[touched]
    rewards = evidence.rewards[n[touched]]
    labels = {SHAPE: shapes, COLOUR: colours, BOTH: _pairs(shapes, colours)}
    weighed = {
        view: reward_evidence(own, rewards, thresholds.prior) for view, own in labels.items()
    }
    best = max(weighed, key=lambda view: weighed[view])
    clear = weighed[best] > weighed[last] + thresholds.margin
    return best if clear else last


def first_numbers(view: str, kinds: int, tints: int, agent: int) -> Ints:
    """Return the number from 1 of each type by shape and colour, `[K, P + 1]`.

    The last column is for colours that are none of the palette's; 0 stands for no known type. The
    agent is a type of its own in every view.
    """
    if view == SHAPE:
        return np.repeat(np.arange(1, kinds + 1)[:, None], tints + 1, axis=1)
    table = np.zeros((kinds, tints + 1), np.int64)
    each = np.arange(1, tints + 1)
    table[:, :tints] = (
        each if view == COLOUR else np.arange(1, kinds * tints + 1).reshape(kinds, tints)
    )
    if agent >= 0:
        table[agent] = table.max() + 1
    return table


def _pairs(shapes: Ints, colours: Ints) -> Ints:
    """Return a number for each pair of shape and colour."""
    return np.unique(np.stack([shapes, colours], axis=1), axis=0, return_inverse=True)[1].ravel()
