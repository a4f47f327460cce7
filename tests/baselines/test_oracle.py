"""The plans of the solver that the oracle plays, by hand and against a search of everything."""

from __future__ import annotations

from functools import cache
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from boards import env_on
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.baselines import Oracle
from dsrl_agent.errors import ConfigError
from shapes_grid import ShapesGridEnv, Solution, solver, tours

WORTH = {"circle": -1.0, "cross": 1.0, "star": 0.0}  # o x *
LETTERS = "lrud"
FRAME = np.zeros((1, 1, 3), np.uint8)  # the oracle looks at none


def begin(board: str, **fields: Any) -> tuple[ShapesGridEnv, dict[str, Any]]:
    """Make the world of a board, of the board's size, and begin."""
    env = env_on(board, **{"objects": {}, "rewards": WORTH, "step_limit": 50, **fields})
    return env, env.reset(options={"board": board})[1]


def planned(board: str, **fields: Any) -> str:
    return "".join(LETTERS[action] for action in begin(board, **fields)[0].solve().actions)


def play(board: str, **fields: Any) -> tuple[str, list[float]]:
    """Let the oracle play an episode; return its actions and the rewards other than 0."""
    env, info = begin(board, **fields)
    oracle = Oracle(env)
    oracle.begin()
    actions, rewards, over = "", [], False
    while not over:
        action = oracle.act(FRAME, info)
        _, reward, terminated, truncated, info = env.step(action)
        actions, over = actions + LETTERS[action], terminated or truncated
        rewards.append(reward)
    return actions, [reward for reward in rewards if reward]


def test_it_takes_the_shortest_route_to_all_positives() -> None:
    assert planned("+..x") == "rrr"
    # Left first, as the way back is the shorter one: 1 + 1 + 3 steps against 3 + 3 + 1.
    assert planned("x+..x") == "lrrrr"
    assert play("x+..x") == ("lrrrr", [1.0, 1.0])
    # Up and back, 2 + 3 + 4 steps, and not along the bottom first, 1 + 4 + 4 + 3.
    board = """
        x....
        .....
        +....
        x...x
    """
    assert planned(board) == "uudddrrrr"


def test_it_goes_round_negatives() -> None:
    actions, rewards = play("""
        +ox
        ...
    """)
    assert (actions, rewards) == ("drru", [1.0])


def test_neutral_objects_are_as_good_as_empty_cells() -> None:
    assert play("+*x") == ("rr", [1.0])


WALLED = """
    xo.
    o.+
    ..x
"""


def test_a_positive_behind_a_wall_is_left_where_it_is_not_worth_the_way() -> None:
    # Both crosses would give 2 - 1 = 1 in all, no more than the free one alone, after one step.
    assert planned(WALLED) == "d"
    actions, rewards = play(WALLED, step_limit=12)
    assert rewards == [1.0]
    assert len(actions) == 12


def test_a_positive_behind_a_wall_is_fetched_where_it_is_worth_the_way() -> None:
    rewards = {"circle": -1.0, "cross": 1.5}  # 3 - 1 = 2 > 1.5
    actions, gained = play(WALLED, rewards=rewards)
    assert gained == [1.5, -1.0, 1.5]
    # down; then one circle, and the corner: (2, 2) to (1, 0) takes 3 steps, the corner one more.
    assert len(actions) == 1 + 3 + 1
    assert len(planned(WALLED, rewards=rewards)) == 5


def test_of_plans_as_good_as_each_other_it_takes_the_shorter_one() -> None:
    # Left is 1 after 4 steps; right is 2 - 1 = 1 after 2 steps; there is no time for both.
    rewards = {"circle": -1.0, "cross": 2.0, "square": 1.0}
    assert planned("s...+ox", rewards=rewards, step_limit=4) == "rr"
    # 0.3 - 0.1 is 0.2, whatever binary fractions make of it.
    rewards = {"circle": -0.1, "cross": 0.3, "square": 0.2}
    assert planned("s...+ox", rewards=rewards, step_limit=4) == "rr"
    assert planned("+ox") == ""  # 1 - 1 = 0, which standing still is as well
    # Round to one cross: 1 after 6 steps; through the circle to both: 2 - 1 = 1 after 4.
    board = """
        txt
        +ox
        .t.
        ...
    """
    rewards = {"circle": -1.0, "cross": 1.0, "triangle": -9.0}
    assert planned(board, rewards=rewards) in ("rudr", "rrlu")


def test_the_step_limit_may_be_too_short_for_all() -> None:
    assert planned("x+...xx", step_limit=5) == "rrrrr"  # two on the right, not all three
    assert planned("+..x", step_limit=2) == ""
    assert play("+..x", step_limit=2)[1] == []
    # On the last step allowed: still in time.
    assert play("+..x", step_limit=3) == ("rrr", [1.0])


def test_steps_that_cost_make_the_way_through_a_negative_worth_it() -> None:
    board = """
        +ox
        .o.
        .o.
        ...
    """
    # Round: 1 - 8 c. Through: 1 - 1 - 2 c. Equal at c = 1 / 6, where the shorter one is taken.
    assert planned(board, step_cost=0.125) == "dddrruuu"
    assert planned(board, step_cost=0.25) == "rr"
    # Never ending the episode costs all 50 steps, so even a loss is taken to end it.
    rewards = {"circle": -4.0, "cross": 1.0}
    assert planned("+ox", step_cost=0.25, rewards=rewards) == "rr"
    assert planned("+ox", step_cost=0.25, rewards=rewards, step_limit=4) == ""


@pytest.mark.parametrize("board", ["+o.", "o+o", ".o.\no+.\n.o.", "oooo\nooo+\noooo"])
def test_a_world_of_negatives_is_left_untouched(board: str) -> None:
    assert planned(board) == ""
    assert play(board, step_limit=9)[1] == []


def test_an_enclosed_agent_touches_the_fewest_negatives() -> None:
    rewards = {"circle": -2.0, "square": -1.0, "triangle": -3.0}
    board = """
        .o.
        o+s
        .o.
    """
    assert play(board, rewards=rewards, step_limit=9)[1] == [-1.0]
    # With something good behind a worse one, that is the way to go: 4 - 2 against 0 - 1.
    board = """
        .ox
        o+s
        .s.
    """
    best = {"circle": -2.0, "square": -3.0, "cross": 4.0}
    assert play(board, rewards=best, step_limit=9)[1] == [-2.0, 4.0]
    # Even if all in all it is a loss: 1.5 - 2 against 0 - 1.
    board = """
        xo.
        t+s
        .t.
    """
    assert play(board, rewards={**rewards, "cross": 1.5}, step_limit=9)[1] == [-2.0, 1.5]


def test_without_an_agent_there_is_nothing_to_do() -> None:
    assert play("x.o", agent=False, step_limit=3) == ("lll", [])
    assert planned("x.o", agent=False) == ""


MANY = """
    x.x.x.x
    .o.o.o.
    x..+..x
    .o.o.o.
    x.x.x.x
    .......
    x.x.x.x
"""


def test_of_many_objects_it_fetches_the_nearest_one_by_one() -> None:
    assert planned(MANY) in ("lll", "rrr")  # to the next cross, not farther
    actions, rewards = play(MANY, step_limit=100)
    assert rewards == [1.0] * 14
    assert len(actions) < 45


def test_of_many_objects_a_neutral_one_is_no_goal() -> None:
    assert planned("*+.x" + 12 * "x") == "rr"
    assert planned("*+..xo" + 12 * "x") == "rrr"


@pytest.mark.parametrize(
    ("board", "exact"),
    [
        ("+" + 10 * "x", True),
        ("+" + 12 * "x", True),  # a tour is planned
        ("+" + 13 * "x", False),
        ("+" + 10 * "x" + 20 * "o" + 20 * "*", True),  # what is bad or neutral does not count
        ("+" + 9 * "x" + "k", True),
        ("+" + 9 * "x" + "kD", False),  # what is of use does
        ("+" + 8 * "x" + "BSGGpp##", True),
        ("+" + 8 * "x" + "BSSGGpp##", False),
    ],
)
def test_worlds_of_up_to_ten_useful_objects_are_solved_exactly(board: str, exact: bool) -> None:
    roles = {name: name for name in ("wall", "box", "key", "door", "gate", "switch")}
    assert begin(board, roles=roles)[0].solve().exact == exact


def test_too_many_states_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert solver._MAX_NODES == 100_000
    board = "x.x\n.+.\n..x"
    assert begin(board)[0].solve().exact
    monkeypatch.setattr(solver, "_MAX_NODES", 9)
    monkeypatch.setattr(tours, "_MOST_THINGS", 0)
    solution = begin(board)[0].solve()
    assert not solution.exact
    assert solution.bound >= 3.0 > solution.value == 1.0


def test_of_many_objects_those_behind_walls_are_left() -> None:
    board = "x.+o" + 13 * "x"
    actions, rewards = play(board, step_limit=20)
    assert actions.startswith("ll")
    assert rewards == [1.0]


def test_in_a_large_world_it_looks_no_farther_than_the_nearest_object() -> None:
    rows = ["x" * 16, "." * 16] * 8
    rows[7] = "." * 8 + "+" + "." * 7
    assert planned("\n".join(rows), step_limit=200) == "u"


def test_it_replans_after_steps_without_effect() -> None:
    env, info = begin(".+.x")
    oracle = Oracle(env)
    oracle.begin()
    assert [LETTERS[oracle.act(FRAME, info)] for _ in range(5)] == ["r"] * 5


def test_it_replans_in_every_episode() -> None:
    env, info = begin("x.+")
    oracle = Oracle(env)
    oracle.begin()
    assert oracle.act(FRAME, info) == LETTERS.index("l")
    info = env.reset(options={"board": "+.x"})[1]
    oracle.begin()
    assert oracle.act(FRAME, info) == LETTERS.index("r")


class Unsolved(gym.Env[Any, Any]):
    """An environment that cannot solve itself."""


def test_an_environment_that_cannot_solve_itself_is_refused() -> None:
    message = (
        r"needs an environment with a solve\(\) method, but Unsolved has none; leave the oracle"
    )
    for env in (Unsolved(), gym.wrappers.TimeLimit(Unsolved(), 5)):
        with pytest.raises(ConfigError, match=message):
            Oracle(env)


def test_it_solves_through_wrappers() -> None:
    env, info = begin("+.x")
    oracle = Oracle(gym.wrappers.TimeLimit(env, 5))
    oracle.begin()
    assert [LETTERS[oracle.act(FRAME, info)] for _ in range(2)] == ["r", "r"]


MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
VALUES = {"o": -1.0, "x": 1.0, "s": 2.5, "t": -0.25}
NAMED = {"circle": -1.0, "cross": 1.0, "square": 2.5, "triangle": -0.25}


def best_of_all(rows: list[str], limit: int, step_cost: float) -> tuple[float, int]:
    """Search every sequence of actions: the highest return, and the earliest last touch for it."""
    cells = {(r, c): letter for r, row in enumerate(rows) for c, letter in enumerate(row)}
    start = next(place for place, letter in cells.items() if letter == "+")
    objects = frozenset(place for place, letter in cells.items() if letter in VALUES)

    @cache
    def search(place: tuple[int, int], left: frozenset[Any], time: int) -> tuple[float, int]:
        """Return (return from here, minus the step of the last touch, 0 for no touch)."""
        best = (-np.inf, 0)
        if time == limit or not any(VALUES[cells[there]] > 0 for there in left):
            return (0.0, 0)
        for d_row, d_col in MOVES:
            there = (place[0] + d_row, place[1] + d_col)
            there = there if there in cells else place
            touched = there in left
            future, last = search(there, left - {there}, time + 1)
            reward = VALUES[cells[there]] if touched else 0.0
            last = last or (-(time + 1) if touched else 0)
            best = max(best, (reward - step_cost + future, last))
        return best

    value, last = search(start, objects, 0)
    return value, -last


@st.composite
def worlds(draw: st.DrawFn) -> list[str]:
    """Draw a board of up to 9 cells with an agent and at least one positive object."""
    rows, cols = draw(st.sampled_from([(1, 5), (2, 3), (3, 3), (2, 4)]))
    letters = draw(st.lists(st.sampled_from("..ootxs"), min_size=rows * cols, max_size=rows * cols))
    agent, good = draw(st.permutations(range(rows * cols)))[:2]
    letters[agent], letters[good] = "+", draw(st.sampled_from("xs"))
    return ["".join(letters[r * cols : (r + 1) * cols]) for r in range(rows)]


def really(env: ShapesGridEnv, solution: Solution) -> float:
    """Play a plan and its idling to the end of the episode; return the return."""
    rewards, over = [], False
    for action in solution.actions + solution.idle:
        assert not over
        _, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        over = terminated or truncated
    assert over
    return sum(rewards)


def solved_roughly(env: ShapesGridEnv) -> Solution:
    """Solve a small world as if it were too large for the exact search."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "_EXACT_THINGS", -1)
        patch.setattr(tours, "_MOST_THINGS", -1)
        solution = env.solve()
    assert not solution.exact
    return solution


limits = st.integers(1, 9)
step_costs = st.sampled_from([0.0, 0.0, 0.125, 0.5])


@pytest.mark.slow
@settings(deadline=None, max_examples=250)
@given(worlds(), limits, step_costs)
def test_the_plan_has_the_highest_return_and_the_fewest_steps(
    rows: list[str], limit: int, step_cost: float
) -> None:
    board = "\n".join(rows)
    fields: dict[str, Any] = {"step_limit": limit, "step_cost": step_cost, "rewards": NAMED}
    best, length = best_of_all(rows, limit, step_cost)
    env, _ = begin(board, **fields)
    solution = env.solve()
    assert solution.exact
    assert solution.value == solution.bound == best
    assert len(solution.actions) == length
    assert really(env, solution) == best
    assert sum(play(board, **fields)[1]) == best


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(worlds(), limits, step_costs)
def test_no_plan_exceeds_the_bound_of_one_that_is_not_exact(
    rows: list[str], limit: int, step_cost: float
) -> None:
    env, _ = begin("\n".join(rows), rewards=NAMED, step_limit=limit, step_cost=step_cost)
    solution = solved_roughly(env)
    best, _ = best_of_all(rows, limit, step_cost)
    assert solution.bound >= best
    assert solution.bound >= solution.value
    assert really(env, solution) <= best


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(worlds(), limits, step_costs)
def test_an_inexact_plan_collects_its_stated_return(
    rows: list[str], limit: int, step_cost: float
) -> None:
    env, _ = begin("\n".join(rows), rewards=NAMED, step_limit=limit, step_cost=step_cost)
    solution = solved_roughly(env)
    assert really(env, solution) == solution.value
