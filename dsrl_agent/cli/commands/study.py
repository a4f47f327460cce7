"""Run `dsrl study`: repeat an experiment of the thesis, or one that goes on from it."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from dsrl_agent.cli import text
from dsrl_agent.experiments.studies import STUDIES, run_study


def run(options: Any, given: Set[str]) -> int:
    """Run the study that has options of this class, and print its summary."""
    name = next(name for name, study in STUDIES.items() if study.options is type(options))
    print(text.from_markdown(run_study(name, options)))
    return 0
