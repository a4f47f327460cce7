"""Undo that pictures were enlarged by nearest pixels.

Enlarged so by a number that is not whole, some lines of a picture are shown more often than others,
and things of one type differ from cell to cell. All that is shown twice is exactly alike, though:
where lines change tells how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.types import Frame, Ints

_STARTS = (0.5, 0.0)  # of the first pixel, from the first line's edge; programs differ in it
_TIE = 1e-6  # lines; a pixel so near to the border of two shows either, as sums are rounded


class SourceLines(NamedTuple):
    """The lines of pixels that pictures had before they were enlarged."""

    rows: Ints  # [h]: a row of the pictures that shows each of them
    columns: Ints  # [w]
    frame: tuple[int, int]  # height and width of the pictures

    @classmethod
    def all_of(cls, frames: Frame) -> SourceLines:
        """Return all lines of pictures `[N, H, W, 3]`."""
        height, width = frames.shape[1:3]
        return cls(np.arange(height), np.arange(width), (height, width))

    @classmethod
    def of(cls, frames: Frame, thresholds: StillGridThresholds) -> SourceLines:
        """Return the lines of pictures `uint8 [N, H, W, 3]`: all of them if nothing is to undo."""
        every = cls.all_of(frames)
        height, width = every.frame
        rows, columns = axes = [np.moveaxis(frames, axis, 0) for axis in (1, 2)]
        down, right = (_repeated(lines, _searched(lines, thresholds)) for lines in axes)
        # Pictures are mostly enlarged alike along both axes, so that less shows it along the other.
        if down is None and right is not None:
            down = _repeated(rows, [(round(height * len(right) / width), 0.0)])
        elif right is None and down is not None:
            right = _repeated(columns, [(round(width * len(down) / height), 0.0)])
        return every._replace(
            rows=every.rows if down is None else down,
            columns=every.columns if right is None else right,
        )

    @property
    def is_enlarged(self) -> bool:
        """Whether the pictures have more lines than these."""
        return (len(self.rows), len(self.columns)) != self.frame

    def shown_once(self, frames: Frame) -> Frame:
        """Return pictures `[N, H, W, 3]` as they were, `[N, h, w, 3]`."""
        return frames[:, self.rows][:, :, self.columns]

    def enlarged(self, grid: StillGrid) -> StillGrid:
        """Return the grid of pictures as they were, in pixels of the pictures given."""
        factors = (self.frame[0] / len(self.rows), self.frame[1] / len(self.columns))
        rows, columns = (
            CellLines(by * lines.pitch, by * lines.origin, lines.cells)
            for by, lines in zip(factors, (grid.rows, grid.columns), strict=True)
        )
        return grid._replace(rows=rows, columns=columns, frame=self.frame)


def _searched(lines: Frame, thresholds: StillGridThresholds) -> list[tuple[int, float]]:
    """Return all numbers of lines to be looked for, and the log probability that each must beat."""
    least = -np.log(2 * len(lines)) - thresholds.enlarged
    return [(count, least) for count in range(1, 1 + int(len(lines) / thresholds.least_enlarged))]


def _repeated(lines: Frame, searched: Sequence[tuple[int, float]]) -> Ints | None:
    """Return a line for each of those that `[L, N, M, 3]` show, some again; None if none are.

    They are as many of the numbers searched as make it least probable by chance that nothing
    changes where a line is shown again: lines shown again lie anywhere then. Where two lines are of
    one colour, nothing would change anyway.
    """
    size, best, chosen = len(lines), 0.0, None
    changes = (lines[1:] != lines[:-1]).any(axis=(1, 2, 3))
    plain = (lines == lines[:, :, :1]).all(axis=(1, 2, 3))
    tells = changes | ~(plain[1:] & plain[:-1])
    share = float(changes.sum() / max(1, tells.sum()))  # of the lines that change by chance
    if share == 1.0:
        return None
    for (count, least), start in product(searched, _STARTS):
        places = (np.arange(size) + start) * count / size
        low, high = (np.floor(places + by).astype(np.int64) for by in (-_TIE, _TIE))
        # A pixel at the border of two lines shows either: it begins there, or the next one does.
        again, border = (high[1:] == low[:-1]), (low < high)[1:-1]
        if (changes & again).any() or (changes[1:] & changes[:-1] & border).any():
            continue
        either = int((tells[1:] & tells[:-1] & border).sum())
        chance = (tells & again).sum() * np.log1p(-share) + either * np.log1p(-(share**2))
        if chance < min(best, least):
            # The middle one of the lines that show it, which is no border between two.
            middles = np.floor((np.arange(count) + 0.5) * size / count + 0.5 - start)
            best, chosen = float(chance), middles.astype(np.int64).clip(0, size - 1)
    return chosen
