"""Represent rules about contacts: context, effect, and conditions on the context.

Contexts are deictic: they name the object before the agent, not its place, so that knowledge
learned at one place holds at all others (Diuk et al. 2008; Marom & Rosman 2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dsrl_agent.types import FREE, GOING, KEPT, frozen

Taken = tuple[tuple[int, int], ...]
"""(type, times), ascending: the things that vanished at the agent's touch in this episode.

A carried key is not in the frame, but that a key has vanished can be remembered.
"""


class Verbs(NamedTuple):
    """The kinds of actions: those that move the agent are one verb, each other is its own."""

    moving: frozenset[int] | None = None  # the actions that move the agent; `None`: all do
    # the actions known to take things, as what vanished was put down later
    takers: frozenset[int] = frozenset()
    # the actions that act on the cell that the agent stands on
    here: frozenset[int] = frozenset()
    # (appearance, what it shows to carry), ascending; without a pair it carries nothing
    loads: tuple[tuple[int, int], ...] = ()

    def of(self, action: int) -> int:
        """Return the verb of an action: `GOING`, or the action itself."""
        return GOING if self.moving is None or action in self.moving else action

    def load(self, body: int, held: int) -> int:
        """Return the thing in hand: what the agent's appearance shows, if that shows any."""
        return dict(self.loads).get(body, FREE) if self.loads else held

    def takes(self, action: int) -> bool:
        """Say whether what vanishes by an action is in hand then, rather than wrecked.

        As long as no action is known to take, each that does not move the agent may.
        """
        return self.of(action) != GOING and (not self.takers or action in self.takers)


def state_of(verbs: Verbs) -> dict[str, Any]:
    """Return the kinds of actions for a checkpoint."""
    return {
        "moving": None if verbs.moving is None else sorted(verbs.moving),
        "takers": sorted(verbs.takers),
        "here": sorted(verbs.here),
        "loads": verbs.loads,
    }


def verbs_from(state: Mapping[str, Any]) -> Verbs:
    """Return what `state_of` gave, after a round through JSON, of this or an older version."""
    moving = state.get("moving")
    return Verbs(
        None if moving is None else frozenset(moving),
        frozenset(state.get("takers", ())),
        frozenset(state.get("here", ())),
        tuple((look, load) for look, load in state.get("loads", ())),
    )


class Context(NamedTuple):
    """The circumstances that may decide the effect of going for a cell."""

    front: int  # the content of the cell: a type, `FREE` or `EDGE`
    beyond: int  # the content of the next cell in the same direction
    body: int  # the agent's type
    action: int
    taken: Taken  # the things that the agent has taken in this episode
    held: int = FREE  # the type of the thing in hand, or `FREE`
    came: tuple[int, ...] = ()  # types in the scene that were not there when the episode began
    # types that were there then, and of which nothing is left beside what is in front
    gone: tuple[int, ...] = ()


class Effect(NamedTuple):
    """The effect of going for a cell."""

    enters: bool  # whether the agent comes to stand in the cell; otherwise it is blocked
    # the content of the cell afterwards: `FREE` if the object vanishes, `HELD` if the thing in hand
    # is put down there
    becomes: int
    beyond: int = KEPT  # the content of the cell beyond afterwards; `KEPT` if it stays as it was
    # the changes of all objects of a type elsewhere: (type, type afterwards)
    remote: tuple[tuple[int, int], ...] = ()
    flung: bool = False  # whether the agent comes to stand elsewhere
    # the sign of the reward beyond that of a plain step; 0 in rules that do not depend on it
    gives: int = 0
    turns: bool = False  # whether the agent changes its appearance on the spot
    # where it is flung: the type that it comes to stand on, as on the other of two doors that lead
    # to each other; `FREE` where that is not known
    lands: int = FREE
    # the agent's type afterwards, where the thing it enters changes its looks; else `FREE`
    wears: int = FREE
    # changes at fixed places: (row, column, type, type afterwards); none in what one contact shows
    fixed: tuple[tuple[int, int, int, int], ...] = ()


def context_from(state: Iterable[Any]) -> Context:
    """Return a context that a checkpoint holds, after a round through JSON.

    Raises:
        TypeError, ValueError: It is no such context.
    """
    context = Context(*(frozen(part) for part in state))
    whole = (*context[:4], *in_pairs(context.taken), context.held, *context.came, *context.gone)
    require_whole(*whole)
    return context


def effect_from(state: Iterable[Any]) -> Effect:
    """Return an effect that a checkpoint holds, after a round through JSON.

    Raises:
        TypeError, ValueError: It is no such effect.
    """
    effect = Effect(*(frozen(part) for part in state))
    require_whole(effect.becomes, effect.beyond, *in_pairs(effect.remote), effect.gives)
    require_whole(effect.lands, effect.wears)
    require_whole(*(number for change in effect.fixed for number in change))
    if not all(isinstance(told, bool) for told in (effect.enters, effect.flung, effect.turns)):
        raise ValueError(f"{effect} does not say whether the agent enters")
    return effect


def sample_of(context: Iterable[Any], effect: Iterable[Any]) -> tuple[Context, Effect]:
    """Return a context and an effect that a checkpoint holds together; errors as those of each."""
    return context_from(context), effect_from(effect)


def in_pairs(pairs: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield the numbers of pairs; a `ValueError` says that one is no pair."""
    for first, second in pairs:
        yield first
        yield second


def require_whole(*numbers: object) -> None:
    """Refuse what is no whole number, with a `ValueError`."""
    for number in numbers:
        if type(number) is not int:
            raise ValueError(f"{number!r} is no whole number")


class ContextTest(NamedTuple):
    """A question about a context.

    Attributes:
        about: `beyond`: does the cell beyond hold `value`? `carried`: has a thing of type `value`
            been taken more often than one of the type in front, as a key that is still unused?
            `taken`: has a thing of type `value` been taken at all? `body`: is the agent of type
            `value`? `action`: is the action `value`? `held`: is a thing of type `value` in hand?
            `came`: has an object of type `value` come up since the episode began? `gone`: is
            nothing of type `value` left, of what was there then, beside what is in front?
        value: A type, `FREE`, `EDGE` or an action.
    """

    about: str
    value: int

    def holds(self, context: Context) -> bool:
        """Say whether the answer is yes."""
        if self.about in ("beyond", "body", "action", "held"):
            return bool(getattr(context, self.about) == self.value)
        if self.about in ("came", "gone"):
            return self.value in getattr(context, self.about)
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
    verb: int = GOING  # the action, or `GOING` for all actions that move the agent
