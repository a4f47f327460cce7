"""Imagined walks: the values of places worked out by hand, and what the default front end does."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from drawings import DOWN, LEFT, MOVES, RIGHT, UP, acquainted, scene, shape_of, step, tabular
from hypothesis import given, settings
from hypothesis import strategies as st
from true_facts import true_facts

from dsrl_agent.front_end import TabularEpisode, TabularFrontEnd
from dsrl_agent.front_end.knowledge import TouchTotals
from dsrl_agent.front_end.tabular.walks.dyna import Imagined, imagine, imagine_together
from dsrl_agent.types import Fact, Facts
from shapes_grid import ShapesGridEnv

SETTLED = 1e-6
GAMMA = 0.5
WORTH = {1: 1.0, 2: -1.0}  # x, o
X, O = 1, 2  # noqa: E741


def imagined(drawing: str, moves: Any = MOVES, worth: Any = WORTH) -> Imagined:
    objects = tuple(fact for fact in scene(*drawing.split()) if fact.type)
    return imagine(
        shape_of(drawing), objects, moves, 4, lambda kind, _: worth[kind], GAMMA, SETTLED
    )


def test_the_value_of_a_touch_flows_back_to_every_place() -> None:
    found = imagined("...x")
    # Best of each place: 1 beside the x, then 1/2 and 1/4; beyond a touch nothing is counted, and
    # from the x's own place it is one step away and then one to touch it: 1/2.
    assert found.values.tolist() == [
        [0.125, 0.25, 0.125, 0.125],  # left, up, down: it stays, and 1/2 of 1/4 remains
        [0.125, 0.5, 0.25, 0.25],
        [0.25, 1.0, 0.5, 0.5],
        [0.5, 0.25, 0.25, 0.25],
    ]
    assert found.following.tolist() == [[0, 1, 0, 0], [0, 2, 1, 1], [1, 3, 2, 2], [2, 3, 3, 3]]
    touching = np.argwhere(found.touches).tolist()
    assert touching == [[2, RIGHT]]  # staying at the x's place is no touch


def test_an_action_that_was_never_seen_to_move_the_agent_stays() -> None:
    found = imagined("..x", {RIGHT: (0, 1), DOWN: (5, 0)})
    assert found.values[:2].tolist() == [[0.25, 0.5, 0.25, 0.25], [0.5, 1.0, 0.5, 0.5]]
    assert found.following[:, [LEFT, UP, DOWN]].tolist() == [[0] * 3, [1] * 3, [2] * 3]


def test_a_detour_round_a_bad_object_is_discounted_step_by_step() -> None:
    # Row by row, places 0-2 and 3-5. From 3: up, right, right, down; the last one touches.
    found = imagined("... .ox")
    assert found.values[3].tolist() == [0.0625, -1.0, 0.125, 0.0625]  # 1/2 * 1/8 to stay
    assert found.values[0].tolist() == [0.125, 0.25, 0.125, 0.0625]
    assert found.values[1].tolist() == [0.125, 0.5, 0.25, -1.0]
    assert found.values[2].tolist() == [0.25, 0.5, 0.5, 1.0]


def test_the_value_of_a_touch_may_depend_on_the_action() -> None:
    worth = {LEFT: 0.25, RIGHT: 1.0, UP: 0.0, DOWN: 0.0}
    objects = (Fact(X, 0, 1),)
    found = imagine((1, 3), objects, MOVES, 4, lambda _, action: worth[action], GAMMA, SETTLED)
    assert found.values[0, RIGHT] == 1.0
    assert found.values[2, LEFT] == 0.25


def test_reached_is_the_object_at_the_end_of_the_best_walk() -> None:
    found = imagined("x....x ....o.")
    assert found.reached(2, LEFT) == 0  # two steps against three
    assert found.reached(2, RIGHT) == 5  # and then it is two away on that side, three on the other
    assert found.reached(4, DOWN) == 10  # what it touches itself, however bad
    assert found.reached(1, UP) == 0  # it bumps, and then goes left
    nothing = imagined("..o")
    assert nothing.reached(0, RIGHT) is None
    assert nothing.reached(1, RIGHT) == 2
    assert imagined("...").reached(1, LEFT) is None
    idle = imagined("v..", worth={10: 0.0})  # it is nothing to make for
    assert idle.reached(2, LEFT) is None


def test_between_two_equal_objects_the_walk_does_not_oscillate() -> None:
    found = imagined("x...x")
    assert found.values[2].tolist() == [0.5, 0.5, 0.25, 0.25]
    assert found.values[1].tolist() == [1.0, 0.25, 0.5, 0.5]
    assert found.values[3].tolist() == [0.25, 1.0, 0.5, 0.5]


places = st.tuples(st.integers(0, 3), st.integers(0, 4))


@settings(deadline=None, max_examples=60)
@given(st.lists(places, min_size=1, max_size=9, unique=True), st.data())
def test_greedy_walks_have_the_length_that_the_values_imply(
    stand: list[tuple[int, int]], data: st.DataObject
) -> None:
    objects = tuple(sorted(Fact(data.draw(st.sampled_from([X, O])), *place) for place in stand))
    found = imagine((4, 5), objects, MOVES, 4, lambda kind, _: WORTH[kind], GAMMA, SETTLED)
    kinds = {fact.row * 5 + fact.col: fact.type for fact in objects}
    for start in range(20):
        value, place = float(found.values[start].max()), start
        if value <= 0.0:
            continue
        promised = found.reached(place, int(found.values[place].argmax()))
        assert promised is not None
        assert kinds[promised] == X
        steps, action = 0, int(found.values[place].argmax())
        while not found.touches[place, action]:
            place, steps = int(found.following[place, action]), steps + 1
            action = int(found.values[place].argmax())
        assert value == GAMMA**steps
        assert found.following[place, action] == promised


# The default front end.


def learner(rows: dict[Any, list[float]], kind: str = "relational") -> TabularFrontEnd:
    """Make a front end that knows the agent and its moves, with a table of the given rows."""
    front_end = tabular(kind, discount=GAMMA, replay=0)
    front_end.agency = acquainted()
    front_end.table = {key: np.array(row) for key, row in rows.items()}
    return front_end


# What stepping on each says, from every side.
BESIDE = {(kind, *move): [WORTH[kind]] * 4 for kind in WORTH for move in MOVES.values()}


def test_each_action_is_credited_to_the_object_that_it_leads_to() -> None:
    front_end = learner(BESIDE)
    facts, left, right, bad = scene("x.+.x", "..o.."), Fact(X, 0, 0), Fact(X, 0, 4), Fact(O, 1, 2)
    valuation = front_end.values(facts, front_end.begin((2, 5)))
    assert valuation.values.tolist() == [0.5, 0.5, 0.25, -1.0]
    parts = {fact: part.tolist() for fact, part in valuation.parts}
    # Up bumps into the edge; after it both are as near, and the first is taken.
    assert parts == {
        left: [0.5, 0.0, 0.25, 0.0],
        right: [0.0, 0.5, 0.0, 0.0],
        bad: [0.0, 0.0, 0.0, -1.0],
    }
    assert list(parts) == sorted(parts)
    assert valuation.correction.tolist() == [0.0] * 4


def test_a_grid_of_unknown_size_reaches_as_far_as_facts_are_seen() -> None:
    front_end = learner(BESIDE)
    facts = scene("+ox")  # in a grid of one row there is no way round
    assert front_end.values(facts).values.tolist() == [0.0, -1.0, 0.0, 0.0]
    told = front_end.values(facts, front_end.begin((2, 3))).values
    assert told.tolist() == [0.0625, -1.0, 0.0625, 0.125]


def test_a_side_never_tried_has_the_mean_reward_of_touches() -> None:
    front_end = learner({(X, 0, 1): [0.0, 1.0, 0.0, 0.0]})
    front_end.touches = {X: TouchTotals(4, 1.0)}
    assert front_end.values(scene("+x")).values[RIGHT] == 1.0
    assert front_end.values(scene("x+")).values[LEFT] == 0.25  # 1.0 / 4 touches
    assert front_end.values(scene("v+")).values.tolist() == [0.0] * 4  # of this nothing is known


def test_imagined_values_are_kept_until_the_scene_or_the_tables_change() -> None:
    front_end = learner(BESIDE)
    memory = front_end.begin((1, 4))
    front_end.values(scene("+..x"), memory)
    kept = memory.imagined
    assert kept is not None
    # The agent's place does not matter: all places were imagined.
    assert front_end.action_values(scene(".+.x"), memory).tolist() == kept.values[1].tolist()
    assert memory.imagined is kept
    front_end.values(scene("+.x."), memory)
    assert memory.imagined is not kept
    again = memory.imagined
    front_end.learn(step("+x", RIGHT, -3.0, ".+"), np.random.default_rng(0))
    assert front_end.values(scene("+.x."), memory).values[RIGHT] != 0.5
    assert memory.imagined is not again


def test_a_copy_shares_nothing_that_changes() -> None:
    front_end = learner(BESIDE)
    memory = front_end.begin((1, 4))
    front_end.values(scene("+..x"), memory)
    copy = memory.copy()
    assert copy == memory
    kept = memory.imagined
    front_end.values(scene("+.x."), copy)
    assert memory.imagined is kept
    assert memory.objects == scene("...x")


@pytest.mark.parametrize("kind", ["srl_cs", "garnelo2016", "flat"])
def test_the_other_tables_keep_nothing_in_an_episode(kind: Any) -> None:
    front_end = learner({}, kind)
    memory = front_end.begin((1, 3))
    for facts in (scene("+.x"), scene(".+x")):
        front_end.decide(facts, memory, np.random.default_rng(0), 0.0)
    assert memory == TabularEpisode((1, 3))


POCKETS = """
    ..o.o..
    x.o+o.x
    ..o.o..
    .......
"""


def reflexes() -> dict[Any, list[float]]:
    """Return perfect tables of single objects in a world without walls: circles 1, crosses 2."""
    rows: dict[Any, list[float]] = {}
    for d_row, d_col in itertools.product(range(-3, 4), range(-6, 7)):
        after = [abs(d_row - r) + abs(d_col - c) for r, c in MOVES.values()]  # cells left to go
        rows[2, d_row, d_col] = [0.9**cells for cells in after]
        rows[1, d_row, d_col] = [-1.0 if cells == 0 else 0.0 for cells in after]
    return rows


def walk(kind: str, seed: int) -> list[tuple[float, tuple[int, int]]]:
    """Let a front end act in the pockets; return rewards and places."""
    env = ShapesGridEnv(rows=4, cols=7, step_limit=60)
    _, info = env.reset(options={"board": POCKETS})
    front_end, rng = learner(reflexes(), kind), np.random.default_rng(seed)
    memory, way, over = front_end.begin((4, 7)), [], False
    while not over:
        facts: Facts = true_facts(info)
        _, reward, terminated, truncated, info = env.step(front_end.decide(facts, memory, rng, 0.0))
        way.append((reward, info["truth"]["agent"]))
        over = terminated or truncated
    return way


@pytest.mark.parametrize("seed", range(3))
def test_sums_oscillate_in_a_dead_end_and_imagined_walks_lead_out(seed: int) -> None:
    """Two crosses as good and as far as each other, behind walls of circles."""
    plain = walk("garnelo2016", seed)
    assert len(plain) == 60
    assert {place for _, place in plain} <= {(0, 3), (1, 3), (2, 3)}
    thought = walk("relational", seed)
    assert sorted(reward for reward, _ in thought if reward) == [1.0, 1.0]
    # Down, left, up to the first: 2 + 3 + 2 = 7 steps; round to the other: 2 + 6 + 2 = 10.
    assert len(thought) == 17


def test_a_scene_that_has_grown_is_imagined_anew() -> None:
    front_end = tabular("relational")
    front_end.agency = acquainted()
    memory = front_end.begin()
    rng = np.random.default_rng(0)
    front_end.decide((Fact(0, 0, 0), Fact(1, 0, 1)), memory, rng, 0.0)
    front_end.decide((Fact(0, 2, 2), Fact(1, 0, 1)), memory, rng, 0.0)
    assert memory.imagined is not None
    assert memory.imagined.shape == (3, 3)


def test_an_idle_thing_is_nothing_to_make_for_beside_a_bad_one() -> None:
    found = imagined("o.v", worth={O: -1.0, 10: 0.0})
    assert found.values[1].tolist() == [-1.0, 0.0, 0.0, 0.0]
    assert found.reached(1, UP) is None  # it bumps, and then nothing is worth a step
    assert found.reached(1, RIGHT) == 2


def test_several_scenes_have_the_values_that_each_has_alone() -> None:
    drawings = ["x..o", "....", "o..x", ".x..", "xxxo"]  # more scenes than places
    scenes = [tuple(f for f in scene(drawn) if f.type) for drawn in drawings]
    found = imagine_together((1, 4), scenes, MOVES, 4, lambda kind, _: WORTH[kind], GAMMA, SETTLED)
    for drawn, together in zip(drawings, found, strict=True):
        alone = imagined(drawn)
        assert together.shape == alone.shape
        for own, other in zip(alone[1:], together[1:], strict=True):
            np.testing.assert_array_equal(own, other)
