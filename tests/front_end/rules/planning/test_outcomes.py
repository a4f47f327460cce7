"""Outcomes of actions among things that walk, worked out by hand."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.front_end.rules.planning.outcomes import (
    ChanceOption,
    ChancePrices,
    ChanceWay,
    Diffusion,
    Occupancy,
    OutcomeArrays,
)

NEVER = np.full(3, np.nan)
OWN, ON = np.arange(3), np.array([1, 2, 2])  # stay, and go right on a strip of three places
PRICES = ChancePrices(discount=0.5, risk=0.5)
STAY = ChanceWay(1.0, 0, OWN, OWN, NEVER)
GO = ChanceWay(1.0, 0, ON, ON, np.array([np.nan, np.nan, 1.0]))  # from the last place it wins


def arrays(*options: tuple[ChanceWay, ...]) -> OutcomeArrays:
    made = [ChanceOption(action, 0, ways) for action, ways in enumerate(options)]
    return OutcomeArrays(made, 3, PRICES)


def test_values_are_discounted_unless_the_way_ends() -> None:
    found = arrays((STAY,), (GO,)).worths(np.array([[0.0, 0.2, 0.4]]), None)
    assert_allclose(found, [[0.0, 0.1, 0.2], [0.1, 0.2, 1.0]])


def test_the_best_action_counts_from_every_place() -> None:
    found = arrays((STAY,), (GO,)).best(np.array([[0.0, 0.2, 0.4]]), None)
    assert_allclose(found, [[0.1, 0.2, 1.0]])


def test_ways_count_by_their_chances() -> None:
    slips = (STAY._replace(chance=0.25), GO._replace(chance=0.75))
    found = arrays(slips, (STAY,)).worths(np.array([[0.0, 0.2, 0.4]]), None)
    assert_allclose(found[0], [0.25 * 0.0 + 0.75 * 0.1, 0.25 * 0.1 + 0.75 * 0.2, 0.05 + 0.75])


def test_a_thing_that_may_be_met_or_come_close_lessens_the_value() -> None:
    crowd = Occupancy(now=np.array([0.0, 0.5, 0.0]), then=np.array([0.0, 0.0, 0.25]))
    values = np.array([[0.0, 0.2, 0.4]])
    found = arrays((GO,)).worths(values, crowd, now=True)
    # From 0: half 0.1, half -1 for the touch. From 1: 0.2, but what comes there by 0.25 hurts by
    # half: 0.875 * 0.2 - 0.125. At 2 it goes nowhere: 0.875 * 1 - 0.125.
    assert_allclose(found, [[0.5 * 0.1 - 0.5, 0.05, 0.75]])
    later = arrays((GO,)).worths(values, crowd)
    # Seen in time, it can be waited for: staying at 0 is worth 0.
    assert_allclose(later[0, 0], 0.5 * 0.1)


def test_each_appearance_has_its_own_row() -> None:
    turn = ChanceWay(1.0, 1, OWN, OWN, NEVER)
    options = [ChanceOption(0, 0, (turn,)), ChanceOption(0, 1, (GO._replace(body=1),))]
    found = OutcomeArrays(options, 3, PRICES).best(np.array([[0.0] * 3, [0.2, 0.4, 0.8]]), None)
    assert_allclose(found, [[0.1, 0.2, 0.4], [0.2, 0.4, 1.0]])


def test_what_walks_spreads_and_stays_where_it_cannot_go_on() -> None:
    free = np.array([True, True, False, True])
    spread = Diffusion((1, 4), free, {(0, 1): 0.5, (0, -1): 0.25, (0, 0): 0.25})
    assert_array_equal(spread.after(np.array([0.0, 1.0, 0.0, 0.0])), [0.25, 0.75, 0.0, 0.0])
    assert_array_equal(spread.after(np.array([1.0, 0.0, 0.0, 0.0])), [0.5, 0.5, 0.0, 0.0])
