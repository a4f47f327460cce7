"""The registered worlds: the properties of each id, and disjoint training and test worlds."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from shapes_grid import ShapesGridEnv
from shapes_grid.shapes import OBJECT_SHAPES

Truth = dict[str, Any]


def make(name: str, **fields: Any) -> ShapesGridEnv:
    env = gym.make(f"ShapesGrid-{name}-v0" if name else "ShapesGrid-v0", **fields).unwrapped
    assert isinstance(env, ShapesGridEnv)
    return env


def board_of(env: ShapesGridEnv, seed: int | None = None) -> str:
    env.reset(seed=seed)
    return str(env.render())


def start_of(truth: Truth) -> tuple[Any, ...]:
    """Return the parts by which starts differ."""
    return truth["cells"].tobytes(), truth["agent"], truth.get("heading", 0)


# Garnelo et al. 2016.


@pytest.mark.parametrize(
    ("name", "letters", "cells"),
    [
        ("", "o" * 4 + "x" * 4, 25),
        ("MixedGrid", "o" * 4 + "x" * 4, 9),
        ("Negative", "o" * 8, 25),
        ("NegativeGrid", "o" * 8, 9),
    ],
)
def test_garnelos_worlds_hold_eight_objects(name: str, letters: str, cells: int) -> None:
    env = make(name, render_mode="ansi")
    used, agents = set(), set()
    for seed in range(300):
        rows = board_of(env, seed).split()
        assert [len(row) for row in rows] == 5 * [5]
        assert sorted("".join(rows).replace(".", "")) == sorted(f"+{letters}")
        for row, line in enumerate(rows):
            used |= {(row, col) for col, letter in enumerate(line) if letter in "ox"}
            agents |= {(row, line.index("+"))} if "+" in line else set()
    assert len(used) == cells
    if cells == 9:
        assert used == {(row, col) for row in (0, 2, 4) for col in (0, 2, 4)}
    # The agent starts anywhere, also, if seldom, on the one cell of the nine that is left.
    assert {(row, col) for row in range(5) for col in range(5)} - used <= agents
    assert len(agents & used) >= 5


def test_garnelos_rewards_are_plus_and_minus_one() -> None:
    assert make("MixedGrid").world_spec.rewards == {"circle": -1.0, "cross": 1.0}
    assert make("NegativeGrid").world_spec.rewards == {"circle": -1.0}


# SRL+CS.

SRL_CS = {
    "Tiny": ".x.\n+o.",
    "Pattern": "o.x.o.x\n.......\nx.o.x.o\n...+...\no.x.o.x\n.......\nx.o.x.o",
    "Twin1": "x.x\n.+.\no.o",
    "Twin2": "o.x\n.+.\nx.o",
}


@pytest.mark.parametrize(("name", "board"), SRL_CS.items())
def test_drawn_worlds_always_start_as_drawn(name: str, board: str) -> None:
    for split in ("train", "test"):  # they are never split
        env = make(name, render_mode="ansi", split=split)
        assert {board_of(env, seed) for seed in range(5)} == {board}


@pytest.mark.parametrize("name", [*SRL_CS, "Random7"])
def test_srl_cs_worlds_give_1_take_10_and_last_10_steps(name: str) -> None:
    env = make(name, render_mode="ansi")
    spec = env.world_spec
    assert {kind: spec.rewards[kind] for kind in spec.kinds} == {"circle": -10.0, "cross": 1.0}
    env.reset(seed=0)
    over = False
    rewards: list[float] = []
    while not over:
        _, reward, terminated, truncated, _ = env.step(len(rewards) % 2)
        rewards.append(reward)
        over = terminated or truncated
    assert truncated
    assert not terminated
    assert len(rewards) == 10
    assert set(rewards) <= {0.0, 1.0, -10.0}


def test_the_tiny_world_takes_two_steps_round_the_circle() -> None:
    env = make("Tiny", render_mode="ansi")
    env.reset()
    assert [env.step(action)[1:3] for action in (2, 1)] == [(0.0, False), (1.0, True)]
    env.reset()
    assert env.step(1)[1] == -10.0
    assert env.render() == ".x.\n.+."


def test_random_worlds_of_srl_cs_have_objects_in_the_agents_row_and_column() -> None:
    env = make("Random7")
    taken = np.zeros((7, 7), int)
    for seed in range(300):
        truth = env.reset(seed=seed)[1]["truth"]
        assert truth["agent"] == (3, 3)
        assert np.bincount(truth["cells"].ravel()).tolist() == [49 - 14, 7, 7]
        taken += truth["cells"] > 0
    assert taken[3, 3] == 0
    # 300 * 14 / 48 = 87.5 expected on every other cell, with a standard deviation of 8.
    others = np.delete(taken.ravel(), 24)
    assert others.min() > 55
    assert others.max() < 120


def test_the_twins_differ_by_one_exchange_on_the_left() -> None:
    one, two = (SRL_CS[name].split() for name in ("Twin1", "Twin2"))
    differing = {(r, c) for r in range(3) for c in range(3) if one[r][c] != two[r][c]}
    assert differing == {(0, 0), (2, 0)}
    assert (one[0][0], one[2][0]) == (two[2][0], two[0][0]) == ("x", "o")
    # So it is on the frames: beyond the left column and between its ends all is alike.
    spec = make("Twin1").world_spec
    frames = [make(name).reset()[0].astype(int) for name in ("Twin1", "Twin2")]
    top, _, _, left = spec.border
    changed = (frames[0] != frames[1]).any(2)
    rows, cols = np.nonzero(changed)
    assert set(((rows - top) // spec.cell).tolist()) == {0, 2}
    assert set(((cols - left) // spec.cell).tolist()) == {0}


# Shapes.


@pytest.mark.parametrize(
    ("name", "count"), [("Types4", 4), ("Types8", 8), ("Types16", 16), ("Types32", 32)]
)
def test_worlds_of_many_types_hold_the_named_number_of_types(name: str, count: int) -> None:
    env = make(name)
    each = {4: 2, 8: 1, 16: 1, 32: 1}[count]
    for seed in range(20):
        truth = env.reset(seed=seed)[1]["truth"]
        held = np.bincount(truth["cells"].ravel(), minlength=count + 1)[1:]
        assert held.tolist() == count * [each]
        assert truth["kinds"] == OBJECT_SHAPES[:count]
    assert sorted(truth["rewards"]) == count // 2 * [-1.0] + count // 2 * [1.0]


# Splits.

WORLDS: dict[str, dict[str, Any]] = {
    "": {},
    "KeyDoor": {},
    "Heading": {},
    "Movers": {},
    "Random7": {},
    "Walls": {},
    "Types16": {
        "objects": {"circle": (1, 2), "cross": (0, 2)},
        "rewards": {},
        "rows": 3,
        "cols": 2,
    },
}
DRAWS = 3000


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
def test_training_and_test_worlds_are_disjoint(name: str) -> None:
    # Other seeds, and other looks, which are drawn from the same stream.
    kinds_of_looks: list[dict[str, Any]] = [{}, {"colours": "random", "noise": 0.1, "jitter": 1}]
    drawn: dict[str, set[Any]] = {"train": set(), "test": set()}
    for split, starts in drawn.items():
        for index, looks in enumerate(kinds_of_looks):
            env = make(name, split=split, **WORLDS[name], **looks)
            draws = DRAWS - 300 if not index else 300  # frames of these take longer
            env.reset(seed=index)
            starts |= {start_of(env.reset()[1]["truth"]) for _ in range(draws)}
    assert not drawn["train"] & drawn["test"]
    assert min(map(len, drawn.values())) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "Heading", "KeyDoor"])
def test_one_world_in_five_is_a_test_world(name: str) -> None:
    # So few worlds that nearly all of them are drawn.
    few = {"rows": 3, "cols": 5}
    fields: dict[str, Any] = few if name == "KeyDoor" else {**few, "objects": {"cross": 1}}
    seen: dict[str, set[Any]] = {}
    for split in ("train", "test", "all"):
        env = make(name, split=split, **fields)
        env.reset(seed=0)
        seen[split] = {start_of(env.reset()[1]["truth"]) for _ in range(6000)}
    assert seen["train"] | seen["test"] >= seen["all"]
    assert 0.12 < len(seen["test"]) / len(seen["train"] | seen["test"]) < 0.28


def test_the_heading_takes_part_in_the_split() -> None:
    env = make("Heading", split="test", rows=2, cols=2, objects={"cross": 1})
    env.reset(seed=0)
    starts = {start_of(env.reset()[1]["truth"]) for _ in range(500)}
    places = {start[:2] for start in starts}
    assert len(starts) < 4 * len(places)  # not every heading of a place is in the same split


@pytest.mark.parametrize("fields", [{}, {"texture": 0.2}, {"jitter": 1}, {"sizes": (1.0, 1.4)}])
def test_a_world_may_hold_nothing_but_the_agent(fields: dict[str, Any]) -> None:
    env = ShapesGridEnv(objects={}, rewards={}, split="all", step_limit=3, **fields)
    first, info = env.reset(seed=0)
    assert info["truth"]["kinds"] == ()
    assert not info["truth"]["cells"].any()
    assert (first.max(axis=2) > 200).any()  # the agent
    assert [env.step(action)[1:4] for action in (0, 1, 2)] == [
        (0.0, False, False),
        (0.0, False, False),
        (0.0, False, True),
    ]
