"""What the front end `rules` believes and plans, in words: from transitions written by hand."""

from __future__ import annotations

import dataclasses

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.explain.as_json import beliefs_as_json
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.policy import policy_of
from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects
from dsrl_agent.explain.reasons.reasons import Part, Reasons, reasons
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words
from dsrl_agent.explain.words.reasons_text import choice_in_words, reasons_in_words, scene_in_words
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.types import UNKNOWN, Fact, Facts, Transition

LEFT, RIGHT, UP, DOWN = range(4)
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
SELF, GOAL, KEY, DOOR = range(4)
SHAPE = (1, 6)


def episode(*steps: tuple[str, int, str, float]) -> list[Transition]:
    """Return the transitions of an episode drawn as rows of cells.

    `@` is the agent, `g` the goal, `k` the key, `d` the door.
    """
    return [
        Transition(drawn(before), action, reward, drawn(after), "g" not in after, not n, SHAPE)
        for n, (before, action, after, reward) in enumerate(steps)
    ]


def drawn(row: str) -> Facts:
    types = {"@": SELF, "g": GOAL, "k": KEY, "d": DOOR}
    return tuple(sorted(Fact(types[mark], 0, n) for n, mark in enumerate(row) if mark in types))


def taught() -> RulesFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(kind="rules"))
    assert isinstance(front_end, RulesFrontEnd)
    about = [
        ("k.@.dg", LEFT, "k@..dg", 0.0),
        ("k@..dg", RIGHT, "k.@.dg", 0.0),
        *[("k.@.dg", UP, "k.@.dg", 0.0)] * 4,  # so often that they are known to do nothing
        *[("k.@.dg", DOWN, "k.@.dg", 0.0)] * 4,
        ("k.@.dg", RIGHT, "k..@dg", 0.0),
        ("k..@dg", RIGHT, "k..@dg", 0.0),  # locked
        ("k..@dg", LEFT, "k.@.dg", 0.0),
    ]
    solved = [
        ("k.@.dg", LEFT, "k@..dg", 0.0),
        ("k@..dg", LEFT, "@...dg", 0.0),
        ("@...dg", RIGHT, ".@..dg", 0.0),
        (".@..dg", RIGHT, "..@.dg", 0.0),
        ("..@.dg", RIGHT, "...@dg", 0.0),
        ("...@dg", RIGHT, "....@g", 0.0),
        ("....@g", RIGHT, ".....@", 1.0),
    ]
    for transition in [*episode(*about), *episode(*solved), *episode(*solved)]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_rules_in_words() -> None:
    assert beliefs_in_words(beliefs(taught(), [SELF, GOAL, KEY, DOOR])) == [
        "It is the object of type 0. Its actions move it: 0 left, 1 right.",
        "Touching nothing: +0.00, the agent goes there (12 of 12 times), so in at least 77.9 % of "
        "cases.",
        "Touching type 1: +1.00, it vanishes, and the episode ends (2 of 2 times), so in at least "
        "22.3 % of cases.",
        "Touching type 2: +0.00, it vanishes (2 of 2 times), so in at least 22.3 % of cases.",
        "Touching type 3 when a type 2 is carried: +0.00, it vanishes (2 of 2 times), so in at "
        "least 22.3 % of cases.",
        "Touching type 3 when a type 2 is not carried: +0.00, it blocks the way (1 of 1 times), so "
        "in at least 5 % of cases.",
        "It plans on its rules (rules); counts are of the last 27 steps.",
    ]


def test_rules_are_plain_data() -> None:
    data = beliefs_as_json(beliefs(taught(), [SELF, GOAL, KEY, DOOR]))
    locked = data["rules"][-1]
    assert locked["rule"]["front"] == DOOR
    assert locked["rule"]["conditions"] == [
        {"test": {"about": "carried", "value": KEY}, "wanted": False}
    ]
    assert locked["rule"]["effect"]["enters"] is False
    assert data["table"] is None


def test_the_plan_is_the_reason() -> None:
    found = reasons(taught(), drawn("k.@.dg"), [SELF, GOAL, KEY, DOOR], shape=SHAPE)
    # To the key in 2 steps, to the door in 4 more, to the goal in 1: 1 - 7 x 0.01.
    assert reasons_in_words(found)[-4:] == [
        "So it goes left: worth +0.930. Every action leads to the same objects, and this one in "
        "the fewest steps.",
        "Because of the type 2 at [0, 0] (2 left), the type 3 at [0, 4] (2 right) and the type 1 "
        "at [0, 5] (3 right): with no other object it would do the same, without these it would "
        "not.",
        "It plans to go left, left, right, right, right, right, right, and so to touch type 2 at "
        "[0, 0] in step 2 (+0.00), type 3 at [0, 4] in step 6 (+0.00) and type 1 at [0, 5] in step "
        "7 (+1.00): less the price of the steps +0.930.",
        "If the type 3 at [0, 4] (2 right) were not there, it would go right.",
    ]


def test_things_taken_in_the_episode_count() -> None:
    front_end, rng = taught(), np.random.default_rng(0)
    memory = front_end.begin(SHAPE)
    for row in ("k.@.dg", "k@..dg", "@...dg"):
        action = front_end.decide(drawn(row), memory, rng, 0.0)
    assert action == RIGHT
    policy = policy_of(front_end, SHAPE, memory)
    assert policy(drawn("@...dg")) == frozenset({RIGHT})
    # Without the key the door is shut: nothing is worth a step, and all steps cost the same.
    assert policy_of(front_end, SHAPE)(drawn("@...dg")) == frozenset({LEFT, RIGHT, UP, DOWN})


def test_an_agent_that_turns_is_described_by_its_appearances() -> None:
    # Types 0 and 1 are the agent facing right and left: action 0 turns it, action 1 moves it on.
    front_end = make_front_end(2, FrontEndConfig(kind="rules"))
    assert isinstance(front_end, RulesFrontEnd)
    right, left = [Fact(0, 0, n) for n in range(3)], [Fact(1, 0, n) for n in range(3)]
    tape = [
        (right[0], 1, right[1]),
        (right[1], 0, left[1]),
        (left[1], 1, left[0]),
        (left[0], 0, right[0]),
    ]
    for before, action, after in tape * 3:
        step = Transition((before,), action, 0.0, (after,), False, False, (1, 3))
        front_end.learn(step, np.random.default_rng(0))
    believed = beliefs(front_end, [0, 1])
    assert beliefs_in_words(believed)[:3] == [
        "It is the object of type 0, or of a type that this turns into.",
        "  Action 0 turns type 0 into type 1 and type 1 into type 0.",
        "  Action 1 moves type 0 right and type 1 left.",
    ]
    assert believed.moves.names == ("action 0", "action 1")
    assert believed.types == ()


def with_parts(*parts: list[float], actions: tuple[str, ...] = ("left", "right")) -> Reasons:
    """Return reasons in which objects of type 1, beside one another, have these parts."""
    found = reasons(taught(), drawn("k.@.dg"), [SELF, GOAL, KEY, DOOR], shape=SHAPE)
    price = np.array([-0.1, *[-0.2] * (len(actions) - 1)])
    given = [np.array(part) for part in parts]
    return dataclasses.replace(
        found,
        actions=actions,
        parts=tuple(Part(Fact(GOAL, 0, n + 3), 0, n + 1, each) for n, each in enumerate(given)),
        values=np.sum(given, axis=0) + price,
        correction=price,
        greedy=frozenset({0}),
    )


def test_objects_that_every_action_leads_to_share_a_row() -> None:
    found = with_parts([1.0, 1.0], [0.0, 0.0], [2.0, 2.0], [0.0, 0.5])
    assert reasons_in_words(found)[2:8] == [
        "                         left   right",
        "  type 1, 4 right           .  +0.500",
        "  2 with any action    +3.000  +3.000",
        "  the other 1               .       .",
        "  price of the steps   -0.100  -0.200",
        "  value of the action  +2.900  +3.300",
    ]


def test_a_table_without_room_goes_on_below() -> None:
    names = tuple(f"action {n}" for n in range(7))
    lines = reasons_in_words(with_parts([1.0, *[0.5] * 6], actions=names))
    assert max(len(line) for line in lines[2:10]) <= 78
    assert lines[2].split("  ")[-1] == "action 4"
    assert lines[6].split() == ["action", "5", "action", "6"]
    assert lines[7].split() == ["type", "1,", "1", "right", "+0.500", "+0.500"]


def test_many_objects_of_a_type_are_counted_and_unknown_ones_have_no_number() -> None:
    facts = (Fact(UNKNOWN, 0, 9), *(Fact(3, 1, n) for n in range(7)), Fact(4, 0, 0))
    found = dataclasses.replace(with_parts([1.0, 0.0]), facts=facts)
    seen = "It sees something unknown at [0, 9], type 3 at 7 places and type 4 at [0, 0]."
    assert scene_in_words(found)[0] == seen


def test_actions_without_a_direction_are_taken_and_not_gone() -> None:
    found = with_parts([1.0, 0.0], actions=("action 0", "action 1"))
    lines = choice_in_words(dataclasses.replace(found, chosen=0, corrected=False))
    assert lines[0] == "So it takes action 0: worth +0.900."
    assert lines[-2].startswith("It plans to take action 0, action 0, action 1, ")


def test_what_the_plan_touches_is_named_before_what_is_only_near() -> None:
    found = with_parts([1.0, 0.0])
    assert found.agent is not None
    assert found.course is not None
    touch = found.course.touches[0].fact  # the key, two steps away
    near = Fact(DOOR, 0, 3)
    both = DecisiveObjects((near, touch), suffice=True, necessary=True, smallest=True)
    said = choice_in_words(dataclasses.replace(found, named=both))[1]
    assert said.startswith("Because of the type 2 at [0, 0] (2 left) and the type 3 at [0, 3]")
