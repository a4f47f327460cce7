"""Turn sprites and the tracks that they explain into what each type may look like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.hypotheses import Vocabulary
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.perception.things.evidence.inks import Inked
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.sprites.discovery import FoundSprite, exchanged
from dsrl_agent.perception.things.sprites.fitting import Fits, TrackFitter
from dsrl_agent.perception.things.sprites.parts import part_colours, placed, shares_of
from dsrl_agent.types import Floats, Floats32, Ints


class Vocabularies(NamedTuple):
    """What all types may look like."""

    types: list[Vocabulary]
    palette: Floats32  # [P, 3] in [0, 1]
    agent: int  # number of the type that the agent is, -1 if it was not seen


class _Member(NamedTuple):
    """Tracks of one type."""

    sprite: Floats32
    tracks: Ints  # [S]
    fits: Fits  # of these
    shares: Floats32 | None = None  # [P, side, side]: of its parts, None for one

    @property
    def parts(self) -> int:
        """Number of parts."""
        return 1 if self.shares is None else len(self.shares)


def vocabularies(
    found: list[FoundSprite],
    fitter: TrackFitter,
    tracks: Tracks,
    noise: float,
    thresholds: ScenesThresholds,
    inked: Inked | None = None,
) -> Vocabularies:
    """Assign every track to the sprite that explains it best, and gather what types look like.

    With the inks of tracks, sprites may have parts.
    """
    members = _members(found, fitter, inked)
    measured = [_colours(member, fitter, tracks, noise) for member in members]
    colours, errors = [each[0] for each in measured], [each[1] for each in measured]
    weights = [np.repeat(tracks.counts[member.tracks], member.parts) for member in members]
    radii = [thresholds.colour_radius + thresholds.colour_errors * each for each in errors]
    palette = _palette(
        np.concatenate([np.empty((0, 3)), *colours]),
        np.concatenate([np.empty(0), *weights]),
        np.concatenate([np.empty(0), *radii]),
        thresholds.rare_colour,
    )
    types = []
    for number, member in enumerate(members):
        near = _near(colours[number], radii[number], palette)
        parts = [slice(part, None, member.parts) for part in range(member.parts)]
        own = [_tints(near[k], weights[number][k], thresholds.one_colour) for k in parts]
        places = _placements(member, fitter, weights[number][parts[0]], thresholds)
        tints = np.unique(np.concatenate(own))
        types.append(Vocabulary(member.sprite, places, tints, member.shares))
    votes = [int(tracks.agent[member.tracks].sum()) for member in members]
    agent = int(np.argmax(votes)) if max(votes, default=0) else -1
    return Vocabularies(shared(types, agent, fitter.scales), palette, agent)


def shared(types: list[Vocabulary], agent: int, scales: list[float]) -> list[Vocabulary]:
    """Return types whose sizes and offsets may vary as much as those of any of them.

    A few tracks of a type do not show all of its sizes and offsets. What varies, varies about the
    middle of a cell. The agent, by number, is left alone. `scales` are those that may be.
    """
    things = [each for number, each in enumerate(types) if number != agent]
    ratio = min((_extent(each, 0)[0] / _extent(each, 0)[1] for each in things), default=1.0)
    reaches = [0, 0]
    for each in things:
        for axis in (0, 1):
            low, high = _extent(each, 1 + axis)
            if low < high:
                reaches[axis] = max(reaches[axis], int(max(-low, high)))
    widened = [_widened(each, ratio, reaches, scales) for each in types]
    return [
        each if k == agent else wide
        for k, (each, wide) in enumerate(zip(types, widened, strict=True))
    ]


def _extent(vocabulary: Vocabulary, field: int) -> tuple[float, float]:
    """Return the least and the greatest scale or offset of a type."""
    values = [place[field] for place in vocabulary.placements]
    return float(min(values)), float(max(values))


def _widened(
    vocabulary: Vocabulary, ratio: float, reaches: list[int], scales: list[float]
) -> Vocabulary:
    """Return a type with sizes in a ratio and offsets of a reach, and those that it has."""
    low, high = _extent(vocabulary, 0)
    least, most = min(low, high * ratio), max(high, low / ratio)
    own = {place.scale for place in vocabulary.placements}
    sizes = sorted(own | {s for s in scales if ratio < 1 and least - 1e-6 <= s <= most + 1e-6})
    ranges = []
    for axis, reach in enumerate(reaches):
        first, last = (int(end) for end in _extent(vocabulary, 1 + axis))
        if reach:
            first, last = min(first, -reach), max(last, reach)
        ranges.append(range(first, last + 1))
    places = [Placement(s, down, right) for s in sizes for down in ranges[0] for right in ranges[1]]
    return vocabulary._replace(placements=places)


def _members(found: list[FoundSprite], fitter: TrackFitter, inked: Inked | None) -> list[_Member]:
    """Return each sprite with the tracks that it explains best."""
    members = []
    for each in exchanged(fitter, found):
        own, fits = each.members, fitter.fit(each.sprite, each.members)
        shares = None if inked is None else shares_of(each.sprite, own, fits, fitter, inked)
        members.append(_Member(each.sprite, own, fits, shares))
    return members


def _colours(
    member: _Member, fitter: TrackFitter, tracks: Tracks, noise: float
) -> tuple[Floats, Floats]:
    """Return the colour `[S, 3]` of each track by least squares, and its standard error `[S]`.

    Of a sprite of P parts, these are `[S P, 3]` and `[S P]`, all parts of a track after each other.
    """
    if member.shares is not None:
        return _colours_of_parts(member, member.shares, fitter, tracks, noise)
    colours, errors = np.empty((len(member.tracks), 3)), np.empty(len(member.tracks))
    for number, track in enumerate(member.tracks):
        scale, down, right = member.fits.placements[number]
        middle = fitter.middles[track]
        place = Placement(scale, down + int(middle[0]), right + int(middle[1]))
        cover = fitter.canvas.draw(member.sprite, place)
        shown = (tracks.weights[track] * cover)[..., None]
        seen = tracks.contrasts[track] + cover[..., None] * tracks.grounds[track]
        total = float((shown[..., 0] * cover).sum())
        colours[number] = (shown * seen).sum(axis=(0, 1)) / max(total, 1e-6)
        errors[number] = noise * np.sqrt(3 / max(total, 1e-6) / tracks.counts[track])
    return colours, errors


def _colours_of_parts(
    member: _Member, shares: Floats32, fitter: TrackFitter, tracks: Tracks, noise: float
) -> tuple[Floats, Floats]:
    """Return the colours `[S P, 3]` of all parts of tracks, and their standard errors `[S P]`."""
    places = placed(fitter, member.fits, member.tracks)
    drawn = [fitter.canvas.draw_all(member.sprite * share, places) for share in shares]
    masks = np.stack(drawn, axis=1)  # [S, P, h, w]
    found = [
        part_colours(masks[number], tracks, int(track), noise)
        for number, track in enumerate(member.tracks)
    ]
    colours, errors = (np.concatenate(each) for each in zip(*found, strict=True))
    return colours, errors


class _ColourTracks(NamedTuple):
    """Tracks of one colour."""

    total: Floats  # [3]: the sum of their colours, weighted
    mass: float  # the sum of their weights
    number: int  # of tracks
    radius: float  # within which the best measured of them tells colours apart

    def with_others(self, others: _ColourTracks) -> _ColourTracks:
        """Return these tracks and others, which are of the same colour."""
        total, mass = self.total + others.total, self.mass + others.mass
        radius = min(self.radius, others.radius)
        return _ColourTracks(total, mass, self.number + others.number, radius)


def _palette(colours: Floats, weights: Floats, radii: Floats, rare: float) -> Floats32:
    """Return the colours `[P, 3]` that occur in tracks, without rare ones.

    The best measured tracks are gathered first. A track is of a colour within its radius.
    """
    order = np.argsort(radii, kind="stable")
    found = [
        _ColourTracks(weights[track] * colours[track], weights[track], 1, radii[track])
        for track in order
    ]
    # What gathered about an outlier may be no other colour; colours of most tracks come first.
    found = sorted(_gathered(found), key=lambda each: -each.mass)
    found = _gathered(found)
    masses, counts = (np.array([each[field] for each in found]) for field in (1, 2))
    kept = (counts >= max(2, rare * len(colours))) & (masses >= rare * masses.sum())
    kept |= not kept.any()  # few things, each in a colour of its own
    means = [each.total / each.mass for each, is_kept in zip(found, kept, strict=True) if is_kept]
    return np.asarray(np.clip(np.reshape(means, (-1, 3)), 0, 1), np.float32)


def _gathered(tracks: list[_ColourTracks]) -> list[_ColourTracks]:
    """Return tracks of each colour; one after the other, they join the nearest in their radius."""
    found: list[_ColourTracks] = []
    means = np.empty((0, 3))
    for each in tracks:
        away = np.linalg.norm(means - each.total / each.mass, axis=1)
        nearest = int(away.argmin()) if len(away) else -1
        if nearest < 0 or away[nearest] >= each.radius:
            found.append(each)
            means = np.vstack([means, each.total / each.mass])
            continue
        found[nearest] = found[nearest].with_others(each)
        means[nearest] = found[nearest].total / found[nearest].mass
    return found


def _near(colours: Floats, radii: Floats, palette: Floats32) -> Floats:
    """Return how near to each colour tracks are, `[S, P]`: 0 at their radius, 1 at the colour."""
    away = np.linalg.norm(colours[:, None] - palette, axis=2)
    return np.asarray(np.clip(1 - away / radii[:, None], 0, 1))


def _tints(near: Floats, weights: Ints, one: float) -> Ints:
    """Return the colours of a type: one if nearly all of its tracks may have it, else all.

    `near` is `[S, P]`. In noise, a track may have one of several colours. Tracks count by their
    frames `[S]`, as a few poor ones may be of another type.
    """
    shares = ((near > 0) * weights[:, None]).sum(axis=0)
    some = near.any(axis=1)  # others have a colour that is too rare
    common = np.flatnonzero(shares > one * max(1, int(weights[some].sum())))
    if not len(common):
        return np.arange(near.shape[1])
    likeness = (near[:, common] * weights[:, None]).sum(axis=0)
    return common[[likeness.argmax()]]


def _placements(
    member: _Member, fitter: TrackFitter, weights: Ints, thresholds: ScenesThresholds
) -> list[Placement]:
    """Return the scales and offsets of a type: all between those that are common."""
    scales = _scales(member, fitter, weights, thresholds)
    ranges = []
    for axis in (0, 1):
        steps = np.array([place[1 + axis] for place in member.fits.placements])
        first, last = _common(steps + fitter.middles[member.tracks][:, axis], thresholds.common)
        ranges.append(range(int(first), int(last) + 1))
    return [Placement(s, down, right) for s in scales for down in ranges[0] for right in ranges[1]]


def _scales(
    member: _Member, fitter: TrackFitter, weights: Ints, thresholds: ScenesThresholds
) -> list[float]:
    """Return the scales of a type: one if several explain its tracks no better than it."""
    own = np.array([place.scale for place in member.fits.placements])
    values = np.unique(own)
    usual = float(values[np.argmax([weights[own == value].sum() for value in values])])
    fixed = fitter.fit(member.sprite, member.tracks, [usual])
    low, high = _common(own, thresholds.common)
    if not fitter.is_rougher(fixed, member.fits) or high - low < thresholds.one_scale:
        return [usual]
    return [scale for scale in fitter.scales if low - 1e-6 <= scale <= high + 1e-6]


def _common(values: Floats | Ints, share: float) -> tuple[float, float]:
    """Return the least and the greatest of the values that at least a share of all have."""
    found, counts = np.unique(values, return_counts=True)
    common = found[counts >= max(1.0, share * len(values))]
    return float(common.min()), float(common.max())
