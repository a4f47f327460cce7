"""Run `dsrl study`: repeat an experiment of the thesis, or one that goes on from it."""

from __future__ import annotations

import functools
from collections.abc import Set
from typing import Any

from dsrl_agent.cli.options import Command, CommandGroup
from dsrl_agent.experiments.studies import STUDIES, run_study


def run(options: Any, given: Set[str], *, name: str) -> int:
    """Run the study of a name and print its summary."""
    print(run_study(name, options))
    return 0


COMMAND = CommandGroup(
    description="Repeat an experiment of the thesis, or one that goes on from it; figures and "
    "a short page go to its run folder.",
    title="studies",
    commands={
        name: Command(
            study.help, study.options, functools.partial(run, name=name), reads_files=True
        )
        for name, study in STUDIES.items()
    },
)
