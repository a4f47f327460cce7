"""`dsrl card`: a folder that is ready for a model hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run

from dsrl_agent import DSRL
from dsrl_agent.cli.commands.card import read_origin


def test_a_card_stands_beside_the_agent(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "card"
    assert run("card", str(finished), f"--out={out}") == 0
    assert capsys.readouterr().out == f"Wrote {out}: README.md is the card, agent/ the agent\n"
    assert {path.name for path in out.iterdir()} >= {"README.md", "agent", "config.yaml"}
    text = (out / "README.md").read_text(encoding="utf-8")
    assert text.startswith("---\nlibrary_name: dsrl-agent\n")
    assert "# finished\n" in text
    assert "| score |" in text
    assert DSRL.load(out / "agent").num_timesteps == 120
    assert run("card", str(finished), f"--out={out}") == 2
    assert "nothing is overwritten" in capsys.readouterr().err


def test_the_origin_is_read_from_the_run(finished: Path) -> None:
    origin = read_origin(finished)
    assert origin.env == "shapes_grid:ShapesGrid-v0"
    assert set(origin.measured) >= {"agent_score", "random_score", "oracle_mean_return"}
