"""Rewards relative to a plain step's: gains, hopes and units, at any scale."""

from __future__ import annotations

import pytest

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import Touch, touch_by
from dsrl_agent.types import FREE, GOING

X, O, JEWEL, GOAL = 1, 2, 3, 4  # noqa: E741


def touched(**rewards: float) -> ContactModel:
    """Return a model that has met types, by name, with these rewards; `end_...` ends."""
    model, types = ContactModel(), {"free": FREE, "x": X, "o": O, "jewel": JEWEL, "goal": GOAL}
    for name, reward in rewards.items():
        front = types[name.removeprefix("end_")]
        context = Context(front, FREE, 0, 1, ())
        model.observe(context, Effect(True, FREE), reward, name.startswith("end_"))
    return model


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_gains_hopes_and_units_scale_with_the_rewards(scale: float) -> None:
    model = touched(free=-1.0 * scale, x=1.0 * scale, jewel=9.0 * scale, o=-3.0 * scale)
    assert model.step_reward == -scale
    assert sorted(model.gains) == pytest.approx([-2.0 * scale, 2.0 * scale, 10.0 * scale])
    assert model.hope == pytest.approx(10.0 * scale)
    assert model.unit == pytest.approx(2.0 * scale)
    assert model.optimism == pytest.approx(9.0 * scale)
    assert model.is_unusual(0.0)
    assert not model.is_unusual(-scale)


def test_where_only_losses_are_known_the_unknown_is_worth_as_much_as_the_worst() -> None:
    model = touched(o=-100.0)
    assert (model.hope, model.unit) == (100.0, 100.0)
    assert ContactModel().hope == ContactModel().unit == 1.0


def test_an_end_at_no_loss_is_worth_the_steps_that_it_saves() -> None:
    model = touched(free=-1.0, end_goal=-1.0, end_o=-100.0)
    assert model.gain(-1.0, ends=True) == 100.0  # a hundred steps at 1
    assert model.gain(-1.0, ends=False) == 0.0
    assert model.gain(-100.0, ends=True) == -99.0
    assert touched(free=0.0).gain(0.0, ends=True) == 0.0


def test_later_wins_that_pay_less_are_no_change_of_the_world() -> None:
    model = touched(x=0.9)
    for reward in (0.5, 0.2, 0.7):
        model.observe(Context(X, FREE, 0, 1, ()), Effect(True, FREE), reward, True)
    belief = model.belief(X, True)
    assert belief is not None
    assert (belief.agreeing, belief.changed) == (4, -1)
    assert belief.reward == pytest.approx((0.9 + 0.5 + 0.2 + 0.7) / 4)


@pytest.mark.parametrize(
    ("verb", "effect", "works"),
    [
        (GOING, Effect(True, X), True),  # entered
        (GOING, Effect(False, FREE), False),  # it vanished, but held the agent up
        (7, Effect(False, FREE), True),  # the action changed something
        (7, Effect(False, X), False),  # and here nothing
    ],
)
def test_touches_are_told_apart_by_whether_they_work(
    verb: int, effect: Effect, works: bool
) -> None:
    assert touch_by(verb, X, effect, 1) == Touch(verb, X, works, 1)


def test_a_reward_that_changed_lately_is_questioned_but_for_edges_and_plain_steps() -> None:
    model = touched(free=0.0, x=1.0)
    for front in (X, FREE):
        touch = touch_by(GOING, front, Effect(True, FREE), 0)
        belief = model.belief_about(touch)
        assert belief is not None
        assert not model.is_questioned(touch)
        belief.doubted = True
        assert model.is_questioned(touch) is (front == X)
    assert not model.is_questioned(Touch(GOING, GOAL, True, 0))  # nothing is believed of it
