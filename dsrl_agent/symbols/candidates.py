"""Gather spectra of no known type into candidates for new types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.types import Floats


class Candidate(NamedTuple):
    """A cluster of novel spectra."""

    mean: Floats  # [K], scaled as the codebook's
    sightings: int  # number of spectra
    frames: int  # number of frames that showed them
    last: int  # number of the last of these frames


class Candidates:
    """Clusters novel spectra until a cluster has enough sightings to become a type."""

    def __init__(self, thresholds: NoveltyThresholds) -> None:
        self._thresholds = thresholds
        self._waiting: list[Candidate] = []
        self._frame = 0

    def see(self, novel: Floats, variances: Floats, limit: float) -> list[Floats]:
        """Take a frame's scaled novel spectra `[N, K]`; return the means `[K]` of full clusters.

        A cluster has variances `[K]`. Spectra within a squared distance `limit` belong together.
        """
        self._frame += 1
        for spectrum in novel:
            self._add(spectrum, variances, limit)
        ready = [one for one in self._waiting if self._is_complete(one)]
        self._waiting = [one for one in self._waiting if not self._is_complete(one)]
        return [one.mean for one in ready]

    def _is_complete(self, one: Candidate) -> bool:
        thresholds = self._thresholds
        return one.sightings >= thresholds.sightings and one.frames >= thresholds.frames

    def _add(self, spectrum: Floats, variances: Floats, limit: float) -> None:
        away = [float((np.square(spectrum - c.mean) / variances).sum()) for c in self._waiting]
        nearest = int(np.argmin(away)) if away else -1
        if nearest < 0 or away[nearest] > limit:
            self._waiting.append(Candidate(spectrum.copy(), 1, 1, self._frame))
            if len(self._waiting) > self._thresholds.waiting:
                oldest = min(range(len(self._waiting)), key=lambda i: self._waiting[i].last)
                del self._waiting[oldest]
            return
        mean, sightings, frames, last = self._waiting[nearest]
        mean = mean + (spectrum - mean) / (sightings + 1)
        frames += last != self._frame
        self._waiting[nearest] = Candidate(mean, sightings + 1, frames, self._frame)

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
        """Restore from `arrays()`."""
        means = np.array(arrays["waiting_means"], np.float64)
        numbers = np.array(arrays["waiting_numbers"], np.int64)
        pairs = zip(means, numbers.tolist(), strict=True)
        self._waiting = [Candidate(mean, *counts) for mean, counts in pairs]
        self._frame = int(np.array(arrays["waiting_frame"])[0])
