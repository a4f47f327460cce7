"""Types that live: new ones are found while the agent acts, flickering ones joined, none lost.

Between two fits of the back end the fitted types stand. What is of none of them is unknown, and
unknown things that are alike become a type of their own. The next fit finds the same types again,
or is reminded of them by pictures that were kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.symbols.candidates import Newcomers
from dsrl_agent.symbols.codebook import Codebook
from dsrl_agent.symbols.novelty import calibrate, classify
from dsrl_agent.symbols.tracking import TypeTransitions
from dsrl_agent.types import EMPTY, UNKNOWN, Facts, Floats, Ints

_RARE = 1e-6  # weight of a group that was not fitted: it says how common it is, not how likely


class LivingTypes:
    """What a codebook needs beside itself to change while the agent acts.

    Attributes:
        transitions: How types follow each other on tracked objects.
        joined: Types that flickered, by their numbers of then: the types they are now looks of.
    """

    def __init__(self) -> None:
        self.transitions = TypeTransitions()
        self.joined: dict[int, int] = {}
        self._limits: Floats = np.zeros(0)  # of the groups of the last fit
        self._newcomers = Newcomers()

    def renew(self, codebook: Codebook, held_out: Floats) -> None:
        """Take up a codebook just fitted, calibrated by spectra `[N, K]` it was not fitted to."""
        self._limits = calibrate(codebook, held_out)
        self._newcomers = Newcomers()  # the spectra of before mean nothing now

    def classify(self, codebook: Codebook, spectra: NDArray[np.floating]) -> Ints:
        """Return the types `[...]` of spectra `[..., K]`: 0 is emptiness, -1 is unknown."""
        if not len(self._limits):
            return codebook.classify(spectra)
        later = len(codebook.means) - len(self._limits)
        limits = np.append(self._limits, np.full(later, self._usual(codebook)[1]))
        return classify(codebook, limits, len(self._limits), spectra)

    def notice(
        self, codebook: Codebook, strange: NDArray[np.floating], next_number: int
    ) -> Codebook:
        """Look at the spectra `[N, K]` of what is unknown in a new frame.

        Returns:
            The codebook, with a further type, numbered from `next_number`, for each unknown kind
            that has now been seen often enough.
        """
        scaled = (strange / codebook.scale).astype(np.float64)
        means = self._newcomers.see(scaled, *self._usual(codebook))
        for number, mean in enumerate(means, next_number):
            codebook = self._with(codebook, mean, number)
        return codebook

    def track(self, before: Facts, action: int, after: Facts) -> tuple[int, int] | None:
        """Follow the objects of a step.

        Returns:
            Two types that flicker, if there are any: the older, and the one that is it from now on.
        """
        self.transitions.observe(before, action, after)
        pair = self.transitions.flickering()
        if pair is None:
            return None
        kept, dropped = pair
        self.transitions.forget(dropped)
        self.joined = {look: kept if now == dropped else now for look, now in self.joined.items()}
        self.joined[dropped] = kept
        return pair

    def remember(self, codebook: Codebook, number: int, spectra: Floats) -> Codebook:
        """Return the codebook with a type that a fit did not find.

        It comes back if most of its spectra `[N, K]` are of no type that was found.
        """
        if np.mean(self.classify(codebook, spectra) == UNKNOWN) <= 0.5:
            return codebook
        return self._with(codebook, np.median(spectra / codebook.scale, axis=0), number)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays of a checkpoint."""
        return {"limits": self._limits, **self._newcomers.arrays()}

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        joined = [[look, now] for look, now in self.joined.items()]
        return {"transitions": self.transitions.state(), "joined": joined}

    def load(self, arrays: Mapping[str, NDArray[Any]], state: Mapping[str, Any]) -> None:
        """Take what `arrays()` and `state()` gave."""
        self._limits = np.array(arrays["limits"])
        self._newcomers.load(arrays)
        self.transitions.load(state["transitions"])
        self.joined = {int(look): int(now) for look, now in state["joined"]}

    def _usual(self, codebook: Codebook) -> tuple[Floats, float]:
        """Return how far a type spreads, `[K]`, and how far its members may be."""
        variances = np.median(codebook.variances[: len(self._limits)], axis=0)
        return variances, float(np.median(self._limits))

    def _with(self, codebook: Codebook, mean: Floats, number: int) -> Codebook:
        return dataclasses.replace(
            codebook,
            means=np.vstack([codebook.means, mean]),
            variances=np.vstack([codebook.variances, self._usual(codebook)[0]]),
            weights=np.append(codebook.weights, _RARE),
            types=np.append(codebook.types, number),
        )


def parents_of(labels: Ints, old_labels: Ints, old_known: Ints) -> dict[int, int]:
    """Return, for each type that is new, the old type that most of its places were.

    A type that was split off another so can go on from what is known of that.

    Args:
        labels: `[N]`: the new types of some places.
        old_labels: `[N]`: the types that the same places had.
        old_known: The types known before.
    """
    parents = {}
    for number in np.setdiff1d(labels[labels > EMPTY], old_known):
        before = old_labels[labels == number]
        values, counts = np.unique(before, return_counts=True)
        most = int(values[counts.argmax()])
        if most > EMPTY and 2 * counts.max() > len(before):
            parents[int(number)] = most
    return parents
