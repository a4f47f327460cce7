"""Write tables and plots of the committed results into docs/, between the marks of each page.

Run it after new results: `python benchmarks/readme.py`. A test compares the tables in the pages
with the results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dsrl_agent.experiments.analysis.results import Results, read_results
from dsrl_agent.experiments.report.figure import png_of
from dsrl_agent.experiments.report.plots import plots
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.report.tables import tables
from dsrl_agent.experiments.studies import scaling_page
from dsrl_agent.experiments.studies.scaling import read_records

_MARKS = re.compile(r"(<!-- benchmark: ([^\n]+?) -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)
_SUITES = (
    "fast", "transfer", "plastic", "robust", "explain", "cost", "srl_cs_2018", "dqn_search",
    "front_ends", "larger_frames", "main_job", "other_agents",
)  # fmt: skip
_PLOTS = ("learning", "plastic")
_PAGES = tuple(
    f"docs/{name}.md" for name in ("results", "rules", "scaling", "benchmark", "environments")
)


def committed(root: Path) -> Results:
    """Return the committed results of all suites."""
    files = (root / "benchmarks" / "results" / "suites" / f"{suite}.jsonl" for suite in _SUITES)
    return read_results([file for file in files if file.is_file()])


def main() -> None:
    """Write the tables and plots into the pages."""
    root = Path(__file__).parent.parent
    results = committed(root)
    made = {table.name: table.markdown() for table in tables(results)}
    others = read_results([root / "benchmarks" / "results" / "others.jsonl"])  # not all runs
    made |= {table.name: table.markdown() for table in tables(others) if table.name == "others"}
    records = read_records(root / "benchmarks" / "results" / "scaling.jsonl")
    made["scaling"] = "\n\n".join(_below_heading(one) for one in scaling_page.tables(records))
    for name in _PAGES:
        page = root / name
        text = page.read_text(encoding="utf-8")
        page.write_text(with_tables(text, made), encoding="utf-8")
    (root / "docs" / "scaling.png").write_bytes(png_of(scaling_page.plot(records)))
    for plot in plots(results):
        if plot.name in _PLOTS:
            (root / "docs" / f"benchmark_{plot.name}.png").write_bytes(plot.png())


def with_tables(text: str, tables: Mapping[str, str]) -> str:
    """Return a page with its tables replaced; a table between marks of another name stays.

    Args:
        text: The page. Its tables stand between `<!-- benchmark: NAME -->` and `<!-- end -->`.
        tables: New tables in Markdown by name.
    """

    def replaced(found: re.Match[str]) -> str:
        begin, name, old, end = found.groups()
        return begin + tables.get(name, old) + end

    return _MARKS.sub(replaced, text)


def _below_heading(part: str | Table) -> str:
    """Return a table, or a heading one level lower: the page has a heading above it."""
    return part.replace("## ", "### ", 1) if isinstance(part, str) else part.markdown()


if __name__ == "__main__":
    main()
