"""Choosing actions on rules: plans where steps are certain, values where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import DOWN, LEFT, RIGHT, TYPES, UP, film, scene, taught_rules

from dsrl_agent.front_end import RulesFrontEnd
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.acting import RulesActor
from dsrl_agent.types import FREE, Fact, Facts

ICE = {RIGHT: {(0, 1): 0.4, (1, 0): 0.3, (-1, 0): 0.3}}


def icy(*films: str) -> RulesFrontEnd:
    """Return a front end that believes in ice and knows the things in these drawings."""
    front_end = taught_rules(*(film(drawn, (RIGHT, 1.0, ".+!")) for drawn in films))
    front_end.understanding.slips = ICE
    assert isinstance(front_end, RulesActor)
    return front_end


def test_on_ice_nothing_is_planned_while_something_good_is_in_reach() -> None:
    front_end, rng = icy("+x"), np.random.default_rng(0)
    episode = front_end.begin((1, 3))
    assert front_end.decide(scene("+.x"), episode, rng, 0.0) == RIGHT
    assert episode.careful is not None
    assert episode.careful.goal is None
    assert not episode.plan.actions


def test_on_ice_a_plan_names_what_to_try_where_nothing_is_good() -> None:
    front_end, rng = icy(), np.random.default_rng(0)
    for reward in (0.0, 0.0):
        for transition in film("+o", (RIGHT, reward, "+o")):
            front_end.learn(transition, rng)
    front_end.understanding.slips = ICE
    episode = front_end.begin((1, 3))
    front_end.decide(scene("+o."), episode, rng, 0.0)
    assert episode.plan.actions


@pytest.mark.parametrize("there", ["+x.", "+.x"])
def test_a_plan_is_followed_while_the_scene_is_as_foreseen(there: str) -> None:
    front_end = taught_rules(film("+x", (RIGHT, 1.0, ".+!")))
    episode, rng = front_end.begin((1, 3)), np.random.default_rng(0)
    assert front_end.decide(scene(there), episode, rng, 0.0) == RIGHT
    assert set(episode.plan.actions) == {RIGHT}
    assert {LEFT, UP, DOWN}.isdisjoint(episode.plan.actions)


def test_a_scene_without_hope_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    front_end = taught_rules(film("+o", (RIGHT, -1.0, ".+!")))
    episode, rng = front_end.begin((1, 4)), np.random.default_rng(0)
    front_end.decide(scene("+..o"), episode, rng, 0.0)
    assert not episode.plan.actions
    asked: list[object] = []
    monkeypatch.setattr(front_end, "_planner", lambda *given: asked.append(given))
    board = episode.scene.board
    assert board is not None
    front_end._plan(board._replace(place=1), episode, rng)
    assert not asked
    assert not episode.plan.actions


def test_what_was_never_seen_is_stepped_off_where_nothing_is_to_be_done() -> None:
    front_end = taught_rules(film("+.x", (RIGHT, 0.0, ".+x"), (RIGHT, -1.0, "..+!")))
    drawn = set()
    for seed in range(20):
        episode = front_end.begin((1, 3))
        action = front_end.decide(scene("+.x"), episode, np.random.default_rng(seed), 0.0)
        assert not episode.plan.actions
        drawn.add(action)
    assert drawn == {RIGHT}  # the only step that leads off; the edge is to all other sides


def test_a_way_that_is_barred_is_barred_whatever_the_agent_looks_like() -> None:
    looks = {"<": 20, ">": 21}

    def facing(look: str) -> Facts:
        cross = Fact(TYPES["x"], 0, 2)
        return tuple(sorted((Fact(looks[look], 0, 0), cross)))

    front_end = taught_rules(film("+x", (RIGHT, 1.0, ".+!")))
    steps = {(RIGHT, 0, 1, ">"), (LEFT, 0, -1, "<"), (UP, -1, 0, ">"), (DOWN, 1, 0, ">")}
    front_end.understanding.effects = {
        (look, action): ActionEffect(down, right, looks[after])
        for look in looks.values()
        for action, down, right, after in steps
    }
    front_end.agency.self_types = frozenset(looks.values())
    episode, rng = front_end.begin((2, 3)), np.random.default_rng(0)
    # A wall that is not drawn: the agent looks to the right then, and stands where it stood.
    assert front_end.decide(facing("<"), episode, rng, 0.0) == RIGHT
    assert front_end.decide(facing(">"), episode, rng, 0.0) == DOWN
    assert episode.refused == {(0, 20, RIGHT), (0, 21, RIGHT)}


def test_why_chance_rules_the_choice_is_said() -> None:
    front_end = taught_rules(film("+x", (RIGHT, 1.0, ".+!")))
    assert not front_end.chance_rules()
    assert front_end.knowledge().choice is not None
    front_end.understanding.movers.types = frozenset([TYPES["x"]])
    assert not front_end.chance_rules()  # it is good to meet
    front_end.understanding.movers.types = frozenset([TYPES["v"]])
    front_end.model.observe(Context(TYPES["v"], FREE, 0, RIGHT, ()), Effect(True, FREE), -1.0, True)
    assert front_end.chance_rules().endswith("what walks by itself (type 10)")
    known = icy("+x").knowledge()
    assert (known.choice, known.unwritten[:22]) == (None, "the ground is slippery")
