"""Fit square cells of whole pixels to contrast of things that reach into each other.

Where things reach out of their cells, contrast has no valleys between cells. Its profile is then
explained as the sum of one symmetric profile in each cell, as wide as needed. The ends of a row,
where nothing lies beside a thing, tell most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.contrast import profiles_of_each
from dsrl_agent.perception.stills.crowded.isolated import isolated_boxes, regularity
from dsrl_agent.perception.stills.lines import CellLines, span
from dsrl_agent.types import Floats, Frame, Ints


class LatticeFit(NamedTuple):
    """Cells of one pitch along one axis."""

    cost: float  # Bayesian information criterion: twice the negative log-likelihood, and size
    origin: int
    cells: int
    pitch: int
    width: int  # how far the profile of one cell reaches from its middle, in pixels


class EachPicture(NamedTuple):
    """What many pictures show one by one, beside their mean profiles."""

    profiles: Sequence[Sequence[Floats]]  # of the rows of each picture, and of its columns
    boxes: Ints  # [K, 4]: around isolated ink; top, bottom, left, right

    @classmethod
    def of(cls, frames: Frame, thresholds: StillGridThresholds) -> EachPicture:
        """Look at each of the pictures `uint8 [N, H, W, 3]`."""
        return cls(profiles_of_each(frames, thresholds), isolated_boxes(frames, thresholds))


def find_lattice(
    profiles: Sequence[Floats], thresholds: StillGridThresholds, each: EachPicture | None = None
) -> list[CellLines] | None:
    """Return the cells that explain the contrast of rows `[H]` and columns `[W]`; None if none do.

    None do if one thing alone explains it. Crowded cells may have the mean profile of one large
    thing, but then `each` of many pictures has not. Isolated things in them tell the pitch, too.

    Of pitches that explain it about as well, the longest is taken: a fraction of a pitch has lines
    at the same places, and more.
    """
    if max(map(len, profiles)) > thresholds.most_profile:
        return None
    axes = [_by_pitch(profile / profile.mean(), thresholds) for profile in profiles]
    pairs = {p: (axes[0][p], axes[1][p]) for p in axes[0] if p in axes[1]}
    costs = {p: sum(fit.cost for fit in pair) for p, pair in pairs.items()}
    if each is not None:
        costs = _with_each(costs, pairs, profiles, thresholds, each)
    if not costs:
        return None
    least = min(costs.values())
    pitch = max(p for p, cost in costs.items() if cost <= least + thresholds.as_good)
    if _is_one_thing(profiles, pairs[pitch], thresholds, each):
        return None
    return [CellLines(float(pitch), float(fit.origin), fit.cells) for fit in pairs[pitch]]


def _with_each(
    costs: Mapping[int, float],
    pairs: Mapping[int, Sequence[LatticeFit]],
    profiles: Sequence[Floats],
    thresholds: StillGridThresholds,
    each: EachPicture,
) -> dict[int, float]:
    """Return the costs of the best pitches, with what a picture costs and what isolated things say.

    Costs are twice the negative log-likelihood, and regularity is its logarithm.
    """
    own = {p: cost - 2 * regularity(each.boxes, p, thresholds) for p, cost in costs.items()}
    best = sorted(own, key=lambda pitch: own[pitch])[: thresholds.contested]
    weight = thresholds.each / max(1, *map(len, each.profiles))
    return {p: own[p] + weight * _cost_of_each(profiles, pairs[p], thresholds, each) for p in best}


def _is_one_thing(
    profiles: Sequence[Floats],
    fits: Sequence[LatticeFit],
    thresholds: StillGridThresholds,
    each: EachPicture | None,
) -> bool:
    """Return whether one thing alone explains contrast as well as cells do."""
    if each is None:
        alone = sum(_alone(profile / profile.mean(), thresholds) for profile in profiles)
        return alone <= sum(fit.cost for fit in fits)
    alone = sum(_alone(profile, thresholds) for own in each.profiles for profile in own)
    return alone <= _cost_of_each(profiles, fits, thresholds, each)


def _by_pitch(profile: Floats, thresholds: StillGridThresholds) -> dict[int, LatticeFit]:
    """Return the best cells of each pitch for a profile."""
    best: dict[int, LatticeFit] = {}
    for pitch in range(int(np.ceil(thresholds.least_pitch)), len(profile) // 2 + 1):
        fits = list(_fits(profile, pitch, thresholds))
        if fits:
            best[pitch] = min(fits)
    return best


def _fits(profile: Floats, pitch: int, thresholds: StillGridThresholds) -> Iterator[LatticeFit]:
    """Yield the fits of a pitch at all origins: cells in the frame about all that stands out."""
    size, (first, last) = len(profile), span(profile, thresholds)
    # What stands out may reach out of the first and the last cell, or not fill them.
    spare = int(np.ceil(max(thresholds.reaches) / 2 * pitch))
    for origin in range(max(0, first - pitch + 1), first + spare + 1):
        fewest = max(2, -((origin - last + spare) // pitch))
        for cells in range(fewest, (min(size, last + pitch - 1) - origin) // pitch + 1):
            away = _distances(size, origin, pitch, cells)
            for reach in thresholds.reaches:
                width = int(np.ceil(pitch / 2 * (1 + reach)))
                yield LatticeFit(
                    _cost(profile, away, width, thresholds), origin, cells, pitch, width
                )


def _distances(size: int, origin: int, pitch: int, cells: int) -> Ints:
    """Return how far each pixel `[P, cells]` is from the middle of each cell."""
    centres = origin + (np.arange(cells) + 0.5) * pitch
    return np.floor(np.abs(np.arange(size)[:, None] + 0.5 - centres)).astype(np.int64)


def _cost_of_each(
    profiles: Sequence[Floats],
    fits: Sequence[LatticeFit],
    thresholds: StillGridThresholds,
    each: EachPicture,
) -> float:
    """Return the cost of the cells of pictures, whose things have one profile but for a factor.

    `profiles` are the mean ones of rows and columns, and tell what that profile is.
    """
    total = 0.0
    for own, profile, fit in zip(each.profiles, profiles, fits, strict=True):
        away = _distances(len(profile), fit.origin, fit.pitch, fit.cells)
        shape = nnls(_counts(away, fit.width), profile)[0]
        things = np.append(shape, 0.0)[np.minimum(away, fit.width)]  # [P, cells]
        total += sum(_criterion(picture, things, thresholds) for picture in own)
        total += fit.width * float(np.log(len(profile)))
    return total


def _alone(profile: Floats, thresholds: StillGridThresholds) -> float:
    """Return the cost of one thing in the middle of what stands out."""
    first, last = span(profile, thresholds)
    away = np.floor(np.abs(np.arange(len(profile)) + 0.5 - (first + last) / 2)).astype(np.int64)
    width = int(np.ceil((last - first) / 2))
    return _cost(profile, away[:, None], width, thresholds)


def _cost(profile: Floats, away: Ints, width: int, thresholds: StillGridThresholds) -> float:
    """Return the cost of things of a width; `away` `[P, cells]` is how far pixels are from each."""
    return _criterion(profile, _counts(away, width), thresholds)


def _counts(away: Ints, width: int) -> Floats:
    """Return how many cells' middles are as far from each pixel, `[P, width]`."""
    return np.asarray((away[:, :, None] == np.arange(width)).sum(axis=1), np.float64)


def _criterion(profile: Floats, parts: Floats, thresholds: StillGridThresholds) -> float:
    """Return the cost of a profile as a sum of parts `[P, n]`, each with a factor of at least 0."""
    size, energy = len(profile), float(np.square(profile).sum())
    left = nnls(parts, profile)[1] ** 2
    return float(size * np.log(left / energy + thresholds.exact) + parts.shape[1] * np.log(size))
