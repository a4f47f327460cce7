"""The front end of rules as a whole: how it begins, relearns, remembers and acts."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from drawings import (
    DOWN,
    LEFT,
    LEVER,
    RIGHT,
    TYPES,
    UP,
    board,
    film,
    round_trip,
    scene,
    step,
    taught_rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config import FrontEndConfig, RulesThresholds
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.rules.tracking import Contact
from dsrl_agent.types import FREE, GOING, Fact, Transition

X, O = TYPES["x"], TYPES["o"]  # noqa: E741
GOOD = film("+x", (RIGHT, 1.0, ".+"))


def sentences(front_end: RulesFrontEnd, front: int) -> list[str]:
    rules = front_end.knowledge().rules or ()
    return [belief.sentence for belief in rules if belief.rule.front == front]


def learn(front_end: RulesFrontEnd, *tapes: list[Transition]) -> RulesFrontEnd:
    for transition in itertools.chain(*tapes):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def fresh(num_actions: int = 4) -> RulesFrontEnd:
    return RulesFrontEnd(num_actions, FrontEndConfig(kind="rules"))


def drawn(front_end: RulesFrontEnd, *rows: str, count: int = 60) -> set[int]:
    """Return the actions chosen at the beginning of an episode."""
    rng, shape = np.random.default_rng(0), (len(rows), len(rows[0]))
    return {front_end.decide(scene(*rows), front_end.begin(shape), rng, 0.0) for _ in range(count)}


def test_actions_are_random_until_the_agent_is_known() -> None:
    assert drawn(fresh(), "+.x") == {LEFT, RIGHT, UP, DOWN}
    assert drawn(taught_rules(GOOD), "..x") == {LEFT, RIGHT, UP, DOWN}  # it is not in sight
    assert fresh().values(scene("+.x")).values.tolist() == [0.0] * 4


def test_an_action_of_unknown_effect_is_tried_first_four_times() -> None:
    front_end = fresh(5)
    learn(front_end, round_trip(), GOOD)
    facts, jump = scene("+x", ".."), 4
    rng = np.random.default_rng(0)
    tries = []
    for _ in range(5):
        tries.append(front_end.decide(facts, front_end.begin((2, 2)), rng, 0.0))
        learn(front_end, [Transition(facts, tries[-1], 0.0, facts, False, True, (2, 2))])
    assert tries == [jump, jump, jump, jump, RIGHT]


def played(front_end: RulesFrontEnd, start: str, films: dict[tuple[str, int], str]) -> list[int]:
    """Return the actions of an episode without learning: (drawing, action) gives the next one."""
    rows = tuple(start.split())
    memory, rng = front_end.begin((len(rows), len(rows[0]))), np.random.default_rng(0)
    now, actions = start, []
    for _ in range(6):
        action = front_end.decide(scene(*now.split()), memory, rng, 0.0)
        actions.append(action)
        now = films.get((now, action), now)
    return actions


def test_an_action_that_failed_against_expectation_is_not_repeated() -> None:
    """A thing never met looks promising, but stands like a wall; nothing is learned from it."""
    films = {("+k ..", DOWN): ".k +.", (".k +.", RIGHT): ".k .+", (".k .+", LEFT): ".k +."}
    actions = played(taught_rules(GOOD), "+k ..", films)
    # From the left, round it, from below; then there is nothing left to try.
    assert actions[:4] == [RIGHT, DOWN, RIGHT, UP]
    assert actions[4] != UP


def test_an_action_without_learning_is_tried_four_times_in_an_episode() -> None:
    front_end = learn(fresh(5), round_trip(), GOOD)
    actions = played(front_end, "+.x", {("+.x", RIGHT): ".+x", (".+x", RIGHT): "..+"})
    assert actions[:5] == [4, 4, 4, 4, RIGHT]


def test_a_plan_is_dropped_after_a_surprise() -> None:
    front_end = taught_rules(GOOD)
    memory, rng = front_end.begin((1, 5)), np.random.default_rng(0)
    assert front_end.decide(scene("x+xxx"), memory, rng, 0.0) == LEFT
    assert len(memory.plan.actions) == 5
    changed = film("x+xxx", (LEFT, -1.0, "+.xxx"))
    learn(front_end, changed)
    action = front_end.decide(scene("+.xxx"), memory, rng, 0.0)
    assert memory.plan.touches == ()
    assert action in (LEFT, RIGHT, UP, DOWN)


def test_earlier_transitions_are_relearned_once_the_agent_is_known() -> None:
    early = film(
        "x+o ...", (LEFT, 1.0, "+.o ..."), (RIGHT, 0.0, ".+o ..."), (RIGHT, -1.0, "..+ ...")
    )
    late = learn(fresh(), early, round_trip())
    informed = learn(fresh(), round_trip(), early)
    for kind in (X, O):
        assert sentences(late, kind) == sentences(informed, kind)
    assert sentences(late, X) == ["touching type 1: +1.00, it vanishes (1 of 1 times)"]


def test_ends_at_which_the_agent_is_not_seen_are_learned() -> None:
    """The agent is not drawn in a hole; plain steps without it teach nothing."""
    front_end = taught_rules(GOOD, film("+v", (RIGHT, 0.0, ".v!")), film("+s", (RIGHT, 0.0, ".s")))
    assert sentences(front_end, TYPES["v"]) == [
        "touching type 10: +0.00, it blocks the way, and the episode ends (1 of 1 times)"
    ]
    assert sentences(front_end, TYPES["s"]) == []
    assert drawn(front_end, "+vx", "...") == {DOWN}


def test_only_stored_transitions_are_relearned() -> None:
    front_end = RulesFrontEnd(4, FrontEndConfig(kind="rules", memory=4))
    learn(front_end, GOOD, round_trip())
    assert front_end.model.rules(X) == ()
    assert len(front_end.transitions) == 4


def test_a_transition_that_is_the_first_of_its_episode_begins_a_new_scene() -> None:
    key = film("k+d", (LEFT, 0.0, "+.d"))
    door = film(".+d", (RIGHT, 0.0, ".+d"))
    met = learn(taught_rules(), key, door)
    assert sentences(met, TYPES["d"]) == [
        "touching type 6: +0.00, it blocks the way (1 of 1 times)"
    ]
    contexts = [context for context, _ in met.model._samples[GOING, TYPES["d"]]]
    assert [context.taken for context in contexts] == [()]  # the key was of the last episode


def test_deciding_teaches_nothing_and_copied_episodes_are_independent() -> None:
    front_end = taught_rules(GOOD)
    kept = json.dumps(front_end.state())
    rng = np.random.default_rng(0)
    memory = front_end.begin((2, 3))
    assert front_end.decide(scene("+.x", "..."), memory, rng, 0.0) == RIGHT
    copy = memory.copy()
    before = copy.copy()
    front_end.values(scene(".+x", "..."), memory)
    assert memory == before
    # It was held up by nothing that it sees, so it goes round in this episode, and in this alone.
    assert front_end.decide(scene("+.x", "..."), copy, rng, 0.0) == DOWN
    assert memory == before
    assert front_end.decide(scene(".+x", "..."), memory, rng, 0.0) == RIGHT
    assert json.dumps(front_end.state()) == kept


def test_a_far_cell_misread_for_one_frame_does_not_change_the_plan() -> None:
    front_end = taught_rules(GOOD, film("+o", (RIGHT, -1.0, ".+")))
    front_end.errors.errors = 4.0  # it has been seen to err
    rng, memory = np.random.default_rng(0), front_end.begin((2, 4))
    assert front_end.decide(scene("...x", "+..."), memory, rng, 0.0) in (UP, RIGHT)
    at = {UP: ("+..o", "...."), RIGHT: ("...o", ".+..")}[memory.action]
    assert front_end.decide(scene(*at), memory, rng, 0.0) in (UP, RIGHT)
    assert front_end.values(scene(*at), memory).values.max() > 0.9
    assert front_end.values(scene(*at)).values.max() <= 0.0  # taken at its word


def test_a_type_split_off_inherits_the_reward() -> None:
    front_end = taught_rules(GOOD, film("+o", (RIGHT, -1.0, ".+")))
    facts = (Fact(0, 0, 0), Fact(30, 0, 2))
    assert front_end.values(facts).values[RIGHT] == 1.0 - 0.02  # in hope
    front_end.inherit(30, O)
    assert front_end.values(facts).values.max() < 0.0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=12))
def test_the_parts_and_the_price_of_steps_add_up_to_the_values(start: int, walk: list[int]) -> None:
    front_end = taught_rules(
        GOOD, film("+o", (RIGHT, -1.0, ".+")), film("+#.", (RIGHT, 0.0, "+#."))
    )
    rows = ["x.#o", "....", "o.x."]
    memory = front_end.begin((3, 4))
    objects = {
        (r, c): TYPES[x] for r, row in enumerate(rows) for c, x in enumerate(row) if x != "."
    }
    place = (1, start)
    for action in [*walk, 0]:
        facts = tuple(sorted([Fact(0, *place), *(Fact(k, *at) for at, k in objects.items())]))
        found = front_end.values(facts, memory)
        total = sum((part for _, part in found.parts), found.correction)
        np.testing.assert_allclose(found.values, total, rtol=0, atol=1e-12)
        assert (found.correction <= 1e-12).all()
        assert {fact for fact, _ in found.parts} <= set(facts)
        front_end.decide(facts, memory, np.random.default_rng(0), 0.0)
        memory.action, memory.done = action, 0  # whatever it chose
        d_row, d_col = ((0, -1), (0, 1), (-1, 0), (1, 0))[action]
        to = (min(2, max(0, place[0] + d_row)), min(3, max(0, place[1] + d_col)))
        if objects.get(to) != TYPES["#"]:
            place = to
            objects.pop(place, None)


SHUT = film("+d.", (RIGHT, 0.0, "+d."))
WINS = film(
    "k+dx",
    (LEFT, 0.0, "+.dx"), (RIGHT, 0.0, ".+dx"), (RIGHT, 0.0, "..+x"), (RIGHT, 1.0, "...+!"),
)  # fmt: skip


def calm(*films: list[Transition], **thresholds: Any) -> RulesFrontEnd:
    """Return a front end that is content with a single calm contact, after some films."""
    config = FrontEndConfig(kind="rules", rules=RulesThresholds(calm_contacts=1, **thresholds))
    front_end = RulesFrontEnd(4, config)
    for transition in itertools.chain(round_trip(), *films, film("+. ..", (RIGHT, 0.0, ".+ .."))):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


HIDDEN = film("+#.x", (RIGHT, 0.0, "+#.x"))  # there is no way to the good thing
UNSEEN = film("..x", (RIGHT, 0.0, "+.x"))  # where the agent begins
UNTOUCHED = film("+g", (LEFT, 0.0, "+g"))


@pytest.mark.parametrize(
    ("films", "settled"),
    [
        ((WINS,), False),  # the door was not tried without the key
        ((SHUT, WINS, WINS, WINS), True),
        ((SHUT, WINS, WINS), False),  # one of the three latest episodes brought nothing good
        ((SHUT, WINS, WINS, WINS, HIDDEN), False),
        ((SHUT, WINS, WINS, WINS, UNTOUCHED), False),
        ((SHUT, WINS, WINS, WINS, UNSEEN), False),
        ((SHUT,), False),  # nothing is good or bad
        ((SHUT, film("+o", (RIGHT, -1.0, ".+"))), True),  # nothing is good
    ],
)
def test_settled_front_ends_have_proven_plans(films: list[list[Transition]], settled: bool) -> None:
    front_end = calm(*films)
    assert front_end.settled(front_end.model.fronts) is settled


def test_only_the_latest_starts_are_looked_at() -> None:
    for starts, settled in ((4, False), (2, True)):  # the last is an empty scene
        front_end = calm(SHUT, HIDDEN, WINS, WINS, settled_starts=starts)
        assert front_end.settled(front_end.model.fronts) is settled


def test_an_episode_that_was_cut_goes_on_where_the_same_is_seen() -> None:
    cut = [WINS[0], WINS[1]._replace(first=True), *WINS[2:]]
    parted = [WINS[0], *film(".+dx", (RIGHT, 0.0, "..+x"))]  # this one is another scene
    for tape, holds in ((cut, True), (parted, False)):
        told = sentences(calm(SHUT, tape), TYPES["d"])
        assert any(f"when a type {TYPES['k']} is carried" in line for line in told) is holds


def test_an_episode_is_gone_on_with_as_it_was_learned() -> None:
    front_end = taught_rules(WINS, film("+k.", (RIGHT, 0.0, ".+.")))
    episode = front_end.resume((1, 3))
    front_end.decide(scene(".+."), episode, np.random.default_rng(0), 0.0)
    assert episode.scene.board is not None
    assert episode.scene.board.taken == ((TYPES["k"], 1),)
    assert fresh().resume((1, 3)).scene.board is None
    # An episode that ended is not gone on with, even if the agent is seen at its end.
    ended = film("+k.", (RIGHT, 0.0, ".+."))
    ended[-1] = ended[-1]._replace(terminated=True)
    assert taught_rules(WINS, ended).resume((1, 3)).scene.board is None


def test_tries_of_actions_of_unknown_reach_alone_are_puzzles() -> None:
    front_end = learn(fresh(5), round_trip(), [step("+. ..", 4, 0.0, "+. .."), *round_trip()])
    ((of, count),) = front_end._puzzles.items()
    assert (of[1], count) == (4, 1)  # the fifth action; what the others reach is known


@pytest.mark.parametrize(("reward", "hurt"), [(1.0, 0), (0.0, 1)])
def test_an_end_that_pays_is_no_risk_of_what_walks(reward: float, hurt: int) -> None:
    """The last of some good things ends the episode, beside something that walks."""
    front_end = taught_rules(*[GOOD] * 3)
    front_end.understanding.movers.types = frozenset([O])
    assert not front_end.model.predict(Context(X, FREE, 0, RIGHT, ())).ends
    contact = Contact(Context(X, FREE, 0, RIGHT, ()), Effect(True, FREE))
    taken = step("+x. ..o", RIGHT, reward, ".+. ..o", True)
    front_end._learn_contact(board("+x. ..o"), board(".+. ..o"), contact, taken)
    assert (front_end.understanding._dared, front_end.understanding._hurt) == (hurt, hurt)


def test_what_a_contact_changes_at_a_fixed_place_is_planned_for() -> None:
    front_end = taught_rules(LEVER)
    lever = TYPES["s"]
    assert sentences(front_end, lever) == [
        "touching type 7: +0.00, it blocks the way, and type 9 vanishes at row 0, column 2 "
        "(3 of 3 times)"
    ]
    assert drawn(front_end, "s+gx.", "####g") == {LEFT}
    assert drawn(front_end, "s+.x.", "####g") == {RIGHT}  # it is open
    assert drawn(taught_rules(LEVER[:-3]), "s+gx.", "####g") != {LEFT}  # seen twice
    loaded = RulesFrontEnd(4, FrontEndConfig(kind="rules"))
    loaded.load(json.loads(json.dumps(front_end.state())))
    assert sentences(loaded, lever) == sentences(front_end, lever)
    assert drawn(loaded, "s+gx.", "####g") == {LEFT}
