"""Describe rules learned from tapes of transitions, word for word."""

from __future__ import annotations

from drawings import EXIT, LEFT, OPENS_LAST, RIGHT, TYPES, dyed_rules, film, taught_rules

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.text import _effect_of_action, describe_rule
from dsrl_agent.types import EDGE, FREE, Fact, Transition

X, O, WALL, BOX, KEY, DOOR, OFF, ON, GATE, LETHAL = (  # noqa: E741
    TYPES[letter] for letter in "xo#bkdsSgv"
)


def describe_rules(model: ContactModel, front: int) -> list[str]:
    return [describe_rule(model, rule) for rule in model.rules(front)]


def test_an_object_that_vanishes_with_a_reward() -> None:
    front_end = taught_rules(
        film("+x.x", (RIGHT, 1.0, ".+.x"), (RIGHT, 0.0, "..+x"), (RIGHT, 1.0, "...+")),
        film("o+", (LEFT, -1.0, "+.")),
    )
    assert front_end.model.fronts == [FREE, X, O]
    assert describe_rules(front_end.model, X) == [
        "touching type 1: +1.00, it vanishes (2 of 2 times)"
    ]
    assert describe_rules(front_end.model, O) == [
        "touching type 2: -1.00, it vanishes (1 of 1 times)"
    ]
    assert describe_rules(front_end.model, FREE) == [
        "touching nothing: +0.00, the agent goes there (5 of 5 times)"  # four on the round trip
    ]
    assert describe_rules(front_end.model, GATE) == []


def test_an_object_that_blocks_and_the_edge() -> None:
    front_end = taught_rules(
        film("+#.", (RIGHT, 0.0, "+#."), (LEFT, 0.0, "+#."), (RIGHT, 0.0, "+#.")),
        film(".#+", (LEFT, 0.0, ".#+")),
    )
    assert describe_rules(front_end.model, WALL) == [
        "touching type 3: +0.00, it blocks the way (3 of 3 times)"
    ]
    assert describe_rules(front_end.model, EDGE) == [
        "touching the edge: +0.00, it blocks the way (1 of 1 times)"
    ]


def test_what_happens_when_the_last_of_a_type_is_taken() -> None:
    front_end = taught_rules(OPENS_LAST)
    assert describe_rules(front_end.model, X) == [
        "touching type 1 when no other type 1 is left: +0.00, it vanishes, and all of type 2 become"
        " type 5 (1 of 1 times)",
        "touching type 1 when another type 1 is left: +0.00, it vanishes (2 of 2 times)",
    ]


def test_what_opens_when_nothing_is_left_of_a_type() -> None:
    front_end = taught_rules(EXIT)
    assert describe_rules(front_end.model, O) == [
        "touching type 2 when no type 1 is left: +1.00, it vanishes, and the episode ends"
        " (1 of 1 times)",
        "touching type 2 when a type 1 is left: +0.00, it blocks the way (2 of 2 times)",
    ]


def test_a_box_is_pushed_only_when_nothing_is_beyond() -> None:
    front_end = taught_rules(
        film("+b..", (RIGHT, 0.0, ".+b."), (RIGHT, 0.0, "..+b"), (RIGHT, 0.0, "..+b")),
        film("+bx", (RIGHT, 0.0, "+bx")),
        film("+b#", (RIGHT, 0.0, "+b#")),
    )
    assert describe_rules(front_end.model, BOX) == [
        "touching type 4 when nothing is beyond it: +0.00, it is pushed on (2 of 2 times)",
        "touching type 4 when nothing is not beyond it: +0.00, it blocks the way (3 of 3 times)",
    ]


def test_a_door_opens_only_with_a_key_taken() -> None:
    front_end = taught_rules(
        film(
            "k+d.", (RIGHT, 0.0, "k+d."), (LEFT, 0.0, "+.d."), (RIGHT, 0.0, ".+d."),
            (RIGHT, 0.0, "..+."),
        ),
    )  # fmt: skip
    assert describe_rules(front_end.model, KEY) == [
        "touching type 5: +0.00, it vanishes (1 of 1 times)"
    ]
    assert describe_rules(front_end.model, DOOR) == [
        "touching type 6 when a type 5 is carried: +0.00, it vanishes (1 of 1 times)",
        "touching type 6 when a type 5 is not carried: +0.00, it blocks the way (1 of 1 times)",
    ]


def test_a_key_opens_one_door() -> None:
    front_end = taught_rules(
        film(
            "k+dd", (RIGHT, 0.0, "k+dd"), (LEFT, 0.0, "+.dd"), (RIGHT, 0.0, ".+dd"),
            (RIGHT, 0.0, "..+d"), (RIGHT, 0.0, "..+d"),
        ),
    )  # fmt: skip
    assert describe_rules(front_end.model, DOOR) == [
        "touching type 6 when a type 5 is carried: +0.00, it vanishes (1 of 1 times)",
        "touching type 6 when a type 5 is not carried: +0.00, it blocks the way (2 of 2 times)",
    ]


def test_a_switch_becomes_another_thing_and_all_gates_vanish() -> None:
    pressed = film("+s.g g...", (RIGHT, 0.0, ".+.. ...."), (RIGHT, 0.0, ".S+. ...."))
    # Only on leaving it shows what the agent had been standing on.
    assert describe_rules(taught_rules(pressed[:1]).model, OFF) == [
        "touching type 7: +0.00, it vanishes, and all of type 9 vanish (1 of 1 times)"
    ]
    assert describe_rules(taught_rules(pressed).model, OFF) == [
        "touching type 7: +0.00, it becomes type 8, and all of type 9 vanish (1 of 1 times)"
    ]
    # Where one gate stays, it is no rule about all of them.
    one = film("+s.g g...", (RIGHT, 0.0, ".+.. g..."), (RIGHT, 0.0, ".S+. g..."))
    assert describe_rules(taught_rules(one).model, OFF) == [
        "touching type 7: +0.00, it becomes type 8 (1 of 1 times)"
    ]


def test_objects_may_be_walked_over_or_change_when_bumped_into() -> None:
    over = film("+o.", (RIGHT, 0.0, ".+."), (RIGHT, 0.0, ".o+"))
    assert describe_rules(taught_rules(over).model, O) == [
        "touching type 2: +0.00, the agent goes over it (1 of 1 times)"
    ]
    bumps = film("+so", (RIGHT, 0.5, "+So"), (RIGHT, 0.0, "+.o"))
    front_end = taught_rules(bumps)
    assert describe_rules(front_end.model, OFF) == [
        "touching type 7: +0.50, it blocks the way and becomes type 8 (1 of 1 times)"
    ]
    assert describe_rules(front_end.model, ON) == [
        "touching type 8: +0.00, it blocks the way and vanishes (1 of 1 times)"
    ]


def test_a_type_that_ends_the_episode() -> None:
    end = film("+v", (RIGHT, -1.0, ".+!"))
    assert describe_rules(taught_rules(end, end).model, LETHAL) == [
        "touching type 10: -1.00, it vanishes, and the episode ends (2 of 2 times)"
    ]
    once = film("+v", (RIGHT, -1.0, ".+"))
    assert describe_rules(taught_rules(end, once).model, LETHAL) == [  # not mostly
        "touching type 10: -1.00, it vanishes (2 of 2 times)"
    ]


def test_a_step_may_cost_a_reward() -> None:
    front_end = taught_rules(film("+.x", (RIGHT, -0.1, ".+x"), (RIGHT, 0.9, "..+")), cost=0.1)
    assert front_end.model.step_reward == -0.1
    assert describe_rules(front_end.model, FREE) == [
        "touching nothing: -0.10, the agent goes there (5 of 5 times)"
    ]
    assert describe_rules(front_end.model, X) == [
        "touching type 1: +0.90, it vanishes (1 of 1 times)"
    ]


def test_the_appearance_of_the_agent_may_be_a_condition() -> None:
    """Type 0 passes the gate that holds up type 20; one turns into the other by an action."""
    front_end = taught_rules()
    turned = [
        Transition((Fact(0, 1, 0),), 4, 0.0, (Fact(20, 1, 0),), False, True, (2, 3)),
        Transition((Fact(20, 1, 0),), RIGHT, 0.0, (Fact(20, 1, 1),), False, False, (2, 3)),
        Transition((Fact(20, 1, 1),), LEFT, 0.0, (Fact(20, 1, 0),), False, False, (2, 3)),
        Transition((Fact(20, 1, 0),), 4, 0.0, (Fact(0, 1, 0),), False, False, (2, 3)),
    ]
    stopped, gate = (Fact(20, 1, 0),), Fact(GATE, 1, 1)
    held = Transition((gate, *stopped), RIGHT, 0.0, (gate, *stopped), False, True, (2, 3))
    let_in = Transition((Fact(0, 1, 0), gate), RIGHT, 0.0, (Fact(0, 1, 1),), False, True, (2, 3))
    front_end.num_actions = 5
    for transition in (*2 * turned, held, let_in):
        front_end.learn(transition, None)  # type: ignore[arg-type]
    assert front_end.agency.self_types == {0, 20}
    assert describe_rules(front_end.model, GATE) == [
        "touching type 9 when the agent is type 0: +0.00, it vanishes (1 of 1 times)",
        "touching type 9 when the agent is not type 0: +0.00, it blocks the way (1 of 1 times)",
    ]


def test_a_thing_that_changes_the_agents_looks_is_told_so() -> None:
    assert describe_rules(dyed_rules().model, TYPES["s"]) == [
        "touching type 7: +0.00, the agent goes over it, and the agent becomes type 10 "
        "(3 of 3 times)"
    ]


def test_an_action_that_also_changes_the_agent_is_told_with_what_it_does() -> None:
    assert _effect_of_action(KEY, Effect(False, FREE)) == "it vanishes"
    assert _effect_of_action(KEY, Effect(False, FREE, turns=True)) == (
        "it vanishes and the agent changes"
    )
    assert _effect_of_action(KEY, Effect(False, KEY, turns=True)) == "the agent changes"
    assert _effect_of_action(KEY, Effect(False, KEY)) == "nothing happens"
