"""Rules revised by hand."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import LEFT, RIGHT, TYPES, film, scene, taught_rules

from dsrl_agent.front_end import RulesFrontEnd
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.revision import EFFECT, revisable_rules, revised_model
from dsrl_agent.types import FREE

CROSS = [film("+x", (RIGHT, 1.0, ".+")), film(".+x", (RIGHT, 1.0, "..+"))]
WALL = [film("+#.", (RIGHT, 0.0, "+#.")), film("+#..", (RIGHT, 0.0, "+#.."))]

WALL_TYPE = TYPES["#"]


def taught() -> RulesFrontEnd:
    return taught_rules(*CROSS, *WALL)


def key_of(front_end: RulesFrontEnd, words: str) -> str:
    (found,) = (one.key for one in revisable_rules(front_end.model) if words in one.says)
    return found


def fields_of(front_end: RulesFrontEnd, words: str) -> dict[str, float | str | None]:
    (found,) = (one for one in revisable_rules(front_end.model) if words in one.says)
    return {field.name: field.value for field in found.fields}


def action_in(front_end: RulesFrontEnd, *rows: str) -> int:
    episode = front_end.begin((len(rows), len(rows[0])))
    return front_end.decide(scene(*rows), episode, np.random.default_rng(0), 0.0)


def test_the_rules_of_things_and_of_a_plain_step_can_be_revised() -> None:
    front_end = taught()
    assert fields_of(front_end, "touching type 1") == {
        "reward": 1.0,
        "ends the episode": "no",
        "effect": "vanishes",
    }
    assert fields_of(front_end, "touching type 3")["effect"] == "blocks the way"
    assert fields_of(front_end, "touching nothing") == {"reward": 0.0}
    assert not any("edge" in one.says for one in revisable_rules(front_end.model))


def test_a_wall_that_can_be_walked_on_is_walked_over() -> None:
    front_end = taught()
    rows = ("+#x.", "..#.", "....")
    assert action_in(front_end, *rows) != RIGHT
    front_end.revise(key_of(front_end, "touching type 3"), "effect", "is walked over")
    assert "the agent goes over it" in front_end.knowledge().rules[-1].sentence  # type: ignore[index]
    assert action_in(front_end, *rows) == RIGHT
    front_end.revise(key_of(front_end, "touching type 3"), "effect", "blocks the way")
    assert action_in(front_end, *rows) != RIGHT


def test_a_reward_is_revised_and_firm() -> None:
    front_end = taught()
    assert action_in(front_end, "x.+.x") in (LEFT, RIGHT)
    front_end.revise(key_of(front_end, "touching type 1"), "reward", -2.0)
    (rule,) = (rule for rule in front_end.knowledge().rules or () if rule.rule.front == 1)
    assert (rule.reward, rule.firm, rule.ends) == (-2.0, True, False)
    values = front_end.values(scene("x+..")).values
    assert values[LEFT] < values[RIGHT]


def test_an_end_is_revised_there_and_back() -> None:
    front_end = taught()
    for word in ("yes", "no"):
        front_end.revise(key_of(front_end, "touching type 1"), "ends the episode", word)
        assert fields_of(front_end, "touching type 1")["ends the episode"] == word
        assert fields_of(front_end, "touching type 1")["reward"] == 1.0


def test_a_revision_leaves_the_model_that_it_is_of_alone_and_survives_saving() -> None:
    front_end = taught()
    before = front_end.model.state()
    revised = revised_model(front_end.model, key_of(front_end, "touching type 1"), "reward", 3.0)
    assert front_end.model.state() == before
    assert revised.rules(1)[0].effect.becomes == FREE
    front_end.model = revised
    other = RulesFrontEnd(4, front_end.config)
    other.load(front_end.state())
    assert fields_of(other, "touching type 1")["reward"] == 3.0


def test_a_shape_in_another_colour_follows_if_it_was_not_met_itself() -> None:
    front_end = taught()
    front_end.resemble({2: 1})
    front_end.revise(key_of(front_end, "touching type 1"), "reward", -2.0)
    values = front_end.values(scene("o+..")).values
    assert values[LEFT] < values[RIGHT]


def test_learning_goes_on_after_a_revision() -> None:
    front_end = taught()
    front_end.revise(key_of(front_end, "touching type 1"), "reward", -2.0)
    for _ in range(4):
        for transition in film("+x", (RIGHT, 1.0, ".+")):
            front_end.learn(transition, np.random.default_rng(0))
    assert fields_of(front_end, "touching type 1")["reward"] == 1.0


def test_what_is_not_there_is_refused() -> None:
    front_end = taught()
    with pytest.raises(KeyError):
        front_end.revise("no key", "reward", 1.0)
    with pytest.raises(KeyError):
        front_end.revise(key_of(front_end, "touching type 1"), "colour", 1.0)


def test_a_revision_changes_no_count_of_a_sample() -> None:
    front_end = taught()
    before = {(str(of[0]), of[2]) for of in front_end.model.state()["samples"]}
    front_end.revise(key_of(front_end, "touching type 3"), "effect", "is walked over")
    assert {(str(of[0]), of[2]) for of in front_end.model.state()["samples"]} == before


def test_an_effect_is_revised_of_contacts_by_going_alone() -> None:
    """Where it is known which actions move, other actions on the same type are left alone."""
    use, cell = 4, Effect(False, WALL_TYPE)
    model = ContactModel(verbs=Verbs(frozenset({LEFT, RIGHT})))
    for action in (RIGHT, LEFT, use):
        model.observe(Context(WALL_TYPE, FREE, 0, action, ()), cell, 0.0, False)
    (key,) = [
        one.key for one in revisable_rules(model) if EFFECT in {each.name for each in one.fields}
    ]
    revised = revised_model(model, key, EFFECT, "is walked over")
    over = Effect(True, WALL_TYPE)
    effects = [
        revised.predict(Context(WALL_TYPE, FREE, 0, action, ())).effect
        for action in (RIGHT, LEFT, use)
    ]
    assert effects == [over, over, cell]
