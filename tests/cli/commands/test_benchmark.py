"""`dsrl benchmark`: a suite, some of its contestants, and a report."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run

from dsrl_agent.cli.commands import benchmark
from dsrl_agent.cli.options import BenchmarkOptions
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.report.write import WrittenReport


@pytest.mark.slow
def test_a_suite_is_run_and_its_report_made_again_from_what_is_on_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.yaml").write_text(
        "question: Does it run?\n"
        "worlds: {mixed: {id: shapes_grid:ShapesGrid-v0}}\n"
        "contestants: {oracle: {kind: oracle}, random: {kind: random}}\n"
        "runs: [{contestants: [oracle, random], train: mixed, marks: [0], seeds: 2, episodes: 3}]\n"
    )
    out, again = tmp_path / "out", tmp_path / "again"
    suite = ["benchmark", "--suite=small", f"--configs={tmp_path}", f"--out={out}"]
    assert run(*suite, "--only=[oracle]", "--seeds=1") == 0
    assert len(list((out / "runs").iterdir())) == 1
    assert run(*suite, "--only=[oracle]") == 0  # the seeds that the suite names
    assert len(list((out / "runs").iterdir())) == 2
    assert run(*suite) == 0
    assert len(list((out / "runs").iterdir())) == 4
    printed = capsys.readouterr().out
    assert "| oracle |" in (out / "tables.md").read_text(encoding="utf-8")
    assert f"The report: {out / 'report.html'}\n" in printed
    figures = [line for line in printed.splitlines() if str(out) not in line]
    assert max(map(len, figures)) <= 80
    assert run("benchmark", "--report", str(out), f"--out={again}") == 0
    assert (again / "report.html").read_bytes() == (out / "report.html").read_bytes()


def test_only_out_is_allowed_beside_report(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[tuple[list[Path], Path]] = []

    def write_report(sources: list[Path], out: Path) -> WrittenReport:
        reported.append((sources, out))
        return WrittenReport(out / "report.html", [])

    monkeypatch.setattr(benchmark, "write_report", write_report)
    options = BenchmarkOptions(report=("a", "b"), out="c")
    assert benchmark.run(options, {"report", "out"}) == 0
    assert reported == [([Path("a"), Path("b")], Path("c"))]
    with pytest.raises(ConfigError, match="--jobs has no meaning beside --report"):
        benchmark.run(options, {"report", "jobs"})


def test_a_summary_has_ten_lines_that_fit_a_terminal() -> None:
    head = ["`contestant`", "seeds", "score", "a long column of words without end"]
    rows = [[f"agent {n}", "3", "1.000 [1.000, 1.000]", "word " * 9] for n in range(20)]
    stacked = Table(["claim"], [["x"]], name="claims", stacked=True)
    other = Table(["a", "b"], [["1", "2"]], name="runs", title="Runs")
    lines = benchmark.summary([stacked, other, Table(head, rows, name="headline", title="Main")])
    assert lines[:3] == [
        "Main",
        "contestant  seeds  score",
        "agent 0     3      1.000 [1.000, 1.000]",
    ]
    assert lines[-1] == "... and 13 more rows"
    assert len(lines) == 10
    assert max(map(len, lines)) <= 80
    assert benchmark.summary([stacked, other]) == ["Runs", "a  b", "1  2"]
    assert benchmark.summary([stacked]) == ["Nothing was measured."]
