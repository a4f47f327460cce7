"""The agent among kinds of tile."""

from __future__ import annotations

import numpy as np
from tile_worlds import walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.agency.search import FoundAgent, Scenes, find_agent

LETTERS = "#.gk~>v<^"


def _found(steps: int, seed: int = 0, wanderer: bool = False) -> FoundAgent:
    play = walk(steps=steps, seed=seed)
    kinds = np.array([[LETTERS.index(letter) for letter in board] for board in play.boards])
    if wanderer:  # a thing that walks on the wall by itself
        at = np.cumsum(np.random.default_rng(seed).integers(2, size=len(kinds))) % 6
        kinds[np.arange(len(kinds)), at] = len(LETTERS)
    scenes = Scenes(kinds, play.footage.follows, play.footage.actions, 6)
    return find_agent(scenes, lambda kind, others: False, TilesThresholds())


def test_the_agent_is_all_its_headings() -> None:
    found = _found(120)
    assert {LETTERS[kind] for kind in found.kinds} == set(">v<^")
    assert found.bits == found.margin > 50


def test_the_agent_is_told_from_what_moves_by_itself() -> None:
    found = _found(120, wanderer=True)
    assert {LETTERS[kind] for kind in found.kinds} == set(">v<^")
    assert found.margin > 50


def test_where_nothing_changes_there_is_no_agent() -> None:
    scenes = Scenes(np.zeros((5, 4), np.int64), np.arange(5) > 0, np.zeros(5, np.int64), 2)
    found = find_agent(scenes, lambda kind, others: False, TilesThresholds())
    assert found == FoundAgent((), 0.0, 0.0)


def test_the_same_sprite_joins_before_what_is_commoner() -> None:
    """The agent 1 is 3 in place 2, and leaves a pad 2 there, bare only while the agent is seen."""
    kinds = np.array([[1, 0, 9], [0, 1, 9], [0, 0, 3], [0, 1, 2], [1, 0, 2], [0, 1, 2]] * 4)
    follows = np.tile(np.arange(6) > 0, 4)
    actions = np.where(follows, np.tile([0, 1, 1, 0, 0, 1], 4), -1)
    scenes = Scenes(kinds, follows, actions, 3)
    found = find_agent(scenes, lambda kind, others: kind == 3 and 1 in others, TilesThresholds())
    assert set(found.kinds) == {1, 3}


def test_places_are_apart_by_rows_and_columns() -> None:
    scenes = Scenes(np.zeros((1, 12), np.int64), np.zeros(1, bool), np.zeros(1, np.int64), 4)
    assert scenes.apart(np.array([0, 5]), np.array([11, 5])).tolist() == [5, 0]
