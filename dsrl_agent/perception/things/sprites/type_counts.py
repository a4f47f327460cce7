"""Weigh how many types the things of few still pictures may be of.

In a picture that was resampled, things of one shape differ from cell to cell, as their edges fall
on pixels otherwise. Whether two things are of one type is then told by how long a description of
all things is: a sprite for each type, and for each further thing of a type what its sprite leaves.
Things are joined one after the other, those first of which one sprite leaves least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.back_end.compositor.canvas import Canvas
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.perception.things.evidence.background import StaticBackground, holds_thing
from dsrl_agent.perception.things.evidence.coverage import coverage_of
from dsrl_agent.perception.things.evidence.film import FilmStrip
from dsrl_agent.perception.things.evidence.tracks import find_tracks
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.types import Floats, Floats32, Frame, Ints


class _Group(NamedTuple):
    """Things that may be of one type."""

    sprite: Floats32  # [side, side]
    members: Ints  # numbers of the things
    left: Floats  # [T]: squared residual that the sprite leaves of each thing


def things_apart(frames: Frame, model: ThingsModel) -> TrackFitter:
    """Return the things of pictures `uint8 [N, H, W, 3]`, each seen once, to fit sprites to."""
    scenes, thresholds = model.scenes, model.thresholds
    nowhere = np.zeros((len(frames), *scenes.windows.shape), np.bool_)
    film = FilmStrip(frames, np.arange(len(frames)), left=nowhere, stands=nowhere)
    background = StaticBackground(scenes.background, scenes.likelihood.noise)
    holds = holds_thing(frames, background, scenes.windows, thresholds.background)
    tracks = find_tracks(
        film, holds, background, scenes.windows, thresholds.standing, int(model.reach)
    )
    covered = coverage_of(tracks, background.noise, thresholds.coverage)
    canvas = Canvas(scenes.windows.size, thresholds.sprites.samples)
    return TrackFitter(canvas, tracks, covered, thresholds.sprites)


@dataclass(frozen=True)
class TypeCounts:
    """The length of the best description of some things with each number of types.

    Attributes:
        nats: Nats by number of types, against things that have no type in common. Empty if
            nothing was weighed.
        spreads: Standard deviation, by number of types, of what a type's sprite leaves of coverage
            at edges, noise aside.
        things: How many things are of each type, by number of types, in ascending order.
    """

    nats: Mapping[int, float]
    spreads: Mapping[int, float]
    things: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, fitter: TrackFitter) -> TypeCounts:
        """Weigh all numbers of types, from a type for each thing to one for all."""
        groups = _apart(fitter)
        nats, spreads = dict[int, float](), dict[int, float]()
        things = dict[int, Sequence[int]]()
        while groups:
            things[len(groups)] = sorted(len(each.members) for each in groups)
            nats[len(groups)], spreads[len(groups)] = _described(groups, fitter)
            groups = _joined(groups, fitter) if len(groups) > 1 else []
        return cls(nats, spreads, things)

    def alternatives(
        self, found: int, thresholds: StillsThresholds, possible: float = 0.0
    ) -> list[int]:
        """Return the numbers of types, other than that found, that may be right as well.

        In a picture shrunk or enlarged, some things of one type are alike by chance, and others
        are not. So fewer types must be clearly worse, and more so if things of one type differ.
        They are an alternative in any case if their spread is at most `possible`.
        """
        if found not in self.nats:
            return sorted(self.nats, key=self.nats.__getitem__)[:1]
        differ = self.spreads[found] > thresholds.resampled
        fewer = thresholds.fewer_resampled if differ else thresholds.fewer_types
        margins = {count: thresholds.more_types if count > found else fewer for count in self.nats}
        own = self.nats[found]
        near = {count for count, nats in self.nats.items() if nats < own + margins[count]}
        near |= {n for n, spread in self.spreads.items() if n < found and spread <= possible}
        return sorted(near - {found})


def _apart(fitter: TrackFitter) -> list[_Group]:
    """Return each thing as a group of its own."""
    things = np.flatnonzero(fitter.usable)
    sprites = [fitter.first_sprite(int(thing)) for thing in things]
    return [
        _Group(sprite, np.array([thing]), _left(sprite, fitter))
        for sprite, thing in zip(sprites, things, strict=True)
    ]


def _left(sprite: Floats32, fitter: TrackFitter) -> Floats:
    """Return the squared residual `[T]` beyond noise that a sprite leaves of each thing."""
    energies = fitter.energies - fitter.variances * fitter.pixels
    left = fitter.fit(sprite, np.arange(fitter.count)).left
    return np.asarray(np.maximum(left * energies, 0.0))


def _joined(groups: Sequence[_Group], fitter: TrackFitter) -> list[_Group]:
    """Return groups with two as one: those of which one's sprite leaves least of the other."""
    more = np.full((len(groups), len(groups)), np.inf)
    for one, group in enumerate(groups):
        for other, rival in enumerate(groups):
            if one != other:
                own = rival.left if len(rival.members) > 1 else np.zeros(fitter.count)
                more[one, other] = (group.left - own)[rival.members].sum()
    best, other = divmod(int(more.argmin()), len(groups))
    members = np.concatenate([groups[best].members, groups[other].members])
    sprite = groups[best].sprite
    for _ in range(fitter.thresholds.colourings):
        sprite = fitter.refined(sprite, members, fitter.fit(sprite, members))
    rest = [group for number, group in enumerate(groups) if number not in (best, other)]
    return [*rest, _Group(sprite, members, _left(sprite, fitter))]


def _described(groups: Sequence[_Group], fitter: TrackFitter) -> tuple[float, float]:
    """Return the length of a description, and the standard deviation of what sprites leave.

    The length is against things that are each described alone.

    A pixel at a thing's edge, described alone, is uniform in coverage, and takes no nats. Described
    by a sprite, it is normal about it, with one variance for all. A sprite that describes S things
    has an error, which takes half the logarithm of S for each pixel.
    """
    edges = _edge_pixels(fitter)
    size = [float(edges[group.members].mean()) for group in groups]
    further = sum(own * (len(each.members) - 1) for own, each in zip(size, groups, strict=True))
    if not further:
        return 0.0, 0.0
    rest = sum(float(each.left[each.members].sum()) for each in groups if len(each.members) > 1)
    noise = float(np.median(fitter.variances[fitter.usable]))
    left = rest / further
    variance = max(left, fitter.thresholds.raster**2) + noise
    errors = sum(
        own * np.log(len(each.members)) / 2 for own, each in zip(size, groups, strict=True)
    )
    length = further * (1 + np.log(2 * np.pi * variance)) / 2 + errors
    return float(length), float(np.sqrt(left))


def _edge_pixels(fitter: TrackFitter) -> Floats:
    """Return the number of pixels at the edge of each thing, `[T]`.

    An edge in any direction crosses 4/pi times as many sides of pixels as it is pixels long.
    """
    inked = (fitter.pictures > 1 / 2).astype(np.float64)
    grainy = fitter.variances >= fitter.thresholds.grainy
    inked[grainy] = ndimage.median_filter(inked[grainy], (1, 3, 3))
    sides = np.abs(np.diff(inked, axis=1)).sum(axis=(1, 2))
    sides += np.abs(np.diff(inked, axis=2)).sum(axis=(1, 2))
    return np.asarray(np.maximum(sides * np.pi / 4, 1.0))
