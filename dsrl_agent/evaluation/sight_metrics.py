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

_MOST = 0.5  # the share that is most
_AGENT = "agent"

Truths = Sequence[Mapping[str, Any]]
"""The ground truth of each frame: `info["truth"]` of the environment."""


def true_facts(truth: Mapping[str, Any]) -> dict[tuple[int, int], str]:
    """Return the true type of the object at each (row, column).

    That of the agent is `agent`; where it turns, each heading but the first is a type of its own.
    """
    cells, kinds = truth["cells"], truth["kinds"]
    places = np.argwhere(cells).tolist()
    facts = {(row, col): str(kinds[cells[row, col] - 1]) for row, col in places}
    if truth["agent"] is not None:
        heading = int(truth.get("heading", 0))
        facts[truth["agent"]] = f"{_AGENT}, heading {heading}" if heading else _AGENT
    return facts


def exact_share(facts: Sequence[Facts], truths: Truths) -> float:
    """Return the share of frames whose facts are all right, none missing, none invented.

    Types have no given names. They are matched one-to-one with the true types, the agent's among
    them, by the assignment that most facts agree with.
    """
    true = [true_facts(truth) for truth in truths]
    return _share_named(facts, true, _names(facts, true))


def score_sight(
    facts: Sequence[Facts], truths: Truths, grid: Grid, world: Mapping[str, Any]
) -> dict[str, float]:
    """Compare facts with the ground truth.

    A fact has the right place if the middle of its cell, in pixels, lies in a cell that truly
    holds an object, whatever the type. Each object counts once. `grid` is the grid found, for
    frames of this size. `cell` and `border` of `world`, the environment's keywords, give the true
    grid; cells that are not square have a pair (height, width) as `cell`.

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


def score_naming(facts: Sequence[Facts], truths: Truths) -> dict[str, float]:
    """Return figures that tell split types, merged types and a lost agent apart.

    `lenient_exact` is `exact_share` with each type named after the true type that most of its facts
    stand for: split types are no fault there, merged ones are. `types_share` is the share of true
    types with a type of their own: one matched as in `exact_share`, in which most facts and most
    objects agree. `agent_exact` is the share of frames in which the agent's type has one fact, in
    the agent's cell; it is left out if no frame has an agent.
    """
    true = [true_facts(truth) for truth in truths]
    pairs, names = _pairs(facts, true), _names(facts, true)
    most: dict[int, str] = {}
    for (number, name), _ in sorted(pairs.items(), key=lambda item: -item[1]):
        most.setdefault(number, name)
    figures = {
        "lenient_exact": _share_named(facts, true, most),
        "types_share": _share_of_types(pairs, names, true),
    }
    agents = [truth["agent"] for truth in truths]
    if any(agent is not None for agent in agents):
        figures["agent_exact"] = _share_of_agents(facts, agents, names)
    return figures


def on_true_grid(facts: Sequence[Facts], grid: Grid, world: Mapping[str, Any]) -> list[Facts]:
    """Return facts whose rows and columns are counted on the true grid."""
    (high, wide), (top, _, _, left) = _cell_of(world), world["border"]
    moved_facts = []
    for each in facts:
        middles = [_middle(grid.origin, grid.pitch, (fact.row, fact.col)) for fact in each]
        places = [(int((row - top) // high), int((col - left) // wide)) for row, col in middles]
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
    pairs = _pairs(facts, true)
    types = sorted({number for number, _ in pairs})
    names = sorted({name for _, name in pairs if name})
    table = np.array([[pairs[number, name] for name in names] for number in types])
    if not table.size:
        return {}
    rows, cols = linear_sum_assignment(-table)
    return {types[i]: names[j] for i, j in zip(rows, cols, strict=True)}


def _pairs(
    facts: Sequence[Facts], true: Sequence[Mapping[tuple[int, int], str]]
) -> Counter[tuple[int, str]]:
    """Count the facts of each type by the true type in their cell, an empty text for none."""
    pairs = Counter[tuple[int, str]]()
    for seen, where in zip(facts, true, strict=True):
        pairs.update((fact.type, where.get((fact.row, fact.col), "")) for fact in seen)
    return pairs


def _share_named(
    facts: Sequence[Facts],
    true: Sequence[Mapping[tuple[int, int], str]],
    names: Mapping[int, str],
) -> float:
    """Return the share of frames whose facts are all right under the names of types."""
    right = []
    for seen, where in zip(facts, true, strict=True):
        named = {(fact.row, fact.col): names.get(fact.type, "") for fact in seen}
        right.append(named == where and len(seen) == len(where))
    return float(np.mean(right))


def _share_of_types(
    pairs: Counter[tuple[int, str]],
    names: Mapping[int, str],
    true: Sequence[Mapping[tuple[int, int], str]],
) -> float:
    objects = Counter(name for where in true for name in where.values())
    of_type = Counter[int]()
    for (number, _), count in pairs.items():
        of_type[number] += count
    found = [
        name
        for number, name in names.items()
        if pairs[number, name] > _MOST * max(of_type[number], objects[name])
    ]
    return len(found) / len(objects) if objects else 0.0


def _share_of_agents(
    facts: Sequence[Facts], agents: Sequence[tuple[int, int] | None], names: Mapping[int, str]
) -> float:
    right = []
    for seen, agent in zip(facts, agents, strict=True):
        places = [
            (fact.row, fact.col) for fact in seen if names.get(fact.type, "").startswith(_AGENT)
        ]
        right.append(places == ([] if agent is None else [agent]))
    return float(np.mean(right))


def _cell_of(world: Mapping[str, Any]) -> tuple[float, float]:
    """Return the height and the width of the true cells in pixels."""
    high, wide = np.broadcast_to(world["cell"], 2).tolist()
    return high, wide


def _hits(
    facts: Sequence[Facts], truths: Truths, grid: Grid, world: Mapping[str, Any]
) -> Iterator[_Hit]:
    cell, (top, _, _, left) = _cell_of(world), world["border"]
    for found, truth in zip(facts, truths, strict=True):
        objects = true_facts(truth)
        for fact in found:
            middle = _middle(grid.origin, grid.pitch, (fact.row, fact.col))
            place = int((middle[0] - top) // cell[0]), int((middle[1] - left) // cell[1])
            true_type = objects.pop(place, None)
            if true_type is not None:
                truly = _middle((top, left), cell, place)
                distance = float(np.hypot(*np.subtract(middle, truly)))
                yield _Hit(fact.type, true_type, distance)


def _middle(
    origin: tuple[float, float], pitch: tuple[float, float], cell: tuple[int, int]
) -> tuple[float, float]:
    """Return the middle of a cell in pixels, down and right."""
    row, col = (o + p * (at + 0.5) for o, p, at in zip(origin, pitch, cell, strict=True))
    return row, col
