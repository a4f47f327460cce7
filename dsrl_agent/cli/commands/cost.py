"""Run `dsrl cost`: time the front ends' decisions."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from dsrl_agent.cli import text
from dsrl_agent.cli.options import CostOptions
from dsrl_agent.experiments.timing import decision_report
from dsrl_agent.experiments.timing.decisions import KINDS, measure
from dsrl_agent.records.files import to_json, write_at


def run(options: CostOptions, given: Set[str]) -> int:
    """Measure, print the table and write the files."""
    costs, rooms = measure(KINDS, options.decisions, options.seed)
    table = decision_report.table_of_costs(costs, rooms)
    lines = [*text.side_by_side([table.head, *table.rows]), "", table.note]
    print(text.folded("\n".join(lines)))
    if options.json is not None:
        data = decision_report.costs_as_data(costs, rooms, options.seed)
        print(f"Wrote {write_at(Path(options.json), to_json(data))}")
    if options.plot is not None:
        print(f"Wrote {write_at(Path(options.plot), decision_report.costs_picture(costs))}")
    return 0
