"""Run `dsrl` within a test."""

from __future__ import annotations

import pytest

from dsrl_agent.cli.main import main

QUICK = [
    "--perception.frames=40",
    "--perception.memory=120",
    "--back_end.steps=8",
    "--back_end.refit_steps=4",
    "--evaluation.episodes=3",
    "--progress=false",
]
"""Settings of a training run of about a second."""


def run(*arguments: str) -> int:
    """Run the command of these arguments and return its exit status."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code
