"""Cluster activation spectra into types; the number of types is not given.

A Gaussian mixture clusters the spectra. The Bayesian information criterion chooses the number of
groups. A group that holds cells which the agent has just left is emptiness (type 0).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import TypingThresholds
from dsrl_agent.symbols.deviation import sigma_of
from dsrl_agent.types import EMPTY, Floats, Ints

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

_VALUES = 2**21  # differences of spectra and groups worked on at once, to bound memory


@dataclass(frozen=True)
class Codebook:
    """The known types: groups of scaled spectra, each a Gaussian with diagonal covariance.

    A type may have several groups.
    """

    scale: Floats  # [K]: mean posterior standard deviation, the unit of scaled spectra
    means: Floats  # [G, K], scaled
    variances: Floats  # [G, K], scaled
    weights: Floats  # [G]: the mixture's weights, which sum to 1
    types: Ints  # [G]: the type number of each group; 0 is emptiness

    def classify(self, spectra: NDArray[np.floating]) -> Ints:
        """Return the most probable type `[...]` of spectra `[..., K]`, 0 for emptiness."""
        return self.types[self._match(spectra)[0]]

    def likelihood(self, spectra: NDArray[np.floating]) -> Floats:
        """Return the log density `[...]` of spectra `[..., K]` in their most probable groups."""
        return self._match(spectra)[1]

    def _match(self, spectra: NDArray[np.floating]) -> tuple[Ints, Floats]:
        """Return the most probable group of each spectrum and the log density there."""
        flat = spectra.reshape(-1, spectra.shape[-1])
        weights = np.log(self.weights) - 0.5 * np.log(self.variances).sum(axis=-1)  # [G]
        each = weights - 0.5 * self.distances(flat)
        groups = np.argmax(each, axis=1)
        density = each[np.arange(len(each)), groups]
        return groups.reshape(spectra.shape[:-1]), density.reshape(spectra.shape[:-1])

    def distances(self, spectra: NDArray[np.floating]) -> Floats:
        """Return the squared Mahalanobis distance `[N, G]` of spectra `[N, K]` to every group."""
        found = np.empty((len(spectra), len(self.means)))
        batch = max(1, _VALUES // self.means.size)
        for start in range(0, len(spectra), batch):
            away = spectra[start : start + batch, None, :] / self.scale - self.means
            np.square(away, out=away)
            away /= self.variances
            found[start : start + batch] = away.sum(axis=-1)
        return found

    @property
    def known(self) -> Ints:
        """The type numbers of objects, ascending."""
        return np.unique(self.types[self.types != EMPTY])

    def spectrum(self, type_number: int) -> Floats:
        """Return the mean activation spectrum `[K]` of a type (its most common group's)."""
        groups = np.flatnonzero(self.types == type_number)
        group = groups[np.argmax(self.weights[groups])]
        return np.asarray(self.means[group] * self.scale)

    def renumbered(self, names: Mapping[int, int]) -> Codebook:
        """Return the codebook with new type numbers; types that `names` lacks keep theirs."""
        types = np.array([names.get(int(number), int(number)) for number in self.types], np.int64)
        return replace(self, types=types)

    def part(self, groups: slice) -> Codebook:
        """Return a codebook of some of the groups."""
        kept = {name: getattr(self, name)[groups] for name in self.__dataclass_fields__}
        return replace(self, **{**kept, "scale": self.scale})

    def with_group(self, mean: Floats, variances: Floats, weight: float, number: int) -> Codebook:
        """Return the codebook with a group of scaled mean and variances `[K]`, of type `number`."""
        return replace(
            self,
            means=np.vstack([self.means, mean]),
            variances=np.vstack([self.variances, variances]),
            weights=np.append(self.weights, weight),
            types=np.append(self.types, number),
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the codebook's arrays for a checkpoint."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Codebook:
        """Build a codebook from `arrays()`."""
        return cls(**{name: np.array(arrays[name]) for name in cls.__dataclass_fields__})


def fit_codebook(
    spectra: Floats,
    deviations: Floats,
    left: NDArray[np.bool_],
    max_types: int,
    seed: int,
    thresholds: TypingThresholds,
) -> Codebook:
    """Cluster spectra into types, numbered from 1 by falling size.

    Spectra and deviations `[N, K]` are posterior means and standard deviations of cells. `left`
    tells `[N]` whether the agent has just left the cell, which is therefore empty. At most
    `max_types` groups are tried. The seed decides the starts of the EM algorithm.
    """
    scale = deviations.mean(axis=0)
    spread = _spread(spectra[left] / scale, thresholds)
    mixture = _best_mixture(spectra / scale, spread, max_types, seed, thresholds)
    groups = mixture.predict(spectra / scale)
    count = len(mixture.weights_)
    of_left = np.bincount(groups[left], minlength=count)
    sizes = np.bincount(groups, minlength=count)
    rates = of_left / np.maximum(sizes, 1)
    usual = rates[np.argmax(of_left)]
    common = of_left >= max(1.0, thresholds.empty_share * of_left.sum())
    empty = common | ((of_left > 1) & (rates >= thresholds.empty_rate * usual))
    types = np.full(count, EMPTY, np.int64)
    objects = [group for group in np.argsort(-sizes, kind="stable") if not empty[group]]
    types[objects] = np.arange(1, len(objects) + 1)
    means, variances, weights = mixture.means_, mixture.covariances_, mixture.weights_
    return Codebook(scale=scale, means=means, variances=variances, weights=weights, types=types)


def _spread(scaled: Floats, thresholds: TypingThresholds) -> float:
    """Return the spread that a type may have, from the scaled spectra `[N, K]` of emptiness."""
    if not len(scaled):
        return thresholds.least_spread
    away = np.abs(scaled - np.median(scaled, axis=0))
    widest = sigma_of(float(np.median(away, axis=0).max()))
    widened = max(thresholds.beyond_empty * widest, thresholds.least_spread)
    return min(widened, thresholds.most_spread)


def _best_mixture(
    scaled: Floats, spread: float, max_types: int, seed: int, thresholds: TypingThresholds
) -> GaussianMixture:
    from sklearn.exceptions import ConvergenceWarning  # takes a second
    from sklearn.mixture import GaussianMixture

    best, best_score, since = None, np.inf, 0
    starts = {"n_init": thresholds.restarts, "random_state": seed}
    for count in range(1, min(max_types, len(scaled)) + 1):
        mixture = GaussianMixture(count, covariance_type="diag", reg_covar=spread**2, **starts)
        with warnings.catch_warnings():
            # More groups than distinct spectra are expected beyond the best number.
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(scaled)
            score = mixture.bic(scaled)
        since += 1
        if score < best_score:
            best, best_score, since = mixture, score, 0
        if since >= thresholds.patience:
            break
    return best
