"""Read the report rules of suites, and report by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmark_runs import AGENT, DQN, in_world, lines

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.analysis.claims import claims
from dsrl_agent.experiments.analysis.comparisons import comparisons
from dsrl_agent.experiments.analysis.results import Results, read_results
from dsrl_agent.experiments.plan.report_rules import ReportRules
from dsrl_agent.experiments.plan.suite_files import read_report_rules, read_suite
from dsrl_agent.experiments.report.plots import plots
from dsrl_agent.experiments.report.tables import tables

SUITE = """
question: How?
report: {main_world: maze, claims: [few_steps, tools], claim_worlds: [maze], comparison: 2}
worlds: {maze: {}}
contestants: {ours: {kind: agent}}
runs: [{contestants: [ours], train: maze, marks: [10]}]
"""


def reported(folder: Path, rules: str, *runs: bytes) -> Results:
    """Read runs by the rules of a suite named `own`."""
    (folder / "own.yaml").write_text(f"report: {rules}")
    (folder / "runs.jsonl").write_bytes(b"".join(runs))
    return read_results([folder / "runs.jsonl"], folder)


def test_rules_stand_in_the_file_of_the_suite(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SUITE)
    assert read_suite("own", tmp_path).name == "own"
    assert read_report_rules("own", tmp_path) == ReportRules(
        main_world="maze", claims=("few_steps", "tools"), claim_worlds=("maze",), comparison=2
    )


def test_a_suite_without_rules_has_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("question: How?")
    assert read_report_rules("own", tmp_path) == ReportRules()
    assert read_report_rules("unknown", tmp_path) == ReportRules()


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("{claims: [fast]}", "report: claims has 'fast', but it must be one of few_steps, "),
        ("{table: chairs}", "report: table has 'chairs', but it must be one of worlds, "),
        ("{comparison: -1}", "report: comparison is -1, but it must be at least 0"),
        ("{claim: [tools]}", "report.claim is no setting; did you mean claims?"),
    ],
)
def test_a_wrong_rule_is_refused_before_anything_runs(
    rules: str, message: str, tmp_path: Path
) -> None:
    text = SUITE.replace(SUITE.splitlines()[2], f"report: {rules}")
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_suite("own", tmp_path)
    assert message in str(refused.value)


def test_a_suite_of_ones_own_answers_the_main_question(tmp_path: Path) -> None:
    runs = [in_world("maze", lines("own", "ours", AGENT, seed, {100: 9})) for seed in (0, 1)]
    results = reported(tmp_path, "{main_world: maze}", *runs)
    assert results.main_suite() == "own"
    assert [table.name for table in tables(results)] == ["headline", "steps", "runs"]
    assert [plot.name for plot in plots(results)] == ["learning", "profile"]


def test_the_main_suite_is_the_one_of_the_lowest_rank(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("report: {main_world: mixed}")
    runs = [lines(suite, "ours", AGENT, 0, {100: 9}) for suite in ("own", "other")]
    rules = "{main_world: mixed, main_rank: 2}"
    assert reported(tmp_path, rules, *runs).main_suite() == "other"
    assert reported(tmp_path, rules, runs[0]).main_suite() == "own"


def test_a_claim_is_judged_in_every_suite_that_names_it(tmp_path: Path) -> None:
    runs = [
        lines("own", name, who, seed, {100: score})
        for name, who, score in (("ours", AGENT, 9), ("DQN", DQN, 1))
        for seed in (0, 1)
    ]
    results = reported(tmp_path, "{claims: [robust]}", *runs)
    robust = claims(results, comparisons(results))[4]
    assert (robust.verdict, robust.evidence) == ("holds", "mixed 0.900 [0.900, 0.900].")
    assert [plot.name for plot in plots(results)] == ["robust"]


def test_suites_are_compared_in_the_order_of_their_rules(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("report: {comparison: 1}")
    runs = [
        lines(suite, name, who, 0, {100: 9})
        for suite in ("own", "other", "third")
        for name, who in (("ours", AGENT), ("DQN", DQN))
    ]
    found = comparisons(reported(tmp_path, "{comparison: 2}", *runs))
    assert [one.where.split(":")[0] for one in found] == ["`other`", "`own`"]


def test_a_suite_of_costs_has_a_table_of_costs(tmp_path: Path) -> None:
    results = reported(tmp_path, "{table: cost}", lines("own", "ours", AGENT, 0, {100: 9}))
    table = tables(results)[0]
    assert (table.name, table.title) == ("own", "What it costs")
    # 100 steps in 2 CPU seconds and 3 wall seconds; 4 bytes are less than half a KiB.
    assert table.rows == [["ours", "100", "50", "2.0", "3.0", "1.00", "5", "0"]]
