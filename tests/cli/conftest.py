"""A finished run that the commands' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import QUICK, run

from dsrl_agent.cli import watch


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands say nothing of what they do, however slow the machine is."""
    monkeypatch.setattr(watch, "FIRST", 3600.0)
    monkeypatch.setattr(watch.SilenceWatch, "say", lambda self: None)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training run of 120 steps; no test changes it."""
    path = tmp_path_factory.mktemp("runs") / "finished"
    assert run("train", *QUICK, "--total_timesteps=120", "--seed=3", f"--run_dir={path}") == 0
    return path
