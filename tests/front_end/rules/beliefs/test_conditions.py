"""Conditions on the sign of a reward against changes of the world: lengths by hand."""

from __future__ import annotations

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.conditions import depends_on_context, unsigned_samples
from dsrl_agent.types import FREE

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
