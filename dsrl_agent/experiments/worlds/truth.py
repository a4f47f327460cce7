"""Tell what other people's environments hold, in the form of the ground truth `info["truth"]`.

Only MiniGrid, MinAtar, FrozenLake, CliffWalking and Taxi are known, by the attributes of their
environments: none of these packages is imported. The agent never sees this truth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.types import Ints

Truth = dict[str, Any]

_EMPTY = 1  # MiniGrid's number for no object; 0 is a cell that is not seen
_OBJECTS, _COLOURS, _STATES = 11, 6, 3  # in MiniGrid's encoding of a cell
_MOST_PLANES = 7  # of MinAtar: the kinds that may meet have room in a byte
_ABOARD = 4  # Taxi's number for the place of a passenger who is in the taxi


class WithTruth(gym.Wrapper[Any, Any, Any, Any]):
    """Adds `info["truth"]` where the environment gives none and is a known one."""

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        observation, info = self.env.reset(**kwargs)
        return observation, self._told(info)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Take an action."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return observation, reward, terminated, truncated, self._told(info)

    def _told(self, info: dict[str, Any]) -> dict[str, Any]:
        truth = truth_of(self.env) if "truth" not in info else None
        return info if truth is None else {**info, "truth": truth}


def truth_of(env: gym.Env[Any, Any]) -> Truth | None:
    """Return the ground truth of a known environment as it stands, `None` of another one.

    It holds `cells [rows, cols]` with numbers of kinds from 1, 0 for none; the names of all
    `kinds`; for each the number of its `shapes`, equal for kinds that differ in colour alone;
    `rewards`, not known and so 0; the place of the `agent`, `None` where it is in none, and its
    `heading` from 0 (of a taxi: 1 with the passenger aboard).
    """
    inner: Any = env.unwrapped
    for attributes, tell in _KNOWN.items():
        if all(hasattr(inner, name) for name in attributes):
            return tell(inner)
    return None


def _truth(cells: Ints, kinds: list[str], shapes: list[int], agent: Any, heading: int) -> Truth:
    return {
        "cells": cells,
        "kinds": kinds,
        "shapes": shapes,
        "rewards": [0.0] * len(kinds),
        "agent": None if agent is None else (int(agent[0]), int(agent[1])),
        "heading": heading,
    }


def _minigrid(env: Any) -> Truth:
    encoded = env.grid.encode().astype(np.int64)  # [columns, rows, 3]
    objects, colours, states = np.moveaxis(encoded.transpose(1, 0, 2), 2, 0)
    numbers = 1 + (objects * _COLOURS + colours) * _STATES + states
    cells = np.where(objects > _EMPTY, numbers, 0)
    every = list(np.ndindex(_OBJECTS, _COLOURS, _STATES))
    kinds = [f"object {thing} {colour} {state}" for thing, colour, state in every]
    shapes = [thing * _STATES + state for thing, _, state in every]
    column, row = env.agent_pos
    return _truth(cells, kinds, shapes, (row, column), int(env.agent_dir))


def _frozen_lake(env: Any) -> Truth:
    letters = np.array(env.desc).astype(str)
    cells = np.select([letters == "H", letters == "G", letters == "S"], [1, 2, 3], 0)
    place = divmod(int(env.s), letters.shape[1])
    return _truth(cells.astype(np.int64), ["hole", "goal", "start"], [1, 2, 3], place, 0)


def _cliff_walking(env: Any) -> Truth:
    cells = np.zeros(env.shape, np.int64)
    cells[env._cliff] = 1  # noqa: SLF001 (it has no other name)
    cells[-1, 0], cells[-1, -1] = 2, 3
    place = np.unravel_index(int(env.s), env.shape)
    return _truth(cells, ["cliff", "start", "goal"], [1, 2, 3], place, 0)


def _taxi(env: Any) -> Truth:
    """Tell a kind for each content of a cell with each set of walls at its sides."""
    row, column, passenger, destination = env.decode(int(env.s))
    letters = np.array(env.desc).astype(str)[1:-1]  # every other column stands between cells
    walls, cells = letters[:, ::2] == "|", np.char.isalpha(letters[:, 1::2]).astype(np.int64)
    walls[:, [0, -1]] = False  # the edge of the grid
    for number, place in ((3, destination), (2, passenger)):
        if place != _ABOARD:
            cells[env.locs[place]] = number
    sides = walls[:, :-1] + 2 * walls[:, 1:]
    contents = ("nothing", "stand", "passenger", "destination")
    sets = ("", ", wall on the left", ", wall on the right", ", walls on both sides")
    kinds = [content + at for at in sets for content in contents][1:]
    shapes = list(range(1, len(kinds) + 1))
    aboard = int(passenger == _ABOARD)
    return _truth(cells + len(contents) * sides, kinds, shapes, (row, column), aboard)


def _minatar(env: Any) -> Truth | None:
    """Tell each set of planes that meet in a cell as a kind; the first plane is the agent's."""
    own, others = np.split(env.game.state().astype(np.int64), [1], axis=2)
    planes = others.shape[2]
    if planes > _MOST_PLANES:
        return None
    cells = others @ 2 ** np.arange(planes)
    kinds = [f"planes {number:0{planes}b}" for number in range(1, 2**planes)]
    places = np.argwhere(own[..., 0])
    agent = tuple(places[0]) if len(places) else None
    return _truth(cells, kinds, list(range(1, 2**planes)), agent, 0)


_KNOWN: dict[tuple[str, ...], Callable[[Any], Truth | None]] = {
    ("grid", "agent_pos", "agent_dir"): _minigrid,
    ("desc", "s", "ice_img"): _frozen_lake,
    ("_cliff", "s", "shape"): _cliff_walking,
    ("desc", "s", "locs"): _taxi,
    ("game", "action_set"): _minatar,
}
