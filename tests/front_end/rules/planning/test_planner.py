"""Plans on learned rules: drawn scenes with the plan expected, and what holds of every plan."""

from __future__ import annotations

from functools import cache
from itertools import chain

import numpy as np
import pytest
from drawings import (
    DOWN,
    EXIT,
    LEFT,
    OPENS_LAST,
    RIGHT,
    TYPES,
    UP,
    board,
    dyed_rules,
    film,
    round_trip,
    scene,
    shape_of,
    taught_rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config import FrontEndConfig, RulesThresholds
from dsrl_agent.front_end import RulesFrontEnd
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.knowledge import ExpectedTouch
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.planning.planner import Plan, Planner
from dsrl_agent.types import FREE, Fact, Facts

X, O, WALL, BOX, KEY, DOOR, LETHAL = (TYPES[letter] for letter in "xo#bkdv")  # noqa: E741
GATE = TYPES["g"]  # of which nothing is known
THRESHOLDS = RulesThresholds()

GOOD = film("+x", (RIGHT, 1.0, ".+"))
BAD = film("+o", (RIGHT, -1.0, ".+"))
BLOCKS = film("+#.", (RIGHT, 0.0, "+#."))
PUSHES = film("+b.#", (RIGHT, 0.0, ".+b#"), (RIGHT, 0.0, ".+b#"))
OPENS = film(
    "k+d.", (RIGHT, 0.0, "k+d."), (LEFT, 0.0, "+.d."), (RIGHT, 0.0, ".+d."), (RIGHT, 0.0, "..+.")
)
ENDS = film("+v", (RIGHT, -1.0, ".+!"))
TAUGHT = taught_rules(GOOD, BAD, BLOCKS, PUSHES, OPENS, ENDS)


def plan(drawing: str, front_end: RulesFrontEnd = TAUGHT) -> Plan:
    return planner(front_end).best(board(drawing))


def planner(
    front_end: RulesFrontEnd = TAUGHT, refused: tuple[tuple[int, int, int], ...] = ()
) -> Planner:
    return Planner(front_end.model, front_end.effects, range(4), frozenset(refused))


@pytest.mark.parametrize(
    ("drawing", "actions", "value"),
    [
        ("+..x", (RIGHT, RIGHT, RIGHT), 0.97),  # 1 - 3 * 0.01
        # The nearest first, right, right, on, back: 2 + 4 + 9 = 15 steps; this way 3 + 9 = 12.
        ("x..+.x...x", 3 * (LEFT,) + 9 * (RIGHT,), 2.88),
        ("... +ox", (UP, RIGHT, RIGHT, DOWN), 0.96),  # round the bad one
        ("+ox", (), 0.0),  # -1 + 1 - 0.02 is less than nothing
        ("+oxx", (RIGHT, RIGHT, RIGHT), 0.97),  # -1 + 2 - 0.03
        ("+#x ...", (DOWN, RIGHT, RIGHT, UP), 0.96),
        ("k+dx", (LEFT, RIGHT, RIGHT, RIGHT), 0.96),
        (".#x# +b..", (RIGHT, RIGHT, UP), 0.97),  # pushes the box out of the way
        ("+b# .#x", (), 0.0),  # it does not move
        ("+vx", (), 0.0),
        ("+..", (), 0.0),
    ],
)
def test_plans_are_of_the_highest_return_and_then_of_the_fewest_steps(
    drawing: str, actions: tuple[int, ...], value: float
) -> None:
    found = plan(drawing)
    assert found.actions == actions
    assert found.value == pytest.approx(value)


def test_a_plan_names_its_contacts_and_the_scenes_it_expects() -> None:
    found = plan("k+dx")
    assert found.touches == (
        ExpectedTouch(1, Fact(KEY, 0, 0), 0.0, True),
        ExpectedTouch(3, Fact(DOOR, 0, 2), 0.0, True),
        ExpectedTouch(4, Fact(X, 0, 3), 1.0, True),
    )
    assert found.boards == (
        board("+.dx", taken="k"),
        board(".+dx", taken="k"),
        board("..+x", taken="kd"),
        board("...+", taken="kdx"),
    )


def test_a_type_that_ends_the_episode_is_touched_last() -> None:
    front_end = taught_rules(GOOD, film("+s", (RIGHT, 2.0, ".+!")))
    found = plan("s+.x", front_end)
    assert found.actions == (RIGHT, RIGHT, LEFT, LEFT, LEFT)
    assert found.value == pytest.approx(2.95)
    assert plan("s+", front_end).actions == (LEFT,)


def test_far_things_are_fetched_although_steps_cost_as_waiting_costs_as_much() -> None:
    front_end = taught_rules(film("+x", (RIGHT, 0.9, ".+")), cost=0.1)
    # The x itself is worth 1; of a step, the planner's own price alone counts: 1 - 5 * 0.01.
    assert plan("+....x", front_end).value == pytest.approx(0.95)
    assert plan("+..............x", front_end).actions == 15 * (RIGHT,)


def test_a_type_never_met_is_visited() -> None:
    found = plan("+.g")
    assert found.actions == (RIGHT, RIGHT)
    assert found.touches == (ExpectedTouch(2, Fact(GATE, 0, 2), 1.0, False),)
    front_end = taught_rules(film("+x", (RIGHT, 0.25, ".+")))
    assert plan("+.g", front_end).value == pytest.approx(0.98 * 0.25)  # the best that is known


def test_of_many_good_things_the_nearest_is_fetched_first() -> None:
    found = plan("xxxx..+.xxx")
    assert found.actions == (RIGHT, RIGHT)
    assert [(touch.fact.row, touch.fact.col) for touch in found.touches] == [(0, 8)]


def test_a_plan_leads_through_doors_that_lead_to_each_other() -> None:
    flung = (RIGHT, 0.0, ".s#+."), (RIGHT, 0.0, ".s#s+")
    front_end = taught_rules(GOOD, BLOCKS, film("+s#s.", *flung), film("+s#s.", *flung))
    found = plan("+s#s.x", front_end)
    assert found.actions == (RIGHT, RIGHT, RIGHT)
    assert [at.place for at in found.boards] == [3, 4, 5]
    assert not plan("+s#ssx", front_end).actions  # one of them is the other, but which?


def test_refused_actions_are_not_planned() -> None:
    at = board("+.x ...")
    assert planner().best(at).actions == (RIGHT, RIGHT)
    assert planner(refused=((0, 0, RIGHT),)).best(at).actions == (DOWN, RIGHT, RIGHT, UP)
    assert planner(refused=((0, 0, RIGHT),)).after(at, RIGHT) == (at, None)


def test_an_agent_that_turns_plans_its_turns() -> None:
    turn, forward = 0, 1
    model = ContactModel()
    model.observe(Context(X, FREE, 0, forward, ()), Effect(True, FREE), 1.0, False)
    motions = {
        (20, turn): ActionEffect(0, 0, 21),
        (21, turn): ActionEffect(0, 0, 20),
        (20, forward): ActionEffect(-1, 0, 20),
        (21, forward): ActionEffect(0, 1, 21),
    }
    start = board("..x +..")._replace(body=20)
    found = Planner(model, motions, range(2)).best(start)
    # Up, turn, right, right; or turn, right, right, turn, up, which is one step more.
    assert found.actions == (forward, turn, forward, forward)
    assert [(at.place, at.body) for at in found.boards] == [(0, 20), (0, 21), (1, 21), (2, 21)]


def test_without_a_promising_plan_contacts_that_may_open_a_way_are_tried() -> None:
    front_end = taught_rules(GOOD, BAD, film("+#.", (RIGHT, 0.0, "+#.")))
    closed = board("..+#x")  # never tried with this beyond it
    assert planner(front_end).best(closed).actions == ()
    found = planner(front_end).experiment(closed)
    assert (found.actions, found.touches) == (
        (RIGHT,),
        (ExpectedTouch(1, Fact(WALL, 0, 3), 0.0, True),),
    )
    for transition in film("+#x", (RIGHT, 0.0, "+#x")):
        front_end.learn(transition, np.random.default_rng(0))
    assert planner(front_end).experiment(closed).actions == ()
    # With a key it is another matter, but not for one that costs.
    assert planner(front_end).experiment(board(".+#x", taken="k")).actions == (RIGHT,)
    assert planner(front_end).experiment(board("o+#.")).actions == ()


def test_the_front_end_experiments_and_otherwise_avoids_costs() -> None:
    front_end = taught_rules(GOOD, BAD, film("+#.", (RIGHT, 0.0, "+#.")))
    rng = np.random.default_rng(0)
    facts = scene("..+#x")
    assert front_end.decide(facts, front_end.begin((1, 5)), rng, 0.0) == RIGHT
    facts = scene("ooo", "o+.", "ooo")
    drawn = {front_end.decide(facts, front_end.begin((3, 3)), rng, 0.0) for _ in range(20)}
    assert drawn == {RIGHT}


def test_all_of_a_type_are_fetched_where_something_good_follows() -> None:
    front_end = taught_rules(EXIT)
    drawn, start = board("+x.ox"), frozenset([X, O])
    found = Planner(front_end.model, front_end.effects, range(4), start=start).best(drawn)
    assert found.actions == ()  # the second x is behind the exit
    drawn = board("x.+xo")
    found = Planner(front_end.model, front_end.effects, range(4), start=start).best(drawn)
    assert found.actions == (LEFT, LEFT, RIGHT, RIGHT, RIGHT, RIGHT)
    assert [touch.fact.type for touch in found.touches] == [X, X, O]


def test_what_becomes_good_is_worth_what_it_becomes() -> None:
    good, shut = film("+k", (RIGHT, 1.0, ".+!")), film("+o.", (RIGHT, 0.0, "+o."))
    front_end = taught_rules(OPENS_LAST, good, shut)
    drawn = board("+x.o")
    plans = Planner(front_end.model, front_end.effects, range(4), start=frozenset([X, O]))
    assert plans.best(drawn).actions == (RIGHT, RIGHT, RIGHT)
    assert [touch.fact.type for touch in plans.best(drawn).touches] == [X, KEY]
    assert front_end.model.promise(O) == front_end.model.promise(KEY) == 1.0
    assert front_end.model.promise(X) == 0.0


def test_equal_plans_share_their_probability() -> None:
    rng = np.random.default_rng(0)
    facts = scene("x.+.x")
    drawn = [TAUGHT.decide(facts, TAUGHT.begin((1, 5)), rng, 0.0) for _ in range(200)]
    # One in two, and a standard deviation of sqrt(200 / 4) = 7
    assert 70 < drawn.count(LEFT) < 130
    assert drawn.count(LEFT) + drawn.count(RIGHT) == 200


def test_an_action_that_does_nothing_where_it_should_is_not_tried_again() -> None:
    rng = np.random.default_rng(0)
    memory = TAUGHT.begin((2, 3))
    facts = scene("+.x", "...")
    assert [TAUGHT.decide(facts, memory, rng, 0.0) for _ in range(2)] == [RIGHT, DOWN]
    assert memory.refused == {(0, 0, RIGHT)}


# What holds of every plan.


def valuation(drawing: str) -> list[float]:
    facts: Facts = scene(*drawing.split())
    found = TAUGHT.values(facts, TAUGHT.begin(shape_of(drawing))).values
    return [float(value) for value in found]


def test_values_by_hand() -> None:
    # Left and up bump and down leaves the row: then two steps to the x or three.
    assert valuation("+.x ...") == pytest.approx([0.97, 0.98, 0.97, 0.96])
    assert valuation("o+x") == pytest.approx([-1.0 - 0.01 + 0.98, 0.99, 0.98, 0.98])
    # What ends the episode leaves no x to fetch.
    assert valuation("+vx") == pytest.approx([-0.01, -1.01, -0.01, -0.01])
    # Nothing is worth a step, and all cost one.
    assert valuation("+..") == pytest.approx([-0.01] * 4)


def test_the_parts_are_rewards_of_objects_and_the_correction_is_the_price_of_steps() -> None:
    facts = scene("o+x")
    found = TAUGHT.values(facts, TAUGHT.begin((1, 3)))
    parts = [(fact.type, part.tolist()) for fact, part in found.parts]
    assert parts == [(X, [1.0, 1.0, 1.0, 1.0]), (O, [-1.0, 0.0, 0.0, 0.0])]
    assert found.correction.tolist() == pytest.approx([-0.03, -0.01, -0.02, -0.02])


@st.composite
def drawings(draw: st.DrawFn) -> Board:
    """Draw 3 x 3 places with the agent and up to six things."""
    letters = [*draw(st.lists(st.sampled_from("xxo#bkdvg"), max_size=6)), "+"]
    letters = draw(st.permutations([*letters, *"." * (9 - len(letters))]))
    return board(" ".join("".join(letters[i : i + 3]) for i in (0, 3, 6)))


def best_within(at: Board, steps: int) -> float:
    """Return the most that so many actions bring, by trying them all."""
    by_hand = planner()

    @cache
    def most(at: Board, left: int) -> float:
        if not left:
            return 0.0
        found = 0.0
        for action in range(4):
            after, expected = by_hand.after(at, action)
            gain = -THRESHOLDS.step_price + (0.0 if expected is None else expected.reward)
            over = expected is not None and expected.ends
            found = max(found, gain + (0.0 if over else most(after, left - 1)))
        return found

    return most(at, steps)


@settings(deadline=None, max_examples=40)
@given(drawings())
def test_no_plan_of_a_few_steps_is_better(at: Board) -> None:
    found = planner().best(at)
    brute = best_within(at, 5)
    assert found.value >= brute - 1e-9
    if len(found.actions) <= 5:
        assert found.value == pytest.approx(brute)


@settings(deadline=None, max_examples=40)
@given(drawings())
def test_the_scenes_and_the_value_of_a_plan_follow_from_its_actions(at: Board) -> None:
    found = planner().best(at)
    now, total, touched = at, 0.0, []
    for number, (action, expected_board) in enumerate(
        zip(found.actions, found.boards, strict=True), 1
    ):
        before = now
        now, expected = planner().after(now, action)
        assert now == expected_board
        assert now.cells[now.place] != WALL
        total -= THRESHOLDS.step_price
        if expected is not None:
            total += expected.reward
        if expected is not None and before.cells != now.cells:
            touched.append(number)
    assert found.value == pytest.approx(total)
    assert set(touched) <= {touch.step for touch in found.touches}
    values = [TAUGHT.plan_from(at, action).value for action in range(4)]
    if found.actions:
        assert values[found.actions[0]] == pytest.approx(max(values))
        assert values[found.actions[0]] == pytest.approx(found.value)
    else:
        assert max(values) <= 0.0


def test_a_plan_that_begins_with_an_action_names_its_contact_as_the_first_step() -> None:
    found = planner().plan_from(board("x+.x"), LEFT)
    assert found.actions == (LEFT, RIGHT, RIGHT, RIGHT)
    assert found.touches == (
        ExpectedTouch(1, Fact(X, 0, 0), 1.0, True),
        ExpectedTouch(4, Fact(X, 0, 3), 1.0, True),
    )
    assert found.value == pytest.approx(2 - 4 * 0.01)


def test_ways_count_in_hopes_where_nothing_is_moved() -> None:
    strides = [planner(taught_rules(GOOD, BAD, *more))._hopes.stride for more in ((), (PUSHES,))]
    assert strides == [1, 0]


def test_a_plan_leads_over_a_thing_that_changes_the_agents_looks_to_a_gate_for_those() -> None:
    front_end = dyed_rules()
    (rule,) = front_end.model.rules(TYPES["s"])
    assert rule.effect == Effect(True, TYPES["s"], wears=TYPES["v"])
    found = plan("s+gx", front_end)
    assert found.actions == (LEFT, RIGHT, RIGHT, RIGHT)
    assert [at.body for at in found.boards] == 4 * [TYPES["v"]]
    assert plan(".+gx", front_end).actions == ()


def test_looks_that_flicker_are_no_things_doing() -> None:
    film_of = chain.from_iterable(
        film("+s..", (RIGHT, 0.0, f".{letter}.."), (RIGHT, 0.0, f".s{other}."))
        for letter, other in ("v+", "+v", "vv", "++")
    )
    front_end = RulesFrontEnd(4, FrontEndConfig(kind="rules"))
    front_end.agency.take(frozenset({0, TYPES["v"]}))
    for transition in chain(round_trip(), film_of):
        front_end.learn(transition, np.random.default_rng(0))
    assert not front_end.agency.keeps_looks
    assert all(rule.effect.wears == FREE for rule in front_end.model.rules(TYPES["s"]))
