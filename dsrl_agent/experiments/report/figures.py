"""The plots: drawn once, in ink that takes the page's colours, and as PNG for documents."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from dsrl_agent.experiments.analysis.lines import Line, curves, last_lines
from dsrl_agent.experiments.analysis.results import HOME, Measured, Results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, performance_profile

_INK, _RULE = "#010203", "#040506"  # stand for the page's colours of text and of rules
_ON_WHITE = {_INK: "#1c1f23", _RULE: "#c5cad1"}
_COLOURS = (
    "#2a78d6", "#d9682b", "#1f9d78", "#c0479a", "#8c6fd1", "#b08a1e", "#d0413f", "#4f8a3c",
    "#5b7f95", "#a5673f", "#e39bb5", "#6fb7c9",
)  # fmt: skip
_PLOTTED = ("transfer", "plastic", "robust")
"""Suites that plots show beside that of the main question."""
_SIZE = (4.4, 3.4)  # inches: one to one on a phone
_TOLD = ", true facts"
_BAR = 0.09  # inches, the least that a bar is high
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _RULE,
    "grid.alpha": 0.5,
    "grid.linewidth": 0.6,
    "svg.hashsalt": "dsrl",
}


@dataclass(frozen=True)
class Plot:
    """A plot.

    Attributes:
        name: The name of its file.
        title: What it shows.
        suites: Those whose results it shows.
        draw: Draws it.
        height: In inches.
    """

    name: str
    title: str
    suites: Sequence[str]
    draw: Callable[[Axes], None]
    height: float = _SIZE[1]

    def svg(self) -> str:
        """Return it as SVG to stand in a page: text and rules take the page's colours."""
        text = self._saved("svg").decode()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        # Ids are told apart, as all plots stand in one page.
        text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{self.name}-", text)
        text = text.replace(_INK, "currentColor").replace(_RULE, "var(--rule)")
        size = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
        size = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", size, count=1)
        return size.replace("<svg", f'<svg role="img" aria-label="{self.title}"', 1)

    def png(self) -> bytes:
        """Return it on white, as PNG."""
        return self._saved("png", facecolor="white", dpi=144)

    def file(self) -> bytes:
        """Return it on white, as an SVG file."""
        text = self._saved("svg", facecolor="white").decode()
        for stand_in, colour in _ON_WHITE.items():
            text = text.replace(stand_in, colour)
        return text.encode()

    def _saved(self, kind: str, **options: Any) -> bytes:
        style = dict(_STYLE)
        if kind == "png":
            style = {name: _ON_WHITE.get(str(value), value) for name, value in style.items()}
        with mpl.rc_context(style):
            figure = Figure(figsize=(_SIZE[0], self.height), layout="constrained")
            axes = figure.subplots()
            self.draw(axes)
            out = io.BytesIO()
            metadata = {"Date": None} if kind == "svg" else None
            transparent = "facecolor" not in options
            figure.savefig(out, format=kind, transparent=transparent, metadata=metadata, **options)
        return out.getvalue()


def plots(results: Results) -> list[Plot]:
    """Return the plots of what was measured."""
    colours = _colours(results)
    made = []
    fast = [one for one in results.home() if one.test == "mixed"]
    if fast:
        home = (results.home_suite(),)
        title = "Score in unseen worlds by environment steps"
        made.append(Plot("learning", title, home, lambda axes: _learning(axes, fast, colours)))
        title = "Runs that score more than …"
        made.append(Plot("profile", title, home, lambda axes: _profile(axes, fast, colours)))
    moved = [x for x in last_lines(results.measured) if _moved(x)]
    if moved:
        made.append(_bar_plot("transfer", "Score where it was never trained", moved, colours))
    plastic = [one for one in results.of("plastic") if one.world == one.test]
    if plastic:
        title = "Score before and after good and bad change places"
        suite = ("plastic",)
        made.append(Plot("plastic", title, suite, lambda axes: _swap(axes, plastic, colours)))
    robust = [x for x in last_lines(results.of("robust")) if x.kind in ("dsrl", "dqn")]
    if robust:
        made.append(_bar_plot("robust", "Score where pictures are hard to read", robust, colours))
    return made


def _bar_plot(name: str, title: str, found: Sequence[Line], colours: Mapping[str, str]) -> Plot:
    bars = len({_way(x) for x in found}) * (len({x.contestant for x in found}) + 2)
    height = max(_SIZE[1], 1.2 + bars * _BAR)
    suites = list(dict.fromkeys(x.suite for x in found))
    return Plot(name, title, suites, lambda axes: _bars(axes, found, colours), height)


def _way(line: Line) -> str:
    return line.test if line.test == line.train else f"{line.train} → {line.test}"


def _moved(line: Line) -> bool:
    # Of those on true facts DQN alone: what they know of a world is the same in every other.
    learned = line.kind not in ("facts", "random", "oracle")
    return learned and line.suite in (*HOME, "transfer") and line.test != line.train


def _colours(results: Results) -> Mapping[str, str]:
    others = (one for suite in _PLOTTED for one in results.of(suite))
    names = dict.fromkeys(one.contestant for one in (*results.home(), *others))
    learned = [name for name in names if name not in ("random", "oracle")]
    # A front end has one colour, whether it sees or is told; what it is told is dashed.
    alone = list(dict.fromkeys(name.removesuffix(_TOLD) for name in learned))
    return {
        name: _COLOURS[alone.index(name.removesuffix(_TOLD)) % len(_COLOURS)] for name in learned
    }


def _dash(name: str) -> str:
    return "--" if name.endswith(_TOLD) else "-"


def _learning(axes: Axes, measured: Sequence[Measured], colours: Mapping[str, str]) -> None:
    for name, runs in curves(measured).items():
        if name not in colours:
            level = interquartile_mean([np.array([run[-1][1] for run in runs])]).value
            axes.axhline(level, color=_ink(), linewidth=1, linestyle=(0, (4, 3)), zorder=1)
            axes.text(1.0, level, f" {name}", transform=axes.get_yaxis_transform(), va="center")
            continue
        _band(axes, name, runs, colours[name], 0)
    axes.set_xscale("log")
    _plain_numbers(axes)
    axes.set_xlabel("environment steps, all counted")
    axes.set_ylabel("score")
    axes.set_ylim(-0.15, 1.05)
    axes.grid(axis="y")
    _legend(axes)


def _swap(axes: Axes, measured: Sequence[Measured], colours: Mapping[str, str]) -> None:
    after = [one for one in measured if one.world == one.then]
    for name, runs in curves(after).items():
        changed_at = next(one.changed_at for one in after if one.contestant == name)
        if name in colours:
            _band(axes, name, runs, colours[name], changed_at)
    axes.set_xscale("symlog", linthresh=50)
    _plain_numbers(axes)
    axes.set_xlabel("environment steps since the change")
    axes.set_ylabel("score")
    axes.set_ylim(-1.05, 1.05)
    axes.grid(axis="y")
    _legend(axes)


def _band(
    axes: Axes, name: str, runs: Sequence[Sequence[tuple[float, float]]], colour: str, start: int
) -> None:
    at: dict[float, list[float]] = {}
    for run in runs:
        for taken, score in run:
            at.setdefault(taken - start, []).append(score)
    steps = sorted(at)
    middle = [interquartile_mean([np.array(at[step])]) for step in steps]
    low = [m.low if np.isfinite(m.low) else m.value for m in middle]
    high = [m.high if np.isfinite(m.high) else m.value for m in middle]
    axes.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
    values = [m.value for m in middle]
    axes.plot(
        steps,
        values,
        color=colour,
        linestyle=_dash(name),
        linewidth=1.8,
        marker="o",
        markersize=3.5,
        label=name,
    )


def _profile(axes: Axes, measured: Sequence[Measured], colours: Mapping[str, str]) -> None:
    levels = np.linspace(-0.2, 1, 49)
    for line in last_lines(measured):
        if line.contestant not in colours:
            continue
        shares = performance_profile([line.scores], levels)
        colour = colours[line.contestant]
        low = [s.low if np.isfinite(s.low) else s.value for s in shares]
        high = [s.high if np.isfinite(s.high) else s.value for s in shares]
        axes.fill_between(levels, low, high, color=colour, alpha=0.15, linewidth=0, step="post")
        values = [share.value for share in shares]
        axes.step(levels, values, where="post", color=colour, linewidth=1.8,
                  linestyle=_dash(line.contestant), label=line.contestant)  # fmt: skip
    axes.set_xlabel("score after all its steps")
    axes.set_ylabel("share of runs above")
    axes.set_ylim(-0.03, 1.03)
    axes.grid(axis="y")
    _legend(axes)


def _bars(axes: Axes, found: Sequence[Line], colours: Mapping[str, str]) -> None:
    best = {(_way(line), line.contestant): line for line in found}
    worlds = list(dict.fromkeys(world for world, _ in best))
    names = list(dict.fromkeys(name for _, name in best))
    height = 0.8 / len(names)
    for i, name in enumerate(names):
        for place, world in enumerate(worlds):
            if (world, name) not in best:
                continue
            figure = best[world, name].middle
            y = place + (i - (len(names) - 1) / 2) * height
            label = name if world == next(w for w, n in best if n == name) else None
            axes.barh(y, figure.value, height * 0.85, color=colours[name], label=label)
            if np.isfinite(figure.low):
                axes.plot([figure.low, figure.high], [y, y], color=_ink(), linewidth=1)
    axes.set_yticks(range(len(worlds)), worlds)
    axes.invert_yaxis()
    axes.axvline(0, color=_ink(), linewidth=0.8)
    axes.set_xlabel("score")
    axes.grid(axis="x")
    _legend(axes)


def _plain_numbers(axes: Axes) -> None:
    """Write 1k in place of a power of ten."""
    axes.xaxis.set_major_formatter(lambda x, _: f"{x / 1000:g}k" if x >= 1000 else f"{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False,
                           handlelength=4, fontsize=8)  # fmt: skip


def _ink() -> str:
    return str(mpl.rcParams["text.color"])
