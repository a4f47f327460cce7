"""From the records of single seeds to a table with intervals over the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dsrl_agent.evaluate import mean

_FIGURES = ("exact", "positive_share", "collected", "score", "cpu_seconds", "decision_ms")
_GOOD_SIGHT = 0.99


def summarise(records: Sequence[Mapping[str, Any]]) -> str:
    """Return a Markdown table: a row per actor and number of steps, means with 95 % intervals."""
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for record in records:
        groups.setdefault((record["actor"], record["steps"]), []).append(record)
    heads = ["actor", "env steps", "seeds", *_FIGURES, f"seeds with exact >= {_GOOD_SIGHT}"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for (actor, steps), group in groups.items():
        cells = [actor, str(steps), str(len(group))]
        for figure in _FIGURES:
            values = [record[figure] for record in group if record.get(figure) is not None]
            cells.append(_cell(values))
        exact = [record["exact"] for record in group if "exact" in record]
        good = sum(value >= _GOOD_SIGHT for value in exact)
        cells.append(f"{good} of {len(exact)}" if exact else "-")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    return str(mean(np.array(values, np.float64))) if values else "-"
