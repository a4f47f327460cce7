"""Spectra of no known type, gathered until there are enough of a kind to make a new type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Floats

SIGHTINGS, _FRAMES = 5, 3  # that make a type: so many spectra, in so many frames
_MOST = 16  # kinds waiting at once; the one seen longest ago makes room


class Newcomer(NamedTuple):
    """Strange spectra that are alike.

    Attributes:
        mean: `[K]`, scaled as the codebook's.
        sightings: How many spectra.
        frames: In how many frames.
        last: Number of the last of these frames.
    """

    mean: Floats
    sightings: int
    frames: int
    last: int


class Newcomers:
    """Gathers strange spectra into kinds."""

    def __init__(self) -> None:
        self._waiting: list[Newcomer] = []
        self._frame = 0

    def see(self, strange: Floats, variances: Floats, limit: float) -> list[Floats]:
        """Take the strange spectra of a frame; return the means `[K]` of kinds now well known.

        Args:
            strange: `[N, K]`, scaled.
            variances: `[K]`: how far spectra of one kind may spread.
            limit: Squared distance within which two spectra are of one kind.
        """
        self._frame += 1
        for spectrum in strange:
            self._add(spectrum, variances, limit)
        ready = [c for c in self._waiting if c.sightings >= SIGHTINGS and c.frames >= _FRAMES]
        self._waiting = [c for c in self._waiting if not any(c is one for one in ready)]
        return [one.mean for one in ready]

    def _add(self, spectrum: Floats, variances: Floats, limit: float) -> None:
        away = [float((np.square(spectrum - c.mean) / variances).sum()) for c in self._waiting]
        nearest = int(np.argmin(away)) if away else -1
        if nearest < 0 or away[nearest] > limit:
            self._waiting.append(Newcomer(spectrum.copy(), 1, 1, self._frame))
            if len(self._waiting) > _MOST:
                oldest = min(range(len(self._waiting)), key=lambda i: self._waiting[i].last)
                del self._waiting[oldest]
            return
        mean, sightings, frames, last = self._waiting[nearest]
        self._waiting[nearest] = Newcomer(
            mean + (spectrum - mean) / (sightings + 1),
            sightings + 1,
            frames + (last != self._frame),
            self._frame,
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything for a checkpoint."""
        numbers = [(c.sightings, c.frames, c.last) for c in self._waiting]
        means = [c.mean for c in self._waiting]
        return {
            "waiting_means": np.stack(means) if means else np.zeros((0, 0)),
            "waiting_numbers": np.array(numbers, np.int64).reshape(-1, 3),
            "waiting_frame": np.array([self._frame], np.int64),
        }

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take what `arrays()` gave."""
        means = np.array(arrays["waiting_means"], np.float64)
        numbers = np.array(arrays["waiting_numbers"], np.int64)
        self._waiting = [
            Newcomer(mean, int(count), int(frames), int(last))
            for mean, (count, frames, last) in zip(means, numbers, strict=True)
        ]
        self._frame = int(np.array(arrays["waiting_frame"])[0])
