"""Measure the noise of frames, and take it out: equal colours get equal codes again.

Values of a pixel that agree within the noise are one colour of that pixel and are averaged over
time. The averages of all pixels are then matched with a common palette; each average's tolerance is
its own standard error, so that colours closer than the noise of one frame are told apart.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiling import NoiseThresholds
from dsrl_agent.perception.tiling.hashing import Codes
from dsrl_agent.symbols.deviation import median_magnitude, sigma_of
from dsrl_agent.types import Floats, Floats32, Frame, Ints

_ONE_SIGMA = 0.8413  # share of a normal distribution below one standard deviation


def noise_of(frames: Frame, thresholds: NoiseThresholds) -> float:
    """Return the standard deviation of the noise of frames `[N, H, W, 3]`, in levels.

    Two measures bound it from above, and the smaller one counts. From one frame to the next, the
    median change of the calmest pair is noise, among values that are never clipped at 0 or 255.
    Over time, the 84th percentile of a pixel lies one standard deviation above its median, or the
    16th below it: one of the two also where values are clipped. The share `still` of the pixels
    shows one colour most of the time. The result is 0 for frames without noise.
    """
    if len(frames) < thresholds.least_frames:
        return 0.0
    by_pairs = _from_pairs(frames, thresholds)
    if by_pairs == 0.0:
        return 0.0
    some = frames[:: max(1, len(frames) // thresholds.sample)]
    low, middle, high = np.quantile(some, (1 - _ONE_SIGMA, 0.5, _ONE_SIGMA), axis=0)
    spread = np.quantile(np.maximum(high - middle, middle - low), thresholds.still)
    return float(min(spread, by_pairs))


def _from_pairs(frames: Frame, thresholds: NoiseThresholds) -> float:
    """Return the deviation of the noise in the calmest pair of successive frames."""
    inside = (frames.min(axis=0) > 0) & (frames.max(axis=0) < 255)
    if not inside.any():
        return float("inf")
    pairs = np.unique(np.linspace(0, len(frames) - 2, thresholds.sample).astype(np.int64))
    least = np.inf
    for one in pairs.tolist():
        change = median_magnitude(frames[one + 1][inside].astype(np.int16) - frames[one][inside])
        if not change:
            return 0.0  # as in most frames without noise
        least = min(least, change)
    return sigma_of(least) / math.sqrt(2.0)


def denoised(frames: Frame, sigma: float, thresholds: NoiseThresholds) -> Codes:
    """Return the colours of frames `[N, H, W, 3]` as numbers `[N, H, W]` of a palette."""
    levels = _levels(frames, sigma, thresholds)
    count, pixels = levels.number.shape[0], levels.means.shape[1]
    met = levels.frames > 0
    means, counts = levels.means[met], levels.frames[met]
    numbers = np.zeros(met.shape, np.uint32)
    numbers[met] = _palette_numbers(means, counts, sigma, thresholds)
    codes = numbers[levels.number, np.arange(pixels)]
    return np.asarray(codes.reshape(count, *frames.shape[1:3]))


def nearly_whole_factor(codes: Codes, thresholds: NoiseThresholds) -> int:
    """Return the largest s such that colours `[N, H, W]` change within few blocks of s x s pixels.

    Noise leaves a few wrong colours, which `whole_factor` would not forgive.
    """
    height, width = codes.shape[1:]
    both = math.gcd(height, width)
    down = (codes[:, 1:] != codes[:, :-1]).sum(axis=(0, 2))
    across = (codes[:, :, 1:] != codes[:, :, :-1]).sum(axis=(0, 1))
    changes = int(down.sum() + across.sum())
    for factor in range(both, 1, -1):
        if both % factor == 0:
            between = down[factor - 1 :: factor].sum() + across[factor - 1 :: factor].sum()
            if changes - between <= thresholds.within_blocks * changes:
                return factor
    return 1


class _Levels(NamedTuple):
    """The colours that each pixel takes over time; K at most."""

    means: Floats32  # [K, P, 3]
    frames: Floats32  # [K, P]: how many show it
    number: NDArray[np.uint8]  # [N, P]: which one a frame shows


def _levels(frames: Frame, sigma: float, thresholds: NoiseThresholds) -> _Levels:
    """Cluster each pixel's values over time, each with the nearest mean within the noise."""
    most, count = thresholds.levels, frames[0].size // 3
    # Channels first, and one level after the other for those pixels that have it: few have many.
    means = np.zeros((3, most * count), np.float32)
    shown = np.zeros(most * count, np.float32)  # how many frames show a level
    free = np.zeros(count, np.int64)  # levels that a pixel has
    having = [np.zeros(0, np.int64)] * most  # by level, the pixels that have it
    number = np.zeros((len(frames), count), np.uint8)
    limit, pixels = np.float32(thresholds.sigmas * sigma), np.arange(count)
    for index, frame in enumerate(frames):
        values = np.ascontiguousarray(frame.reshape(count, 3).T, np.float32)
        least = np.full(count, np.inf, np.float32)
        chosen = np.zeros(count, np.int64)
        for level, own in enumerate(having):
            if not len(own):
                break
            at = level * count + own
            away = np.abs(means[:, at] - values[:, own])
            away = np.maximum(np.maximum(away[0], away[1]), away[2])
            # A mean is itself uncertain by sigma / sqrt(count).
            away /= np.sqrt(1 + 1 / shown[at])
            nearer = away < least[own]
            least[own[nearer]], chosen[own[nearer]] = away[nearer], level
        new = np.flatnonzero((least > limit) & (free < most))
        chosen[new] = free[new]
        at = chosen * count + pixels
        shown[at] += 1
        means[:, at] += (values - means[:, at]) / shown[at]
        number[index] = chosen
        free[new] += 1
        for level in np.unique(chosen[new]).tolist():
            having[level] = np.flatnonzero(free > level)
    return _Levels(
        np.ascontiguousarray(means.reshape(3, most, count).transpose(1, 2, 0)),
        shown.reshape(most, count),
        number,
    )


def _palette_numbers(
    means: Floats32, counts: Floats32, sigma: float, thresholds: NoiseThresholds
) -> Ints:
    """Return for each mean `[M, 3]` over `counts` frames the number of its colour in a palette.

    The palette grows by the colour of the steadiest mean that none of it explains, if that colour
    is not too rare to be one; what is left takes the nearest colour.
    """
    errors = thresholds.sigmas * sigma / np.sqrt(counts) + 1.0
    numbers = np.zeros(len(means), np.int64)
    best = np.full(len(means), np.inf)
    known = np.zeros((0, 3), np.float32)
    least = thresholds.support * counts.sum()
    tried = np.zeros(len(means), np.bool_)
    while len(known) < thresholds.colours and not (explained := (best <= 1.0) | tried).all():
        left = np.flatnonzero(~explained)
        colour, alike = _centre(means[left], errors[left], int(np.argmax(counts[left])))
        if counts[left][alike].sum() < least:
            tried[left[alike]] = True
            continue
        away = np.abs(means - colour).max(axis=1) / errors
        nearer = away < best
        numbers[nearer], best[nearer] = len(known), away[nearer]
        known = np.concatenate([known, colour[None]])
    return numbers


def _centre(means: Floats32, errors: Floats, first: int) -> tuple[Floats32, NDArray[np.bool_]]:
    """Return the mean of the steady means about one of them, and which means it explains."""
    alike = np.abs(means - means[first]).max(axis=1) <= np.maximum(errors, errors[first])
    steady = alike & (errors <= errors[first] * math.sqrt(2.0))
    return np.asarray(means[steady].mean(axis=0), np.float32), alike
