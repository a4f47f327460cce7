"""`dsrl study`: each study's help, and the study that options belong to."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import run

from dsrl_agent.cli.commands import study
from dsrl_agent.experiments.studies import STUDIES


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_lists_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("study", name, "--help") == 0
    assert "--out" in capsys.readouterr().out


def test_options_run_the_study_of_their_class(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_study(name: str, options: Any) -> str:
        return f"{name} {type(options).__name__}"

    monkeypatch.setattr(study, "run_study", run_study)
    for name, each in STUDIES.items():
        assert study.run(each.options(), set()) == 0
        assert capsys.readouterr().out == f"{name} {each.options.__name__}\n"
