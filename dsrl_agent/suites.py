"""`dsrl benchmark` with a suite or a report: from parsed options to calls and printed results."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jsonargparse import Namespace

from dsrl_agent.benchmark.backends import BACKENDS
from dsrl_agent.benchmark.engine import Outcome, read_failures, run_suite
from dsrl_agent.benchmark.reading import read_suites
from dsrl_agent.benchmark.report_files import write_report
from dsrl_agent.benchmark.suite import Suite
from dsrl_agent.errors import ConfigError

_FAILED = 1


def benchmark(options: Namespace) -> int:
    """Run suites and report on them, or report on what was run; return the exit status."""
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    if options.report:
        out = Path(options.out or f"runs/report-{stamp}")
        print(f"Wrote {write_report([Path(name) for name in options.report], out)}")
        return 0
    if options.backend not in BACKENDS:
        raise ConfigError(
            f"--backend is {options.backend!r}, but it must be one of {', '.join(BACKENDS)}."
        )
    chosen = [_only(suite, options.only) for suite in read_suites(options.suite, options.configs)]
    out = Path(options.out or f"runs/benchmark-{options.suite}-{stamp}")
    # One suite's folder is the benchmark's own; several stand side by side in it.
    places = [out] if len(chosen) == 1 else [out / suite.name for suite in chosen]
    outcomes = [
        run_suite(suite, place, options.jobs, options.backend)
        for suite, place in zip(chosen, places, strict=True)
    ]
    page = write_report([one.path for one in outcomes if one.finished], out)
    for one in outcomes:
        _tell(one)
    print(f"{(page.parent / 'tables.md').read_text(encoding='utf-8')}\nThe report: {page}")
    return _FAILED if any(one.failed for one in outcomes) else 0


def _only(suite: Suite, names: Sequence[str]) -> Suite:
    """Return a suite with the named contestants alone."""
    if not names:
        return suite
    there = {name for block in suite.blocks for name in block.contestants}
    if unknown := sorted(set(names) - there):
        raise ConfigError(
            f"--only names {unknown[0]!r}, which does not take part in {suite.name!r}; there are "
            f"{', '.join(sorted(there))}."
        )
    kept = [
        dataclasses.replace(block, contestants=tuple(n for n in block.contestants if n in names))
        for block in suite.blocks
    ]
    blocks = tuple(block for block in kept if block.contestants)
    return dataclasses.replace(suite, blocks=blocks)


def _tell(outcome: Outcome) -> None:
    if outcome.failed:
        print(f"{len(outcome.failed)} runs failed; the same command tries them again:")
        for key, error in read_failures(outcome.path):
            print(f"  {key}: {error}")
