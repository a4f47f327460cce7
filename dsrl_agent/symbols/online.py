"""Classify spectra with a codebook that grows while the agent acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.symbols.candidates import Candidates
from dsrl_agent.symbols.codebook import Codebook
from dsrl_agent.symbols.merging import Likeness
from dsrl_agent.symbols.novelty import calibrate, classify
from dsrl_agent.types import UNKNOWN, Floats, Floats32, Ints

_ADDED_WEIGHT = 1e-6  # of a group that was not fitted: its frequency is not known


class OpenCodebook:
    """A codebook, limits beyond which a spectrum is of no type, and candidates for new types.

    Types are added to the codebook after the fit. The likeness tells which pictures are of a known
    type though their spectra are not; it is `None` where no rewards were given. `limits` `[G]` are
    the squared distance limits of the groups that were fitted.
    """

    def __init__(
        self,
        codebook: Codebook,
        limits: Floats,
        thresholds: NoveltyThresholds,
        likeness: Likeness | None = None,
    ) -> None:
        self.codebook = codebook
        self.likeness = likeness
        self._limits = limits
        self._thresholds = thresholds
        self._candidates = Candidates(thresholds)

    @classmethod
    def calibrated(
        cls, codebook: Codebook, held_out: Floats, thresholds: NoveltyThresholds
    ) -> OpenCodebook:
        """Return a codebook just fitted with limits from spectra `[N, K]` it was not fitted to."""
        return cls(codebook, calibrate(codebook, held_out, thresholds), thresholds)

    def classify(self, spectra: NDArray[np.floating]) -> Ints:
        """Return the types `[...]` of spectra `[..., K]`: 0 is emptiness, -1 is unknown."""
        if not len(self._limits):
            return self.codebook.classify(spectra)
        later = len(self.codebook.means) - len(self._limits)
        limits = np.append(self._limits, np.full(later, self._typical()[1]))
        return classify(self.codebook, limits, len(self._limits), spectra)

    def classify_pictures(self, pictures: Floats32) -> Ints:
        """Return the types `[N]` of pictures `[N, C, 12, 12]` whose spectra are of no type."""
        if self.likeness is None or not len(pictures):
            return np.full(len(pictures), UNKNOWN)
        groups = self.likeness.nearest(pictures)
        return np.where(groups < 0, UNKNOWN, self.codebook.types[groups])

    def notice(self, novel: NDArray[np.floating], next_number: int) -> int:
        """Take the novel spectra `[N, K]` of a frame; return the number of types now complete.

        They are added to the codebook, numbered from `next_number`.
        """
        scaled = (novel / self.codebook.scale).astype(np.float64)
        means = self._candidates.see(scaled, *self._typical())
        for number, mean in enumerate(means, next_number):
            self._add(mean, number)
        return len(means)

    def recall(self, number: int, spectra: Floats) -> None:
        """Bring back a type that a fit lost, if enough of its spectra `[N, K]` are of no type."""
        if np.mean(self.classify(spectra) == UNKNOWN) > self._thresholds.recalled:
            self._add(np.median(spectra / self.codebook.scale, axis=0), number)

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""
        self.codebook = self.codebook.renumbered(names)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return limits and candidates for a checkpoint."""
        return {"limits": self._limits, **self._candidates.arrays()}

    def load_candidates(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore the candidates from `arrays()`."""
        self._candidates.load(arrays)

    def _typical(self) -> tuple[Floats, float]:
        """Return the median variances `[K]` and the median limit of the fitted groups."""
        variances = np.median(self.codebook.variances[: len(self._limits)], axis=0)
        return variances, float(np.median(self._limits))

    def _add(self, mean: Floats, number: int) -> None:
        self.codebook = self.codebook.with_group(mean, self._typical()[0], _ADDED_WEIGHT, number)
