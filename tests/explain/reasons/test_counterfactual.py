"""Find the nearest change of a fact that flips the action."""

from __future__ import annotations

from tables import AGENT, ANY, BAD, FAR, GOOD, LEFT, NEAR, RIGHT, UP, policy_by

from dsrl_agent.explain.policy import Actions
from dsrl_agent.explain.reasons.counterfactual import Counterfactual, counterfactual
from dsrl_agent.types import Fact, Facts


def test_the_nearest_change_that_flips_the_action_is_found() -> None:
    def policy(facts: Facts) -> Actions:
        if NEAR in facts:
            return frozenset({RIGHT})
        return frozenset({LEFT}) if FAR in facts else frozenset({UP})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert counterfactual(policy, AGENT, facts, [GOOD, BAD], RIGHT) == Counterfactual(
        NEAR, None, frozenset({LEFT}), flips=True
    )


def test_another_type_is_tried_where_removal_does_not_flip() -> None:
    def policy(facts: Facts) -> Actions:
        return frozenset({LEFT}) if Fact(BAD, 5, 8) in facts else frozenset({RIGHT})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert counterfactual(policy, AGENT, facts, [GOOD, BAD], RIGHT) == Counterfactual(
        FAR, BAD, frozenset({LEFT}), flips=True
    )


def test_of_tied_actions_the_one_taken_must_be_dropped() -> None:
    def policy(facts: Facts) -> Actions:
        both = frozenset({RIGHT, UP}) if NEAR in facts else frozenset({UP})
        return both if FAR in facts else both - {UP} or frozenset({LEFT})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert counterfactual(policy, AGENT, facts, [GOOD], RIGHT) == Counterfactual(
        NEAR, None, frozenset({UP}), flips=True
    )
    assert counterfactual(policy, AGENT, facts, [GOOD], UP) == Counterfactual(
        FAR, None, frozenset({RIGHT}), flips=True
    )


def test_a_change_of_ties_counts_only_where_nothing_flips() -> None:
    facts = tuple(sorted((AGENT, NEAR, FAR)))
    weak = counterfactual(policy_by(lambda seen: NEAR in seen), AGENT, facts, [GOOD], RIGHT)
    assert weak == Counterfactual(NEAR, None, ANY, flips=False)
    assert counterfactual(policy_by(lambda seen: True), AGENT, facts, [GOOD, BAD], RIGHT) is None
