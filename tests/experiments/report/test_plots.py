"""Plot the committed results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmark_runs import AGENT, DQN, lines, read_runs
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.report.plots import colours_of, plots

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_no_two_contestants_of_the_plots_share_a_colour() -> None:
    committed = read_results(sorted((ROOT / "benchmarks" / "results" / "suites").glob("*.jsonl")))
    colours = colours_of(committed)
    shown = [name for name in colours if not name.endswith(("mistyped", "missed"))]
    alone = {name.removesuffix(", true facts"): colours[name] for name in shown}
    assert len(set(alone.values())) == len(alone) > 10


def test_plots_without_a_result_are_left_out(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 2, 200: 8}) for seed in (0, 1)]
    assert [plot.name for plot in plots(read_runs(tmp_path, *runs))] == ["learning", "profile"]
    assert plots(read_runs(tmp_path, lines("cost", "ours", AGENT, 0, {100: 2}))) == []


def test_captions_name_the_suites(tmp_path: Path) -> None:
    runs = [
        lines("fast", "ours", AGENT, 0, {100: 2}, test="9x9"),
        lines("transfer", "DQN", DQN, 0, {100: 2}, test="5x5"),
    ]
    (plot,) = plots(read_runs(tmp_path, *runs))
    assert plot.caption == "Score where it was never trained (`fast`, `transfer`)"


def test_a_curve_is_the_mean_of_the_runs_with_its_band(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 2 + 2 * seed, 200: 8}) for seed in (0, 1)]
    learning = plots(read_runs(tmp_path, *runs))[0]
    axes = Figure().subplots()
    learning.draw(axes)
    (curve,) = axes.get_lines()
    # Of .2 and .4 after 100 steps the mean is .3; after 200 both have .8.
    assert_allclose(np.asarray(curve.get_xydata()), [[100, 0.3], [200, 0.8]])
    band = axes.collections[0].get_paths()[0].get_extents()
    assert_allclose([band.ymin, band.ymax], [0.2, 0.8])  # both of 2 runs, resampled


def test_a_curve_of_one_run_has_no_band(tmp_path: Path) -> None:
    learning = plots(read_runs(tmp_path, lines("fast", "ours", AGENT, 0, {100: 2, 200: 8})))[0]
    axes = Figure().subplots()
    learning.draw(axes)
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert sorted(set(band[:, 1].tolist())) == [0.2, 0.8]


def test_bars_leave_no_slot_empty_and_keep_the_colours(tmp_path: Path) -> None:
    tests = enumerate(["5x5", "9x9"])
    runs = [lines("transfer", "ours", AGENT, seed, {100: 4}, test=test) for seed, test in tests]
    runs += [lines("transfer", "DQN", DQN, 0, {100: 2}, test="5x5")]
    results = read_runs(tmp_path, *runs)
    (plot,) = plots(results)
    axes = Figure().subplots()
    plot.draw(axes)
    # Two bars in the first world, one in the second, 1.5 bars of room between.
    middles = sorted(bar.get_y() + bar.get_height() / 2 for bar in axes.patches)  # type: ignore[attr-defined]
    assert_allclose(middles, [0, 1, 3.5])
    assert_allclose(axes.get_yticks(), [0.5, 3.5])
    colours = colours_of(results)
    assert len({bar.get_facecolor() for bar in axes.patches}) == len(set(colours.values())) == 2
