"""Watch the frames of several environments together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dsrl_agent.perception.sight import GroupSighting, TypeChange
from dsrl_agent.symbols.facts import facts_of_all
from dsrl_agent.types import UNKNOWN, Facts, Frame, Ints


class Watching(NamedTuple):
    """How frames at rest are watched."""

    read: Callable[[Frame], Ints]  # returns the types `[B, rows, cols]` in frames
    # lets sight learn from unknown objects; returns the types, and the number of types added
    notice: Callable[[Frame, Ints], tuple[Ints, int]]
    # follows the objects of a step; returns two types that flicker, if there are any
    track: Callable[[Facts, int, Facts], tuple[int, int] | None]
    merge: Callable[[int, int], None]  # lets a type be seen as another
    at_once: bool  # whether every unknown object becomes a type at once: facts stay as they were


def watch_together(
    how: Watching, before: Sequence[Facts], actions: Sequence[int], frames: Frame
) -> GroupSighting:
    """Watch frames `uint8 [B, H, W, 3]`, each after a step of another environment.

    They are read together, and again where one of them changes the types.
    """
    types = how.read(frames)
    seen, parents, changed = facts_of_all(types), dict[int, int](), False
    unknown = _unknown(types)
    for n, action in enumerate(actions):
        if unknown[n] and how.notice(frames[n : n + 1], types[n : n + 1])[1]:
            changed |= not how.at_once
            types[n:] = how.read(frames[n:])
            seen[n:], unknown = facts_of_all(types[n:]), _unknown(types)
        merged = how.track(_renamed(before[n], parents), action, seen[n])
        if merged is not None:
            how.merge(*merged)
            parents[merged[0]] = merged[1]
            types = how.read(frames)
            seen = facts_of_all(types)
    if not (changed or parents):
        return GroupSighting(seen, None)
    return GroupSighting(facts_of_all(how.read(frames)), TypeChange(parents))


def _unknown(types: Ints) -> list[bool]:
    """Return which maps of types `[B, rows, cols]` hold something unknown."""
    return [bool(each) for each in (types == UNKNOWN).any(axis=(1, 2))]


def _renamed(facts: Facts, parents: Mapping[int, int]) -> Facts:
    """Return facts in which merged types have the name of the type that they were merged into."""
    names = {dropped: kept for kept, dropped in parents.items()}
    if not names:
        return facts
    return tuple(sorted(fact._replace(type=names.get(fact.type, fact.type)) for fact in facts))
