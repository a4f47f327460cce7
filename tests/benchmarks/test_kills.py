"""Runs that are killed at random instants; 25 are for the script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("of", ["train", pytest.param("benchmark", marks=pytest.mark.slow)])
def test_killed_runs_end_as_if_they_had_not_been(of: str) -> None:
    command = [sys.executable, "-m", "benchmarks.kills", "--count", "1", "--seed", "1", "--of", of]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert re.fullmatch(r"1 runs, \d kills, 0 differ\n", done.stdout), done.stderr
