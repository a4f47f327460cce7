"""Learn Q-tables from tapes of transitions: updates worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from drawings import DOWN, LEFT, RIGHT, TYPES, UP, acquainted, board, scene, step, tabular

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.front_end.knowledge import TouchTotals
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.q_learning import TabularEpisode
from dsrl_agent.front_end.tabular.replay import Update
from dsrl_agent.types import Transition

OVER_OBJECTS = ["relational", "srl_cs", "garnelo2016"]

Table = dict[Any, list[float]]

# Two steps of the agent alone: they show who it is and leave nothing in tables over objects.
WALK = [step("+.", RIGHT, 0.0, ".+"), step(".+", LEFT, 0.0, "+.")]


def learner(kind: str, **settings: Any) -> TabularFrontEnd:
    """Make a front end of alpha 0.5 and gamma 0.9 without replay."""
    given = {"learning_rate": 0.5, "discount": 0.9, "replay": 0, **settings}
    return tabular(kind, **given)


def taught(kind: str, *tape: Transition, **settings: Any) -> TabularFrontEnd:
    """Make a front end that knows who the agent is and has learned from a tape."""
    front_end = learner(kind, **settings)
    for transition in (*WALK, *tape):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def table(front_end: TabularFrontEnd) -> Table:
    return {key: row.tolist() for key, row in front_end.table.items()}


@pytest.mark.parametrize("kind", OVER_OBJECTS)
def test_the_value_of_touching_flows_back_over_relative_positions(kind: str) -> None:
    approach, touch = step("+.x", RIGHT, 0.0, ".+x"), step(".+x", RIGHT, 1.0, "..+")
    front_end = taught(kind, approach)
    assert table(front_end) == {(1, 0, 2): [0.0, 0.0, 0.0, 0.0]}  # 0 + 0.9 * nothing known
    front_end = taught(kind, approach, touch)
    assert table(front_end) == {
        (1, 0, 2): [0.0, 0.0, 0.0, 0.0],
        (1, 0, 1): [0.0, 0.5, 0.0, 0.0],  # 0 + 0.5 * (1 - 0)
    }
    assert table(taught(kind, approach, touch, approach, touch)) == {
        (1, 0, 2): [0.0, 0.225, 0.0, 0.0],  # 0 + 0.5 * (0 + 0.9 * 0.5 - 0)
        (1, 0, 1): [0.0, 0.75, 0.0, 0.0],  # 0.5 + 0.5 * (1 - 0.5)
    }


def test_the_target_bootstraps_from_the_best_next_action() -> None:
    front_end = learner("srl_cs")
    for transition in WALK:
        front_end.learn(transition, np.random.default_rng(0))
    front_end.table = {(1, 0, 1): np.array([-1.0, 0.5, 0.25, -2.0])}
    front_end.learn(step("+.x", RIGHT, 0.0, ".+x"), np.random.default_rng(0))
    assert table(front_end) == {
        (1, 0, 1): [-1.0, 0.5, 0.25, -2.0],
        (1, 0, 2): [0.0, 0.225, 0.0, 0.0],  # 0.5 * 0.9 * max(-1, 0.5, 0.25, -2)
    }


@pytest.mark.parametrize(
    ("kind", "bystander"),
    [("relational", 0.0), ("srl_cs", 0.0), ("garnelo2016", 0.5)],  # garnelo2016: 0 + 0.5 * (1 - 0)
)
def test_credit_goes_to_the_touched_object_or_to_all(kind: str, bystander: float) -> None:
    front_end = taught(kind, step("o+x", RIGHT, 1.0, "o.+"))
    assert table(front_end) == {
        (1, 0, 1): [0.0, 0.5, 0.0, 0.0],
        (2, 0, -1): [0.0, bystander, 0.0, 0.0],
    }


@pytest.mark.parametrize(
    ("kind", "cost"), [("relational", 0.0), ("srl_cs", 0.0), ("garnelo2016", -0.1)]
)
def test_a_reward_without_a_touch_is_credited_to_all_or_to_none(kind: str, cost: float) -> None:
    front_end = taught(kind, step("+.x", UP, -0.2, "+.x"))
    # 0 + 0.5 * (-0.2 + 0.9 * Q(1, 0, 2) - 0), where nothing is known of (1, 0, 2) yet
    assert table(front_end) == {(1, 0, 2): [0.0, 0.0, cost, 0.0]}


@pytest.mark.parametrize("kind", OVER_OBJECTS)
@pytest.mark.parametrize(("terminated", "expected"), [(False, 0.225), (True, 0.0)])
def test_termination_alone_stops_the_bootstrap(
    kind: str, terminated: bool, expected: float
) -> None:
    # A cut-short episode is a transition like any other: there is no field for truncation.
    assert "truncated" not in Transition._fields
    touch = step(".+x", RIGHT, 1.0, "..+")  # leaves 0.5 at (1, 0, 1)
    front_end = taught(kind, touch, step("+.x", RIGHT, 0.0, ".+x", terminated))
    assert table(front_end) == {
        (1, 0, 1): [0.0, 0.5, 0.0, 0.0],
        (1, 0, 2): [0.0, expected, 0.0, 0.0],  # 0.5 * 0.9 * 0.5 = 0.225
    }


@pytest.mark.parametrize("kind", OVER_OBJECTS)
def test_an_object_that_vanished_untouched_updates_nothing(kind: str) -> None:
    missed = step("+.x", RIGHT, 0.0, ".+.")
    assert table(taught(kind, missed)) == {}
    appeared = step("+..", RIGHT, 0.0, ".+x")
    assert table(taught(kind, appeared)) == {}
    # Nor does one that moved by itself, beside one that stayed.
    moved = step("+.xo", RIGHT, 0.0, ".+ox")
    assert table(taught(kind, moved)) == {}
    assert list(table(taught(kind, step("+.xo", RIGHT, 0.0, ".+x.")))) == [(1, 0, 2)]


@pytest.mark.parametrize("kind", OVER_OBJECTS)
@pytest.mark.parametrize(
    "transition",
    [
        step("..x", RIGHT, 1.0, ".+x"),
        step("+.x", RIGHT, 1.0, "..x"),
        step("+.x", RIGHT, 1.0, "++x"),
    ],
    ids=["not before", "not after", "twice"],
)
def test_nothing_is_learned_unless_the_agent_is_seen_exactly_once(
    kind: str, transition: Transition
) -> None:
    front_end = taught(kind, transition)
    assert table(front_end) == {}
    assert front_end.touches == {}


def test_before_the_agent_is_known_only_flat_learns() -> None:
    transition = step("+.x", RIGHT, 0.5, ".+x")
    tables = {}
    for kind in (*OVER_OBJECTS, "flat"):
        front_end = learner(kind)
        front_end.learn(transition, np.random.default_rng(0))
        tables[kind] = table(front_end)
    assert tables == {
        **{kind: {} for kind in OVER_OBJECTS},
        "flat": {scene("+.x"): [0.0, 0.25, 0.0, 0.0]},  # 0.5 * 0.5
    }


def test_flat_learns_over_whole_scenes() -> None:
    approach, touch = step("+.xo", RIGHT, -0.5, ".+xo"), step(".+xo", RIGHT, 1.0, "..+o")
    nothing = {scene("+"): [0.0] * 4, scene(".+"): [0.0] * 4}  # left by the walk
    assert table(taught("flat", touch, approach, discount=0.5)) == {
        **nothing,
        scene(".+xo"): [0.0, 0.5, 0.0, 0.0],  # 0.5 * (1 - 0)
        scene("+.xo"): [0.0, -0.125, 0.0, 0.0],  # 0.5 * (-0.5 + 0.5 * 0.5 - 0)
    }
    ended = approach._replace(terminated=True)
    assert table(taught("flat", touch, ended)) == {
        **nothing,
        scene(".+xo"): [0.0, 0.5, 0.0, 0.0],
        scene("+.xo"): [0.0, -0.25, 0.0, 0.0],  # 0.5 * (-0.5 - 0)
    }
    unseen = step("..x", LEFT, 1.0, "..x")  # scenes need no agent
    assert table(taught("flat", unseen)) == {**nothing, scene("..x"): [0.5, 0.0, 0.0, 0.0]}


@pytest.mark.parametrize("kind", [*OVER_OBJECTS, "flat"])
def test_touches_are_counted_by_type(kind: str) -> None:
    good, bad = step("+x", RIGHT, 1.0, ".+"), step("o+", LEFT, -0.5, "+.")
    front_end = taught(kind, good, bad, good, step("+x", LEFT, 0.25, "+x"))
    assert front_end.touches == {1: TouchTotals(2, 2.0), 2: TouchTotals(1, -0.5)}


def test_relational_replays_stored_updates() -> None:
    # Only one update is remembered: it is made once and replayed three times.
    # 0.5, then 0.5 + 0.5 * 0.5 = 0.75, then 0.875, then 0.9375.
    touch = step("+x", RIGHT, 1.0, ".+")
    assert table(taught("relational", touch, replay=3)) == {(1, 0, 1): [0.0, 0.9375, 0.0, 0.0]}
    for kind in ("srl_cs", "garnelo2016"):
        assert table(taught(kind, touch, replay=3)) == {(1, 0, 1): [0.0, 0.5, 0.0, 0.0]}


def test_replay_draws_from_the_last_updates_with_the_given_generator() -> None:
    tape = [
        step("+x", RIGHT, 1.0, ".+"),
        step("x+", LEFT, 1.0, "+."),
        step("+ x", DOWN, 1.0, ". +"),
    ]
    front_end = taught("relational", *tape, memory=2)
    rng = np.random.default_rng(5)
    again = np.random.default_rng(5).integers(2, size=6).tolist()
    front_end.config = FrontEndConfig(learning_rate=0.5, replay=6, memory=2)
    front_end.learn(step("+", UP, 0.0, "+"), rng)  # without an object there is no new update
    # Each of the two remembered ones halves its distance from 1 at every replay; the first one,
    # forgotten, is left at 0.5.
    assert table(front_end) == {
        (1, 0, 1): [0.0, 0.5, 0.0, 0.0],
        (1, 0, -1): [1 - 0.5 ** (1 + again.count(0)), 0.0, 0.0, 0.0],
        (1, 1, 0): [0.0, 0.0, 0.0, 1 - 0.5 ** (1 + again.count(1))],
    }
    assert [transition.facts for transition in front_end.transitions] == [
        scene("+", "x"),
        scene("+"),
    ]


def test_an_update_holds_key_action_reward_and_next_key() -> None:
    front_end = taught("relational")
    transition = step("o+x", RIGHT, 1.0, "o.+")
    touched = Update((1, 0, 1), RIGHT, 1.0, None)
    assert front_end.updates(transition) == [touched, Update((2, 0, -1), RIGHT, 0.0, (2, 0, -2))]
    ended = transition._replace(terminated=True)
    assert front_end.updates(ended) == [touched, Update((2, 0, -1), RIGHT, 0.0, None)]


def test_tables_are_refilled_when_the_agent_is_found_to_be_another_type() -> None:
    """At first the agent only bumps into the corner, and something else happens to respond."""
    tape = [
        step("+o. ..x .o.", LEFT, 0.0, "+o. .x. .o."),
        step("+o. .x. .o.", UP, 0.0, "+x. ... .o."),
        step("+x. ... .o.", DOWN, 0.0, ".x. +.. .o."),
        step(".x. +.. .o.", DOWN, 0.0, ".x. ... +o."),
        step(".x. ... +o.", RIGHT, -1.0, ".x. ... .+."),
        step(".x. ... .+.", UP, 0.0, ".x. .+. ..."),
        step(".x. .+. ...", UP, 1.0, ".+. ... ..."),
    ]
    front_end = learner("srl_cs")
    held, types, touched = [], [], []
    for transition in tape:
        front_end.learn(transition, np.random.default_rng(0))
        held.append(front_end.agency.self_type)
        types.append({key[0] for key in table(front_end)})
        touched.append(dict(front_end.touches))
    assert held[:2] == [None, TYPES["x"]]
    assert held[-1] == TYPES["+"]
    assert types[1] == {TYPES["+"], TYPES["o"]}  # the agent, taken for an object, and learned about
    assert touched[1] == {2: TouchTotals(1, 0.0)}
    # Now all is as if it had been known from the start.
    informed = taught("srl_cs", *tape)
    assert table(front_end) == table(informed)
    assert (
        front_end.touches == informed.touches == {2: TouchTotals(1, -1.0), 1: TouchTotals(1, 1.0)}
    )


def test_an_episode_that_has_not_begun_takes_over_what_was_taken() -> None:
    earlier, later = TabularEpisode((1, 3)), TabularEpisode((1, 3))
    assert not later.carry_over(earlier)
    earlier.scene = TrackedScene((1, 3))
    earlier.scene.board = board(".+d", taken="k")
    assert later.carry_over(earlier)
    assert later.scene is not None
    later.scene.begin(scene(".+d"), acquainted())
    assert later.scene.board == board(".+d", taken="k")


def test_an_action_taken_by_hand_is_noted() -> None:
    episode = TabularEpisode()
    episode.took(2)
    assert episode.action == 2


def test_a_type_inherits_the_rows_of_its_parent_as_copies() -> None:
    front_end = tabular("relational")
    row, other = np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4)
    front_end.table.update({(1, 0, 2): row, (3, 0, 2): other, (5, 1, 1): other})
    front_end.inherit(5, 1)
    assert front_end.table.keys() == {(1, 0, 2), (3, 0, 2), (5, 1, 1), (5, 0, 2)}
    assert front_end.table[5, 0, 2].tolist() == row.tolist()
    assert front_end.table[5, 0, 2] is not row


def test_several_environments_replay_as_often_as_each_alone() -> None:
    front_end = taught("relational", learning_rate=0.5, replay=3, memory=1)
    touch = step("+x", RIGHT, 1.0, ".+")
    front_end.learn_together([touch, touch._replace(env=1)], np.random.default_rng(0))
    # Two updates as they come, and of the one remembered 3 for each of 2 environments.
    assert front_end.table[1, 0, 1][RIGHT] == 1.0 - 0.5**8


def test_a_type_inherits_touches_once_and_the_tables_change_by_it() -> None:
    front_end = taught("srl_cs", step("+x", RIGHT, 1.0, ".+"))
    before = front_end.version
    front_end.inherit(7, 1)
    assert front_end.version == before + 1
    assert front_end.touches == {1: TouchTotals(1, 1.0), 7: TouchTotals(1, 1.0)}
    front_end.touches[7] = TouchTotals(2, 5.0)
    front_end.inherit(7, 1)
    assert front_end.touches[7] == TouchTotals(2, 5.0)
    front_end.inherit(8, 6)  # nothing is known of it
    assert 8 not in front_end.touches


def test_tables_never_say_that_they_have_settled() -> None:
    assert not taught("relational").settled([1, 2])


@pytest.mark.parametrize("kind", [*OVER_OBJECTS, "flat"])
def test_learning_goes_on_after_saving_and_loading(kind: str) -> None:
    tape = [step("+.x", RIGHT, 0.0, ".+x"), step(".+x", RIGHT, 1.0, "..+")]
    whole, resumed = taught(kind, *tape, replay=5), learner(kind, replay=5)
    resumed.load(json.loads(json.dumps(whole.state())))
    assert json.dumps(resumed.state()) == json.dumps(whole.state())
    for front_end in (whole, resumed):
        rng = np.random.default_rng(1)
        for transition in (*WALK, *tape, step("x+", LEFT, -1.0, "+.")):
            front_end.learn(transition, rng)
    assert json.dumps(resumed.state()) == json.dumps(whole.state())


@pytest.mark.parametrize("row", [[0.0, 1.0], [0.0, 1.0, float("nan"), 0.0]])
def test_a_row_that_is_none_is_refused(row: list[float]) -> None:
    state = taught("srl_cs", step("+x", RIGHT, 1.0, ".+")).state()
    state["table"].append([[2, 0, 1], row])
    with pytest.raises(ValueError, match="is no row of 4 values"):
        learner("srl_cs").load(state)


def test_transitions_that_taught_each_type_are_counted() -> None:
    tape = [step("o+x", RIGHT, 1.0, "o.+"), step("o+.", LEFT, 0.0, "+..")]
    taught_of = {kind: taught(kind, *tape).knowledge().taught for kind in (*OVER_OBJECTS, "flat")}
    assert taught_of == {"flat": {}, **{kind: {1: 1, 2: 2} for kind in OVER_OBJECTS}}


def test_a_new_row_that_is_revised_is_nothing_but_for_one_action() -> None:
    front_end = learner("srl_cs")
    front_end.revise_entry((1, 0, 1), LEFT, 2.0)
    assert table(front_end) == {(1, 0, 1): [2.0, 0.0, 0.0, 0.0]}
    assert front_end.version == 1
