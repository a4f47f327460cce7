"""Plot a benchmark's results: learning curves, profiles of runs and bars by world."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.experiments.analysis.lines import Curve, Line, curves, last_lines
from dsrl_agent.experiments.analysis.results import DO_NOT_LEARN, Measured, Results, RunCondition
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, performance_profile
from dsrl_agent.experiments.plan.report_rules import ClaimName
from dsrl_agent.experiments.report.figure import PALETTE, SIZE, Plot, ink

_PLOTTED: Sequence[ClaimName] = ("transfer", "relearning", "robust")
_ON_TRUE_FACTS = ", true facts"  # ends the name of a contestant that is given true facts
_BAR = 0.1  # inches: the height of a bar
_GAP = 1.5  # bars: the room between two worlds

Colours = Mapping[str, str]


def plots(results: Results) -> list[Plot]:
    """Return the plots of what was measured; plots without a result are left out."""
    return list(_plots(results, colours_of(results)))


def _plots(results: Results, colours: Colours) -> Iterator[Plot]:
    main = results.main_world()
    if main:
        title = "Score in unseen worlds by environment steps"
        draw = partial(_draw_learning, measured=main, colours=colours)
        yield Plot("learning", title, _caption(title, main), draw)
        title = "Runs that score more than …"
        draw = partial(_draw_profile, measured=main, colours=colours)
        yield Plot("profile", title, _caption(title, main), draw)
    transfer = [x for x in last_lines(results.evidence("transfer")) if x.test != x.train]
    # Front ends on true facts are left out: their knowledge of one world holds in all others.
    transfer = [x for x in transfer if x.learns and x.kind != "agent_on_true_facts" and x.scored]
    if transfer:
        yield _bar_plot("transfer", "Score where it was never trained", transfer, colours)
    relearning = [one for one in results.evidence("relearning") if one.world == one.test]
    if relearning:
        title = "Score before and after good and bad change places"
        draw = partial(_draw_change, measured=relearning, colours=colours)
        yield Plot("plastic", title, _caption(title, relearning), draw)
    robust = [x for x in last_lines(results.evidence("robust")) if x.kind in ("agent", "dqn")]
    robust = [x for x in robust if x.scored]
    if robust:
        yield _bar_plot("robust", "Score where pictures are hard to read", robust, colours)


def _caption(title: str, shown: Sequence[RunCondition]) -> str:
    suites = dict.fromkeys(one.suite for one in shown)
    return f"{title} ({', '.join(f'`{suite}`' for suite in suites)})"


def _bar_plot(name: str, title: str, lines: Sequence[Line], colours: Colours) -> Plot:
    there = {(_worlds(x), x.contestant) for x in lines}
    bars = len(there) + _GAP * len({world for world, _ in there})
    draw = partial(_draw_bars, lines=lines, colours=colours)
    return Plot(name, title, _caption(title, lines), draw, max(SIZE[1], 1.4 + bars * _BAR))


def _worlds(line: Line) -> str:
    return line.test if line.test == line.train else f"{line.train} → {line.test}"


def colours_of(results: Results) -> Colours:
    """Return the colour of each contestant that learns.

    A front end has one colour, from pixels and on true facts; true facts are dashed.
    """
    main = results.main_suite()
    names = dict.fromkeys(one.contestant for one in results.main())
    for claim in _PLOTTED:
        names |= dict.fromkeys(x.contestant for x in results.evidence(claim) if x.suite != main)
    seeing = {x: x.removesuffix(_ON_TRUE_FACTS) for x in names if x not in DO_NOT_LEARN}
    colours = dict(zip(dict.fromkeys(seeing.values()), itertools.cycle(PALETTE), strict=False))
    return {name: colours[alone] for name, alone in seeing.items()}


def _dash(name: str) -> str:
    return "--" if name.endswith(_ON_TRUE_FACTS) else "-"


def _draw_learning(axes: Axes, *, measured: Sequence[Measured], colours: Colours) -> None:
    for name, runs in curves(measured).items():
        if name in colours:
            _draw_curve(axes, name, runs, colours[name])
            continue
        level = interquartile_mean([np.array([run[-1][1] for run in runs])]).value
        axes.axhline(level, color=ink(), linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        axes.text(1.0, level, f" {name}", transform=axes.get_yaxis_transform(), va="center")
    axes.set_xscale("log")
    _finish_curves(axes, "environment steps, all counted", -0.15)


def _draw_change(axes: Axes, *, measured: Sequence[Measured], colours: Colours) -> None:
    after = [one for one in measured if one.world == one.then]
    for name, runs in curves(after).items():
        changed_at = next(one.changed_at for one in after if one.contestant == name)
        if name in colours:
            _draw_curve(axes, name, runs, colours[name], changed_at)
    axes.set_xscale("symlog", linthresh=50)
    _finish_curves(axes, "environment steps since the change", -1.05)


def _finish_curves(axes: Axes, steps: str, lowest: float) -> None:
    """Label the axes of curves of scores, from `lowest` up, by steps; write 1k for 1,000 steps."""
    axes.xaxis.set_major_formatter(lambda x, _: f"{x / 1000:g}k" if x >= 1000 else f"{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(steps)
    axes.set_ylabel("score")
    axes.set_ylim(lowest, 1.05)
    axes.grid(axis="y")
    _add_legend(axes)


def _draw_curve(axes: Axes, name: str, runs: Sequence[Curve], colour: str, start: int = 0) -> None:
    """Draw the interquartile mean, with its band, of runs from `start` on."""
    at: defaultdict[float, list[float]] = defaultdict(list)
    for taken, score in itertools.chain.from_iterable(runs):
        at[taken - start].append(score)
    steps = sorted(at)
    means = [interquartile_mean([np.array(at[step])]) for step in steps]
    axes.fill_between(steps, *_bounds(means), color=colour, alpha=0.2, linewidth=0)
    values = [one.value for one in means]
    axes.plot(steps, values, color=colour, linestyle=_dash(name), linewidth=1.8,
              marker="o", markersize=3.5, label=name)  # fmt: skip


def _draw_profile(axes: Axes, *, measured: Sequence[Measured], colours: Colours) -> None:
    levels = np.linspace(-0.2, 1, 49)
    for line in last_lines(measured):
        if line.contestant not in colours or not line.scored:
            continue
        shares = performance_profile([line.scores], levels)
        colour = colours[line.contestant]
        axes.fill_between(levels, *_bounds(shares), color=colour, alpha=0.15, linewidth=0,
                          step="post")  # fmt: skip
        values = [share.value for share in shares]
        axes.step(levels, values, where="post", color=colour, linewidth=1.8,
                  linestyle=_dash(line.contestant), label=line.contestant)  # fmt: skip
    axes.set_xlabel("score after all its steps")
    axes.set_ylabel("share of runs above")
    axes.set_ylim(-0.03, 1.03)
    axes.grid(axis="y")
    _add_legend(axes)


def _bounds(estimates: Sequence[Estimate]) -> tuple[list[float], list[float]]:
    """Return lower and upper ends of intervals; those of a single run are its value."""
    low = [one.low if np.isfinite(one.low) else one.value for one in estimates]
    high = [one.high if np.isfinite(one.high) else one.value for one in estimates]
    return low, high


def _draw_bars(axes: Axes, *, lines: Sequence[Line], colours: Colours) -> None:
    """Draw a bar for each contestant in each world that it played in, without empty slots."""
    shown = {(_worlds(line), line.contestant): line.middle for line in lines}
    worlds = list(dict.fromkeys(world for world, _ in shown))
    names = list(dict.fromkeys(name for _, name in shown))
    labelled, middles, top = set[str](), list[float](), 0.0
    for world in worlds:
        there = [name for name in names if (world, name) in shown]
        for place, name in enumerate(there):
            label = None if name in labelled else name
            labelled.add(name)
            _draw_bar(axes, top + place, shown[world, name], colours[name], label)
        middles.append(top + (len(there) - 1) / 2)
        top += len(there) + _GAP
    axes.set_yticks(middles, worlds)
    axes.set_ylim(top - _GAP - 0.25, -0.75)  # from the last bar up to the first
    axes.axvline(0, color=ink(), linewidth=0.8)
    axes.set_xlabel("score")
    axes.grid(axis="x")
    _add_legend(axes)


def _draw_bar(axes: Axes, y: float, figure: Estimate, colour: str, label: str | None) -> None:
    axes.barh(y, figure.value, 0.85, color=colour, label=label)
    if np.isfinite(figure.low):
        axes.plot([figure.low, figure.high], [y, y], color=ink(), linewidth=1)


def _add_legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False,
                           handlelength=4, fontsize=8)  # fmt: skip
