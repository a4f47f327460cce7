"""Fit sprites to the coverage of tracks: placements, and what remains unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement, Sighted
from dsrl_agent.config.things import SpritesThresholds
from dsrl_agent.perception.things.evidence.coverage import Covered, middles_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.runtime.work import count_work
from dsrl_agent.types import Floats, Floats32, Ints


class Fits(NamedTuple):
    """How one sprite fits S tracks."""

    left: Floats  # [S]: squared residual beyond noise, as a share of the energy beyond noise
    spread: Floats  # [S]: the standard deviation that noise gives it
    placements: list[Placement]  # [S]: in the aligned window
    gains: Floats  # [S]: factor on the coverage

    def of(self, chosen: Ints) -> Fits:
        """Return the fits of some of the tracks."""
        places = [self.placements[number] for number in chosen]
        return Fits(self.left[chosen], self.spread[chosen], places, self.gains[chosen])


class _Bank(NamedTuple):
    """A sprite drawn at P placements."""

    placements: list[Placement]  # [P]
    covers: Floats32  # [P, pixels]
    squares: Floats32  # [P, pixels]: the squares of these


class TrackFitter:
    """Fits sprites to tracks whose coverage is aligned by their bounding boxes.

    Attributes:
        canvas: Draws the sprites.
        count: Number of tracks.
        middles: `[T, 2]`: pixels from each window's middle to that of the bounding box.
        counts: `[T]`: frames averaged in each track.
        clear: `[T]`: whether noise hides little of the track.
    """

    def __init__(
        self, canvas: Canvas, tracks: Tracks, covered: Covered, thresholds: SpritesThresholds
    ) -> None:
        self.canvas, self.thresholds = canvas, thresholds
        self._last: tuple[Floats32, tuple[float, ...], _Bank] | None = None
        self.counts, self.count = tracks.counts, len(tracks.counts)
        self.colours = covered.colours
        self.middles, self._edge = covered.middles, covered.edge
        self.pictures = _shifted(covered.pictures, -self.middles)
        self.weights = _shifted(np.asarray(tracks.weights), -self.middles)
        self.variances = np.maximum(covered.variances, 0.0)
        flat, weights = self.pictures.reshape(self.count, -1), self.weights.reshape(self.count, -1)
        self.energies = (weights * np.square(flat)).sum(axis=1).astype(np.float64)
        self.pixels = weights.sum(axis=1).astype(np.float64)
        beyond = np.maximum(self.energies - self.variances * self.pixels, 1e-6)
        self.spreads = self.variances * np.sqrt(2 * self.pixels) / beyond
        self.scales = [
            float(scale)
            for scale in np.round(
                np.arange(
                    thresholds.least_scale, thresholds.most_scale + 1e-9, thresholds.scale_step
                ),
                4,
            )
        ]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which tracks have more energy than noise."""
        noise = self.pixels * self.variances
        return np.asarray(noise < self.thresholds.noisy * self.energies)

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Which tracks noise hides little of, the clearest at least."""
        own = self.spreads[self.usable]
        usual = float(np.quantile(own, self.thresholds.clearest)) if len(own) else 0.0
        return np.asarray(self.spreads <= max(self.thresholds.final, usual))

    def below(self, fits: Fits, limit: float) -> NDArray[np.bool_]:
        """Return which tracks a sprite explains but for a share `limit`, noise aside."""
        spread = np.minimum(fits.spread, self.thresholds.most_spread)
        return np.asarray(fits.left < limit + self.thresholds.deviations * spread)

    def explained(self, fits: Fits, limit: float) -> NDArray[np.bool_]:
        """Return which tracks may be a sprite's, however noisy they are."""
        return np.asarray(fits.left < limit + self.thresholds.deviations * fits.spread)

    def is_rougher(self, fits: Fits, best: Fits) -> bool:
        """Return whether one fit leaves notably more of the same tracks than another."""
        mean, error = excess(fits, best, self.thresholds.drawn)
        return mean - self.thresholds.errors * error >= self.thresholds.rough

    def mean_left(self, fits: Fits) -> float:
        """Return what fits leave on average; clear tracks count most."""
        return float((_weights(fits, self.thresholds.drawn) * fits.left).sum())

    def first_sprite(self, track: int) -> Floats32:
        """Return a sprite made from one track."""
        sharpness = self.thresholds.sharpness
        sprite = self.canvas.enlarged(self.pictures[track], 0, 0, sharpness)
        if self.variances[track] >= self.thresholds.grainy:  # its noise would be reconstructed
            return sprite
        fits = Fits(np.zeros(1), np.zeros(1), [Placement(1.0, 0, 0)], np.ones(1))
        return self.refined(sprite, np.array([track]), fits)

    def fit(self, sprite: Floats32, chosen: Ints, scales: Sequence[float] = ()) -> Fits:
        """Return the best placement of a sprite on each of the chosen tracks, at all scales."""
        places, bank, squares = self._drawn(sprite, tuple(scales or self.scales))
        count_work(2.0 * len(chosen) * bank.size)
        pictures = self.pictures[chosen].reshape(len(chosen), -1)
        weights = self.weights[chosen].reshape(len(chosen), -1)
        match = (weights * pictures) @ bank.T
        size = weights @ squares.T
        spare = self.thresholds.gain
        # In place: these are all tracks at all placements.
        gains = np.maximum(size, 1e-6)
        np.divide(match, gains, out=gains)
        np.clip(gains, 1 - spare, 1 + spare, out=gains)
        rest = np.multiply(gains, size, out=size)
        rest -= np.multiply(match, 2, out=match)
        rest *= gains
        best = rest.argmin(axis=1)
        each = np.arange(len(chosen))
        noise = self.variances[chosen] * self.pixels[chosen]
        beyond = np.maximum(self.energies[chosen] - noise, 1e-6)
        left = (self.energies[chosen] + rest[each, best] - noise) / beyond
        return Fits(
            left, self.spreads[chosen], [places[k] for k in best], gains[each, best].astype(float)
        )

    def _drawn(self, sprite: Floats32, scales: tuple[float, ...]) -> _Bank:
        """Return a sprite drawn at all its placements; the last one is kept."""
        if self._last is None or self._last[0] is not sprite or self._last[1] != scales:
            places = self._placements(sprite, scales)
            bank = self.canvas.draw_all(sprite, places).reshape(len(places), -1)
            self._last = sprite, scales, _Bank(places, bank, np.square(bank))
        return self._last[2]

    def _placements(self, sprite: Floats32, scales: Sequence[float]) -> list[Placement]:
        """Return where a sprite may be in an aligned window: bounding boxes have one middle."""
        whole = self.canvas.draw(sprite, Placement(1.0, 0, 0))
        middle = middles_of(whole[None], self._edge)[0]
        steps = range(-self.thresholds.slack, self.thresholds.slack + 1)
        places = []
        for scale in scales:
            top, left = (round(-scale * float(pixels)) for pixels in middle)
            shifts = [(top + down, left + right) for down in steps for right in steps]
            places += [Placement(scale, *shift) for shift in shifts]
        return places

    def refined(self, sprite: Floats32, chosen: Ints, fits: Fits) -> Floats32:
        """Return the sprite reconstructed from the chosen tracks, placed as `fits` says.

        At most `tracks` of them are taken, those of most frames.
        """
        use = np.argsort(-self.counts[chosen], kind="stable")[: self.thresholds.tracks]
        own = chosen[use]
        precision = 1 / np.maximum(self.variances[own], self.thresholds.raster**2)
        gains = fits.gains[use][:, None, None]
        seen = Sighted(
            [fits.placements[k] for k in use],
            (self.pictures[own] / gains).astype(np.float32),
            (self.weights[own] * precision[:, None, None]).astype(np.float32),
        )
        thresholds = self.thresholds
        return self.canvas.reconstruct(
            sprite, seen, thresholds.rounds, thresholds.relaxation, thresholds.least_seen
        )


def excess(fits: Fits, best: Fits, drawn: float) -> tuple[float, float]:
    """Return by how much more one fit leaves of the same tracks, and the standard error of that.

    Noise is the same in both, so the differences tell more than either. Clear tracks count most;
    `drawn` is what drawing leaves of each.
    """
    weights = _weights(best, drawn)
    more = fits.left - best.left
    mean = float((weights * more).sum())
    return mean, float(np.sqrt((np.square(weights) * np.square(more - mean)).sum()))


def _weights(fits: Fits, drawn: float) -> Floats:
    """Return weights `[S]` of tracks that sum to 1: large where noise hides little of a track."""
    weights = 1 / np.square(fits.spread + drawn)
    return np.asarray(weights / weights.sum(), np.float64)


def _shifted(pictures: Floats32, by: Ints) -> Floats32:
    """Return pictures `[T, h, w]` shifted by whole pixels `[T, 2]`, with zeros beyond."""
    moved = np.zeros_like(pictures)
    height, width = pictures.shape[1:]
    for shift in np.unique(by, axis=0):
        down, right = (int(step) for step in shift)
        own = np.flatnonzero((by == shift).all(axis=1))
        to = (
            slice(max(0, down), height + min(0, down)),
            slice(max(0, right), width + min(0, right)),
        )
        source = (
            slice(max(0, -down), height + min(0, -down)),
            slice(max(0, -right), width + min(0, -right)),
        )
        moved[(own, *to)] = pictures[(own, *source)]
    return moved
