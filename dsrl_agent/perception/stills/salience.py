"""Measure salience: where a fine network's latents differ from the usual ones of the picture."""

from __future__ import annotations

from itertools import product

import numpy as np

from dsrl_agent.back_end import Encoder
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.types import Floats, Floats32, Frame

_STRIDE = 4  # of the fine network, in pixels
_MARGIN = 2 * _STRIDE  # pixels by which the picture is continued beyond its edges


def all_shifts(frames: Frame) -> Floats32:
    """Return pictures, continued beyond their edges, at all 4 x 4 shifts: `[16 N, 3, H', W']`."""
    images = frames.astype(np.float32).transpose(0, 3, 1, 2) / np.float32(255.0)
    beyond = (_MARGIN, _MARGIN + _STRIDE)  # every shift by up to 4 fits
    images = np.pad(images, ((0, 0), (0, 0), beyond, beyond), mode="edge")
    height, width = (side // _STRIDE * _STRIDE - _STRIDE for side in images.shape[2:])
    shifts = product(range(_STRIDE), repeat=2)
    return np.concatenate([images[:, :, y : y + height, x : x + width] for y, x in shifts])


def salience_of(fine: Encoder, frame: Frame, thresholds: StillsThresholds) -> Floats:
    """Return the distance of each pixel's latents from the picture's usual ones, `[H, W]`.

    The unit is the posterior's standard deviation.
    """
    latents = fine.encode(all_shifts(frame[None]))
    _, height, width, count = latents.mean.shape
    # [4, 4, h, w, K] -> [4 h, 4 w, K]: the shifts' latent maps, interleaved, give one per pixel.
    dense = latents.mean.reshape(_STRIDE, _STRIDE, height, width, count)
    dense = dense.transpose(2, 0, 3, 1, 4).reshape(_STRIDE * height, _STRIDE * width, count)
    # The middle of what a place sees lies 1.5 pixels after its corner; the margin came before it.
    # A whole number of pixels leaves it half a pixel behind.
    start = _MARGIN - 1
    dense = dense[start : start + frame.shape[0], start : start + frame.shape[1]]
    spread = np.exp(0.5 * latents.log_variance).mean(axis=(0, 1, 2))
    scaled = dense / spread
    away = scaled - _densest(scaled.reshape(-1, count), thresholds)
    return np.asarray(np.sqrt(np.square(away).mean(axis=2)), np.float64)


def _densest(points: Floats32, thresholds: StillsThresholds) -> Floats32:
    """Return where points `[N, K]` lie densest: the appearance of most of a picture.

    The median would do as well, but not where objects take half of the picture.
    """
    some = points[:: max(1, len(points) // thresholds.candidates)]
    squares = np.square(points).sum(axis=1)
    away = np.square(some).sum(axis=1)[:, None] - 2 * some @ points.T + squares  # [C, N]
    few = max(1, int(thresholds.dense * len(points)))
    densest = away[np.partition(away, few, axis=1)[:, few].argmin()]
    return np.asarray(points[np.argpartition(densest, few)[:few]].mean(axis=0))


def otsu_threshold(values: Floats) -> float:
    """Return the threshold that parts values into the two tightest groups (Otsu 1979)."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * middles)
    both = (below > 0) & (above > 0)
    if not both.any():  # all values are one
        return float(values.max())
    below, above, sums_below, ends = below[both], above[both], sums[:-1][both], edges[1:-1][both]
    between = below * above * (sums_below / below - (sums[-1] - sums_below) / above) ** 2
    return float(ends[np.argmax(between)])
