"""Scenes and tables of a few objects written by hand, for tests of explanations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from drawings import tabular

from dsrl_agent.explain.policy import Actions, Policy
from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.types import Fact, Facts, Transition

LEFT, RIGHT, UP, DOWN = range(4)
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
SELF, GOOD, BAD, WALL, BOX, EGG, CHICK = range(7)
AGENT = Fact(SELF, 5, 5)
NEAR, FAR, FARTHER = Fact(GOOD, 5, 6), Fact(GOOD, 5, 8), Fact(GOOD, 2, 8)
HERE = frozenset({RIGHT})
ANY = frozenset(range(4))


def step(before: Facts, action: int, after: Facts, reward: float = 0.0) -> Transition:
    return Transition(tuple(sorted(before)), action, reward, tuple(sorted(after)), False)


def walk() -> list[Transition]:
    """Show what each action does to the agent."""
    return [
        step((AGENT,), action, (Fact(SELF, 5 + d_row, 5 + d_col),))
        for action, (d_row, d_col) in enumerate(MOVES)
    ]


def touch(number: int, reward: float) -> Transition:
    """Take what stands right of the agent."""
    return step((AGENT, Fact(number, 5, 6)), RIGHT, (Fact(SELF, 5, 6),), reward)


def taught(kind: str, tape: list[Transition]) -> TabularFrontEnd:
    front_end = tabular(kind, replay=0)
    for transition in [*walk(), *tape]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def policy_by(rule: Callable[[Facts], bool]) -> Policy:
    """Return a policy that goes right where a rule over the facts says so, else does not care."""

    def policy(facts: Facts) -> Actions:
        return HERE if rule(facts) else ANY

    return policy


def written() -> TabularFrontEnd:
    """Return a front end that was paid for going right onto type 1, and has a table by hand."""
    front_end = taught("garnelo2016", [touch(GOOD, 1.0), touch(GOOD, 1.0), touch(BAD, -1.0)])
    front_end.table = {
        (GOOD, 0, 1): np.array([0.0, 1.0, 0.0, 0.0]),
        (GOOD, 0, 3): np.array([0.0, 0.81, 0.0, 0.0]),
        (BAD, 0, 1): np.array([0.0, -1.0, 0.0, 0.0]),
        (BAD, 1, 0): np.array([0.0, 0.0, 0.0, 0.0]),
    }
    return front_end
