"""Watch an episode: the tracks of all things, the agent's place, and how long it has rested."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from dsrl_agent.front_end.foresight.tracks import (
    Matching,
    Place,
    ThingTrack,
    begun,
    followed,
    labels_of,
)
from dsrl_agent.front_end.protocol import altered
from dsrl_agent.types import Fact, Facts, Shape, frozen


@dataclass
class Watch:
    """What is known of a running episode."""

    shape: Shape
    ages: int  # the highest age of a track
    rests: int  # the most steps of rest that are counted
    tracks: tuple[ThingTrack, ...] = ()
    labels: dict[Place, int] = field(default_factory=dict)  # the types of all things but the agent
    place: Place | None = None  # where the agent was seen last
    rest: int = 0  # steps since the agent moved
    shot_rest: int = 0  # steps since it threw something
    facts: Facts | None = None  # the latest facts

    def copy(self) -> Watch:
        """Return a copy that shares nothing that changes."""
        return altered(self)

    def begin(self, facts: Facts, own: Fact | None, looks: Collection[int]) -> None:
        """Take the first frame; `looks` are the agent's types."""
        self.tracks, self.labels = begun(facts, looks), labels_of(facts, looks)
        self.place = None if own is None else (own.row, own.col)
        self.rest = self.shot_rest = self.rests
        self.facts = facts

    def advance(self, facts: Facts, own: Fact | None, looks: Collection[int]) -> Matching:
        """Take the next frame, and return how the things of the one before went on."""
        matching = followed(self.tracks, facts, looks, self.shape, self.ages)
        self.tracks, self.labels = matching.tracks, labels_of(facts, looks)
        before = self.place
        if own is not None:
            self.place = (own.row, own.col)
        self.rest = 1 if self.place != before else min(self.rest + 1, self.rests)
        self.facts = facts
        return matching

    def threw(self, thrown: bool) -> None:
        """Note whether the agent threw something in the latest step."""
        self.shot_rest = 1 if thrown else min(self.shot_rest + 1, self.rests)

    def state(self) -> list[Any]:
        """Return the memory for a checkpoint, JSON-able."""
        facts = None if self.facts is None else [list(fact) for fact in self.facts]
        labels = [[*at, of] for at, of in self.labels.items()]
        tracks = [list(track) for track in self.tracks]
        bounds = [list(self.shape), self.ages, self.rests]
        return [*bounds, tracks, labels, self.place, self.rest, self.shot_rest, facts]

    @classmethod
    def from_state(cls, state: list[Any]) -> Watch:
        """Take what `state()` gave, after a round through JSON."""
        shape, ages, rests, tracks, labels, place, rest, shot_rest, facts = map(frozen, state)
        return cls(
            shape, ages, rests, tuple(ThingTrack(*track) for track in tracks),
            {(row, col): of for row, col, of in labels},
            place, rest, shot_rest, None if facts is None else tuple(Fact(*f) for f in facts),
        )  # fmt: skip
