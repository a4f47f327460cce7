"""What `shapes_grid.speed` measured: plain records, the text that shows them and the figure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from shapes_grid.checks import require_int, require_number

Verdict = Literal["reached", "missed", ""]
Kind = Literal["single", "vector"]


@dataclass(frozen=True)
class Effort:
    """How much to measure; `QUICK` only shows that everything runs.

    Attributes:
        repeats: How often every contestant has its turn.
        seconds: CPU seconds of each timed run, at least.
        worlds: Worlds of the vector environments, frames of a bulk copy.
        pool: Bytes over which the sources of cold copies are spread.
        memory_steps: Steps while memory is watched.
        sizes: Number of worlds, side of the grid and percentage of cells with objects to vary.
    """

    repeats: int = 7
    seconds: float = 0.3
    worlds: int = 1024
    pool: int = 256 << 20  # eight times the last cache of the machines this was written on
    memory_steps: int = 10_000_000
    sizes: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            "worlds": tuple(4**i for i in range(7)),
            "cells": (3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
            "objects": tuple(range(0, 91, 10)),
        }
    )

    def __post_init__(self) -> None:
        # At least two of the largest frames, 84 x 84 x 3, to copy.
        for name, low in (("repeats", 1), ("worlds", 1), ("pool", 1 << 16), ("memory_steps", 1)):
            require_int(name, getattr(self, name), low)
        require_number("seconds", self.seconds)


FULL = Effort()
QUICK = Effort(
    repeats=2,
    seconds=0.002,
    worlds=4,
    pool=1 << 20,
    memory_steps=20_000,
    sizes={"worlds": (1, 4), "cells": (3, 5), "objects": (0, 90)},
)


@dataclass(frozen=True)
class Run:
    """One timed run: `steps` transitions (or copied frames), of which `episodes` ended one."""

    steps: int
    episodes: int
    seconds: float  # CPU time

    @property
    def rate(self) -> float:
        """Steps (or frames) per CPU second."""
        return self.steps / self.seconds


@dataclass(frozen=True)
class Rate:
    """The runs of one contestant, one for each repeat."""

    label: str
    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        """Steps (or frames) per CPU second, the median over the repeats."""
        return statistics.median(run.rate for run in self.runs)


@dataclass(frozen=True)
class Comparison:
    """How many times as fast as another a contestant is, repeat by repeat."""

    label: str
    against: str
    ratios: tuple[float, ...]
    target: float | None = None

    @property
    def median(self) -> float:
        """The median of the ratios; not the ratio of the medians, which noise does not cancel."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> Verdict:
        """Whether the median is at least the target; empty where there is none."""
        if self.target is None:
            return ""
        return "reached" if self.median >= self.target else "missed"


@dataclass(frozen=True)
class Report:
    """Rates, their comparisons and under which conditions they came about, all in one run."""

    effort: Effort
    rates: tuple[Rate, ...]
    comparisons: tuple[Comparison, ...]
    peer: str | None  # which world of MiniGrid's; None where it is not installed
    versions: str


@dataclass(frozen=True)
class Memory:
    """Resident set size, in bytes, after so many steps."""

    steps: tuple[int, ...]
    resident: tuple[int, ...]

    @property
    def slope(self) -> float:
        """Bytes per million steps, the least-squares line through all samples."""
        return float(np.polyfit(np.array(self.steps) / 1e6, np.array(self.resident), 1)[0])


@dataclass(frozen=True)
class Point:
    """Cost of one step of one world, in microseconds of CPU time: median, least and most."""

    panel: str
    kind: Kind
    value: int  # of what the panel's axis counts
    median: float
    low: float
    high: float


def compare(rate: Rate, against: Rate, target: float | None = None) -> Comparison:
    """Divide two contestants' rates repeat by repeat: runs of one repeat lie close in time.

    Raises:
        ValueError: They did not run equally often.
    """
    if len(rate.runs) != len(against.runs):
        raise ValueError(
            f'"{rate.label}" has {len(rate.runs)} runs and "{against.label}" {len(against.runs)}, '
            "but there must be one of each for every repeat; measure them together."
        )
    pairs = zip(rate.runs, against.runs, strict=True)
    ratios = tuple(run.rate / other.rate for run, other in pairs)
    return Comparison(rate.label, against.label, ratios, target)


def render_report(report: Report) -> str:
    """Return the tables of rates and ratios, and the conditions below them."""
    rates = [("contestant", "per CPU second", "min - max", "us each", "episodes")]
    for rate in report.rates:
        each = [run.rate for run in rate.runs]
        episodes = sum(run.episodes for run in rate.runs)
        rates.append(
            (
                rate.label,
                f"{rate.median:,.0f}",
                f"{min(each):,.0f} - {max(each):,.0f}",
                f"{1e6 / rate.median:.3g}",
                f"{episodes:,}" if episodes else "",
            )
        )
    ratios = [("contestant", "times as fast as", "ratio", "min - max", "target", "verdict")]
    for one in report.comparisons:
        ratios.append(
            (
                one.label,
                one.against,
                f"{one.median:.3g}",
                f"{min(one.ratios):.3g} - {max(one.ratios):.3g}",
                "" if one.target is None else f">= {one.target:g}",
                one.verdict,
            )
        )
    missing = "" if report.peer else "\nMiniGrid: not installed: pip install minigrid"
    tables = [_table(rates, left=1) + missing] + (
        [_table(ratios, left=2)] if report.comparisons else []
    )
    return "\n\n".join([*tables, _conditions(report)]) + "\n"


def _conditions(report: Report) -> str:
    effort = report.effort
    notes = [
        f"{effort.repeats} repeats in turns, each at least {effort.seconds:g} CPU seconds, one "
        f"core; ratios are taken within a turn, and their median over the repeats. "
        f"{report.versions}.",
        *([f"MiniGrid: {report.peer}."] if report.peer else []),
        "Copies of one frame. hot: one source, one destination, in cache. cold: .copy() of each "
        f"frame of a pool of {effort.pool / 2**20:g} MiB, dropped at once, so that the destination "
        f"stays in cache. kept: the same with the last {effort.worlds:,} copies alive, as all "
        f"observations of a vector are. bulk: {effort.worlds:,} of them at once into a reused "
        "buffer.",
    ]
    if effort.pool < FULL.pool:
        notes.append("Few worlds, and a pool that may fit the cache: no figures to quote.")
    return "\n".join(notes)


def render_memory(memory: Memory) -> str:
    """Return a line on how much memory was resident, in MiB, and how it grew."""
    first, last, most = memory.resident[0], memory.resident[-1], max(memory.resident)
    mib = 2**20
    return (
        f"Resident memory over {memory.steps[-1]:,} steps ({len(memory.steps)} samples): "
        f"first {first / mib:.1f} MiB, last {last / mib:.1f} MiB, max {most / mib:.1f} MiB, "
        f"slope {memory.slope:+,.0f} bytes per million steps.\n"
    )


def render_scaling(points: Sequence[Point]) -> str:
    """Return the table of costs per step that the figure shows."""
    rows = [("varied", "value", "environment", "us per step", "min - max")]
    for point in points:
        spread = f"{point.low:.3g} - {point.high:.3g}"
        rows.append((point.panel, f"{point.value:,}", point.kind, f"{point.median:.3g}", spread))
    return _table(rows, left=1) + "\n"


def _table(rows: Sequence[tuple[str, ...]], left: int) -> str:
    """Align columns: the first `left` to the left, the others, which are numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def require_plotting(path: Path) -> None:
    """Refuse, before anything is measured, a figure that could not be written.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: The name's ending is no format that matplotlib writes.
    """
    try:
        from matplotlib.figure import Figure  # only where a figure is wanted
    except ImportError:
        raise ImportError("matplotlib is not installed: pip install matplotlib") from None
    formats = Figure().canvas.get_supported_filetypes()
    if path.suffix[1:].lower() not in formats:
        raise ValueError(
            f"The figure is {str(path)!r}, but its ending must be one of "
            + ", ".join(f".{name}" for name in sorted(formats))
            + "."
        )


def plot_scaling(points: Sequence[Point], path: Path, quantities: Mapping[str, str]) -> None:
    """Write a figure with one panel for each quantity, readable in black and white.

    Args:
        points: The costs; a panel shows those that carry its name.
        path: Where to; the ending chooses the format.
        quantities: The panels' names and what their axes say; a percentage is drawn linearly.
    """
    require_plotting(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.8 * len(quantities), 3.4), layout="constrained")
    panels = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
    # Told apart by line and marker, not by colour; one is hollow, for where they overlap.
    styles: tuple[tuple[Kind, str, str], ...] = (
        ("single", "k-o", "black"),
        ("vector", "k--s", "white"),
    )
    for axes, (panel, quantity) in zip(panels, quantities.items(), strict=True):
        for kind, style, face in styles:
            drawn = [point for point in points if (point.panel, point.kind) == (panel, kind)]
            spread = [[p.median - p.low for p in drawn], [p.high - p.median for p in drawn]]
            axes.errorbar(
                [point.value for point in drawn],
                [point.median for point in drawn],
                spread,
                fmt=style,
                mfc=face,
                ms=5,
                capsize=2,
                label=kind,
            )
        if not quantity.endswith("(%)"):
            axes.set_xscale("log", base=2)
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel(quantity)
        axes.grid(True, which="major", color="0.85")
    panels[0].set_yscale("log")
    # 1, 2 and 5 times the powers of ten are written: costs often lie within one power.
    panels[0].yaxis.set_minor_formatter(
        lambda value, _: f"{value:g}" if f"{value:e}"[:3] in ("2.0", "5.0") else ""
    )
    panels[0].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panels[0].legend()
    panels[0].set_ylabel("CPU time per step of one world (µs)")
    figure.savefig(path, dpi=150)
