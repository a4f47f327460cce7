"""What decisions cost, as a table and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dsrl_agent.experiments.timing.decisions import GROWING_GRID, GROWING_OBJECTS, Cost, Room, Size

_SMALLEST, _LARGE = Size(5, 8), Size(16, 32)
_MARKERS = "osD^v"


def costs_in_words(costs: Sequence[Cost], rooms: Sequence[Room]) -> str:
    """Return Markdown tables: medians, how they grow, and the memory of what was learned."""
    lines = [
        "| front end | 5x5, 8 objects | 16x16, 32 objects | ratio | first of an episode | "
        "per doubling of objects | entries | values | in memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for room in rooms:
        of = {Size(c.side, c.objects): c for c in costs if c.kind == room.kind}
        small, large = of[_SMALLEST], of[_LARGE]
        growth = _growth([of[size] for size in GROWING_OBJECTS])
        lines.append(
            f"| {room.kind} | {_ms(small)} | {_ms(large)} | {large.median / small.median:.1f} | "
            f"{_first(small)}, {_first(large)} | x {growth:.2f} | "
            f"{room.entries:,} | {_kib(room.value_bytes)} | {_kib(room.all_bytes)} |"
        )
    lines.append("")
    lines.append(
        "Median decision in ms of processor time, the 95th percentile in brackets; the median of "
        "the first decision of an episode, when a planner plans, in both sizes."
    )
    return "\n".join(lines)


def costs_as_data(costs: Sequence[Cost], rooms: Sequence[Room], seed: int) -> dict[str, Any]:
    """Return the figures, JSON-able."""
    return {
        "seed": seed,
        "costs": [cost._asdict() for cost in costs],
        "rooms": [room._asdict() for room in rooms],
    }


def costs_picture(costs: Sequence[Cost]) -> bytes:
    """Return a PNG of how medians grow with objects and with the grid, on logarithmic axes."""
    figure = Figure(figsize=(10.5, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, costs, GROWING_OBJECTS, "objects", "16x16 cells")
    _draw(right, costs, GROWING_GRID, "side", "8 objects")
    left.set_xlabel("objects")
    right.set_xlabel("cells a side")
    left.set_ylabel("median decision, ms")
    figure.legend(*left.get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    FigureCanvasAgg(figure)  # draws without a screen, whatever back end the user has set
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def _draw(ax: Axes, costs: Sequence[Cost], sizes: Sequence[Size], along: str, title: str) -> None:
    kinds = list(dict.fromkeys(cost.kind for cost in costs))
    places = [getattr(size, along) for size in sizes]
    for number, kind in enumerate(kinds):
        of = {Size(cost.side, cost.objects): cost for cost in costs if cost.kind == kind}
        medians = [1000 * of[size].median for size in sizes]
        marker = _MARKERS[number % len(_MARKERS)]
        color = f"C{number}"
        ax.plot(places, medians, marker=marker, markersize=4, color=color, label=kind)
        if kind in ("relational", "rules"):  # those that plan when the scene is new
            first = [1000 * of[size].first for size in sizes]
            name = f"{kind}, first of an episode"
            ax.plot(places, first, "--", marker=marker, markersize=4, color=color, label=name)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(places, [str(place) for place in places])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    ax.set_title(title, fontsize=10)


def _growth(costs: Sequence[Cost]) -> float:
    """Return the factor by which the median grows when objects double (least squares on logs)."""
    objects = np.log2([cost.objects for cost in costs])
    slope = np.polyfit(objects, np.log2([cost.median for cost in costs]), 1)[0]
    return float(2.0**slope)


def _ms(cost: Cost) -> str:
    return f"{1000 * cost.median:.3g} ({1000 * cost.high:.3g})"


def _first(cost: Cost) -> str:
    return f"{1000 * cost.first:.3g}"


def _kib(size: int) -> str:
    return f"{size / 1024:.1f} KiB" if size else "-"
