"""Group measurements by contestant and world."""

from __future__ import annotations

from pathlib import Path

from benchmark_runs import AGENT, DQN, lines, read_runs
from numpy.testing import assert_array_equal

from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.experiments.analysis.lines import (
    best,
    curves,
    default_agent,
    last_lines,
    pixel_dqns,
    reached,
    show,
    versions,
)
from dsrl_agent.experiments.analysis.lines import lines as lines_of


def test_runs_of_a_contestant_after_equal_steps_are_one_line(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 3 + seed, 200: 9}) for seed in (0, 1)]
    first, last = lines_of(read_runs(tmp_path, *runs).measured)
    assert (first.contestant, first.kind, first.train, first.test) == (
        "ours", "agent", "mixed", "mixed",
    )  # fmt: skip
    assert (first.steps, last.steps, first.seeds) == (100, 200, 2)
    assert_array_equal(first.scores, [0.3, 0.4])
    assert_array_equal(first.shares, [1.0, 1.0])  # nothing bad was touched
    assert_array_equal(first.rates, [50.0, 50.0])  # 100 steps in 2 CPU seconds
    assert (first.cpu_seconds, first.wall_seconds, first.size_bytes) == (2.0, 3.0, 4.0)
    assert first.learns


def test_runs_that_touch_nothing_have_no_share_of_positives(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: score}) for seed, score in enumerate((0, 4))]
    (line,) = lines_of(read_runs(tmp_path, *runs).measured)
    assert_array_equal(line.scores, [0.0, 0.4])
    assert_array_equal(line.shares, [1.0])


def test_the_last_line_has_the_most_steps_of_each_contestant_and_world(tmp_path: Path) -> None:
    runs = [
        lines("fast", "ours", AGENT, 0, {200: 9, 100: 3}),
        lines("fast", "ours", AGENT, 1, {50: 9}, test="9x9"),
        lines("fast", "DQN", DQN, 0, {900: 2}),
    ]
    found = {
        (x.contestant, x.test): x.steps for x in last_lines(read_runs(tmp_path, *runs).measured)
    }
    assert found == {("ours", "mixed"): 200, ("ours", "9x9"): 50, ("DQN", "mixed"): 900}


def test_curves_are_sorted_by_steps_or_by_seconds(tmp_path: Path) -> None:
    measured = read_runs(tmp_path, lines("fast", "ours", AGENT, 0, {200: 9, 100: 3})).measured
    assert curves(measured) == {"ours": [[(100.0, 0.3), (200.0, 0.9)]]}
    assert curves(measured, "cpu_seconds") == {"ours": [[(2.0, 0.3), (2.0, 0.9)]]}
    assert str(reached(measured, 0.9)["ours"]) == "200"


def test_the_default_agent_has_the_default_front_end(tmp_path: Path) -> None:
    rules = {"kind": "agent", "settings": {"front_end": {"kind": "rules"}}}
    runs = [lines("fast", "planner", rules, 0, {1: 1}), lines("fast", "ours", AGENT, 0, {1: 1})]
    assert default_agent(read_runs(tmp_path, *runs)) == "ours"
    assert default_agent(read_runs(tmp_path, runs[0])) == ""


def test_dqns_on_symbols_are_not_dqns_on_pixels(tmp_path: Path) -> None:
    symbols = {"kind": "dqn", "settings": {"sight": "symbols"}}
    runs = [lines("fast", "DQN", DQN, seed, {1: 1}) for seed in (0, 1)]
    runs.append(lines("fast", "DQN, true facts", symbols, 0, {1: 1}))
    assert pixel_dqns(read_runs(tmp_path, *runs)) == ["DQN"]


def test_the_best_line_has_the_highest_mean(tmp_path: Path) -> None:
    runs = [lines("fast", name, DQN, 0, {1: score}) for name, score in (("a", 2), ("b", 7))]
    line = best(last_lines(read_runs(tmp_path, *runs).measured))
    assert line is not None
    assert line.contestant == "b"
    assert best([]) is None


def test_estimates_are_shown_with_their_interval() -> None:
    assert show(Estimate(0.5, 0.25, 0.75)) == "0.500 [0.250, 0.750]"
    assert show(Estimate(0.5, 0.25, 0.75), 1) == "0.5 [0.2, 0.8]"
    assert show(Estimate(0.5, float("-inf"), float("inf"))) == "0.500 (1 run)"
    assert show(Estimate(float("nan"), 0, 0)) == show(None) == "-"


def test_each_set_of_versions_is_listed_once() -> None:
    headers = [{"versions": {"numpy": number}} for number in ("2.0", "2.1", "2.0")]
    assert versions(headers) == [{"numpy": "2.0"}, {"numpy": "2.1"}]
