"""Undo that pictures were enlarged by nearest pixels.

Enlarged so by a number that is not whole, some lines of a picture are shown more often than others,
and things of one type differ from cell to cell. All that is shown twice is exactly alike, though:
where lines change tells how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.types import Floats, Frame, Ints

_STARTS = (0.5, 0.0)  # of the first pixel, from the first line's edge; programs differ in it
_TIE = 1e-6  # lines; a pixel so near to the border of two shows either, as sums are rounded


@dataclass(frozen=True)
class RepeatedLines:
    """Lines of pixels, some of which are shown several times."""

    shown: Ints  # [l]: for each line that there was, one that shows it

    @property
    def count(self) -> int:
        """How many lines there were."""
        return len(self.shown)

    @classmethod
    def searched(cls, lines: Frame, thresholds: StillGridThresholds) -> Self | None:
        """Return those that `uint8 [L, N, M, 3]` show; None if they show each line once."""
        least = -np.log(2 * len(lines)) - thresholds.enlarged
        most = int(len(lines) / thresholds.least_enlarged)
        return cls._found(lines, [(count, least) for count in range(1, 1 + most)])

    @classmethod
    def of_number(cls, lines: Frame, count: int) -> Self | None:
        """Return so many lines if `uint8 [L, N, M, 3]` are rather these than any others."""
        return cls._found(lines, [(count, 0.0)])

    @classmethod
    def _found(cls, lines: Frame, searched: Sequence[tuple[int, float]]) -> Self | None:
        shown = _repeated(lines, searched)
        return None if shown is None else cls(shown)

    def restored(self, lines: Frame | Floats) -> Floats:
        """Return lines `[L, M]` as they were, `[l, M]`."""
        return np.asarray(lines[self.shown], np.float64)


def _repeated(lines: Frame, searched: Sequence[tuple[int, float]]) -> Ints | None:
    """Return a line for each of those that `[L, N, M, 3]` show, some again; None if none are.

    They are as many of the numbers searched as make it least probable by chance that nothing
    changes where a line is shown again: lines shown again lie anywhere then. Where two lines are of
    one colour, nothing would change anyway. With each number goes the log probability to beat.
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
