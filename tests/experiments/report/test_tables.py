"""Make the tables of a report, from hand-made runs and from the committed results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmark_runs import AGENT, DQN, lines, read_runs

from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.plan.suite_files import read_suite
from dsrl_agent.experiments.report.tables import headline, tables

ROOT = Path(__file__).parents[3]
SUITES = sorted((ROOT / "benchmarks" / "results" / "suites").glob("*.jsonl"))


@pytest.fixture(scope="module")
def committed() -> dict[str, str]:
    """Return the tables of the committed results by name, in Markdown: 5 seconds of bootstraps."""
    return {table.name: table.markdown() for table in tables(read_results(SUITES))}


def test_a_report_without_a_measured_claim_has_no_table_of_claims(tmp_path: Path) -> None:
    run = lines("cost", "ours", AGENT, 0, {100: 10})
    assert [one.name for one in tables(read_runs(tmp_path, run))] == ["cost", "runs"]


def test_a_resumed_run_shows_the_revisions_of_all_its_sessions(tmp_path: Path) -> None:
    run = lines("cost", "ours", AGENT, 0, {100: 10}).replace(
        b'"git":null',
        b'"git":{"revision":"aaaaaaaa11"},"resumed":[{"git":{"revision":"bbbbbbbb22"}}]',
    )
    assert tables(read_runs(tmp_path, run))[-1].rows[0][-1] == "aaaaaaaa, bbbbbbbb"


def test_the_headline_shows_the_last_mark(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 3, 200: 5 + seed}) for seed in range(4)]
    (row,) = headline(read_runs(tmp_path, *runs)).rows
    # Of .5, .6, .7, .8 the middle half is .6 and .7.
    assert row[:3] == ["ours", "200", "4"]
    assert row[3].startswith("0.650 [")
    assert row[6:] == ["not reached by 200", "2", "3"]


def test_impossible_measurements_are_noted_below_their_own_suite(tmp_path: Path) -> None:
    cannot = {"kind": "cannot", "test": "9x9", "steps": 100, "in": "mixed", "why": "size"}
    runs = [
        lines("fast", "DQN", DQN, 0, {100: 5}, test="9x9", more=[cannot]),
        lines("explain", "ours", AGENT, 0, {100: 5}),
    ]
    notes = {table.name: table.note for table in tables(read_runs(tmp_path, *runs))}
    assert "DQN cannot play in 9x9" in notes["fast"]
    assert "cannot" not in notes["explain"]


def test_a_suite_of_solved_worlds_shows_shares_and_costs_beside_returns(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("report: {table: solved}")
    runs = []
    for seed, returns in enumerate(([1, 0.5], [1, 0])):
        run = lines("ours", "rules", AGENT, seed, {100: 10})
        old = re.search(rb'"returns":\[[^]]*\]', run)
        assert old is not None
        run = run.replace(old[0], f'"returns":{returns}'.encode())
        run = re.sub(rb'"(positives|good|bad)":\[[^]]*\]', rb'"\1":[1,1]', run)
        run = run.replace(b'"kwargs":{}', b'"kwargs":{},"solved":0.5')
        runs.append(run.replace(b'"decision_ms":', b'"slowest_decision_cpu_ms":7,"decision_ms":'))
    (tmp_path / "runs.jsonl").write_bytes(b"".join(runs))
    results = read_results([tmp_path / "runs.jsonl"], tmp_path)
    (table,) = (one for one in tables(results) if one.name == "ours")
    world, who, steps, seeds, solved, worst, gained, *_, slowest = table.rows[0]
    assert [world, who, steps, seeds] == ["mixed", "rules", "100", "2"]
    assert solved.startswith("0.750 [0.500, 1.000")
    assert (worst, slowest) == ("0.500", "7")
    assert gained.startswith("0.62 [")


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.stem)
def test_committed_results_are_of_the_committed_suites(file: Path) -> None:
    suite = read_suite(file.stem, ROOT / "configs" / "benchmark")
    planned = [task.described() for task in suite.tasks()]
    measured = [head["task"] for head in read_results([file]).headers]
    assert sorted(map(str, measured)) == sorted(map(str, planned))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("docs/results.md", "headline"),
        ("docs/results.md", "claims"),
        ("docs/benchmark.md", "main_job"),
        ("docs/benchmark.md", "comparisons"),
        ("docs/benchmark.md", "other_agents"),
        ("docs/benchmark.md", "cost"),
        ("docs/benchmark.md", "srl_cs_2018"),
        ("docs/benchmark.md", "moved"),
        ("docs/rules.md", "front_ends"),
    ],
)
def test_pages_show_the_tables_of_the_committed_results(
    page: str, name: str, committed: dict[str, str]
) -> None:
    if not (ROOT / page).is_file():
        pytest.skip(f"{page} is not here: the package is tested away from its checkout")
    text = (ROOT / page).read_text(encoding="utf-8")
    block = re.search(rf"<!-- benchmark: {name} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert block is not None
    made = committed[name]
    bounds, rebuilt = _INTERVAL.findall(block[1]), _INTERVAL.findall(made)
    assert _INTERVAL.sub("[]", block[1]) == _INTERVAL.sub("[]", made)
    # Resampling may differ in the last digits between versions of NumPy; nothing else may.
    for one, again in zip(bounds, rebuilt, strict=True):
        assert _numbers(one) == pytest.approx(_numbers(again), abs=0.01, rel=0.02)


_INTERVAL = re.compile(r"\[([-\d.,∞]+, [-\d.,∞]+)\]")


def _numbers(bounds: str) -> list[float]:
    return [float(x.replace(",", "").replace("∞", "inf")) for x in bounds.split(", ")]
