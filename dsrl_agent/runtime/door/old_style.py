"""Adapt an environment whose reset takes no seed, as in the old gym."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym

from dsrl_agent.runtime.door.handover import Note, split_reset, split_step


class OldStyle(gym.Wrapper[Any, Any, Any, Any]):
    """Give the methods of the old gym the signatures of Gymnasium.

    A seed goes to the environment's method `seed`, if there is one.
    """

    def __init__(self, env: gym.Env[Any, Any], note: Note) -> None:
        super().__init__(env)
        self._note = note
        self._takes = _keywords(env)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        if seed is not None and "seed" not in self._takes:
            self._seed(seed)
        given = {"seed": seed, "options": options}
        taken = {name: value for name, value in given.items() if name in self._takes}
        return split_reset(self.env.reset(**taken), self._note)

    def step(self, action: Any) -> tuple[Any, Any, Any, Any, Any]:
        """Take an action."""
        return split_step(self.env.step(action), self._note)

    def _seed(self, seed: int) -> None:
        method = getattr(self.env, "seed", None)
        if callable(method):
            self._note("reset() takes no seed: seed() is called in its place")
            method(seed)
        else:
            self._note("reset() takes no seed: episodes cannot be repeated by their seeds")


def adapted(env: gym.Env[Any, Any], note: Note) -> gym.Env[Any, Any]:
    """Return an environment whose innermost part takes `seed` and `options` at a reset."""
    if not isinstance(env, gym.Wrapper):
        return OldStyle(env, note) if not {"seed", "options"} <= _keywords(env) else env
    outer: Any = env
    while isinstance(outer.env, gym.Wrapper):
        outer = outer.env
    outer.env = adapted(outer.env, note)
    return env


def _keywords(env: gym.Env[Any, Any]) -> set[str]:
    """Return which of `seed` and `options` the reset of an environment takes."""
    names = {"seed", "options"}
    try:
        parameters = inspect.signature(env.reset).parameters.values()
    except (TypeError, ValueError):  # no signature: taken to be of today's form
        return names
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return names
    return names & {parameter.name for parameter in parameters}
