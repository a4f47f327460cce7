"""`dsrl cost`: the printed table and the written files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run

from dsrl_agent.cli.commands import cost
from dsrl_agent.experiments.timing.decisions import (
    GROWING_GRID,
    GROWING_OBJECTS,
    KINDS,
    Cost,
    Storage,
)


def test_cost_prints_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = dict.fromkeys((*GROWING_OBJECTS, *GROWING_GRID))
    asked = []

    def measured(*arguments: object) -> tuple[list[Cost], list[Storage]]:
        asked.append(arguments)
        costs = [Cost(kind, *size, 5, 1e-4, 1e-4, 1e-4) for kind in KINDS for size in sizes]
        return costs, [Storage(kind, 1, 32, 100) for kind in KINDS]

    monkeypatch.setattr(cost, "measure", measured)
    files = [f"--json={tmp_path / 'new' / 'cost.json'}", f"--plot={tmp_path / 'cost.png'}"]
    assert run("cost", "--decisions=5", "--seed=2", *files) == 0
    assert asked == [(KINDS, 5, 2)]
    printed = capsys.readouterr().out
    assert all(printed.count(f"\n{kind} ") == 2 for kind in KINDS)  # in two tables
    assert max(map(len, printed.partition("Wrote")[0].splitlines())) <= 80
    assert f"Wrote {tmp_path / 'cost.png'}" in printed
    assert len(json.loads((tmp_path / "new" / "cost.json").read_text())["rooms"]) == len(KINDS)


def test_cost_refuses_to_time_no_decision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", "--decisions=0") == 2
    assert capsys.readouterr().err == "dsrl: --decisions is 0, but it must be at least 1.\n"
