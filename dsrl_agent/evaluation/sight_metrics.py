"""Measure sight against the ground truth: objects, cells and types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, v_measure_score

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Fact, Facts

Truths = Sequence[Mapping[str, Any]]
"""The ground truth of each frame: `info["truth"]` of the environment."""


def true_facts(truth: Mapping[str, Any]) -> dict[tuple[int, int], str]:
    """Return the true type of the object at each (row, column); that of the agent is `agent`."""
    cells, kinds = truth["cells"], truth["kinds"]
    places = np.argwhere(cells).tolist()
    facts = {(row, col): str(kinds[cells[row, col] - 1]) for row, col in places}
    if truth["agent"] is not None:
        facts[truth["agent"]] = "agent"
    return facts


def exact_share(facts: Sequence[Facts], truths: Truths) -> float:
    """Return the share of frames whose facts are all right, none missing, none invented.

    Types have no given names. They are matched one-to-one with the true types, the agent's among
    them, by the assignment that most facts agree with.
    """
    true = [true_facts(truth) for truth in truths]
    names = _names(facts, true)
    right = []
    for seen, where in zip(facts, true, strict=True):
        named = {(fact.row, fact.col): names.get(fact.type, "") for fact in seen}
        right.append(named == where and len(seen) == len(where))
    return float(np.mean(right))


def score_sight(
    facts: Sequence[Facts], truths: Truths, grid: Grid, world: Mapping[str, Any]
) -> dict[str, float]:
    """Compare facts with the ground truth.

    A fact has the right place if the middle of its cell, in pixels, lies in a cell that truly
    holds an object, whatever the type. Each object counts once. `grid` is the grid found, for
    frames of this size. `cell` and `border` of `world`, the environment's keywords, give the true
    grid.

    The result holds `precision`, `recall` and `f1` of objects (the agent is one); `location_error`,
    the mean distance in pixels between the middles of the cell found and of the true cell, over
    facts at the right place; `ari` (adjusted Rand index) and `v_measure` of their types against the
    true types; `exact`, see `exact_share`; `types_found` among the facts, and `types_true`.
    """
    hits = list(_hits(facts, truths, grid, world))
    seen = sum(len(each) for each in facts)
    there = sum(len(true_facts(truth)) for truth in truths)
    true_types = [hit.true_type for hit in hits]
    types = [hit.type for hit in hits]
    return {
        "precision": len(hits) / seen if seen else 0.0,
        "recall": len(hits) / there if there else 0.0,
        "f1": 2 * len(hits) / (seen + there) if seen + there else 0.0,
        "location_error": float(np.mean([hit.distance for hit in hits])) if hits else np.nan,
        "ari": float(adjusted_rand_score(true_types, types)) if hits else 0.0,
        "v_measure": float(v_measure_score(true_types, types)) if hits else 0.0,
        "exact": exact_share(facts, truths),
        "types_found": len({fact.type for each in facts for fact in each}),
        "types_true": len({name for truth in truths for name in true_facts(truth).values()}),
    }


def on_true_grid(facts: Sequence[Facts], grid: Grid, world: Mapping[str, Any]) -> list[Facts]:
    """Return facts whose rows and columns are counted on the true grid."""
    cell, (top, _, _, left) = world["cell"], world["border"]
    moved_facts = []
    for each in facts:
        middles = [_middle(grid.origin, grid.pitch, (fact.row, fact.col)) for fact in each]
        places = [(int((row - top) // cell), int((col - left) // cell)) for row, col in middles]
        pairs = zip(each, places, strict=True)
        moved_facts.append(tuple(sorted(Fact(fact.type, *place) for fact, place in pairs)))
    return moved_facts


class _Hit(NamedTuple):
    """A fact about a cell that truly holds an object; `distance` is in pixels."""

    type: int
    true_type: str
    distance: float


def _names(facts: Sequence[Facts], true: Sequence[Mapping[tuple[int, int], str]]) -> dict[int, str]:
    """Match types with true types by the assignment that most facts agree with."""
    pairs = Counter[tuple[int, str]]()
    for seen, where in zip(facts, true, strict=True):
        pairs.update((fact.type, where.get((fact.row, fact.col), "")) for fact in seen)
    types = sorted({number for number, _ in pairs})
    names = sorted({name for _, name in pairs if name})
    table = np.array([[pairs[number, name] for name in names] for number in types])
    if not table.size:
        return {}
    rows, cols = linear_sum_assignment(-table)
    return {types[i]: names[j] for i, j in zip(rows, cols, strict=True)}


def _hits(
    facts: Sequence[Facts], truths: Truths, grid: Grid, world: Mapping[str, Any]
) -> Iterator[_Hit]:
    cell, (top, _, _, left) = world["cell"], world["border"]
    for found, truth in zip(facts, truths, strict=True):
        objects = true_facts(truth)
        for fact in found:
            middle = _middle(grid.origin, grid.pitch, (fact.row, fact.col))
            place = int((middle[0] - top) // cell), int((middle[1] - left) // cell)
            true_type = objects.pop(place, None)
            if true_type is not None:
                truly = _middle((top, left), (cell, cell), place)
                distance = float(np.hypot(*np.subtract(middle, truly)))
                yield _Hit(fact.type, true_type, distance)


def _middle(
    origin: tuple[int, int], pitch: tuple[int, int], cell: tuple[int, int]
) -> tuple[float, float]:
    """Return the middle of a cell in pixels, down and right."""
    row, col = (o + p * (at + 0.5) for o, p, at in zip(origin, pitch, cell, strict=True))
    return row, col
