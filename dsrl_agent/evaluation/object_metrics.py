"""Measure masks and types of objects that stand anywhere in a picture, without a grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from dsrl_agent.types import Floats, Ints

_SEEN = 0.25  # least share of an object that is not hidden, for its type to count
_HELD = 0.5  # least overlap (intersection over union) of a mask with the object it stands for


class ObjectMasks(NamedTuple):
    """The objects of one picture, true or seen."""

    mask: Ints  # [H, W]: the number of the object at each pixel, from 1; 0 is background
    types: tuple[int, ...]  # of object 1, 2 and so on


def foreground_ari(seen: Sequence[ObjectMasks], true: Sequence[ObjectMasks]) -> float:
    """Return the adjusted Rand index of pixels of objects, the mean over pictures.

    Pixels that truly are background do not count (Greff et al. 2019, Locatello et al. 2020).
    Pictures without objects are left out.
    """
    found = []
    for one, other in zip(seen, true, strict=True):
        inside = other.mask > 0
        if inside.any():
            found.append(adjusted_rand_score(other.mask[inside], one.mask[inside]))
    return float(np.mean(found)) if found else 0.0


def type_accuracy(
    seen: Sequence[ObjectMasks], true: Sequence[ObjectMasks], shown: Sequence[Sequence[float]]
) -> float:
    """Return the share of true objects that are seen with the right type.

    An object is seen if a mask overlaps it by half or more; masks and objects of a picture are
    matched one to one. Types are matched one to one with the true types, by the assignment that
    most objects agree with. `shown` is the share of each true object that no other hides; objects
    of which less than a quarter shows do not count.
    """
    pairs = [pair for each in zip(seen, true, shown, strict=True) for pair in _matched(*each)]
    counts = Counter(pair for pair in pairs if pair[1] is not None)
    types = sorted({number for _, number in counts if number is not None})
    names = sorted({name for name, _ in pairs})
    table = np.array([[counts[name, number] for number in types] for name in names])
    if not table.size:
        return 0.0
    rows, cols = linear_sum_assignment(-table)
    return float(table[rows, cols].sum() / len(pairs))


def _matched(
    seen: ObjectMasks, true: ObjectMasks, shown: Sequence[float]
) -> Iterator[tuple[int, int | None]]:
    """Yield the true type and the type seen, if any, of each object that shows enough."""
    overlaps = _overlaps(true, seen)
    rows, cols = linear_sum_assignment(-overlaps)
    taken = {row: col for row, col in zip(rows, cols, strict=True) if overlaps[row, col] >= _HELD}
    for row, name in enumerate(true.types):
        if shown[row] >= _SEEN:
            yield name, seen.types[taken[row]] if row in taken else None


def _overlaps(true: ObjectMasks, seen: ObjectMasks) -> Floats:
    """Return the intersection over union of each true and each seen object's pixels."""
    rows, cols = len(true.types), len(seen.types)
    both = np.zeros((rows + 1, cols + 1))
    np.add.at(both, (true.mask.ravel(), seen.mask.ravel()), 1)
    own, other = both.sum(axis=1)[1:, None], both.sum(axis=0)[None, 1:]
    inner = both[1:, 1:]
    return np.asarray(inner / np.maximum(own + other - inner, 1))
