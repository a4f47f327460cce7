"""From activation spectra to types whose number is not given.

Spectra are grouped by a Gaussian mixture; the Bayesian information criterion chooses how many
groups there are. A group into which cells fall that the agent has just left is what emptiness
looks like: it is no type of object (type 0).
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from dsrl_agent.types import EMPTY, Floats, Ints

# How far the spectra of one type may spread, in posterior widths: a little further than those of
# emptiness do, but pictures without noise spread nowhere, and beyond the most, types would join.
_BEYOND_EMPTY, _LEAST_SPREAD, _MOST_SPREAD = 1.5, 0.02, 0.2
_BATCH = 4096  # spectra classified at once, for the sake of memory
_PATIENCE = 3  # give up on more groups when so many in a row did not improve the criterion
_RESTARTS = 3
_EMPTY_SHARE = 0.05  # a group with this share of the cells just left is emptiness
# So is one whose cells were just left at this share of the rate of the commonest such group: the
# floor of a single place is not often left, but then it is not often there.
_EMPTY_RATE = 0.25


@dataclass(frozen=True)
class Codebook:
    """The known types: a Gaussian with diagonal covariance each, over scaled spectra.

    Attributes:
        scale: `[K]`: mean posterior standard deviation; spectra are measured in it.
        means: `[G, K]`, scaled.
        variances: `[G, K]`, scaled.
        weights: `[G]`: how common each group is.
        types: `[G]`: the type number of each group; 0 is emptiness.
    """

    scale: Floats
    means: Floats
    variances: Floats
    weights: Floats
    types: Ints

    def classify(self, spectra: NDArray[np.floating]) -> Ints:
        """Return the most probable type of each spectrum.

        Args:
            spectra: `[..., K]`: posterior means.

        Returns:
            `int64 [...]`: type numbers, 0 for empty places.
        """
        return self.types[self._match(spectra)[0]]

    def likelihood(self, spectra: NDArray[np.floating]) -> Floats:
        """Return the log density `[...]` of spectra `[..., K]` in their most probable groups."""
        return self._match(spectra)[1]

    def _match(self, spectra: NDArray[np.floating]) -> tuple[Ints, Floats]:
        """Return the most probable group of each spectrum and the log density there."""
        flat = spectra.reshape(-1, spectra.shape[-1])
        weights = np.log(self.weights) - 0.5 * np.log(self.variances).sum(axis=-1)  # [G]
        groups, density = np.empty(len(flat), np.int64), np.empty(len(flat))
        for start in range(0, len(flat), _BATCH):
            scaled = flat[start : start + _BATCH, None, :] / self.scale  # [B, 1, K]
            distance = (np.square(scaled - self.means) / self.variances).sum(axis=-1)
            each = weights - 0.5 * distance
            groups[start : start + _BATCH] = best = np.argmax(each, axis=1)
            density[start : start + _BATCH] = each[np.arange(len(each)), best]
        return groups.reshape(spectra.shape[:-1]), density.reshape(spectra.shape[:-1])

    @property
    def known(self) -> Ints:
        """The type numbers of objects, ascending."""
        return np.unique(self.types[self.types != EMPTY])

    def spectrum(self, type_number: int) -> Floats:
        """Return the mean activation spectrum `[K]` of a type (its most common group's)."""
        groups = np.flatnonzero(self.types == type_number)
        group = groups[np.argmax(self.weights[groups])]
        return np.asarray(self.means[group] * self.scale)

    def joined(self, kinds: Mapping[int, int]) -> Codebook:
        """Return the codebook in which each type has the number that `kinds` gives it."""
        types = np.array([kinds.get(int(number), int(number)) for number in self.types], np.int64)
        return replace(self, types=types)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the codebook's arrays for a checkpoint."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Codebook:
        """Build a codebook from `arrays()`."""
        return cls(**{name: np.array(arrays[name]) for name in cls.__dataclass_fields__})


def fit_codebook(
    spectra: Floats, deviations: Floats, left: NDArray[np.bool_], max_types: int, seed: int
) -> Codebook:
    """Group spectra into types, numbered from 1 by how common they are.

    Args:
        spectra: `[N, K]`: posterior means of places.
        deviations: `[N, K]`: their posterior standard deviations.
        left: `[N]`: whether the agent has just left the place, which is therefore empty.
        max_types: The most groups to try.
        seed: Seeds the mixtures' starts.
    """
    scale = deviations.mean(axis=0)
    spread = _spread(spectra[left] / scale)
    mixture = _best_mixture(spectra / scale, spread, max_types, seed)
    groups = mixture.predict(spectra / scale)
    count = len(mixture.weights_)
    of_left = np.bincount(groups[left], minlength=count)
    sizes = np.bincount(groups, minlength=count)
    rates = of_left / np.maximum(sizes, 1)
    usual = rates[np.argmax(of_left)]
    empty = (of_left >= max(1.0, _EMPTY_SHARE * of_left.sum())) | (
        (of_left > 1) & (rates >= _EMPTY_RATE * usual)
    )
    types = np.full(count, EMPTY, np.int64)
    objects = [group for group in np.argsort(-sizes, kind="stable") if not empty[group]]
    types[objects] = np.arange(1, len(objects) + 1)
    return Codebook(scale, mixture.means_, mixture.covariances_, mixture.weights_, types)


def keep_names(
    new: Codebook,
    new_labels: Ints,
    old_labels: Ints,
    next_number: int,
    several: Collection[int] = (),
) -> Codebook:
    """Give each new type the number of the old type that the same places had.

    Args:
        new: A codebook numbered afresh.
        new_labels: `[N]`: its types of some places.
        old_labels: `[N]`: the types that the old codebook gave the same places.
        next_number: The first number never used: types without an old one are numbered from it.
        several: Old types that have several looks: a new type most of whose places were of such a
            type is a look of it.

    Returns:
        The new codebook, renumbered: one to one but for those of several looks, by the assignment
        that most places agree with.
    """
    fresh = new.known
    old = np.unique(old_labels[old_labels != EMPTY])
    agree = np.array([[np.sum((new_labels == f) & (old_labels == o)) for o in old] for f in fresh])
    names: dict[int, int] = {EMPTY: EMPTY}
    for i, number in enumerate(fresh if len(old) else ()):
        most = int(agree[i].argmax())
        if old[most] in several and 2 * agree[i, most] > np.sum(new_labels == number):
            names[int(number)] = int(old[most])
    # The others share the old types that are left.
    agree[np.isin(fresh, list(names))] = 0
    if agree.size:
        agree[:, np.isin(old, list(names.values()))] = 0
        for i, j in zip(*linear_sum_assignment(-agree), strict=True):
            if agree[i, j] > 0:
                names[int(fresh[i])] = int(old[j])
    for number in fresh:
        if int(number) not in names:
            names[int(number)] = next_number
            next_number += 1
    types = np.array([names[int(number)] for number in new.types], np.int64)
    return replace(new, types=types)


def _spread(scaled: Floats) -> float:
    """Return how far to let a type spread, from the spectra `[N, K]` of emptiness."""
    if not len(scaled):
        return _LEAST_SPREAD
    away = np.abs(scaled - np.median(scaled, axis=0))
    # The factor turns a median absolute deviation into a standard deviation.
    widest = 1.4826 * float(np.median(away, axis=0).max())
    return min(max(_BEYOND_EMPTY * widest, _LEAST_SPREAD), _MOST_SPREAD)


def _best_mixture(scaled: Floats, spread: float, max_types: int, seed: int) -> GaussianMixture:
    best, best_score, since = None, np.inf, 0
    for count in range(1, min(max_types, len(scaled)) + 1):
        mixture = GaussianMixture(
            count,
            covariance_type="diag",
            reg_covar=spread**2,
            n_init=_RESTARTS,
            random_state=seed,
        )
        with warnings.catch_warnings():
            # More groups than distinct spectra: expected on the way past the best number.
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(scaled)
            score = mixture.bic(scaled)
        since += 1
        if score < best_score:
            best, best_score, since = mixture, score, 0
        if since >= _PATIENCE:
            break
    return best
