"""Run `dsrl benchmark`: a suite of measurements over many seeds, or a report of raw results."""

from __future__ import annotations

import dataclasses
import json
import shlex
from collections.abc import Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from dsrl_agent.cli import text
from dsrl_agent.cli.options import BenchmarkOptions
from dsrl_agent.errors import ConfigError, StorageError
from dsrl_agent.experiments.plan.suite import Block, Suite
from dsrl_agent.experiments.plan.suite_files import FOLDER, read_suites
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.report.write import write_report
from dsrl_agent.experiments.run.engine import read_failures
from dsrl_agent.experiments.run.suites import run_suite

_OF_REPORT = frozenset({"report", "out"})  # options that mean something for a report
_FAILED = 1
_LINES = 10  # of the summary


def run(options: BenchmarkOptions, given: Set[str]) -> int:
    """Run suites or report on results; return the exit status.

    Raises:
        ConfigError: An option of suites is given beside `--report`.
    """
    if not options.report:
        options = dataclasses.replace(options, out=options.out or _folder(options.suite))
        return _stoppable(options, given)
    if stray := sorted(given - _OF_REPORT):
        raise ConfigError(f"--{stray[0]} has no meaning beside --report; only --out has.")
    out = Path(options.out or f"runs/report-{_now()}")
    paths = [Path(name) for name in options.report]
    written = write_report(paths, out)
    print("\n".join(summary(written.tables)))
    print(f"\nWrote {written.page}")
    return 0


def _stoppable(options: BenchmarkOptions, given: Set[str]) -> int:
    """Run suites; where that is stopped, or a disk fails, say how to go on."""
    again = same_command(options, given)
    try:
        return _run_suites(options, again)
    except KeyboardInterrupt:
        print(f"\nFinished runs are kept, and nothing is lost. Go on with:\n  {again}")
        raise
    except StorageError as error:
        raise StorageError(f"{error} Finished runs are kept; go on with: {again}") from error


def same_command(options: BenchmarkOptions, given: Set[str]) -> str:
    """Return the command that goes on in the same folder, to be pasted into a shell."""
    words = ["dsrl", "benchmark"]
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if field.name in given | {"out"} and value not in (None, ()):
            text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
            words.append(f"--{field.name}={text}")
    return shlex.join(words)


def _folder(suite: str) -> str:
    return f"runs/benchmark-{suite}-{_now()}"


def _run_suites(options: BenchmarkOptions, again: str) -> int:
    folder = Path(options.configs or FOLDER)
    if not folder.is_dir():
        raise ConfigError(
            f"--configs is {str(folder)!r}, but it must be a folder of suites; the agent's own "
            "settings are a contestant's `settings` in one of them."
        )
    named = read_suites(options.suite, folder)
    chosen = [_with_seeds(suite, options.seeds) for suite in _only(named, options.only)]
    out = Path(options.out or _folder(options.suite))
    # One suite's folder is the benchmark's own; several stand side by side in it.
    places = [out] if len(named) == 1 else [out / suite.name for suite in chosen]
    backend: Any = options.backend  # `run_suite` refuses unknown ones
    pairs = zip(chosen, places, strict=True)
    outcomes = [run_suite(*pair, options.jobs, backend, options.device) for pair in pairs]
    finished = [one.path for one in outcomes if one.finished]
    written = write_report(finished, out, folder)
    for one in outcomes:
        if one.failed:
            print(f"{len(one.failed)} runs failed; to try them again: {again}")
            for key, error in read_failures(one.path):
                print(f"  {key}: {error}")
    print("\n".join(summary(written.tables)))
    print(f"\nThe report: {written.page}\nIts tables: {written.page.parent / 'tables.md'}")
    return _FAILED if any(one.failed for one in outcomes) else 0


def summary(tables: Sequence[Table]) -> list[str]:
    """Return the most important table in ten lines at most, none longer than a terminal's."""
    figures = [table for table in tables if not table.stacked]
    if not figures:
        return ["Nothing was measured."]
    first = next((table for table in figures if table.name == "headline"), figures[0])
    rows = [[cell.replace("`", "") for cell in row] for row in (first.head, *first.rows)]
    while len(rows[0]) > 2 and max(map(len, text.lined_up(rows))) > text.WIDTH:
        rows = [row[:-1] for row in rows]
    lines = [first.title.replace("`", ""), *text.lined_up(rows)]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"... and {len(lines) - _LINES + 1} more rows"]
    return [line[: text.WIDTH] for line in lines]


def _only(suites: Sequence[Suite], names: Sequence[str]) -> list[Suite]:
    """Return the suites with the named contestants alone; suites without any are left out."""
    if not names:
        return list(suites)
    there = {name for suite in suites for block in suite.blocks for name in block.contestants}
    if unknown := sorted(set(names) - there):
        where = ", ".join(repr(suite.name) for suite in suites)
        raise ConfigError(
            f"--only names {unknown[0]!r}, which does not take part in {where}; there are "
            f"{'; '.join(sorted(there))}."  # names have commas in them
        )
    kept = []
    for suite in suites:
        blocks = [_with_contestants(block, names) for block in suite.blocks]
        if taking_part := tuple(block for block in blocks if block.contestants):
            kept.append(dataclasses.replace(suite, blocks=taking_part))
    return kept


def _with_contestants(block: Block, names: Sequence[str]) -> Block:
    chosen = tuple(name for name in block.contestants if name in names)
    return dataclasses.replace(block, contestants=chosen)


def _with_seeds(suite: Suite, seeds: int | None) -> Suite:
    if seeds is None:
        return suite
    blocks = tuple(dataclasses.replace(block, seeds=seeds) for block in suite.blocks)
    return dataclasses.replace(suite, blocks=blocks)


def _now() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"
