"""Represent rules about contacts: context, effect, and conditions on the context.

Contexts are deictic: they name the object before the agent, not its place, so that knowledge
learned at one place holds at all others (Diuk et al. 2008; Marom & Rosman 2018).
"""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.types import KEPT

Taken = tuple[tuple[int, int], ...]
"""(type, times), ascending: the things that vanished at the agent's touch in this episode.

A carried key is not in the frame, but that a key has vanished can be remembered.
"""


class Context(NamedTuple):
    """The circumstances that may decide the effect of going for a cell."""

    front: int  # the content of the cell: a type, `FREE` or `EDGE`
    beyond: int  # the content of the next cell in the same direction
    body: int  # the agent's type
    action: int
    taken: Taken  # the things that the agent has taken in this episode


class Effect(NamedTuple):
    """The effect of going for a cell."""

    enters: bool  # whether the agent comes to stand in the cell; otherwise it is blocked
    becomes: int  # the content of the cell afterwards: `FREE` if the object vanishes
    beyond: int = KEPT  # the content of the cell beyond afterwards; `KEPT` if it stays as it was
    # the changes of all objects of a type elsewhere: (type, type afterwards)
    remote: tuple[tuple[int, int], ...] = ()


class ContextTest(NamedTuple):
    """A question about a context.

    Attributes:
        about: `beyond`: does the cell beyond hold `value`? `carried`: has a thing of type `value`
            been taken more often than one of the type in front, as a key that is still unused?
            `taken`: has a thing of type `value` been taken at all? `body`: is the agent of type
            `value`? `action`: is the action `value`?
        value: A type, `FREE`, `EDGE` or an action.
    """

    about: str
    value: int

    def holds(self, context: Context) -> bool:
        """Say whether the answer is yes."""
        if self.about in ("beyond", "body", "action"):
            return bool(getattr(context, self.about) == self.value)
        taken = dict(context.taken)
        least = taken.get(context.front, 0) if self.about == "carried" else 0
        return taken.get(self.value, 0) > least


class Condition(NamedTuple):
    """A test and the answer that it must have."""

    test: ContextTest
    wanted: bool

    def holds(self, context: Context) -> bool:
        """Say whether the condition holds in a context."""
        return self.test.holds(context) == self.wanted


class Rule(NamedTuple):
    """Under these conditions, going for the type in front has this effect."""

    front: int  # the type in front
    conditions: tuple[Condition, ...]  # the preconditions, all of which must hold
    effect: Effect
    times: int  # samples that have the effect
    cases: int  # samples in which the conditions held
