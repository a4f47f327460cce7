"""Sessions of agents that have learned from pixels in a moment, for tests of the live page."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
from inspected import ENV, WORLD, agent_of

from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Facts

NAMES = TypeNames({2: "disc"})
BOARD = "....\n.+x.\no...\n...x"
KINDS = ("rules", "relational", "flat", "srl_cs", "garnelo2016")


class NoEditor(gym.Wrapper[Any, Any, Any, Any]):
    """Hides the editor of a world, as most worlds have none."""

    def has_wrapper_attr(self, name: str) -> bool:
        return name != "editor" and super().has_wrapper_attr(name)


class OnBoard(gym.Wrapper[Any, Any, Any, Any]):
    """Begins with one board, whatever the seed; other options are left alone."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=seed, options=options or {"board": BOARD})


def session_of(kind: str = "rules", *, editor: bool = True, **fields: Any) -> LiveSession:
    """Return a session on `BOARD`; its agent is a copy that may be changed."""
    env: gym.Env[Any, Any] = OnBoard(make_env(ENV, {**WORLD, **fields}))
    agent = copy.deepcopy(agent_of(kind))
    return LiveSession(agent, env if editor else NoEditor(env), 0, NAMES)


def type_at(session: LiveSession, row: int, col: int) -> int:
    """Return the type that the agent sees in a cell; 0 where it sees nothing."""
    return next((f.type for f in facts_of(session) if (f.row, f.col) == (row, col)), 0)


def facts_of(session: LiveSession) -> Facts:
    """Return what the agent sees."""
    return session.point.board.facts
