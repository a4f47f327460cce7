"""Writes a report from raw results: the page, Markdown tables, and every plot as PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.analysis.results import HOME, Film, Results, read_results
from dsrl_agent.experiments.report.figures import plots
from dsrl_agent.experiments.report.films import strip
from dsrl_agent.experiments.report.page import page
from dsrl_agent.experiments.report.tables import markdown, tables
from dsrl_agent.records.files import replace


def write_report(paths: Sequence[Path], out: Path) -> Path:
    """Write `report.html`, `tables.md` and the plots; return the page's path.

    Args:
        paths: Files of raw results, or folders of benchmarks.
        out: The report's folder; a report that stands there is replaced.

    Raises:
        CheckpointError: A path holds no results, or those of another version.
        ConfigError: The folder cannot be made.
    """
    results = read_results(paths)
    made, drawn = tables(results), plots(results)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The report's folder {out} cannot be made ({error.strerror}); name another by --out."
        ) from error
    for plot in drawn:
        replace(out / f"{plot.name}.png", plot.png())
        replace(out / f"{plot.name}.svg", plot.file())
    replace(out / "tables.md", markdown(made).encode())
    strips = [strip(film) for film in shown(results)]
    replace(out / "report.html", page(made, drawn, strips, results.suites()).encode())
    return out / "report.html"


def shown(results: Results) -> list[Film]:
    """Return one film of each contestant, all of the same episode in the mixed world."""
    chosen: dict[str, Film] = {}
    for film in results.films:
        if film.suite in HOME and film.test == "mixed":
            chosen.setdefault(film.contestant, film)
    return list(chosen.values())
