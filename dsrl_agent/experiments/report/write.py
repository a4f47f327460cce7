"""Write a report from raw results: the page, Markdown tables, and every plot as PNG and SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.analysis.results import Film, Results, read_results
from dsrl_agent.experiments.plan.suite_files import FOLDER
from dsrl_agent.experiments.report.figure import Plot
from dsrl_agent.experiments.report.films import strip
from dsrl_agent.experiments.report.page import render
from dsrl_agent.experiments.report.plots import plots
from dsrl_agent.experiments.report.table import Table, markdown
from dsrl_agent.experiments.report.tables import tables
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import replace, stale, storing

_PAGE = "report.html"
_ROWS = 6  # of the summary
_COLUMNS = ("contestant", "`score`", "env steps")


class WrittenReport(NamedTuple):
    """A report that was written."""

    page: Path  # `report.html`
    tables: Sequence[Table]  # what it shows


def write_report(paths: Sequence[Path], out: Path, suites: Path = FOLDER) -> WrittenReport:
    """Write `report.html`, `tables.md` and the plots; return the page's path and the tables.

    An existing report in the folder `out` is replaced. `paths` and `suites` are those of
    `read_results`.

    Raises:
        CheckpointError: A path holds no results, or those of another version.
        ConfigError: The folder cannot be made, or report rules break a rule of their own.
        StorageError: A file cannot be written.
    """
    results = read_results(paths, suites)
    made, drawn = tables(results), plots(results)
    _make_folder(out)
    files = {f"{plot.name}.png": plot.png() for plot in drawn}
    files |= {f"{plot.name}.svg": plot.svg() for plot in drawn}
    files |= {"tables.md": markdown(made).encode(), _PAGE: _page(results, made, drawn).encode()}
    with storing(out):
        for partial in stale(out / "*"):
            disk().remove(partial)
        for name, content in files.items():
            replace(out / name, content)
    return WrittenReport(out / _PAGE, made)


def _make_folder(out: Path) -> None:
    if out.is_dir():
        return
    try:
        disk().make_folder(out)
    except OSError as error:
        raise ConfigError(
            f"The report's folder {out} cannot be made ({error.strerror}); name another by --out."
        ) from error


def _page(results: Results, tables: Sequence[Table], plots: Sequence[Plot]) -> str:
    """Return the page: tables of sentences first, then the figures that they rest on."""
    return render(
        "benchmark.html.jinja",
        title="Deep symbolic RL beside a pixel DQN",
        summary=_summary(tables),
        first=[table for table in tables if table.stacked],
        plots=_arranged(plots),
        strips=[strip(film) for film in shown(results)],
        rest=[table for table in tables if not table.stacked],
        suites=results.suites(),
    )


def _arranged(plots: Sequence[Plot]) -> list[Plot]:
    """Return plots in an order that fills two columns: the tallest one follows the first."""
    tallest = max(plots[1:], key=lambda plot: plot.height, default=None)
    return sorted(plots, key=lambda plot: 0 if plot is plots[0] else 1 if plot is tallest else 2)


def _summary(tables: Sequence[Table]) -> Table | None:
    """Return the best scores in the main world, for the first screen, with the verdicts below."""
    by_name = {table.name: table for table in tables}
    found = by_name.get("headline")
    if found is None:
        return None
    columns = [found.head.index(name) for name in _COLUMNS]
    return Table(
        head=[found.head[column] for column in columns],
        rows=[[row[column] for column in columns] for row in found.rows[:_ROWS]],
        name="summary",
        title="In short",
        note=f"{found.title}. {_verdicts(by_name.get('claims'))}The whole is below.",
    )


def _verdicts(claims: Table | None) -> str:
    """Return how many claims hold, in a sentence; empty where none is judged."""
    if claims is None:
        return ""
    counts = Counter(row[claims.head.index("verdict")] for row in claims.rows)
    told = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())
    return f"Claims: {told}. "


def shown(results: Results) -> list[Film]:
    """Return one film of each contestant, all of the same episode in the main world."""
    chosen: dict[str, Film] = {}
    for film in results.films:
        if film.test == results.rules[film.suite].main_world:
            chosen.setdefault(film.contestant, film)
    return list(chosen.values())
