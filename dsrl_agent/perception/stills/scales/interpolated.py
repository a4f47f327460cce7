"""Undo that pictures were enlarged smoothly, by interpolation between pixels.

Each line of pixels is then a weighted sum of lines that there were before, with weights that the
two sizes and the filter tell. Larger pictures have more equations than unknowns: a picture that was
not enlarged in this way solves them badly, and one that was gets its own pixels back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import solveh_banded

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.types import Floats, Frame, Ints

_RIDGE = 1e-6  # added to the diagonal, where lines are not seen at all
_BLOCK = 2**20  # pixels restored together, which bounds memory
_MOST_COLUMNS = 1024  # of all different ones, by which a size is tried
_CUTS = 16  # times at most that overshoots which were cut off are estimated
_FEW_CUTS = 4  # ... where sizes are compared
_ROUNDED = 0.5  # levels
_SPREAD = 4  # of the columns that change most, each so many-th is looked at


def _triangle(away: Floats) -> Floats:
    return np.maximum(1.0 - np.abs(away), 0.0)


def _cubic(sharpness: float) -> Callable[[Floats], Floats]:
    """Return the cubic filter of Keys (1981), whose slope at one pixel is the sharpness."""

    def weights(away: Floats) -> Floats:
        x = np.abs(away)
        near = ((sharpness + 2.0) * x - (sharpness + 3.0)) * x * x + 1.0
        far = sharpness * (((x - 5.0) * x + 8.0) * x - 4.0)
        return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))

    return weights


def _lanczos(away: Floats) -> Floats:
    return np.where(np.abs(away) < 3.0, np.sinc(away) * np.sinc(away / 3.0), 0.0)


FILTERS: dict[str, tuple[Callable[[Floats], Floats], int]] = {
    "bilinear": (_triangle, 1),
    "bicubic": (_cubic(-0.5), 2),  # of Pillow
    "bicubic, sharper": (_cubic(-0.75), 2),  # of OpenCV and torch
    "lanczos": (_lanczos, 3),
}
"""Weight of a pixel by its distance, and the pixels to either side that have any.

The first is the quickest, and leaves little of what others made, too.
"""


@dataclass(frozen=True)
class InterpolatedLines:
    """Lines of pixels `[L]` that are sums of fewer lines `[l]`."""

    size: int  # L
    count: int  # l
    filter: str  # of `FILTERS`

    @classmethod
    def searched(cls, lines: Frame, thresholds: StillGridThresholds) -> Self | None:
        """Return the fewest lines of which `uint8 [L, N, M, 3]` are sums; None if there are none.

        What are sums of few lines are sums of somewhat more, too; the fewest are those there were.
        """
        likely = islice(cls._likely(lines, thresholds), thresholds.interpolated_tries)
        found = (cls.of_number(lines, count, thresholds) for count in likely)
        return next((own for own in found if own is not None), None)

    @classmethod
    def _likely(cls, lines: Frame, thresholds: StillGridThresholds) -> Iterator[int]:
        """Yield numbers of lines of which a part of `uint8 [L, N, M, 3]` are about sums."""
        size = len(lines)
        seen = _most_changing(lines.reshape(size, -1), thresholds.interpolated_columns)
        window = _liveliest(seen, thresholds.interpolated_lines)
        least = int(np.ceil(size / thresholds.most_interpolated))
        for count in range(max(least, 2), int(size / thresholds.least_interpolated) + 1):
            possible = [cls(size, count, name) for name in FILTERS]
            if possible[0].misfit(seen, window, 1) > thresholds.interpolated_roughly:
                continue
            some = thresholds.interpolated_sample
            if any(each.misfit(seen, window, _FEW_CUTS) <= some for each in possible):
                yield count

    @classmethod
    def of_number(cls, lines: Frame, count: int, thresholds: StillGridThresholds) -> Self | None:
        """Return so many lines if `uint8 [L, N, M, 3]` are sums of them."""
        every = np.unique(lines.reshape(len(lines), -1), axis=1)
        every = every[:, :: 1 + every.shape[1] // _MOST_COLUMNS]
        possible = [cls(len(every), count, name) for name in FILTERS]
        fitting = [own for own in possible if own.misfit(every) <= thresholds.interpolated]
        # Sizes that differ by a line for each cell have one equation more a cell: few edges solve
        # it by chance, by lines that alternate. Those there were change in fewer places. So they do
        # in place of what another filter makes of them.
        step = thresholds.interpolated_step
        steps = [_steps(own.restored(every), step) for own in fitting]
        fewest, given = min(steps, default=np.inf), _steps(every, step)
        return fitting[steps.index(int(fewest))] if fewest < given else None

    def restored(self, lines: Frame | Floats) -> Floats:
        """Return lines `[L, M]` as they were, `[l, M]`, in levels that need not be whole."""
        sums = self._sums(slice(None))
        return np.concatenate([sums.solved(part)[0] for part in _blocks(lines)], axis=1)

    def misfit(self, lines: Frame, window: slice = slice(None), cuts: int = _CUTS) -> float:
        """Return what is left of `uint8 [L, M]` in a window of them, in levels.

        It is a root mean square by degree of freedom. Rounding to whole levels leaves 0.29, and up
        to 0.41 where it was done twice, after each axis.
        """
        sums = self._sums(window)
        free = sums.free * lines.shape[1]
        if free <= 0:
            return np.inf
        squares = sum(
            float(np.square(sums.solved(part, cuts)[1]).sum()) for part in _blocks(lines[window])
        )
        return float(np.sqrt(squares / free))

    def _sums(self, window: slice) -> _Sums:
        """Return the equations of a window of lines."""
        weigh, reach = FILTERS[self.filter]
        middles = (np.arange(self.size)[window] + 0.5) * self.count / self.size
        first = np.floor(middles - reach + 0.5).astype(np.int64)
        numbers = first[:, None] + np.arange(2 * reach + 1)
        weights = weigh(numbers + 0.5 - middles[:, None])
        weights[(numbers < 0) | (numbers >= self.count)] = 0.0
        weights /= weights.sum(axis=1, keepdims=True)
        return _Sums.of(numbers.clip(0, self.count - 1), weights)


class _Sums(NamedTuple):
    """Lines that are weighted sums of others, as equations for these."""

    weights: sparse.csr_array  # [lines, unknown lines]
    transposed: sparse.csr_array
    bands: Floats  # [bands, unknown lines]: those on and above the diagonal of the normal equations

    @classmethod
    def of(cls, numbers: Ints, weights: Floats) -> Self:
        """Return the equations of lines `[L]` that are sums of those of the numbers `[L, K]`."""
        size, terms = numbers.shape
        low = int(numbers.min())
        count = int(numbers.max()) + 1 - low
        starts = np.arange(0, numbers.size + 1, terms)
        matrix = sparse.csr_array(
            (weights.ravel(), (numbers - low).ravel(), starts), shape=(size, count)
        )
        transposed = matrix.T.tocsr()
        normal = transposed @ matrix
        bands = np.zeros((terms, count))
        for above in range(min(terms, count)):
            bands[-1 - above, above:] = normal.diagonal(above)
        bands[-1] += _RIDGE
        return cls(matrix, transposed, bands)

    @property
    def free(self) -> int:
        """How many more equations there are than unknown lines."""
        lines, unknown = self.weights.shape
        return int(lines - unknown)

    def solved(self, lines: Floats, cuts: int = _CUTS) -> tuple[Floats, Floats]:
        """Return the unknown lines for lines `[L, M]` in levels, and what these leave.

        Filters with negative weights overshoot beside edges. Where that was cut off at the least
        and the most level, pixels tell no more than that the sum lies there or beyond.
        """
        told, lowest, highest = lines, lines <= 0.0, lines >= 255.0
        for _ in range(cuts):
            before = solveh_banded(self.bands, self.transposed @ told, check_finite=False)
            sums = self.weights @ before
            cut = (lowest & (sums < -_ROUNDED)) | (highest & (sums > 255.0 + _ROUNDED))
            now = np.where(cut, sums, lines)
            if np.abs(now - told).max(initial=0.0) < _ROUNDED / 4:
                break
            told = now
        return before, sums - told


def _blocks(lines: Frame | Floats) -> Iterator[Floats]:
    """Yield `[L, M]` in parts of few columns."""
    columns = max(1, _BLOCK // len(lines))
    for begin in range(0, lines.shape[1], columns):
        yield np.asarray(lines[:, begin : begin + columns], np.float64)


def _changes(lines: Frame) -> NDArray[np.int16]:
    """Return by how many levels lines `uint8 [L, M]` change to the next, `[L - 1, M]`."""
    return np.abs(np.diff(lines.astype(np.int16), axis=0))


def _steps(lines: Frame | Floats, step: float) -> int:
    """Return in how many places lines `[L, M]` change by more than a step."""
    return sum(int((np.abs(np.diff(part, axis=0)) > step).sum()) for part in _blocks(lines))


def _most_changing(lines: Frame, columns: int) -> Frame:
    """Return at most so many of the columns of `[L, M]` that change most."""
    order = np.argsort(-_changes(lines).sum(axis=0), kind="stable")
    # Columns beside each other, and their channels, tell much the same.
    return lines[:, order[: _SPREAD * columns : _SPREAD]]


def _liveliest(lines: Frame, length: int) -> slice:
    """Return the window of at most so many lines in which `[L, M]` change most."""
    if len(lines) <= length:
        return slice(0, len(lines))
    total = np.concatenate([[0], _changes(lines).sum(axis=1).cumsum()])
    begin = int((total[length - 1 :] - total[: len(total) - length + 1]).argmax())
    return slice(begin, begin + length)
