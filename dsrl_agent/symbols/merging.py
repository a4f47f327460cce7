"""Which groups of spectra are one kind of object: looks propose, behaviour decides.

Spectra tell apart whatever looks different: a red circle from a blue one, a small one from a large
one. Where type is shape, colour is chance, and the other way round. So two views of the groups'
pictures are taken, one blind to colour and one to shape. In a view in which groups coincide, those
that do may be one kind; which view is right is told by what touching objects gives. What is of no
group, but in that view coincides with one, is of its kind: a circle in a colour never seen before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist, pdist
from scipy.special import gammaln

from dsrl_agent.types import Floats, Floats32, Ints

_RESOLUTION = 1 / 255  # pictures are of 8 bits: what differs by less is the same
_CLOSE = 0.1  # of the way to the next outline, for all that colour changes in edges
_PRIOR = 0.5  # Jeffreys' prior of a Dirichlet distribution


class Touches(NamedTuple):
    """What happened when the agent moved onto objects.

    Attributes:
        groups: `[T]`: the group of what it touched.
        rewards: `[T]`: the reward.
    """

    groups: Ints
    rewards: Floats


class Kinds(NamedTuple):
    """Which groups are one kind.

    Attributes:
        labels: `[G]`: equal ones are of one kind.
        view: The view in which those of one kind are alike.
        limit: How far apart in it they may be.
        chosen: Whether rewards chose the view; it is assumed otherwise.
    """

    labels: Ints
    view: str
    limit: float
    chosen: bool


@dataclass(frozen=True)
class Likeness:
    """What looks like a group in some view is of its kind.

    Attributes:
        view: The view's name, in `VIEWS`.
        limit: How far apart in it things of one kind may be.
        features: `[G, F]`: how the groups look in it.
        groups: `[G]`: their numbers in the codebook.
        chosen: Whether rewards chose the view.
    """

    view: str
    limit: float
    features: Floats
    groups: Ints
    chosen: bool

    @classmethod
    def of(cls, kinds: Kinds, pictures: Floats32, groups: Ints) -> Likeness:
        """Return the likeness to groups of which pictures `[G, C, side, side]` are given."""
        features = features_of(kinds.view, pictures)
        return cls(kinds.view, kinds.limit, features, groups, kinds.chosen)

    def nearest(self, pictures: Floats32) -> Ints:
        """Return the group `[N]` that pictures `[N, C, side, side]` look like, or -1."""
        if not len(self.groups):
            return np.full(len(pictures), -1)
        away = cdist(features_of(self.view, pictures), self.features)
        return np.where(away.min(axis=1) < self.limit, self.groups[away.argmin(axis=1)], -1)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return it for a checkpoint."""
        return {
            "view": np.array([list(VIEWS).index(self.view)]),
            "limit": np.array([self.limit]),
            "features": self.features,
            "groups": self.groups,
            "chosen": np.array([self.chosen]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Likeness:
        """Build it from `arrays()`."""
        view, limit = list(VIEWS)[int(arrays["view"][0])], float(arrays["limit"][0])
        features, groups = np.array(arrays["features"]), np.array(arrays["groups"])
        return cls(view, limit, features, groups, bool(arrays["chosen"][0]))


def kinds_of(
    pictures: Floats32, counts: Ints, touches: Touches, chosen: str | None = None
) -> Kinds:
    """Say which groups are one kind.

    A view joins groups if in it most objects' kinds gather several groups (what it is blind to then
    varies by chance), if most of these were touched, and if the rewards are better explained by it;
    among several, the one that explains them best. Where none does, each group is a kind, known by
    its outline: people assume the same of what is new to them (Landau, Smith & Jones 1988).
    A view that rewards chose before stays until they speak against it: who has learned what is bad
    no longer touches it.

    Args:
        pictures: `[G, C, side, side]`: how each group looks on average, as contrast with emptiness.
        counts: `[G]`: how many objects each holds.
        touches: What touching them gave.
        chosen: The view that rewards chose before.
    """
    best = Kinds(np.arange(len(pictures)), "shape", _shape_limit(pictures), chosen=False)
    if len(pictures) < 3:  # a world of one kind would be left
        return best
    best_evidence = _evidence(best.labels, touches)
    met = np.isin(np.arange(len(counts)), touches.groups)
    for view in VIEWS:
        labels, limit = _gathered(features_of(view, pictures))
        gathered = np.where(np.bincount(labels)[labels] > 1, counts, 0)
        tried = view == chosen or _share(gathered, gathered * met) > 0.5
        if _share(counts, gathered) <= 0.5 or not tried:
            continue
        evidence = _evidence(labels, touches)
        if evidence > best_evidence or (view == chosen and evidence == best_evidence):
            best, best_evidence = Kinds(labels, view, limit, chosen=True), evidence
    return best


def features_of(view: str, pictures: Floats32) -> Floats:
    """Return how pictures `[N, C, side, side]` look in a view, `[N, F]`."""
    features = [VIEWS[view](picture) for picture in pictures]
    return np.stack(features) if features else np.zeros((0, 1))


def _shape_limit(pictures: Floats32) -> float:
    """Return how far apart outlines of one kind may be where nothing has told what matters."""
    if len(pictures) < 2:
        return 0.0
    nearest = float(pdist(features_of("shape", pictures)).min())
    return _CLOSE * nearest if nearest > _RESOLUTION else 0.0


def _shape(picture: Floats32) -> Floats:
    """Return the outline of a picture `[C, side, side]`, blind to colour."""
    ink = picture.max(axis=0).astype(np.float64)
    return np.asarray((ink / max(float(np.linalg.norm(ink)), _RESOLUTION)).ravel())


def _colour(picture: Floats32) -> Floats:
    """Return the hue of a picture's ink, blind to shape and size."""
    ink = picture.astype(np.float64)
    # Weighted by itself: edges, which are half background, count less.
    mean = (ink * ink.mean(axis=0)).sum(axis=(1, 2))
    return np.asarray(mean / max(float(np.linalg.norm(mean)), _RESOLUTION))


VIEWS: Mapping[str, Callable[[Floats32], Floats]] = MappingProxyType(
    {"shape": _shape, "colour": _colour}
)


def _gathered(features: Floats) -> tuple[Ints, float]:
    """Gather features `[G, F]` by average linkage, cut where the heights' ratio is largest.

    The second value is the distance in the middle of that gap.
    """
    tree = linkage(features, "average")
    heights = np.concatenate([[_RESOLUTION], np.maximum(tree[:, 2], _RESOLUTION)])
    ratios = heights[1:] / heights[:-1]
    merges = int(np.argmax(ratios))
    labels: NDArray[np.int32] = fcluster(tree, len(features) - merges, "maxclust")
    return labels.astype(np.int64), float(np.sqrt(heights[merges] * heights[merges + 1]))


def _share(objects: Ints, of: Ints) -> float:
    """Return how many of the objects `[G]`, counted by group, those of some groups are."""
    return float(of.sum() / max(1, objects.sum()))


def _evidence(labels: Ints, touches: Touches) -> float:
    """Return the log evidence of the rewards if each kind has a distribution of its own.

    A Dirichlet-multinomial model of the distinct rewards: it pays for each further kind, and much
    more for kinds that mix what behaves differently.
    """
    values, codes = np.unique(touches.rewards, return_inverse=True)
    possible = max(2, len(values))  # that all have given the same so far does not mean they must
    total = 0.0
    kinds = labels[touches.groups]
    for kind in np.unique(kinds):
        counts = np.bincount(codes[kinds == kind], minlength=possible)
        prior = _PRIOR * possible
        total += gammaln(prior) - gammaln(counts.sum() + prior)
        total += float((gammaln(counts + _PRIOR) - gammaln(_PRIOR)).sum())
    return float(total)
