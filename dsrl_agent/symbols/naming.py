"""Keep the numbers of types when types are learned again."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from scipy.optimize import linear_sum_assignment

from dsrl_agent.types import EMPTY, Ints


def keep_names(
    fresh: Ints, new_labels: Ints, old_labels: Ints, next_number: int, several: Collection[int] = ()
) -> dict[int, int]:
    """Return for each new type the number of the old type that the same cells had.

    The assignment is one-to-one (Hungarian method) by the number of cells that agree, except for
    the old types in `several`, which have several appearances: a new type most of whose cells were
    of one of them becomes an appearance of it.

    `fresh` `[T]` has the new types' present numbers, ascending, without 0. The labels `[N]` are the
    new and the old types of some cells. Types without an old one are numbered from `next_number`.
    """
    old = np.unique(old_labels[old_labels != EMPTY])
    agree = np.array([[np.sum((new_labels == f) & (old_labels == o)) for o in old] for f in fresh])
    names: dict[int, int] = {EMPTY: EMPTY}
    for i, number in enumerate(fresh if len(old) else ()):
        most = int(agree[i].argmax())
        if old[most] in several and 2 * agree[i, most] > np.sum(new_labels == number):
            names[int(number)] = int(old[most])
    # The other new types share the old types that are left.
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
    return names


def parents_of(labels: Ints, old_labels: Ints, old_known: Ints) -> dict[int, int]:
    """Return for each new type the old type that most of its cells had.

    A type that was split off another can go on from the knowledge about that one. The labels
    `[N]` are the new and the old types of some cells; `old_known` are the types known before.
    """
    parents = {}
    for number in np.setdiff1d(labels[labels > EMPTY], old_known):
        before = old_labels[labels == number]
        values, counts = np.unique(before, return_counts=True)
        most = int(values[counts.argmax()])
        if most > EMPTY and 2 * counts.max() > len(before):
            parents[int(number)] = most
    return parents
