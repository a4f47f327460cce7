"""Fit a grid to the contrast of still pictures with their floor, at any scale.

Objects stand in cells, so along each axis contrast has a valley wherever two cells meet, and a wave
as long as a cell. Its length need not be a whole number of pixels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.contrast import contrast_profiles
from dsrl_agent.perception.stills.crowded.lattice import EachPicture, find_lattice
from dsrl_agent.perception.stills.lines import CellLines, LineFit, fit_lines, settle, span
from dsrl_agent.types import Floats, Frame


class StillGrid(NamedTuple):
    """The grid of still pictures; a picture does not show where the world ends."""

    rows: CellLines
    columns: CellLines
    frame: tuple[int, int]  # height and width of the pictures
    clear: bool = True  # whether contrast and things tell where cells meet, or pictures are many
    rounded_off: bool = False  # whether a pitch was taken for whole, but measured to be none

    def rounded(self) -> Grid:
        """Return the grid of whole pixels that is nearest to this one, within the frame."""
        axes = [
            _rounded(lines, size)
            for lines, size in zip((self.rows, self.columns), self.frame, strict=True)
        ]
        (height, top, rows), (width, left, columns) = axes
        return Grid((height, width), (top, left), (rows, columns), self.frame)


def find_still_grid(frames: Frame, thresholds: StillGridThresholds) -> StillGrid:
    """Return the grid that the objects of pictures `uint8 [N, H, W, 3]` stand on; N may be 1.

    Raises:
        PerceptionError: Nothing stands out, or all objects stand in one row and one column.
    """
    profiles = contrast_profiles(frames, thresholds)
    if not all(profile.any() for profile in profiles):
        raise PerceptionError(
            "Nothing stands out in these pictures, so no object was found; give pictures with "
            "objects on a background."
        )
    pitches = [_pitch(profile, thresholds) for profile in profiles]
    known = [pitch for pitch in pitches if pitch is not None]
    pairs = zip(profiles, pitches, strict=True)
    doubtful = any(_is_doubtful(*pair, known, thresholds) for pair in pairs)
    many = len(frames) >= thresholds.textured_pictures
    clear = not doubtful or many
    size = (frames.shape[1], frames.shape[2])
    each = EachPicture.of(frames, thresholds) if doubtful and many else None
    lattice = find_lattice(profiles, thresholds, each) if doubtful else None
    if lattice is not None:
        return StillGrid(lattice[0], lattice[1], size, clear)
    if not known:
        raise PerceptionError(
            "The objects found in these pictures stand in one row and one column, which tells no "
            "cell size; give pictures with several objects."
        )
    # Cells may be taken for square where one axis shows a single line of objects.
    fits = [
        _lines(profile, pitch or known[0], thresholds)
        for profile, pitch in zip(profiles, pitches, strict=True)
    ]
    return _settled(fits, size, clear, many, thresholds)


def _settled(
    fits: list[LineFit],
    size: tuple[int, int],
    clear: bool,
    many: bool,
    thresholds: StillGridThresholds,
) -> StillGrid:
    """Return the grid of lines fitted to rows and columns, and whether these tell it well."""
    rows, columns = settle(fits, thresholds, many)
    # Any two things in one row, or two rows of one thing each, lie on lines of some pitch.
    parameters = 1 + len(fits)
    told = many or sum(len(fit.held) for fit in fits) > parameters
    away = [
        abs(fit.pitch - lines.pitch)
        for fit, lines in zip(fits, (rows, columns), strict=True)
        if lines.pitch == round(lines.pitch)
    ]
    rounded_off = not many and max(away, default=0.0) > thresholds.rounded_off
    return StillGrid(rows, columns, size, clear and told, rounded_off)


def _is_doubtful(
    profile: Floats, pitch: float | None, known: list[float], thresholds: StillGridThresholds
) -> bool:
    """Return whether a profile is longer than a cell and has no clear valleys between cells."""
    if pitch is not None:
        return _valleys(profile, pitch, thresholds)[0] > thresholds.clear
    first, last = span(profile, thresholds)
    return last - first > thresholds.several * min(known, default=thresholds.least_pitch)


def _pitch(profile: Floats, thresholds: StillGridThresholds) -> float | None:
    """Return the pitch with a strong wave and deep valleys; None if there is none.

    A fraction of the pitch has borders that are no valleys. A multiple has valleys too, and where
    few things stand, or lines are empty, its wave may be even stronger by chance. So of the pitches
    that are nearly as good as the best, the shortest with clear borders is taken.
    """
    first, last = span(profile, thresholds)
    longest = (last - first) / thresholds.several
    if longest <= thresholds.least_pitch:
        return None
    count = int(np.log(longest / thresholds.least_pitch) / thresholds.step) + 1
    pitches = thresholds.least_pitch * np.exp(thresholds.step * np.arange(count))
    heights = np.array([_valleys(profile, pitch, thresholds)[0] for pitch in pitches])
    scores = np.array([_wave(profile, pitch) for pitch in pitches]) - heights
    best = float(scores.max())
    if best <= 0.0:
        return None
    around = 2 * round(thresholds.other_pitch / thresholds.step) + 1
    peaks = scores == ndimage.maximum_filter1d(scores, around, mode="nearest")
    as_good = peaks & (scores >= best - thresholds.about_best) & (heights <= thresholds.clear)
    return float(pitches[int(np.argmax(as_good if as_good.any() else scores))])


def _wave(profile: Floats, pitch: float) -> float:
    """Return the share of a wave of this length in the profile's changes within the length."""
    size = 2 * round(pitch / 2) + 1
    changes = profile - ndimage.uniform_filter1d(profile, size, mode="constant")
    wave = np.exp(2j * np.pi * np.arange(len(profile)) / pitch)
    return float(np.abs(changes @ wave) / max(np.abs(changes).sum(), 1e-9))


def _valleys(profile: Floats, pitch: float, thresholds: StillGridThresholds) -> tuple[float, float]:
    """Return how high the best borders of a pitch lie, as a share of the mean, and their origin."""
    first, last = span(profile, thresholds)
    origins = first - pitch * np.arange(0.0, 1.0, thresholds.origin_step / pitch)
    count = int(np.ceil((last - first) / pitch)) + 1
    borders = origins[:, None] + pitch * np.arange(count + 1)
    inside = (borders >= first) & (borders <= last)
    smooth = ndimage.gaussian_filter1d(profile, thresholds.blur * pitch)
    # Border b runs between pixels b - 1 and b, whose middles are b - 0.5 and b + 0.5.
    levels = np.interp(borders - 0.5, np.arange(len(profile)), smooth, left=0.0, right=0.0)
    heights = (levels * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    # Borders that all lie beyond the objects tell nothing.
    heights[inside.sum(axis=1) == 0] = np.inf
    best = int(heights.argmin())
    return float(heights[best] / profile[first:last].mean()), float(origins[best])


def _lines(profile: Floats, pitch: float, thresholds: StillGridThresholds) -> LineFit:
    """Return the lines of a pitch, by least squares through the centres of what stands in cells."""
    origin = _valleys(profile, pitch, thresholds)[1]
    clear = np.where(profile > thresholds.ink * profile.max(), profile, 0.0)
    middles = np.arange(len(profile)) + 0.5
    for _ in range(thresholds.refinements):
        numbers = np.floor((middles - origin) / pitch).astype(np.int64)
        numbers -= numbers[clear > 0].min()
        weights = np.bincount(np.maximum(numbers, 0), clear)
        held = np.flatnonzero(weights > thresholds.ink * weights.max())
        sums = np.bincount(np.maximum(numbers, 0), clear * middles)
        fit = fit_lines(held, sums[held] / weights[held], pitch)
        pitch = fit.pitch
        origin = fit.middle - pitch * (float(held.mean()) + 0.5)
    return fit


def _rounded(lines: CellLines, size: int) -> tuple[int, int, int]:
    pitch, cells = max(1, round(lines.pitch)), lines.cells
    middle = lines.origin + lines.cells * lines.pitch / 2
    origin = round(middle - cells * pitch / 2)
    while cells > 1 and origin < -1:
        origin, cells = origin + pitch, cells - 1
    while cells > 1 and origin + cells * pitch > size + 1:
        cells -= 1
    return pitch, int(np.clip(origin, 0, max(0, size - cells * pitch))), cells
