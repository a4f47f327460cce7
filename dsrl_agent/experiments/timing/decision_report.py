"""Report the cost of decisions as a table, as data and as a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dsrl_agent.experiments.report.figure import PALETTE, png_of
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.timing.decisions import (
    GROWING_GRID,
    GROWING_OBJECTS,
    Cost,
    Size,
    Storage,
)

_SMALLEST, _LARGE = Size(5, 8), Size(16, 32)
_MARKERS = "osD^v"
_PLANS = 2.0  # a first decision that takes more than this many medians makes a plan


def costs_in_words(costs: Sequence[Cost], storages: Sequence[Storage]) -> str:
    """Return a Markdown table of medians, their growth and the memory of the knowledge."""
    table = table_of_costs(costs, storages)
    return f"{table.markdown()}\n\n{table.note}"


def table_of_costs(costs: Sequence[Cost], storages: Sequence[Storage]) -> Table:
    """Return a table of medians, their growth and the memory of the knowledge."""
    return Table(
        head=["front end", "5x5, 8 objects", "16x16, 32 objects", "ratio", "first of an episode",
              "per doubling of objects", "entries", "values", "in memory"],
        rows=[_row(_by_size(costs, storage.kind), storage) for storage in storages],
        note="Median decision in ms of processor time, the 95th percentile in brackets; the median "
        "of the first decision of an episode, when a planner plans, in both sizes.",
    )  # fmt: skip


def costs_as_data(costs: Sequence[Cost], storages: Sequence[Storage], seed: int) -> dict[str, Any]:
    """Return the figures, JSON-able."""
    rooms = [storage._asdict() for storage in storages]
    return {"seed": seed, "costs": [cost._asdict() for cost in costs], "rooms": rooms}


def costs_picture(costs: Sequence[Cost]) -> bytes:
    """Return a PNG of medians by objects and by cells a side, on logarithmic axes."""
    figure = Figure(figsize=(10.5, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, costs, GROWING_OBJECTS, "objects", "16x16 cells")
    _draw(right, costs, GROWING_GRID, "side", "8 objects")
    left.set_xlabel("objects")
    right.set_xlabel("cells a side")
    left.set_ylabel("median decision, ms")
    figure.legend(*left.get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return png_of(figure, dpi=110)


def _draw(ax: Axes, costs: Sequence[Cost], sizes: Sequence[Size], along: str, title: str) -> None:
    places = [getattr(size, along) for size in sizes]
    for number, kind in enumerate(dict.fromkeys(cost.kind for cost in costs)):
        of = _by_size(costs, kind)
        colour, marker = PALETTE[number % len(PALETTE)], _MARKERS[number % len(_MARKERS)]
        style: dict[str, Any] = {"marker": marker, "markersize": 4, "color": colour}
        ax.plot(places, [1000 * of[size].median for size in sizes], label=kind, **style)
        if any(cost.first > _PLANS * cost.median for cost in of.values()):
            first = [1000 * of[size].first for size in sizes]
            ax.plot(places, first, "--", label=f"{kind}, first of an episode", **style)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(places, [str(place) for place in places])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    ax.set_title(title, fontsize=10)


def _by_size(costs: Sequence[Cost], kind: str) -> Mapping[Size, Cost]:
    return {cost.size: cost for cost in costs if cost.kind == kind}


def _row(of: Mapping[Size, Cost], storage: Storage) -> list[str]:
    small, large = of[_SMALLEST], of[_LARGE]
    medians = [_ms(small), _ms(large), f"{large.median / small.median:.1f}"]
    first = f"{1000 * small.first:.3g}, {1000 * large.first:.3g}"
    growth = f"x {_growth([of[size] for size in GROWING_OBJECTS]):.2f}"
    sizes = [f"{storage.entries:,}", _kib(storage.value_bytes), _kib(storage.all_bytes)]
    return [storage.kind, *medians, first, growth, *sizes]


def _growth(costs: Sequence[Cost]) -> float:
    """Return the factor of the median for each doubling of objects: least squares on logs."""
    objects = np.log2([cost.objects for cost in costs])
    slope = np.polyfit(objects, np.log2([cost.median for cost in costs]), 1)[0]
    return float(2.0**slope)


def _ms(cost: Cost) -> str:
    return f"{1000 * cost.median:.3g} ({1000 * cost.high:.3g})"


def _kib(size: int) -> str:
    return f"{size / 1024:.1f} KiB" if size else "-"
