"""Run `dsrl cost`: time the front ends' decisions."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from dsrl_agent.cli.options import Command, require_positive
from dsrl_agent.experiments.timing.decisions import KINDS, measure
from dsrl_agent.records.files import to_json, write_at


@dataclass(frozen=True, kw_only=True)
class CostOptions:
    """A measurement of decision times.

    Attributes:
        decisions: Decisions to time for each size.
        seed: Decides worlds and learning.
        json: Write the figures to this file.
        plot: Write a PNG to this file.
    """

    decisions: int = 1000
    seed: int = 0
    json: str | None = None
    plot: str | None = None

    def __post_init__(self) -> None:
        require_positive(self, "decisions")


def run(options: CostOptions, given: Set[str]) -> int:
    """Measure, print the table and write the files."""
    from dsrl_agent.experiments.timing import decision_report  # Matplotlib takes long to import

    costs, rooms = measure(KINDS, options.decisions, options.seed)
    print(decision_report.costs_in_words(costs, rooms))
    if options.json is not None:
        data = decision_report.costs_as_data(costs, rooms, options.seed)
        print(f"Wrote {write_at(Path(options.json), to_json(data))}")
    if options.plot is not None:
        print(f"Wrote {write_at(Path(options.plot), decision_report.costs_picture(costs))}")
    return 0


COMMAND = Command(
    description="Time decisions from facts to action, for growing numbers of objects and "
    "growing grids, and state what the tables take in memory.",
    options=CostOptions,
    run=run,
)
