"""`python -m benchmarks.worlds`: files written, and arguments refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.worlds import __main__ as command
from benchmarks.worlds.records import read

COMMITTED = Path(__file__).parents[3] / "benchmarks" / "results" / "worlds_speed.json"


@pytest.mark.slow
def test_the_command_measures_and_writes_report_figure_and_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure, figures = tmp_path / "cost.png", tmp_path / "speed.json"
    asked = ["--quick", "--repeats", "1", "--memory", "--plot", str(figure), "--json", str(figures)]
    assert command.main(asked, {"grid": {"layout": "grid"}}) == 0
    written = capsys.readouterr().out
    for words in ("| steps/s |", "single, grid", "bytes per million steps", "µs per step"):
        assert words in written
    assert figure.read_bytes().startswith(b"\x89PNG")
    results = read(figures)
    assert results.effort.repeats == 1
    assert results.memory is not None
    assert results.scaling


def test_the_command_reports_a_file_without_measuring(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(command, "measure_speed")
    assert command.main(["--read", str(COMMITTED)]) == 0
    assert "| single environment | 263,800 | MiniGrid, the same size |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repeats", "0"], "repeats is 0, but it must be at least 1"),
        (["--repeats", "two"], "invalid int value: 'two'"),
        (["--plot", "nowhere/cost.png"], "nowhere/cost.png lies in no existing folder"),
        (["--json", "old.json"], "old.json exists already; name another file"),
        (["--read", "missing.json"], "No such file or directory: 'missing.json'"),
    ],
)
def test_a_bad_argument_is_refused_before_anything_is_measured(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delattr(command, "measure_speed")
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert words in capsys.readouterr().err
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == "{}"
