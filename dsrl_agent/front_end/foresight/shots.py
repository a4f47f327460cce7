"""Learn which actions throw things, and after how many steps they can throw again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.gait import first_ready
from dsrl_agent.front_end.foresight.tracks import Offset, Place, ThingTrack, far
from dsrl_agent.types import frozen


class Throw(NamedTuple):
    """What an action throws."""

    action: int
    type: int
    offset: Offset  # from the agent to where it appears


class Shots:
    """Counts the things that come up beside the agent, by action."""

    def __init__(self, thresholds: ForesightThresholds) -> None:
        self._thresholds = thresholds
        self._tried: Counter[tuple[int, int]] = Counter()  # by action and rest
        self._seen: Counter[tuple[Throw, int]] = Counter()  # by rest
        self.throws: dict[int, Throw] = {}  # by action, as believed

    def observe(self, action: int, rest: int, own: Place, new: Iterable[ThingTrack]) -> bool:
        """Count a step, `rest` steps after a throw; return whether something was thrown."""
        self._tried[action, rest] += 1
        beside, kinds = list(self._beside(own, new)), self._kinds()
        self._seen.update((Throw(action, kind, offset), rest) for kind, offset in beside)
        thrown = any(not kinds or kind in kinds for kind, _ in beside)
        if thrown:
            self.throws = self._believed()
        return thrown

    def thrown(self, own: Place | None, new: Iterable[ThingTrack]) -> bool:
        """Say whether a thing that the agent throws came up beside it."""
        kinds = self._kinds()
        return own is not None and any(kind in kinds for kind, _ in self._beside(own, new))

    def rests(self) -> int:
        """Return the number of steps after which a throw is as likely as ever."""
        if not self.throws:
            return 1
        rates = [self._rate(rest) for rest in range(1, self._thresholds.rests + 1)]
        return first_ready(rates, self._thresholds.held_back)

    def chance(self, action: int, rest: int) -> float:
        """Return the chance that an action throws; `rest` is at most `rests()`."""
        throw = self.throws.get(action)
        if throw is None:
            return 0.0
        whole = self._thresholds.rests
        alike = range(rest, rest + 1) if rest < self.rests() else range(rest, whole + 1)
        tried = sum(self._tried[action, each] for each in alike)
        seen = sum(
            count
            for (of, each), count in self._seen.items()
            if of.action == action and of.type == throw.type and each in alike
        )
        return min(1.0, seen / tried) if tried else 0.0

    def state(self) -> dict[str, Any]:
        """Return the counts for a checkpoint, JSON-able."""
        return {
            "tried": [[*key, count] for key, count in self._tried.items()],
            "seen": [[*throw, rest, count] for (throw, rest), count in self._seen.items()],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self._tried = Counter({(action, rest): n for action, rest, n in state["tried"]})
        self._seen = Counter(
            {
                (Throw(a, kind, frozen(offset)), rest): n
                for a, kind, offset, rest, n in state["seen"]
            }
        )
        self.throws = self._believed()

    def _beside(self, own: Place, new: Iterable[ThingTrack]) -> Iterator[tuple[int, Offset]]:
        """Yield the types and offsets of the things that are near enough to have been thrown."""
        for track in new:
            offset = track.row - own[0], track.col - own[1]
            if far(offset) <= self._thresholds.throw_reach:
                yield track.type, offset

    def _kinds(self) -> set[int]:
        """Return the types of what the actions throw, as believed."""
        return {throw.type for throw in self.throws.values()}

    def _rate(self, rest: int) -> float | None:
        tried = sum(self._tried[action, rest] for action in self.throws)
        seen = sum(
            count
            for (of, each), count in self._seen.items()
            if each == rest and of.action in self.throws
            and of.type == self.throws[of.action].type
        )  # fmt: skip
        return seen / tried if tried >= self._thresholds.rest_tries else None

    def _believed(self) -> dict[int, Throw]:
        """Return the actions that throw a type far more often than all others do.

        What is thrown comes up at one place beside the agent; what others throw at it, at many.
        """
        tried: Counter[int] = Counter()
        for (action, _), count in self._tried.items():
            tried[action] += count
        seen: Counter[Throw] = Counter()
        for (throw, _), count in self._seen.items():
            seen[throw] += count
        found: dict[int, Throw] = {}
        for throw, times in sorted(seen.items(), key=lambda item: (item[1], item[0])):
            others = sum(n for each, n in seen.items() if _alike(each, throw))
            elsewhere = sum(n for action, n in tried.items() if action != throw.action)
            rate = times / tried[throw.action]
            enough = times >= self._thresholds.throws and rate >= self._thresholds.least_chance
            if enough and rate * elsewhere > self._thresholds.contrast * others:
                found[throw.action] = throw
        return found


def _alike(one: Throw, other: Throw) -> bool:
    """Say whether another action throws the same type to the same place."""
    return one.action != other.action and one[1:] == other[1:]
