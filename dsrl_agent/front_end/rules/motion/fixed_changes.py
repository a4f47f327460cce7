"""Learn what changes at fixed places elsewhere when a thing is met, as what is in hand is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from dsrl_agent.front_end.rule import Effect, effect_from

Change = tuple[int, int, int, int]
"""A row, a column, the type there before, and the type there afterwards."""

Cause = tuple[int, int, Effect]
"""The verb and the type of a contact, and the effect that it had where the agent is."""


class FixedChanges:
    """Counts changes away from the agent, by the contact in which they were seen.

    A contact brings a change if it was seen in enough such contacts, in nearly all in which it
    could be, and seldom without one that differs in nothing but its effect.

    Attributes:
        times: Contacts from which on a change counts as brought about.
        share: The least share of these among all that could bring it, and among all times that it
            was seen.
    """

    def __init__(self, times: int, share: float) -> None:
        self.times, self.share = times, share
        # how often each change was seen with a contact, and how often it could have been
        self._counts: dict[Cause, dict[Change, list[int]]] = {}
        self._seen: Counter[Change] = Counter()  # those that any contact may bring, in all steps
        self._found: dict[Cause, tuple[Change, ...]] = {}

    def knows(self, cause: Cause) -> bool:
        """Say whether changes were seen with a contact."""
        return cause in self._counts

    def observe(
        self, cause: Cause | None, cells: Sequence[int], cols: int, changes: Iterable[Change]
    ) -> list[Cause]:
        """Count the changes of a step; return the contacts that bring others than before.

        `cause` is what was met, `None` if nothing was, and `cells` holds the types of all cells
        before, row by row. Of a contact at most as many changes are kept as there are cells.
        """
        new = set(changes)
        if cause is not None and (new or cause in self._counts):
            known = self._counts.setdefault(cause, {})
            could = changes_made(cells, cols, known)
            for change, counts in known.items():
                counts[0] += change in new
                counts[1] += change[0] * cols + change[1] in could
            for change in sorted(new - known.keys())[: len(cells) - len(known)]:
                known[change] = [1, 1]
        self._seen.update(new if cause is not None else new & self._seen.keys())
        concerned = [
            of for of, counts in self._counts.items() if of == cause or not new.isdisjoint(counts)
        ]
        return [of for of in concerned if self._renewed(of)]

    def of(self, cause: Cause) -> tuple[Change, ...]:
        """Return the changes that a contact brings about."""
        return self._found.get(cause, ())

    def state(self) -> list[list[Any]]:
        """Return the counts for a checkpoint."""
        return [
            [*cause[:2], list(cause[2]), *change, *counts, self._seen[change]]
            for cause, of in self._counts.items()
            for change, counts in of.items()
        ]

    def load(self, state: list[list[Any]]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self._counts, self._seen, self._found = {}, Counter(), {}
        for verb, front, effect, row, col, was, now, shown, could, seen in state:
            change = row, col, was, now
            self._counts.setdefault((verb, front, effect_from(effect)), {})[change] = [shown, could]
            self._seen[change] = seen
        for cause in self._counts:
            self._renewed(cause)

    def _renewed(self, cause: Cause) -> bool:
        """Bring what a contact brings about up to date; return whether it is other than before."""
        # The same action on the same type may have other effects beside it, as where it is near.
        alike = [counts for of, counts in self._counts.items() if of[:2] == cause[:2]]
        found = tuple(
            change
            for change, (shown, could) in self._counts[cause].items()
            if shown >= max(self.times, self.share * could)
            and sum(of.get(change, (0,))[0] for of in alike) >= self.share * self._seen[change]
        )
        if found == self.of(cause):
            return False
        self._found[cause] = found
        return True


def changes_elsewhere(
    before: Sequence[int], after: Sequence[int], cols: int, near: Iterable[int]
) -> list[Change]:
    """Return what changed in the cells of a scene, but at the places `near` the agent."""
    skipped = set(near)
    return [
        (*divmod(place, cols), was, now)
        for place, (was, now) in enumerate(zip(before, after, strict=True))
        if was != now and place not in skipped
    ]


def changes_made(cells: Sequence[int], cols: int, changes: Iterable[Change]) -> dict[int, int]:
    """Return what becomes of which places of a scene by those of the changes that it allows."""
    found = {}
    for row, col, was, now in changes:
        place = row * cols + col
        if col < cols and place < len(cells) and cells[place] == was:
            found[place] = now
    return found
