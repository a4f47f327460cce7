"""The rules of the worlds, on boards worked out by hand and on random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from boards import env_on
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from shapes_grid import ACTIONS, IDS, ShapesGridEnv, WorldSpec
from shapes_grid.batch import Batch, LoopBatch, PlainBatch, make_batch
from shapes_grid.board import parse, to_text
from shapes_grid.rules import Episode, Rules
from shapes_grid.shapes import Role

WORTH = {"circle": -1.0, "cross": 1.0, "square": 0.5, "star": 0.0}  # o x s *
LETTERS = {"l": 0, "r": 1, "u": 2, "d": 3}


def trim(board: str) -> str:
    return "\n".join(board.split())


def begin(board: str, **fields: Any) -> ShapesGridEnv:
    """Make the world of a board, of the board's size, and begin."""
    fields = {"objects": {}, "rewards": WORTH, "step_limit": 50, **fields}
    env = env_on(board, render_mode="ansi", **fields)
    env.reset(options={"board": board})
    return env


def play(env: ShapesGridEnv, moves: str) -> list[tuple[float, bool, bool]]:
    """Take the moves, letters of `LETTERS`; return (reward, terminated, truncated) of each."""
    return [env.step(LETTERS[move])[1:4] for move in moves]


def test_actions_are_left_right_up_down() -> None:
    assert ACTIONS == ("left", "right", "up", "down")
    start = """
        ...
        .+.
        ..x
    """
    one_step = {
        "l": """
            ...
            +..
            ..x
        """,
        "r": """
            ...
            ..+
            ..x
        """,
        "u": """
            .+.
            ...
            ..x
        """,
        "d": """
            ...
            ...
            .+x
        """,
    }
    for move, after in one_step.items():
        env = begin(start)
        assert play(env, move) == [(0.0, False, False)]
        assert env.render() == trim(after)


def test_touching_gives_the_reward_and_the_object_vanishes() -> None:
    env = begin("""
        o.x
        x+s
        ..*
    """)
    assert play(env, "r") == [(0.5, False, False)]
    assert env.render() == trim("""
        o.x
        x.+
        ..*
    """)
    assert play(env, "d") == [(0.0, False, False)]  # a star is worth nothing, and vanishes too
    assert env.render() == trim("""
        o.x
        x..
        ..+
    """)
    assert play(env, "uu") == [(0.0, False, False), (1.0, False, False)]
    assert play(env, "ll") == [(0.0, False, False), (-1.0, False, False)]
    assert env.render() == trim("""
        +..
        x..
        ...
    """)
    assert play(env, "d") == [(1.0, True, False)]
    assert env.render() == trim("""
        ...
        +..
        ...
    """)


def test_a_touched_cell_is_empty_afterwards() -> None:
    env = begin("+o.x")
    assert [reward for reward, *_ in play(env, "rlrl")] == [-1.0, 0.0, 0.0, 0.0]


def test_the_edges_stop_the_agent() -> None:
    env = begin("+.x")
    assert play(env, "luud") == 4 * [(0.0, False, False)]
    assert env.render() == "+.x"
    env = begin("x.+")
    assert play(env, "rrr") == 3 * [(0.0, False, False)]
    assert env.render() == "x.+"


def test_terminates_exactly_when_the_last_positive_object_is_gone() -> None:
    # The circle stays, the star is worth 0: neither is waited for; both positives are.
    env = begin("+xs*o")
    assert play(env, "rr") == [(1.0, False, False), (0.5, True, False)]
    assert env.render() == "..+*o"


def test_truncates_at_the_exact_step() -> None:
    env = begin("+..x", step_limit=3)
    assert play(env, "lll") == [(0.0, False, False), (0.0, False, False), (0.0, False, True)]


def test_the_limit_is_rows_times_cols_by_default() -> None:
    env = begin("+..\n..x", step_limit=None)
    assert [truncated for *_, truncated in play(env, "llllll")] == 5 * [False] + [True]


def test_terminated_wins_on_the_last_allowed_step() -> None:
    env = begin("+.x", step_limit=2)
    assert play(env, "rr") == [(0.0, False, False), (1.0, True, False)]


def test_a_world_without_positive_objects_never_terminates() -> None:
    env = begin("+oo", step_limit=4)
    assert play(env, "rrll") == [
        (-1.0, False, False),
        (-1.0, False, False),
        (0.0, False, False),
        (0.0, False, True),
    ]


def test_every_step_costs() -> None:
    env = begin("+ox", step_cost=0.25)
    assert [reward for reward, *_ in play(env, "lrr")] == [-0.25, -1.25, 0.75]


def test_no_reward_is_positive_zero() -> None:
    still = ShapesGridEnv(**IDS["ShapesGrid-Toy-v0"])
    still.reset(seed=0)
    solution = still.solve()
    gained = [still.step(0)[1], begin("+.x").step(0)[1], solution.value, solution.bound]
    assert [str(value) for value in gained] == ["0.0"] * 4


def test_outcomes_are_plain_python() -> None:
    outcome = begin("+ox").step(np.int64(1))[1:4]
    assert [type(value) for value in outcome] == [float, bool, bool]


def test_steps_left_count_down() -> None:
    env = begin("+.x", step_limit=3)
    left = [env.step(0)[4]["truth"]["steps_left"] for _ in range(3)]
    assert left == [2, 1, 0]
    _, info = env.reset(options={"board": "+.x"})
    assert info["truth"]["steps_left"] == 3


def test_truth_describes_the_world() -> None:
    env = begin("""
        o.x
        .+s
    """)
    truth = env.reset(options={"board": "o.x\n.+s"})[1]["truth"]
    assert truth.pop("cells").tolist() == [[1, 0, 2], [0, 0, 3]]
    assert truth == {
        "agent": (1, 1),
        "kinds": ("circle", "cross", "square", "star"),
        "rewards": (-1.0, 1.0, 0.5, 0.0),
        "step_cost": 0.0,
        "steps_left": 50,
    }


def test_a_still_picture_ignores_actions() -> None:
    env = ShapesGridEnv(
        rows=1, cols=2, objects={"cross": 1}, layout="board", board="x.", agent=False
    )
    frame, info = env.reset(seed=0)
    assert info["truth"]["agent"] is None
    for truncated_now in (False, True):
        after, reward, terminated, truncated, _ = env.step(0)
        assert_array_equal(after, frame)
        assert (reward, terminated, truncated) == (0.0, False, truncated_now)


@pytest.mark.parametrize("make", [PlainBatch, LoopBatch])
def test_worlds_of_a_batch_are_independent(make: type[Batch]) -> None:
    spec = WorldSpec(rows=1, cols=3, objects={}, rewards=WORTH)
    batch = make(Rules(spec), 3)
    starts = [parse(board, spec.kinds) for board in ("+x.", ".+o", "x+x")]
    batch.begin(np.arange(3), starts)

    def drawn() -> list[str]:
        return [to_text(batch.cells[i], (0, batch.agents[i]), spec.kinds) for i in range(3)]

    outcome = batch.step(np.array([1, 1, 3]))
    assert outcome.rewards.tolist() == [1.0, -1.0, 0.0]
    assert outcome.terminated.tolist() == [True, False, False]
    assert drawn() == [".+.", "..+", "x+x"]
    assert batch.steps.tolist() == [1, 1, 1]
    # A world that begins again leaves the others as they are.
    batch.begin(np.array([0]), starts[:1])
    assert drawn() == ["+x.", "..+", "x+x"]
    assert batch.steps.tolist() == [0, 1, 1]
    outcome = batch.step(np.array([3, 0, 0]))
    assert outcome.rewards.tolist() == [0.0, 0.0, 1.0]
    assert outcome.truncated.tolist() == [False, False, False]
    assert drawn() == ["+x.", ".+.", "+.x"]
    assert batch.step(np.array([3, 0, 0])).truncated.tolist() == [False, True, True]


def test_plain_worlds_are_stepped_together_and_others_one_by_one() -> None:
    for fields, kind in (
        ({}, PlainBatch),
        ({"walls": ((0, 0),), "roles": {"circle": "lethal"}, "noise": 0.1}, PlainBatch),
        ({"controls": "heading"}, LoopBatch),
        ({"movers": {"circle": 0.1}}, LoopBatch),
        ({"objects": {"key": 1}}, LoopBatch),
        ({"jitter": 1}, LoopBatch),
    ):
        assert type(make_batch(Rules(WorldSpec(**fields)), 2)) is kind


@st.composite
def boards(draw: st.DrawFn, letters_of: str = "..oxs*", shape: Any = None) -> str:
    """Draw a board of up to 4 x 4 cells, or of a shape, with an agent."""
    rows, cols = shape or (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    letters = draw(
        st.lists(st.sampled_from(letters_of), min_size=rows * cols, max_size=rows * cols)
    )
    letters[draw(st.integers(0, rows * cols - 1))] = "+"
    return "\n".join("".join(letters[r * cols : (r + 1) * cols]) for r in range(rows))


@settings(deadline=None, max_examples=100)
@given(boards())
def test_board_text_round_trips(text: str) -> None:
    kinds = tuple(WORTH)
    start = parse(text, kinds)
    assert to_text(start.cells, start.agent, kinds) == text
    again = parse("\n  " + text.replace("\n", "\n    ") + "\n", kinds)
    assert_array_equal(again.cells, start.cells)
    assert again[1:] == start[1:]


@settings(deadline=None, max_examples=100)
@given(boards(), st.text("lrud", min_size=1, max_size=40), st.sampled_from([0.0, 0.25]))
def test_rules_hold_on_any_board(board: str, moves: str, step_cost: float) -> None:
    env = begin(board, step_limit=len(moves), step_cost=step_cost)
    kinds = env.world_spec.kinds
    before, place = parse(board, kinds)[:2]
    assert place is not None
    had_positives = any(letter in board for letter in "xs")
    for count, move in enumerate(moves, 1):
        _, reward, terminated, truncated, info = env.step(LETTERS[move])
        after, agent = info["truth"]["cells"], info["truth"]["agent"]
        assert agent is not None
        assert 0 <= agent[0] < before.shape[0]
        assert 0 <= agent[1] < before.shape[1]
        assert abs(agent[0] - place[0]) + abs(agent[1] - place[1]) <= 1
        vanished = np.argwhere(before != after)
        assert all(after[tuple(cell)] == 0 for cell in vanished)  # objects never appear or change
        assert [tuple(cell) for cell in vanished] in ([], [agent])
        worth = sum(WORTH[kinds[before[tuple(cell)] - 1]] for cell in vanished)
        assert reward == worth - step_cost
        left = any(WORTH[kinds[value - 1]] > 0 for value in after[after > 0])
        assert terminated == (had_positives and not left)
        assert truncated == (count == len(moves) and not terminated)
        if terminated:
            break
        before, place = after, agent


@st.composite
def plain_worlds(draw: st.DrawFn) -> tuple[WorldSpec, list[str]]:
    """Draw a spec with walls and shapes that end the episode, and boards of it."""
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    roles: dict[str, Role] = draw(st.fixed_dictionaries({}, optional={"square": st.just("lethal")}))
    roles |= draw(st.fixed_dictionaries({}, optional={"star": st.sampled_from(["lethal", "wall"])}))
    worth = {"circle": -1.0, "cross": 1.0, "square": draw(st.sampled_from([-5.0, 0.0, 2.0]))}
    spec = WorldSpec(
        rows=shape[0],
        cols=shape[1],
        objects={},
        rewards=worth,
        roles={"wall": "wall", "star": "object", **roles},
        step_cost=draw(st.sampled_from([0.0, 0.25])),
        step_limit=draw(st.integers(1, 12)),
    )
    boards_of = st.lists(boards("...oxs*#", shape), min_size=3, max_size=3)
    return spec, draw(boards_of)


class Trio:
    """The same three worlds as a plain batch, as a loop batch and as single episodes."""

    def __init__(self, spec: WorldSpec, drawn: list[str]) -> None:
        rules = Rules(spec)
        self.starts = [parse(board, spec.kinds) for board in drawn]
        self.batches: list[Batch] = [PlainBatch(rules, 3), LoopBatch(rules, 3)]
        self.episodes = [Episode(rules) for _ in drawn]

    def begin(self, worlds: list[int]) -> None:
        """Begin the worlds again; every batch must name the cells that change."""
        before = self._pictures()
        for index in worlds:
            self.episodes[index].begin(self.starts[index])
        if worlds:
            for batch in self.batches:
                starts = [self.starts[index] for index in worlds]
                self._assert_named(before, batch.begin(np.array(worlds), starts))

    def step(self, actions: list[int]) -> None:
        """Step all worlds; results, states and changed cells must agree."""
        before = self._pictures()
        rewards = [episode.step(a) for episode, a in zip(self.episodes, actions, strict=True)]
        for batch in self.batches:
            outcome = batch.step(np.array(actions))
            assert outcome.rewards.tolist() == rewards
            assert outcome.terminated.tolist() == [e.terminated for e in self.episodes]
            assert outcome.truncated.tolist() == [e.truncated for e in self.episodes]
            self._assert_named(before, outcome.changed)

    def assert_equal_states(self) -> None:
        """Every batch must hold the states of the episodes."""
        for index, episode in enumerate(self.episodes):
            for batch in self.batches:
                assert_array_equal(batch.cells[index], episode.board)
                assert (batch.agents[index], batch.steps[index]) == (episode.place, episode.steps)

    def _pictures(self) -> list[Any]:
        return [(episode.board.ravel().copy(), episode.place) for episode in self.episodes]

    def _assert_named(self, before: list[Any], changed: Any) -> None:
        named = set(zip(*(part.tolist() for part in changed), strict=True))
        for index, (episode, (board, place)) in enumerate(zip(self.episodes, before, strict=True)):
            different = {*np.flatnonzero(board != episode.board.ravel())}
            different |= {place, episode.place} - {-1} if place != episode.place else set()
            assert {(index, cell) for cell in different} <= named


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(plain_worlds(), st.integers(0, 10_000))
def test_worlds_stepped_together_follow_the_rules_of_one(
    world: tuple[WorldSpec, list[str]], seed: int
) -> None:
    spec, drawn = world
    assert spec.is_plain
    trio = Trio(spec, drawn)
    trio.begin([0, 1, 2])
    trio.assert_equal_states()
    for actions in np.random.default_rng(seed).integers(4, size=(40, 3)).tolist():
        trio.step(actions)
        trio.assert_equal_states()
        trio.begin([i for i, e in enumerate(trio.episodes) if e.terminated or e.truncated])
