"""Plot beliefs: the appearance of each type, and the table by relative position."""

from __future__ import annotations

import math
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dsrl_agent.explain.policy import greedy, near_entries, telling
from dsrl_agent.front_end.knowledge import AnyKnowledge
from dsrl_agent.front_end.relations import rounding
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import Floats

_CELL_INCHES = 0.44
_DPI = 120
_DARK = 0.55  # of the scale: beyond, marks are white
_ARROW = 0.38  # of a cell, from its middle


def types_picture(
    pictures: Mapping[int, NDArray[np.uint8]], own: frozenset[int], names: TypeNames = NO_NAMES
) -> bytes:
    """Return a PNG of the appearance of each type, decoded from its spectrum.

    A picture `uint8 [h, w, 3]` is the type's difference from emptiness; `own` are the agent's
    types, and types have names.
    """
    figure = Figure(figsize=(1.5 * len(pictures) + 0.3, 2.0), layout="constrained")
    axes = figure.subplots(1, len(pictures), squeeze=False)[0]
    for ax, (number, picture) in zip(axes, sorted(pictures.items()), strict=True):
        ax.imshow(picture, interpolation="nearest")
        ax.set_title(names.of(number) + ("\nthe agent" if number in own else "\n"), fontsize=10)
        ax.set_axis_off()
    return _png(figure)


def table_picture(knowledge: AnyKnowledge, number: int, names: TypeNames = NO_NAMES) -> bytes:
    """Return a PNG of the table's entries for a type at each place around the agent.

    The colour is the value of the best action; where no action has a positive value it is the value
    of the worst. Arrows point where the greedy actions lead; a cross stands where no action has a
    positive value. Grey places have no entry. The knowledge must have a table over relations.
    """
    down, right, entries = near_entries(knowledge.entries_of(number))
    rows, cols = 2 * down + 1, 2 * right + 1
    shown = np.full((rows, cols), np.nan)
    for (d_row, d_col), row in entries.items():
        shown[d_row + down, d_col + right] = telling(row)
    size = cols * _CELL_INCHES + 1.7, rows * _CELL_INCHES + 1.1
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots()
    most = float(np.nanmax(np.abs(shown), initial=0.0)) or 1.0
    ax.set_facecolor("0.8")  # where the table has no entry
    edges = (-right - 0.5, right + 0.5, down + 0.5, -down - 0.5)
    image = ax.imshow(shown, cmap="RdBu", norm=TwoSlopeNorm(0.0, -most, most), extent=edges)
    figure.colorbar(image, ax=ax, shrink=0.85, label="value of the best action, or of the worst")
    moves = knowledge.agency.moves()
    for (d_row, d_col), row in entries.items():
        if (d_row, d_col) != (0, 0):
            color = "white" if abs(telling(row)) > _DARK * most else "black"
            _draw_actions(ax, (d_row, d_col), row, moves, color)
    ax.text(0, 0, "agent", ha="center", va="center", fontsize=7)
    title = f"{names.of(number)} ({knowledge.kind}): where it stands, what to do"
    ax.set_title(title, fontsize=10)
    ax.set_xlabel("columns right of the agent")
    ax.set_ylabel("rows below the agent")
    ax.set_xticks(range(-right, right + 1), minor=False)
    ax.set_yticks(range(-down, down + 1), minor=False)
    ax.tick_params(labelsize=8)
    return _png(figure)


def _draw_actions(
    ax: Axes, place: tuple[int, int], row: Floats, moves: Mapping[int, tuple[int, int]], color: str
) -> None:
    """Draw an arrow for every greedy action, or a cross where the best value is not positive."""
    same = rounding(row)
    if np.ptp(row) <= same:
        return
    d_row, d_col = place
    if row.max() > same:
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.2, "mutation_scale": 8}
        for action in sorted(greedy(row)):
            down, right = moves.get(action, (0, 0))
            length = math.hypot(down, right)
            if length == 0.0:
                ax.plot(d_col, d_row, ".", color=color, markersize=3)
                continue
            step = _ARROW / length
            head = d_col + right * step, d_row + down * step
            tail = d_col - right * step * 0.5, d_row - down * step * 0.5
            ax.annotate("", xy=head, xytext=tail, arrowprops=arrow)
    elif row.min() < -same:
        ax.plot(d_col, d_row, "x", color=color, markersize=7, markeredgewidth=1.8)


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)  # draws without a screen, whatever back end the user has set
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    return buffer.getvalue()
