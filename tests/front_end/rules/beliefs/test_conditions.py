"""Conditions on the sign of a reward against changes of the world: lengths by hand."""

from __future__ import annotations

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.conditions import (
    depends_on_context,
    of_hand,
    unsigned_samples,
    with_full_hands,
)
from dsrl_agent.types import FREE, HELD

DOOR, KEY = 2, 1
OPENS = Effect(False, FREE)
DARK = Context(DOOR, FREE, 0, 5, ())
LIT = DARK._replace(held=KEY)
THRESHOLDS = RulesThresholds()


def test_conditions_explain_a_sign_that_goes_there_and_back() -> None:
    samples = {(DARK, OPENS): 2, (LIT, OPENS._replace(gives=1)): 2}
    # Two tests tell the contexts apart (is it free, is it a key), so naming one costs ln 2 + 1 =
    # 1.69 nats, and the margin is 1; two changes cost 2 * 6.91, and so do two errors.
    assert depends_on_context(DOOR, samples, 2, 0.001, THRESHOLDS)
    # At one error in two, two errors cost 1.39 nats.
    assert not depends_on_context(DOOR, samples, 2, 0.5, THRESHOLDS)


def test_a_sign_that_no_context_tells_has_changed_with_the_world() -> None:
    samples = {(DARK, OPENS): 2, (DARK, OPENS._replace(gives=1)): 2}
    assert not depends_on_context(DOOR, samples, 2, 0.001, THRESHOLDS)
    assert unsigned_samples(samples) == {(DARK, OPENS): 4}


def test_an_empty_hand_says_nothing_against_putting_down() -> None:
    idle, puts = Effect(False, FREE), Effect(False, HELD)
    empty = Context(FREE, FREE, 0, 4, ((DOOR, 1),))
    full, crowded = empty._replace(held=KEY), empty._replace(held=KEY, beyond=DOOR)
    assert with_full_hands({(empty, idle): 3, (full, puts): 2}) == {(full, puts): 2}
    # With nothing ever put down, and of a full hand that puts nothing down, all counts.
    assert with_full_hands({(empty, idle): 3}) == {(empty, idle): 3}
    counted = {(crowded, idle): 1, (full, puts): 2}
    assert with_full_hands(counted) == counted


def test_an_empty_hand_puts_nothing_down() -> None:
    puts = Effect(False, HELD)
    assert of_hand(puts, FREE) == Effect(False, FREE)
    assert of_hand(puts, KEY) == puts
    assert of_hand(OPENS, FREE) == OPENS
