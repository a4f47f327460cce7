"""Merge groups of spectra into types: appearance proposes, rewards decide.

Spectra tell apart all that differs in appearance: colours and sizes as well as shapes. Two views of
the groups' pictures are taken, one blind to colour and one to shape. A view proposes to merge the
groups that coincide in it. The rewards of touching objects choose the view. A picture of no known
group that coincides with one in the chosen view is of its type, such as a circle in a new colour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.symbols.evidence import reward_evidence
from dsrl_agent.types import Floats, Floats32, Ints

_RESOLUTION = 1 / 255  # pictures have 8 bits: smaller differences are none


class RewardedTouches(NamedTuple):
    """The touches of objects, with their rewards."""

    groups: Ints  # [T]: the group of the touched object
    rewards: Floats  # [T]


class Merging(NamedTuple):
    """Which groups are one type."""

    labels: Ints  # [G]: groups with equal labels are one type
    view: str  # the view in which the groups of one type coincide
    limit: float  # the largest distance in that view within one type
    chosen: bool  # whether rewards chose the view; otherwise it is assumed


@dataclass(frozen=True)
class Likeness:
    """Match pictures with groups in one view."""

    view: str  # the view's name, in `VIEWS`
    limit: float  # the largest distance in that view within one type
    features: Floats  # [G, F]: the groups' features in it
    groups: Ints  # [G]: their numbers in the codebook
    chosen: bool  # whether rewards chose the view

    @classmethod
    def of(cls, merging: Merging, pictures: Floats32, groups: Ints) -> Likeness:
        """Return the likeness to groups with the pictures `[G, C, side, side]`."""
        _, view, limit, chosen = merging
        features = features_of(view, pictures)
        return cls(view=view, limit=limit, features=features, groups=groups, chosen=chosen)

    def nearest(self, pictures: Floats32) -> Ints:
        """Return the nearest group `[N]` of pictures `[N, C, side, side]`, -1 beyond the limit."""
        if not len(self.groups):
            return np.full(len(pictures), -1)
        from scipy.spatial.distance import cdist  # few sights need it, and it takes long

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
        return cls(
            view=list(VIEWS)[int(arrays["view"][0])],
            limit=float(arrays["limit"][0]),
            features=np.array(arrays["features"]),
            groups=np.array(arrays["groups"]),
            chosen=bool(arrays["chosen"][0]),
        )


def merge_groups(
    pictures: Floats32,
    counts: Ints,
    touches: RewardedTouches,
    thresholds: MergingThresholds,
    chosen: str | None = None,
) -> Merging:
    """Return which groups are one type.

    A view merges groups if most objects fall into types of several groups in it, if most of these
    objects were touched, and if it explains the rewards better. The view with the best explanation
    wins. Where no view does, each group is a type, known by its outline, as people assume of new
    things (Landau, Smith & Jones 1988). A view that rewards chose before stays until rewards speak
    against it (`chosen`), as an agent that knows a type to be bad no longer touches it.

    Pictures `[G, C, side, side]` are each group's mean contrast with emptiness, counts `[G]` the
    number of objects in each.
    """
    limit = _shape_limit(pictures, thresholds.close)
    best = Merging(np.arange(len(pictures)), "shape", limit, chosen=False)
    if len(pictures) < 3:  # merging two groups would leave a world of one type
        return best
    prior = thresholds.prior
    best_evidence = reward_evidence(best.labels[touches.groups], touches.rewards, prior)
    met = np.isin(np.arange(len(counts)), touches.groups)
    for view in VIEWS:
        labels, limit = _gathered(features_of(view, pictures))
        gathered = np.where(np.bincount(labels)[labels] > 1, counts, 0)
        tried = view == chosen or _share(gathered, gathered * met) > thresholds.gathered
        if _share(counts, gathered) <= thresholds.gathered or not tried:
            continue
        evidence = reward_evidence(labels[touches.groups], touches.rewards, prior)
        if evidence > best_evidence or (view == chosen and evidence == best_evidence):
            best, best_evidence = Merging(labels, view, limit, chosen=True), evidence
    return best


def features_of(view: str, pictures: Floats32) -> Floats:
    """Return the features `[N, F]` of pictures `[N, C, side, side]` in a view."""
    features = [VIEWS[view](picture) for picture in pictures]
    return np.stack(features) if features else np.zeros((0, 1))


def _shape_limit(pictures: Floats32, close: float) -> float:
    """Return the largest distance of outlines within one type, where no rewards chose a view."""
    if len(pictures) < 2:
        return 0.0
    from scipy.spatial.distance import pdist  # few sights need it, and it takes long

    nearest = float(pdist(features_of("shape", pictures)).min())
    return close * nearest if nearest > _RESOLUTION else 0.0


def _shape(picture: Floats32) -> Floats:
    """Return the outline of a picture `[C, side, side]`, blind to colour."""
    ink = picture.max(axis=0).astype(np.float64)
    return np.asarray((ink / max(float(np.linalg.norm(ink)), _RESOLUTION)).ravel())


def _colour(picture: Floats32) -> Floats:
    """Return the mean colour of a picture's ink, blind to shape and size."""
    ink = picture.astype(np.float64)
    # Weighted by itself: edges, which are half background, count less.
    mean = (ink * ink.mean(axis=0)).sum(axis=(1, 2))
    return np.asarray(mean / max(float(np.linalg.norm(mean)), _RESOLUTION))


VIEWS: Mapping[str, Callable[[Floats32], Floats]] = {"shape": _shape, "colour": _colour}


def _gathered(features: Floats) -> tuple[Ints, float]:
    """Gather features `[G, F]` by average linkage, cut where the heights' ratio is largest.

    The second value is the distance in the middle of that gap.
    """
    from scipy.cluster.hierarchy import fcluster, linkage  # few sights need it

    tree = linkage(features, "average")
    heights = np.concatenate([[_RESOLUTION], np.maximum(tree[:, 2], _RESOLUTION)])
    ratios = heights[1:] / heights[:-1]
    merges = int(np.argmax(ratios))
    labels: NDArray[np.int32] = fcluster(tree, len(features) - merges, "maxclust")
    return labels.astype(np.int64), float(np.sqrt(heights[merges] * heights[merges + 1]))


def _share(objects: Ints, of: Ints) -> float:
    """Return the share of the objects `[G]`, counted by group, that are in some of the groups."""
    return float(of.sum() / max(1, objects.sum()))
