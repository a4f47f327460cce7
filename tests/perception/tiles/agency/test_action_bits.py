"""The bits that actions save in telling what an object does."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.tiles.agency.action_bits import Deed, adaptive_bits, bits_saved


def test_an_adaptive_code_learns_the_shares() -> None:
    # Two outcomes, each with half a sighting before the first: shares 1/2, 3/4 and 1/6.
    bits = adaptive_bits([0, 0, 0], ["a", "a", "b"])
    assert bits == pytest.approx(1.0 + np.log2(4 / 3) + np.log2(6))


def test_a_context_tells_outcomes_apart() -> None:
    outcomes = ["a", "b"] * 20
    assert adaptive_bits([0, 1] * 20, outcomes) < adaptive_bits([0] * 40, outcomes) / 5


def test_actions_that_decide_save_bits() -> None:
    rng = np.random.default_rng(0)
    actions = rng.integers(2, size=60).tolist()
    walks = [Deed(1, action, 1, 0, 1 if action else -1) for action in actions]
    assert bits_saved(walks) > 50
    drifts = [Deed(1, action, 1, 0, int(rng.integers(2))) for action in actions]
    assert bits_saved(drifts) < 5


def test_few_turns_of_an_agent_that_is_mostly_stuck_save_bits() -> None:
    """Seven actions, two of which turn four looks: each look has hardly been seen to turn."""
    rng = np.random.default_rng(1)
    look, deeds = 0, []
    for action in rng.integers(7, size=40).tolist():
        new = (look + {0: 1, 1: -1}.get(action, 0)) % 4
        deeds.append(Deed(look, action, new, 0, 0))
        look = new
    assert bits_saved(deeds) > 15
