"""Find the images in an observation space, tell them from symbols, and find what else is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.handover import Note, split_reset, split_step
from dsrl_agent.runtime.door.view import View

_COLOURS = (1, 3, 4)  # channels of a grey, an RGB and an RGBA image
_LEVELS = 255.0
_SMALL = 16  # numbers of a part of an observation that may be a goal
_QUOTES = "'\""  # with which a text begins that is shown as Python writes it
_LEAST_SIDE = 2  # pixels of an image in one colour, or of planes


class Image(NamedTuple):
    """An array among the observations that has the form of an image."""

    view: View  # the recipe that makes frames of the array
    box: spaces.Box  # the array's space


def images_in(space: spaces.Space[Any], path: tuple[str | int, ...] = ()) -> Iterator[Image]:
    """Yield the arrays of an observation space that have the form of an image."""
    if isinstance(space, spaces.Box):
        view = _view_of(space, path)
        if view is not None:
            yield Image(view, space)
    elif isinstance(space, spaces.Dict):
        for key, part in space.spaces.items():
            yield from images_in(part, (*path, key))
    elif isinstance(space, spaces.Tuple):
        for index, part in enumerate(space.spaces):
            yield from images_in(part, (*path, index))


def holds_symbols(image: NDArray[Any], thresholds: DoorThresholds) -> bool:
    """Return whether an array in the form of a small image holds symbols in place of pixels.

    Only a few low numbers occur then. MiniGrid's observations are arrays `uint8 [7, 7, 3]` of
    numbers for objects, colours and states.
    """
    return bool((image < thresholds.symbol_levels).all()) and bool((image > 1).any())


def missions_of(env: gym.Env[Any, Any], thresholds: DoorThresholds, note: Note) -> dict[str, str]:
    """Return what is told beside an image and holds for an episode, by name, with examples.

    Such as a goal in words: it never changes within an episode, but from one to the next. Wrappers
    may have left it out of the observations, so they are looked behind. Trouble tells nothing.
    """
    layers = [env]
    while isinstance(layers[-1], gym.Wrapper):
        layers.append(layers[-1].env)
    layer = next((one for one in layers if _tells_more(one.observation_space)), None)
    if layer is None or not isinstance(layer.action_space, spaces.Discrete):
        return {}
    try:
        episodes = [_told(layer, seed, thresholds, note) for seed in range(thresholds.missions)]
    except Exception:  # foreign code may raise anything; it will be told when it is played
        return {}
    found = {}
    for name in sorted(set.intersection(*(set(values) for values, _ in episodes))):
        values = [of[name] for of, _ in episodes]
        # A number may be the same for a while, as the agent's direction; texts last.
        whole = sum(goes_on for _, goes_on in episodes) > 1
        different = set.union(*values)
        lasts = all(len(of) == 1 for of in values) and (whole or min(different)[0] in _QUOTES)
        if lasts and len(different) > 1:
            found[name] = ", ".join(sorted(different)[:2]) + ", …"
    return found


def _tells_more(space: spaces.Space[Any]) -> bool:
    """Return whether observations have parts that are no images."""
    if not isinstance(space, spaces.Dict | spaces.Tuple):
        return False
    parts = list(space.values() if isinstance(space, spaces.Dict) else space)
    return any(_tells_more(part) or not list(images_in(part)) for part in parts)


def _told(
    env: gym.Env[Any, Any], seed: int, thresholds: DoorThresholds, note: Note
) -> tuple[dict[str, set[str]], bool]:
    """Return all values of each small part of the observations in the first steps of an episode.

    The second value says whether it goes on after them.
    """
    rng, found, over = np.random.default_rng(seed), dict[str, set[str]](), False
    actions = env.action_space
    assert isinstance(actions, spaces.Discrete)
    observation = split_reset(env.reset(seed=seed), note)[0]
    for _ in range(thresholds.mission_steps):
        for name, value in _parts(observation, ()):
            found.setdefault(name, set()).add(value)
        if over:
            return found, False
        action = int(actions.start + rng.integers(actions.n))
        observation, _, terminated, truncated, _ = split_step(env.step(action), note)
        over = bool(terminated or truncated)
    return found, True


def _parts(observation: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the small parts of an observation, each by its name, as text."""
    if isinstance(observation, Mapping | tuple):
        pairs = observation.items() if isinstance(observation, Mapping) else enumerate(observation)
        for key, part in pairs:
            yield from _parts(part, (*path, str(key)))
    elif isinstance(observation, str):
        yield ".".join(path), repr(observation)
    elif np.size(observation) <= _SMALL:
        yield ".".join(path), str(np.asarray(observation).tolist())


def _view_of(box: spaces.Box, path: tuple[str | int, ...]) -> View | None:
    """Return the recipe for the arrays of a space, or None if they are no images."""
    low, high = float(box.low.min(initial=0)), float(box.high.max(initial=0))
    if len(box.shape) not in (2, 3) or low < 0 or high > _LEVELS or 0 in box.shape:
        return None
    binary = high <= 1.0
    scale = _LEVELS if binary else 1.0
    if len(box.shape) == 2:
        return View(path=path, layout="grey", scale=scale) if _is_wide(box.shape) else None
    first, last = box.shape[0], box.shape[2]
    if binary and last > 1 and (box.dtype == np.bool_ or last not in _COLOURS):
        return View(path=path, layout="planes") if _is_wide(box.shape[:2]) else None
    if last == 3 or (last in _COLOURS and _is_wide(box.shape[:2])):
        return View(path=path, layout=_LAYOUTS[last], scale=scale)
    if first in _COLOURS[:2] and _is_wide(box.shape[1:]):
        return View(path=path, layout=_LAYOUTS[first], channels_first=True, scale=scale)
    return None


_LAYOUTS: dict[int, Any] = {1: "grey", 3: "rgb", 4: "rgba"}


def _is_wide(sides: tuple[int, ...]) -> bool:
    return min(sides) >= _LEAST_SIDE
