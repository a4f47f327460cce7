"""Run `dsrl` within a test."""

from __future__ import annotations

import os
import subprocess
import sys

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


def printed_without_display(code: str) -> str:
    """Return what Python code prints in an interpreter of its own that has no display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout
