"""Thresholds of the settings reach the code that they are named for."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from drawings import RIGHT, TYPES, board, film, round_trip, scene, tabular

from dsrl_agent.config import AgencyThresholds, DynaThresholds, FrontEndConfig, RulesThresholds
from dsrl_agent.front_end import Agency, RulesFrontEnd, make_front_end
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.belief import Belief
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.planning.planner import Planner
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.types import FREE, Fact, Transition

X, WALL = TYPES["x"], TYPES["#"]


def rules(**thresholds: Any) -> RulesFrontEnd:
    config = FrontEndConfig(kind="rules", rules=RulesThresholds(**thresholds))
    front_end = make_front_end(4, config)
    assert isinstance(front_end, RulesFrontEnd)
    for transition in [*round_trip(), *film("+x", (RIGHT, 1.0, ".+"))]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def contact(action: int = RIGHT) -> Context:
    return Context(WALL, FREE, 0, action, ())


def test_an_appearance_may_count_at_once() -> None:
    change = Transition((Fact(0, 2, 1),), RIGHT, 0.0, (Fact(9, 2, 2),), False)
    for least, expected in ((1, {0, 9}), (2, {0})):
        agency = Agency(AgencyThresholds(appearance_changes=least))
        for transition in [*round_trip(), change]:
            agency.observe(transition)
        assert agency.self_types == expected


def test_the_agent_is_decided_as_often_as_set() -> None:
    agency = Agency(AgencyThresholds(verdict_every=1))
    agency.observe(round_trip()[0])
    assert agency.self_type is None  # one action tells nothing
    agency.observe(round_trip()[1])
    assert agency.self_type == 0


def test_sweeps_end_at_the_set_change() -> None:
    front_end = tabular("relational", replay=0)
    for transition in [*round_trip(), *film("+x", (RIGHT, 1.0, ".+"))]:
        front_end.learn(transition, np.random.default_rng(0))
    precise = front_end.values(scene("+..x")).values
    coarse = dataclasses.replace(front_end.config, dyna=DynaThresholds(settled=2.0))
    front_end.config = coarse  # no reward is as large, so the first sweep is the last
    assert precise[RIGHT] == pytest.approx(0.81)
    assert front_end.values(scene("+..x")).values[RIGHT] == 0.0


def test_rules_settle_after_the_set_number_of_contacts() -> None:
    # 4 contacts with empty cells and 1 with a good thing; none gave other than was expected. The
    # one that follows makes three episodes of which each has brought something good.
    good = film("+x", (RIGHT, 1.0, ".+!"))
    for least, settled in ((7, True), (8, False)):
        front_end = rules(calm_contacts=least, settled_starts=2)
        for transition in (*good, *good):
            front_end.learn(transition, np.random.default_rng(0))
        assert front_end.settled([0, X]) is settled


@pytest.mark.parametrize("tries", [1, 3])
def test_an_idle_action_is_tried_as_often_as_set(tries: int) -> None:
    config = FrontEndConfig(kind="rules", rules=RulesThresholds(idle_tries=tries))
    front_end, rng = make_front_end(5, config), np.random.default_rng(0)
    for transition in [*round_trip(), *film("+x", (RIGHT, 1.0, ".+"))]:
        front_end.learn(transition, rng)
    episode = front_end.begin((1, 3))
    chosen = [front_end.decide(scene("+.x"), episode, rng, 0.0) for _ in range(tries + 1)]
    assert chosen == [4] * tries + [RIGHT]


def test_the_error_rate_has_the_set_prior() -> None:
    thresholds = RulesThresholds(prior_objects=100.0, prior_error_rate=0.02, error_rate=0.03)
    errors = ReadingErrors(100.0, 2.0, thresholds=thresholds)
    assert errors.noise == 0.02  # (2 + 2) / 200
    assert not errors.frequent
    assert ReadingErrors(0.0, 2.0, thresholds=thresholds).frequent  # 4 / 100


def test_a_change_is_believed_at_the_set_rate() -> None:
    for rate, changed in ((0.001, False), (0.1, True)):  # noise 0.05: 0.025 against the rate
        belief = Belief(1.0, 9, 9, thresholds=RulesThresholds(change_rate=rate))
        assert belief.observe(-1.0, False, 1, 0.05) is changed


def test_a_belief_is_firm_after_the_set_number_of_touches() -> None:
    thresholds = RulesThresholds(firm_touches=3, firm_after_change=5)
    for changed, touches in ((-1, 3), (0, 5)):
        for agreeing in (touches - 1, touches):
            belief = Belief(1.0, agreeing, agreeing, changed=changed, thresholds=thresholds)
            assert belief.is_firm(0.05) is (agreeing == touches)


def test_a_rule_has_at_most_the_set_conditions_at_the_set_cost() -> None:
    for thresholds, count in (
        (RulesThresholds(), 4),
        (RulesThresholds(conditions=1), 2),
        (RulesThresholds(condition_cost=30.0), 1),  # more than 4 errors at 6.9 nats
    ):
        model = ContactModel(thresholds)
        for action in range(5):
            model.observe(contact(action), Effect(True, action), 0.0, False)
        assert len(model.rules(WALL)) == count


def test_as_many_samples_are_kept_as_set() -> None:
    model = ContactModel(RulesThresholds(samples=3))
    for _ in range(9):
        model.observe(contact(), Effect(False, WALL), 0.0, False)
    assert model.rules(WALL)[0].cases == 3


def test_rules_are_induced_again_at_the_set_change_of_the_error_rate() -> None:
    model = ContactModel(RulesThresholds(error_rate_change=4.0))
    model.set_noise(0.004)
    assert model.noise == 0.001
    model.set_noise(0.0051)
    assert model.noise == 0.0051


def test_the_unknown_has_the_set_reward() -> None:
    assert ContactModel(RulesThresholds(unknown_reward=0.5)).optimism == 0.5


def test_a_step_has_the_set_price() -> None:
    assert rules(step_price=0.1).values(scene("+.x")).values[RIGHT] == pytest.approx(0.8)


def test_plans_are_searched_as_far_as_set() -> None:
    drawn = board("x..+x")
    for thresholds, touches in (({}, 2), ({"scenes": 1}, 1), ({"exact_goods": 1}, 1)):
        front_end = rules(**thresholds)
        found = Planner(front_end.model, front_end.effects, range(4)).best(drawn)
        assert len(found.touches) == touches
