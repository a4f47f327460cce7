"""What the default front end learns within an episode, and forgets: the way out of dead ends."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import EpisodeMemory, TabularFrontEnd, make_front_end
from dsrl_agent.types import Fact, Facts
from shapes_grid import ShapesGridEnv

LEFT, RIGHT, UP, DOWN = range(4)
GAMMA = 0.9
MOVES = {LEFT: (0, -1), RIGHT: (0, 1), UP: (-1, 0), DOWN: (1, 0)}


def true_facts(info: dict[str, Any]) -> Facts:
    """Return the facts of a world: the agent is type 0, kind i type i + 1."""
    truth = info["truth"]
    facts = [
        Fact(int(truth["cells"][r, c]), int(r), int(c)) for r, c in np.argwhere(truth["cells"])
    ]
    return tuple(sorted([Fact(0, *truth["agent"]), *facts]))


def with_table(rows: dict[Any, list[float]]) -> TabularFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(discount=GAMMA))
    front_end.agency.self_type, front_end.agency.self_types = 0, frozenset({0})
    front_end.table = {key: np.array(row) for key, row in rows.items()}
    return front_end


def decide(front_end: TabularFrontEnd, facts: Facts, memory: EpisodeMemory) -> int:
    return front_end.decide(facts, memory, np.random.default_rng(0), 0.0)


def corrections(memory: EpisodeMemory) -> dict[tuple[int, int], list[float]]:
    return {place: row.tolist() for place, row in memory.corrections.items()}


CROSS = Fact(1, 0, 2)
HERE, NEARER = (Fact(0, 0, 0), CROSS), (Fact(0, 0, 1), CROSS)
ROWS = {(1, 0, 2): [0.0, 0.5, 0.25, 0.0], (1, 0, 1): [0.0, 0.75, 0.0, 0.0]}


def test_a_decision_is_settled_with_what_it_led_to() -> None:
    front_end, memory = with_table(ROWS), EpisodeMemory()
    assert decide(front_end, HERE, memory) == RIGHT
    assert corrections(memory) == {}
    assert memory.objects == frozenset([CROSS])
    assert memory.last == ((0, 0), RIGHT, 0.5)
    # It led nowhere: it is worth 0.9 * 0.5 = 0.45, which is 0.05 less.
    assert decide(front_end, HERE, memory) == RIGHT
    assert corrections(memory) == {(0, 0): [0.0, pytest.approx(-0.05), 0.0, 0.0]}
    assert memory.last == ((0, 0), RIGHT, pytest.approx(0.45))
    # And now it led nearer: 0.9 * 0.75 = 0.675, which is 0.225 more than 0.45.
    decide(front_end, NEARER, memory)
    assert corrections(memory) == {(0, 0): [0.0, pytest.approx(0.175), 0.0, 0.0]}
    assert memory.last == ((0, 1), RIGHT, 0.75)
    assert front_end.values(HERE, memory).values == pytest.approx([0.0, 0.675, 0.25, 0.0])


def test_bumping_on_and_on_makes_another_action_the_best() -> None:
    front_end, memory = with_table(ROWS), EpisodeMemory()
    taken = [decide(front_end, HERE, memory) for _ in range(9)]
    # 0.5 * 0.9^6 = 0.266, but 0.5 * 0.9^7 = 0.239 < 0.25, which then becomes 0.9 * 0.25 = 0.225.
    assert taken == 7 * [RIGHT] + [UP, RIGHT]


def test_all_is_forgotten_when_an_object_vanishes() -> None:
    other = Fact(2, 1, 1)
    front_end, memory = with_table(ROWS), EpisodeMemory()
    for _ in range(2):
        decide(front_end, (*HERE, other), memory)
    assert list(memory.corrections) == [(0, 0)]
    decide(front_end, HERE, memory)
    assert corrections(memory) == {}
    assert memory.objects == frozenset([CROSS])
    assert memory.last == ((0, 0), RIGHT, 0.5)


def test_all_is_forgotten_when_the_agent_is_out_of_sight() -> None:
    front_end, memory = with_table(ROWS), EpisodeMemory()
    for _ in range(2):
        decide(front_end, HERE, memory)
    decide(front_end, (CROSS,), memory)
    assert (corrections(memory), memory.objects, memory.last) == ({}, frozenset(), None)


@pytest.mark.parametrize("kind", ["srl_cs", "dsrl", "flat"])
def test_the_other_front_ends_remember_nothing_of_an_episode(kind: Any) -> None:
    front_end, memory = make_front_end(4, FrontEndConfig(kind=kind)), EpisodeMemory()
    front_end.agency.self_type, front_end.agency.self_types = 0, frozenset({0})
    for facts in (HERE, HERE, NEARER):
        decide(front_end, facts, memory)
    assert (corrections(memory), memory.objects, memory.last) == ({}, frozenset(), None)


def test_a_copy_shares_nothing() -> None:
    front_end, memory = with_table(ROWS), EpisodeMemory()
    for _ in range(2):
        decide(front_end, HERE, memory)
    copy = memory.copy()
    before = (corrections(memory), memory.objects, memory.last)
    assert (corrections(copy), copy.objects, copy.last) == before
    decide(front_end, NEARER, copy)
    decide(front_end, HERE, copy)
    copy.corrections[0, 0][:] = 7.0
    decide(front_end, (NEARER[0],), copy)
    assert (corrections(memory), memory.objects, memory.last) == before


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
        rows[2, d_row, d_col] = [GAMMA**cells for cells in after]
        rows[1, d_row, d_col] = [-1.0 if cells == 0 else 0.0 for cells in after]
    return rows


def walk(seed: int, *, remembers: bool) -> list[tuple[float, tuple[int, int]]]:
    """Let the default front end act in the pockets; return rewards and places."""
    env = ShapesGridEnv(rows=4, cols=7, step_limit=120)
    _, info = env.reset(options={"board": POCKETS})
    front_end, rng, memory = with_table(reflexes()), np.random.default_rng(seed), EpisodeMemory()
    way, over = [], False
    while not over:
        action = front_end.decide(true_facts(info), memory, rng, 0.0)
        _, reward, terminated, truncated, info = env.step(action)
        way.append((reward, info["truth"]["agent"]))
        over = terminated or truncated
        if not remembers:
            memory = EpisodeMemory()
    return way


@pytest.mark.parametrize("seed", range(5))
def test_plain_tables_go_to_and_fro_in_a_dead_end_and_the_episode_leads_out(seed: int) -> None:
    """Two crosses as good and as far as each other, behind walls of circles."""
    plain = walk(seed, remembers=False)
    assert len(plain) == 120
    assert {place for _, place in plain} == {(0, 3), (1, 3), (2, 3)}
    remembering = walk(seed, remembers=True)
    assert sorted(reward for reward, _ in remembering if reward) == [1.0, 1.0]
    assert len(remembering) < 120
