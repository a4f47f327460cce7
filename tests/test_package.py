"""The package as a whole: what importing it and asking for help cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "matplotlib", "pygame", "sklearn", "scipy", "tensorboard")
IMPORT = "import dsrl_agent"
HELP = """
import contextlib
with contextlib.suppress(SystemExit):
    sys.argv = ["dsrl", "--help"]
    from dsrl_agent.cli.main import main
    main()
"""
COST = """
import sys, time
start = time.process_time()
{}
print()
print(time.process_time() - start, *(name for name in {} if name in sys.modules))
"""


@pytest.mark.parametrize(("code", "seconds"), [(IMPORT, 0.3), (HELP, 1.0)])
def test_importing_and_help_are_quick_and_load_nothing_heavy(code: str, seconds: float) -> None:
    command = [sys.executable, "-c", COST.format(code, HEAVY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spent, *loaded = done.stdout.splitlines()[-1].split()
    assert loaded == []
    assert float(spent) <= seconds  # of CPU time; a tenth, and a fifth, of it were measured
