"""Plans of the solver: replayed, and compared with an exhaustive search."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from boards import env_on
from gymnasium.error import ResetNeeded
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from shapes_grid import ShapesGridEnv, Solution, SpecError, solver, tours

Truth = dict[str, Any]

SOLVABLE = ("KeyDoor", "Push", "Switch", "Walls", "Heading")
SEEDS = 150


def make(name: str, **fields: Any) -> ShapesGridEnv:
    env = gym.make(f"ShapesGrid-{name}-v0", **fields).unwrapped
    assert isinstance(env, ShapesGridEnv)
    return env


def good_in(truth: Truth) -> float:
    """Return what all that is good in a world is worth together."""
    worth = np.maximum([0.0, *truth["rewards"]], 0)
    return float(worth[truth["cells"]].sum())


def replay(env: ShapesGridEnv, solution: Solution) -> tuple[float, bool, bool]:
    """Follow a plan, then idle; return the return and how the episode ended."""
    total, terminated, truncated = 0.0, False, False
    for action in (*solution.actions, *solution.idle):
        assert not terminated
        assert not truncated
        _, reward, terminated, truncated, _ = env.step(action)
        total += reward
    return total, terminated, truncated


# Everything can be had.


@pytest.mark.slow
@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("name", SOLVABLE)
def test_all_positive_rewards_can_be_collected_in_time(name: str, split: str) -> None:
    # Where circles shut a cross in one has to be paid for: here they cost nothing.
    env = make(name, split=split, rewards={"cross": 1.0})
    for seed in range(SEEDS):
        truth = env.reset(seed=seed)[1]["truth"]
        solution = env.solve()
        assert solution.exact
        assert solution.value == solution.bound == good_in(truth) > 0
        assert len(solution.actions) <= truth["steps_left"]
        assert solution.idle == ()
        assert replay(env, solution) == (good_in(truth), True, False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Walls", "Heading"])
def test_all_rewards_can_mostly_be_collected_without_loss(name: str) -> None:
    env = make(name)
    values = []
    for seed in range(SEEDS):
        truth = env.reset(seed=seed)[1]["truth"]
        solution = env.solve()
        assert solution.exact
        assert good_in(truth) == 4
        values.append(solution.value)
        assert replay(env, solution)[:2] == (solution.value, solution.idle == ())
    assert set(values) <= {2.0, 3.0, 4.0}
    assert values.count(4.0) > 0.7 * SEEDS


@st.composite
def rooms(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of a world of two rooms."""
    rows, cols = draw(st.integers(3, 6)), draw(st.integers(5, 8))
    counts = {name: draw(st.integers(0, 2)) for name in ("door", "gate", "box", "key", "switch")}
    doorways = counts["door"] + counts["gate"] + counts["box"]
    assume(doorways <= rows)
    assume(
        counts["box"] or (counts["door"] and counts["key"]) or (counts["gate"] and counts["switch"])
    )
    assume(rows > doorways)
    assume(counts["box"] < 2 or rows * cols <= 20)  # boxes make for many states
    crosses = draw(st.integers(1, min(3, 2 * (rows - doorways))))
    return {
        "rows": rows,
        "cols": cols,
        "layout": "rooms",
        "objects": {**counts, "cross": draw(st.sampled_from([crosses, (1, crosses)]))},
        "rewards": {"cross": 1.0},
        "step_limit": 5 * rows * cols,
        "split": draw(st.sampled_from(["train", "test", "all"])),
        "controls": draw(st.sampled_from(["compass", "compass", "heading"])),
    }


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(rooms(), st.integers(0, 10_000))
def test_everything_behind_any_wall_can_be_collected(fields: dict[str, Any], seed: int) -> None:
    env = ShapesGridEnv(**fields, render_mode="ansi")
    truth = env.reset(seed=seed)[1]["truth"]
    assert_in_rooms(env.render(), fields["objects"])
    solution = env.solve()
    if solution.exact:
        assert solution.value == good_in(truth)
        assert replay(env, solution) == (good_in(truth), True, False)
    else:  # several boxes: too many states to be sure
        assert fields["objects"]["box"]


def test_rooms_hold_their_stated_number_of_things_and_no_more() -> None:
    fields: dict[str, Any] = {
        "rows": 4,
        "cols": 5,
        "layout": "rooms",
        "rewards": {"cross": 1.0},
    }
    full = {"door": 1, "key": 7, "cross": 6}
    env = ShapesGridEnv(**fields, objects=full, step_limit=200, render_mode="ansi")
    for seed in range(20):
        env.reset(seed=seed)
        assert_in_rooms(env.render(), full)
    for more in ("key", "cross"):
        with pytest.raises(SpecError, match="objects"):
            ShapesGridEnv(**fields, objects={**full, more: full[more] + 1})


# How two rooms look.


def wall_of(board: str) -> int:
    """Return the one column of wall and openings."""
    columns = list(zip(*board.split(), strict=True))
    (wall,) = [col for col, letters in enumerate(columns) if set(letters) <= set("#DGB")]
    return wall


def assert_in_rooms(board: str, objects: dict[str, Any]) -> None:
    lines = board.split()
    wall = wall_of(board)
    assert 2 <= wall <= len(lines[0]) - 3
    left, right = "".join(x[:wall] for x in lines), "".join(x[wall + 1 :] for x in lines)
    opening = "".join(line[wall] for line in lines)
    near, far = (left, right) if set(left) & set("+^>v<") else (right, left)
    assert sum(near.count(letter) for letter in "+^>v<") == 1
    assert set(near) <= set("+^>v<kS.")
    assert set(far) <= set("x.")
    for letter, kind in (("D", "door"), ("G", "gate"), ("B", "box")):
        assert opening.count(letter) == objects.get(kind, 0)
    for letter, kind in (("k", "key"), ("S", "switch")):
        assert near.count(letter) == objects.get(kind, 0)
    crosses = objects["cross"]
    assert far.count("x") in (
        range(crosses[0], crosses[1] + 1) if isinstance(crosses, tuple) else (crosses,)
    )
    for line in lines:  # behind an opening there is room for a box
        if line[wall] != "#":
            behind = line[wall + 1 :] if near == left else line[:wall][::-1]
            assert behind[:2] == ".."


@pytest.mark.parametrize("name", ["KeyDoor", "Push", "Switch"])
def test_the_agent_starts_in_the_room_without_the_objects(name: str) -> None:
    env = make(name, render_mode="ansi")
    mirrored, walls, starts, openings = 0, set(), set(), set()
    for seed in range(400):
        truth = env.reset(seed=seed)[1]["truth"]
        board = env.render()
        assert_in_rooms(board, dict(env.world_spec.objects))
        wall = wall_of(board)
        mirrored += truth["agent"][1] > wall
        walls.add(wall)
        starts.add(truth["agent"])
        openings.add(next(row for row, line in enumerate(board.split()) if line[wall] != "#"))
    assert 160 < mirrored < 240  # 200 expected, with a standard deviation of 10
    assert walls == {2, 3, 4}
    assert openings == set(range(5))
    assert len(starts) == 5 * 7


# What the solver says.


def test_a_plan_worked_out_by_hand() -> None:
    named = dict.fromkeys(("box", "key", "door", "gate", "switch", "wall"), 0)
    env = ShapesGridEnv(rows=2, cols=5, objects=named, rewards={"cross": 1.0}, step_limit=30)
    for board, plan in (
        ("k+D.x\n.###.", "lrrrr"),
        ("S+G.x\n.###.", "lrrrr"),
        (".+B.#\n##.x#", "rdr"),  # with the box out of the way one can go down, where it was
    ):
        env.reset(options={"board": board})
        actions = tuple("lrud".index(move) for move in plan)
        assert env.solve() == Solution(actions, (), 1.0, 1.0, True)


def test_an_enclosed_cross_is_left_out_of_the_plan() -> None:
    named = dict.fromkeys(("box", "key", "door", "gate", "switch", "wall"), 0)
    env = ShapesGridEnv(rows=1, cols=5, objects=named, rewards={"cross": 1.0}, step_limit=6)
    for board in ("+.D.x", "+.G.x", "+.B#x", "+.#kx", "+.BBx"):
        env.reset(options={"board": board})
        solution = env.solve()
        assert (solution.actions, solution.value, solution.exact) == ((), 0.0, True)
        assert len(solution.idle) == 6
        assert replay(env, solution) == (0.0, False, True)


def test_an_enclosed_agent_touches_the_least_bad_thing() -> None:
    rewards = {"circle": -1.0, "square": -0.5, "cross": 1.0}
    env = ShapesGridEnv(rows=3, cols=3, objects={}, rewards=rewards, step_limit=1)
    env.reset(options={"board": "xox\no+s\nxox"})
    solution = env.solve()
    assert solution == Solution((1,), (), -0.5, -0.5, True)
    assert replay(env, solution) == (-0.5, False, True)


def test_worthless_things_block_boxes_in_plans() -> None:
    named = dict.fromkeys(("box", "star", "wall"), 0)
    env = ShapesGridEnv(rows=2, cols=3, objects=named, rewards={"cross": 1.0}, step_limit=9)
    env.reset(options={"board": "+B.\n#x#"})
    assert env.solve() == Solution((1, 3), (), 1.0, 1.0, True)
    env.reset(options={"board": "+B*\n#x#"})
    assert env.solve() == Solution((), (0,) * 9, 0.0, 0.0, True)


def test_the_rest_of_a_plan_stays_optimal_along_the_way() -> None:
    env = make("KeyDoor", step_cost=0.125)
    for seed in range(20):
        env.reset(seed=seed)
        expected = env.solve()
        for done, action in enumerate(expected.actions):
            now = env.solve()
            assert now.value == expected.value + 0.125 * done
            assert len(now.actions) == len(expected.actions) - done
            _, reward, terminated, _, _ = env.step(action)
        assert terminated
        assert reward == 0.875
        assert env.solve() == Solution((), (), 0.0, 0.0, True)


def test_there_is_nothing_to_solve_before_the_first_episode() -> None:
    with pytest.raises(ResetNeeded):
        make("KeyDoor").solve()


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SOLVABLE, "Movers", "Everything", "Lethal", "Shake"])
def test_solving_leaves_the_world_as_it_was(name: str) -> None:
    solved, left = make(name), make(name)
    for seed in range(5):
        frame, info = solved.reset(seed=seed)
        other, _ = left.reset(seed=seed)
        assert_array_equal(frame, other)
        for action in np.random.default_rng(seed).integers(len(solved.world_spec.actions), size=12):
            before = copy.deepcopy(info["truth"])
            assert solved.solve() == solved.solve()
            *outcome, info = solved.step(action)
            *expected, info_left = left.step(action)
            assert_array_equal(outcome[0], expected[0])
            assert outcome[1:] == expected[1:]
            assert info["truth"].keys() == info_left["truth"].keys() == before.keys()
            for key, value in info["truth"].items():
                assert_array_equal(value, info_left["truth"][key])
            if any(outcome[2:]):
                break


def test_plans_in_worlds_with_movers_are_one_action() -> None:
    env = make("Movers")
    for seed in range(30):
        env.reset(seed=seed)
        over, total = False, 0.0
        while not over:
            solution = env.solve()
            assert not solution.exact
            assert len(solution.actions + solution.idle) >= 1
            assert len(solution.actions) <= 1
            _, reward, terminated, truncated, _ = env.step((solution.actions + solution.idle)[0])
            total, over = total + reward, terminated or truncated
        assert total >= 2  # of 4: a circle may step into the way


def test_no_return_exceeds_the_bound_in_worlds_with_movers() -> None:
    fields: dict[str, Any] = {
        "objects": {},
        "rewards": {"cross": 1.0},
        "movers": {"cross": 1.0},
    }
    env = ShapesGridEnv(rows=1, cols=4, step_limit=2, **fields)
    for seed in range(30):
        env.reset(seed=seed, options={"board": "+..x"})
        bound = env.solve().bound
        assert env.step(1)[1] + env.step(1)[1] <= bound


def test_large_worlds_have_an_upper_bound() -> None:
    env = make("Large")
    for seed in range(20):
        env.reset(seed=seed)
        solution = env.solve()
        assert not solution.exact
        assert 1 <= solution.value <= solution.bound <= 40
        assert solution.bound >= 39
    # With as many steps as the nearest is away there is time for one, and for k with k - 1 more.
    env = make("Large", step_limit=3)
    bounds = set()
    for seed in range(20):
        env.reset(seed=seed)
        solution = env.solve()
        assert solution.value <= solution.bound <= 3
        bounds.add(solution.bound)
    assert {2.0, 3.0} <= bounds


@pytest.mark.slow
def test_replanning_collects_nearly_all_in_large_worlds() -> None:
    env = make("Large")
    env.reset(seed=0)
    bound = env.solve().bound
    total, over = 0.0, False
    while not over:
        solution = env.solve()
        for action in solution.actions or solution.idle[:1]:
            _, reward, terminated, truncated, _ = env.step(action)
            total, over = total + reward, terminated or truncated
    assert 30 <= total <= bound


def test_the_value_includes_losses_of_idling_in_large_worlds() -> None:
    board = "+" + 11 * "x"
    env = ShapesGridEnv(rows=1, cols=12, objects={}, rewards={"cross": 1.0})
    env.reset(options={"board": board})
    solution = env.solve()
    assert replay(env, solution)[0] == solution.value


SHUT_IN = """
    xxxxx
    xxoxx
    xo+ox
    xxoxx
    xxxxx
"""


def test_an_enclosed_agent_in_a_large_world_pays_for_idling() -> None:
    env = ShapesGridEnv(objects={}, step_limit=1)
    env.reset(options={"board": "\n".join(SHUT_IN.split())})
    solution = env.solve()
    assert replay(env, solution)[0] == solution.value == -1


# Against a search of everything.

WORTHS = (
    {"o": -1.0, "x": 1.0, "s": 2.5, "t": -0.25, "*": 0.0},
    {"o": -0.25, "x": 1.0, "s": 0.5, "t": 1.5, "*": 0.0, "k": -0.25, "D": -0.5, "S": 0.25},
)
NAMES = {
    "o": "circle",
    "x": "cross",
    "s": "square",
    "t": "triangle",
    "*": "star",
    "k": "key",
    "D": "door",
    "S": "switch",
}
WAYS = ((0, -1), (0, 1), (-1, 0), (1, 0))
FACING = ((-1, 0), (0, 1), (1, 0), (0, -1))


def best_of_all(
    board: str, limit: int, step_cost: float, worth: dict[str, float], turns: bool
) -> float:
    """Return the highest return of all sequences of actions; the triangle `t` is lethal."""
    lines = board.split()
    rows, cols = len(lines), len(lines[0])
    flat = "".join(lines)
    start = next(i for i, letter in enumerate(flat) if letter in "+^")

    def beside(place: int, way: tuple[int, int]) -> int | None:
        row, col = place // cols + way[0], place % cols + way[1]
        return row * cols + col if 0 <= row < rows and 0 <= col < cols else None

    def put(cells: str, place: int, letter: str) -> str:
        return cells[:place] + letter + cells[place + 1 :]

    @cache
    def search(cells: str, place: int, facing: int, keys: int, left: int) -> float:
        if left == 0:
            return 0.0
        best = -np.inf
        for action in range(3 if turns else 4):
            if turns and action < 2:
                turned = (facing + (1 if action else 3)) % 4
                best = max(best, search(cells, place, turned, keys, left - 1))
                continue
            way = FACING[facing] if turns else WAYS[action]
            there = beside(place, way)
            thing = "#" if there is None else cells[there]
            if thing == "#" or thing == "G" or (thing == "D" and not keys):
                best = max(best, search(cells, place, facing, keys, left - 1))
                continue
            assert there is not None
            after, keys_after = cells, keys
            if thing == "B":
                beyond = beside(there, way)
                if beyond is None or cells[beyond] != ".":
                    best = max(best, search(cells, place, facing, keys, left - 1))
                    continue
                after = put(put(cells, there, "."), beyond, "B")
            elif thing == "S":
                after = put(cells, there, "p").replace("G", ".")
            elif thing != "p":
                after = put(cells, there, ".")
                keys_after = keys + (thing == "k") - (thing == "D")
            reward = worth.get(thing, 0.0)
            last = reward > 0 and not any(worth.get(letter, 0.0) > 0 for letter in after)
            over = thing == "t" or last
            future = 0.0 if over else search(after, there, facing, keys_after, left - 1)
            best = max(best, reward + future)
        return best - step_cost

    return search(flat.replace(flat[start], "."), start, 0, 0, limit)


@st.composite
def boards(draw: st.DrawFn) -> str:
    rows, cols = draw(st.sampled_from([(1, 6), (1, 8), (2, 3), (2, 4), (3, 3)]))
    count = rows * cols
    letters = draw(st.lists(st.sampled_from("...ooxxst*#BBkDDGS"), min_size=count, max_size=count))
    agent, good = draw(st.permutations(range(count)))[:2]
    letters[agent], letters[good] = "+", draw(st.sampled_from("xs"))
    return "\n".join("".join(letters[r * cols : (r + 1) * cols]) for r in range(rows))


def solve_both_ways(
    board: str, limit: int, step_cost: float, worth: dict[str, float], turns: bool
) -> tuple[ShapesGridEnv, float]:
    """Return an environment that has begun, and the best return by the search of everything."""
    env = env_on(
        board,
        objects=dict.fromkeys(("wall", "box", "key", "door", "gate", "switch"), 0),
        rewards={NAMES[letter]: value for letter, value in worth.items()},
        roles={"triangle": "lethal"},
        step_limit=limit,
        step_cost=step_cost,
        controls="heading" if turns else "compass",
    )
    env.reset(options={"board": board})
    return env, best_of_all(board, limit, step_cost, worth, turns)


PROBLEMS = (
    boards(),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.0, 0.125, 0.5]),
    st.sampled_from(WORTHS),
    st.booleans(),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=250)
@given(*PROBLEMS)
def test_no_sequence_of_actions_is_better(
    board: str, limit: int, step_cost: float, worth: dict[str, float], turns: bool
) -> None:
    env, best = solve_both_ways(board, limit, step_cost, worth, turns)
    solution = env.solve()
    assert solution.exact
    assert solution.value == solution.bound == best
    assert replay(env, solution)[0] == best


@pytest.mark.slow
@settings(deadline=None, max_examples=250)
@given(*PROBLEMS)
def test_no_sequence_of_actions_exceeds_the_bound(
    board: str, limit: int, step_cost: float, worth: dict[str, float], turns: bool
) -> None:
    env, best = solve_both_ways(board, limit, step_cost, worth, turns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "_EXACT_THINGS", -1)  # as if the world was large
        patch.setattr(tours, "_MOST_THINGS", -1)
        solution = env.solve()
    assert not solution.exact
    assert solution.value <= solution.bound
    assert best <= solution.bound
    gained, terminated, _ = replay(env, solution)
    assert gained <= best
    assert gained == solution.value
    assert terminated or len(solution.actions) + len(solution.idle) == limit


def test_a_step_limit_beyond_all_measure_is_no_longer_wait() -> None:
    env = ShapesGridEnv(objects={}, step_limit=10**9, step_cost=0.5)
    env.reset(seed=0)
    solution = env.solve()
    assert len(solution.idle) == 1_000
    assert solution.value == -0.5e9
    assert solution.exact
