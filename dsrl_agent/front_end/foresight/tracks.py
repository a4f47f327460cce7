"""Track things from frame to frame: their latest steps, and how long they have stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dsrl_agent.types import EDGE, FREE, UNMOVED, Fact, Facts, Shape

Offset = tuple[int, int]
"""Rows down and columns right."""

Place = tuple[int, int]
"""A row and a column."""


class ThingTrack(NamedTuple):
    """A thing and its motion so far."""

    type: int
    row: int
    col: int
    last: Offset = UNMOVED  # its latest step; (0, 0) while it was not seen to move
    before: Offset = UNMOVED  # the step before that one
    age: int = 1  # frames since its latest step, or since it was seen first
    dwell: int = 0  # frames that it had stood when it took its latest step; 0 if not known

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.row, self.col

    def moved(self, offset: Offset, shape: Shape, most: int) -> ThingTrack:
        """Return the track after a step, or after it stood still; `most` bounds its age."""
        if offset == UNMOVED:
            age = min(self.age + 1, most)
            return self if age == self.age else ThingTrack(*self[:5], age, self.dwell)
        row, col = self.row + offset[0], self.col + offset[1]
        step = around(offset, shape)
        return ThingTrack(self.type, row, col, step, self.last, 1, self.age)


class Matching(NamedTuple):
    """The tracks of a frame, and how those of the frame before went on."""

    tracks: tuple[ThingTrack, ...]  # of the new frame
    # each track of the frame before with its displacement, `None` if the thing is seen no more
    steps: tuple[tuple[ThingTrack, Offset | None], ...]
    new: tuple[ThingTrack, ...]  # the tracks that begin in the new frame


def around(offset: Offset, shape: Shape) -> Offset:
    """Return a displacement as the shorter way around a board whose edges are joined."""
    return _shorter(offset[0], shape[0]), _shorter(offset[1], shape[1])


def _shorter(distance: int, size: int) -> int:
    return (distance + size // 2) % size - size // 2 if abs(distance) > size // 2 else distance


def far(offset: Offset) -> int:
    """Return the length of a displacement in king's moves."""
    return max(abs(offset[0]), abs(offset[1]))


def begun(facts: Facts, own: Collection[int]) -> tuple[ThingTrack, ...]:
    """Return the tracks of all things in the first frame but the agent."""
    return tuple(ThingTrack(*fact) for fact in facts if fact.type not in own)


class Ahead(NamedTuple):
    """What is in front of a thing that goes on as it did."""

    front: int  # the content of the next cell: a type, `FREE`, or `EDGE`
    # steps until it would leave the board, down or up, and left or right; 2 stands for more
    rows: int = 2
    cols: int = 2


def ahead_of(track: ThingTrack, labels: Mapping[Place, int], shape: Shape) -> Ahead:
    """Return what is in front of a thing."""
    down, right = track.last
    if track.last == UNMOVED:
        return Ahead(FREE)
    row, col = track.row + down, track.col + right
    rows, cols = _room(track.row, down, shape[0]), _room(track.col, right, shape[1])
    inside = 0 <= row < shape[0] and 0 <= col < shape[1]
    return Ahead(labels.get((row, col), FREE) if inside else EDGE, rows, cols)


def _room(at: int, step: int, size: int) -> int:
    """Return how often a thing can take a step along an axis, at most 2."""
    if step == 0:
        return 2
    return min(2, (size - 1 - at if step > 0 else at) // abs(step))


def followed(
    tracks: Sequence[ThingTrack], facts: Facts, own: Collection[int], shape: Shape, most: int
) -> Matching:
    """Match the tracks of a frame with the things of the next one, of each type by itself."""
    of_type: dict[int, list[ThingTrack]] = {}
    for track in tracks:
        of_type.setdefault(track.type, []).append(track)
    places: dict[int, set[Place]] = {}
    for fact in facts:
        if fact.type not in own:
            places.setdefault(fact.type, set()).add((fact.row, fact.col))
    steps: list[tuple[ThingTrack, Offset | None]] = []
    found: list[ThingTrack] = []
    new: list[ThingTrack] = []
    for number in sorted(of_type.keys() | places.keys()):
        known, left, first = of_type.get(number, []), places.get(number, set()), len(found)
        for track, offset in _matched(known, left, shape):
            steps.append((track, offset))
            if offset is not None:
                found.append(track.moved(offset, shape, most))
        taken = {track.place for track in found[first:]}
        new += [ThingTrack(number, *place) for place in sorted(left - taken)]
    gone = [track for track, offset in steps if offset is None and track.last != UNMOVED]
    came = {track.place: track.type for track in new}
    hidden = {track: step for track in gone if (step := _hidden_step(track, came)) is not None}
    if hidden:
        steps = [(track, hidden.get(track, offset)) for track, offset in steps]
    found += [track.moved(step, shape, most) for track, step in hidden.items()]
    return Matching((*found, *_inherited(new, gone, shape)), tuple(steps), tuple(new))


def _hidden_step(track: ThingTrack, came: Mapping[Place, int]) -> Offset | None:
    """Return the step of a thing seen no more to where something of another type came up.

    `came` holds the types that came up, by place. Two things in one cell look like neither: a shot
    in front of a ball. Each is kept as long as it is to be there, so that it is foreseen to come
    out again.
    """
    likely = (track.last, UNMOVED) if track.age == 1 else (UNMOVED, track.last)
    kind = track.type
    return next((step for step in likely if came.get(_after(track, step), kind) != kind), None)


def _inherited(
    new: Sequence[ThingTrack], gone: Sequence[ThingTrack], shape: Shape
) -> Iterator[ThingTrack]:
    """Yield new tracks with the motion of a thing that is seen no more, if one was to come there.

    A thing in front of another one is of another type.
    """
    for track in new:
        near = [
            (far((track.row - old.row - old.last[0], track.col - old.col - old.last[1])), old)
            for old in gone
        ]
        gap, old = min(near, default=(2, track))
        if gap > 1:
            yield track
            continue
        offset = around((track.row - old.row, track.col - old.col), shape)
        yield track._replace(last=offset, before=old.last, dwell=old.age)


def _matched(
    tracks: Sequence[ThingTrack], places: set[Place], shape: Shape
) -> Iterable[tuple[ThingTrack, Offset | None]]:
    """Pair the tracks of a type with places; a track without a place is paired with `None`."""
    if {(track.row, track.col) for track in tracks} == places:
        return [(track, UNMOVED) for track in tracks]
    if len(tracks) == len(places) == 1:
        (track,), (place,) = tracks, places
        return [(track, _between(track, place) if _is_near(track, place, shape) else None)]
    shift = _common_shift(tracks, places)
    if shift is not None:
        return [(t, shift if _after(t, shift) in places else None) for t in tracks]
    matched: dict[int, Place] = {}
    used: set[Place] = set()
    for index, track in enumerate(tracks):  # no pair is better than what stands where it stood
        stands = track.place in places and _cost(track, track.place, shape) == (0, 0)
        if stands and track.place not in used:
            matched[index] = track.place
            used.add(track.place)
    pairs = sorted(
        (_cost(tracks[index], place, shape), index, place)
        for index in set(range(len(tracks))) - matched.keys()
        for place in places - used
        if _is_near(tracks[index], place, shape)
    )
    for _, index, place in pairs:
        if index not in matched and place not in used:
            matched[index] = place
            used.add(place)
    return [
        (track, _between(track, matched[index]) if index in matched else None)
        for index, track in enumerate(tracks)
    ]


def _common_shift(tracks: Sequence[ThingTrack], places: set[Place]) -> Offset | None:
    """Return the displacement by which most of several things went on together, if they did."""
    if len(tracks) <= 2:
        return None
    shifts = Counter(
        (row, col)
        for track in tracks
        for row in (-1, 0, 1)
        for col in (-1, 0, 1)
        if (track.row + row, track.col + col) in places
    )
    most, stay = max(shifts.values(), default=0), shifts[UNMOVED]
    best = min(shift for shift, count in shifts.items() if count == most) if shifts else UNMOVED
    return best if most > stay and 2 * most > len(tracks) else None


def _cost(track: ThingTrack, place: Place, shape: Shape) -> tuple[int, int]:
    """Return the cost of a match: a thing goes on as it did, or stays, or goes to a near cell."""
    offset = _between(track, place)
    near = around(offset, shape)
    leaps = int(near != offset)
    if track.age == 1 and track.last != UNMOVED:
        rank = 0 if near == track.last else 2
    else:
        rank = 0 if offset == UNMOVED else 1 if near == track.last else 2
    return rank + 4 * leaps, abs(near[0]) + abs(near[1])


def _is_near(track: ThingTrack, place: Place, shape: Shape) -> bool:
    """Say whether a thing may have gone to a place in a step, the shorter way around the board."""
    (rows, cols), (down, right) = shape, _between(track, place)
    down, right = abs(down), abs(right)
    return min(down, rows - down) <= 2 and min(right, cols - right) <= 2


def _between(track: ThingTrack, place: Place) -> Offset:
    return place[0] - track.row, place[1] - track.col


def _after(track: ThingTrack, offset: Offset) -> Place:
    return track.row + offset[0], track.col + offset[1]


def labels_of(facts: Facts, own: Collection[int]) -> dict[Place, int]:
    """Return the types of all things but the agent, by place."""
    return {(fact.row, fact.col): fact.type for fact in facts if fact.type not in own}


def place_of(fact: Fact | None) -> Place | None:
    """Return where a fact stands, `None` without one."""
    return None if fact is None else (fact.row, fact.col)
