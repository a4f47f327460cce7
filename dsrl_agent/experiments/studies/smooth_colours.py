"""Find areas whose colour is even or changes evenly, under measured noise.

Values are those of pictures in [0, 1]. A colour field is the colour at each pixel `[H, W, 3]`, one
colour everywhere, or a linear ramp where that describes the pixels in fewer nats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.types import Floats, Frame

_LEVEL = 1 / 255  # of 8 bits
_SECOND = 1.4826 / np.sqrt(6)  # deviation of noise by the median of its second differences
_FITS = 16.3  # chi-squared of 3 channels that 1 pixel in 1,000 exceeds
_GRAINY = 2.5 * _LEVEL  # noise from which on pictures are smoothed to find areas in
_SMOOTHED = 0.45  # share of noise that the median of 3 x 3 pixels leaves
_SAMPLE = 300  # pixels that vote for the most frequent colour
_FEWEST = 12  # pixels that may show a ramp
_ROUNDS, _STEP = 12, 3  # rounds in which an area grows, and by how many pixels at most
_AROUND = np.ones((3, 3), np.bool_)

Mask = NDArray[np.bool_]
"""Pixels `[H, W]`."""


class ColourArea(NamedTuple):
    """A colour and the pixels that have it."""

    colour: Floats  # [H, W, 3], also where the pixels are not
    own: Mask


def noise_of(frames: Frame) -> float:
    """Return the standard deviation of noise in pictures `uint8 [N, H, W, 3]`, of 1.

    Second differences along rows vanish on ramps. Rounding makes it at least a level.
    """
    values = frames.astype(np.float64) * _LEVEL
    second = np.abs(values[:, :, :-2] - 2 * values[:, :, 1:-1] + values[:, :, 2:])
    return float(max(_SECOND * np.median(second), _LEVEL))


def smoothed(values: Floats, noise: float) -> tuple[Floats, float]:
    """Return a picture in which areas can be told apart, and the noise that it has."""
    if noise < _GRAINY:
        return values, noise
    return ndimage.median_filter(values, (3, 3, 1)), max(_SMOOTHED * noise, _LEVEL)


def colour_field(values: Floats, own: Mask, noise: float) -> Floats:
    """Return the colour field of pixels: linear if that saves more nats than it takes."""
    seen = values[own]
    mean = seen.mean(axis=0)
    if len(seen) >= _FEWEST:
        height, width = own.shape
        rows, cols = np.mgrid[:height, :width]
        terms = np.stack([np.ones(own.shape), rows / height - 0.5, cols / width - 0.5], axis=2)
        slopes = np.linalg.lstsq(terms[own], seen, rcond=None)[0]
        saved = np.square(seen - mean).sum() - np.square(seen - terms[own] @ slopes).sum()
        # Two slopes in three channels take half the logarithm of the number of pixels each.
        if saved / (2 * noise**2) > 3 * np.log(len(seen)):
            return np.asarray((terms @ slopes).clip(0, 1))
    return np.broadcast_to(mean, values.shape)


def has_colour(values: Floats, colour: Floats, noise: float) -> Mask:
    """Return which pixels differ from a colour by noise alone."""
    return np.asarray(np.square(values - colour).sum(axis=-1) < _FITS * noise**2)


def most_frequent(values: Floats, among: Mask, noise: float) -> Mask:
    """Return which of some pixels have the colour that most of them have."""
    noise = noise * float(np.sqrt(2))  # of a difference
    at = np.flatnonzero(among)
    chosen = np.linspace(0, len(at) - 1, min(len(at), _SAMPLE)).astype(np.int64)
    some = values.reshape(-1, 3)[at[chosen]]
    votes = has_colour(some[:, None], some[None], noise).sum(axis=1)
    return among & has_colour(values, some[votes.argmax()], noise)


def grown(values: Floats, seeds: Mask, allowed: Mask, noise: float) -> ColourArea:
    """Return the area of the colour of seeds, which are pixels, among those allowed.

    Its colour is learned outwards from the seeds, and may change from pixel to pixel by less than
    four deviations of noise. Other areas may have it as well.
    """
    own, colour = seeds, colour_field(values, seeds, noise)
    for _ in range(_ROUNDS):
        near = ndimage.binary_dilation(own, _AROUND, iterations=_STEP)
        wider = has_colour(values, colour, noise) & allowed & near
        if not wider.any() or np.array_equal(wider, own):
            break
        own, colour = wider, colour_field(values, wider, noise)
    return ColourArea(colour, has_colour(values, colour, noise) & allowed)


def floor_of(values: Floats, noise: float) -> ColourArea:
    """Return the area of the floor, whose colour is the most frequent one at the picture's edge."""
    edge = np.ones(values.shape[:2], np.bool_)
    edge[2:-2, 2:-2] = False
    return grown(values, most_frequent(values, edge, noise), np.ones_like(edge), noise)
