"""Run `dsrl benchmark`: a suite of measurements over many seeds, or a report of raw results."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsrl_agent.cli.options import Command, argument, require_positive
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite import Suite
from dsrl_agent.experiments.plan.suite_files import FOLDER, read_suites

if TYPE_CHECKING:
    from dsrl_agent.experiments.run.engine import Outcome

_OF_REPORT = frozenset({"report", "out"})  # options that mean something for a report
_FAILED = 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class BenchmarkOptions:
    """A suite to run, or results to report on.

    Attributes:
        suite: main_job, quick, full, fast, ...: a file of the suites' folder.
        configs: The suites' folder; if not given, the one that comes with the package.
        only: Run these contestants of the suite alone, such as '[relational, oracle]'.
        seeds: The number of seeds, in place of the number that the suite names for each of its
            runs.
        jobs: Runs at once; if not given, 1, or what a cluster that RAY_ADDRESS names has room for.
        backend: Where suites run: joblib or ray.
        device: Where networks run: cpu, auto or cuda; these are so small that a GPU is slower.
        out: The folder; a suite that was stopped goes on in the one it began.
        report: Run nothing: write report.html from these folders or files of raw results into
            --out.
    """

    suite: str = "main_job"
    configs: str | None = None
    only: list[str] = dataclasses.field(default_factory=list)
    seeds: int | None = None
    jobs: int | None = None
    backend: str = "joblib"
    device: str = "cpu"
    out: str | None = None
    report: tuple[str, ...] = argument("--report", "+", ())

    def __post_init__(self) -> None:
        require_positive(self, "seeds", "jobs")


def run(options: BenchmarkOptions, given: Set[str]) -> int:
    """Run suites or report on results; return the exit status.

    Raises:
        ConfigError: An option of suites is given beside `--report`.
    """
    if not options.report:
        return _run_suites(options)
    if stray := sorted(given - _OF_REPORT):
        raise ConfigError(f"--{stray[0]} has no meaning beside --report; only --out has.")
    return _report(options)


def _report(options: BenchmarkOptions) -> int:
    from dsrl_agent.experiments.report.write import write_report  # Matplotlib takes long to import

    out = Path(options.out or f"runs/report-{_now()}")
    print(f"Wrote {write_report([Path(name) for name in options.report], out)}")
    return 0


def _run_suites(options: BenchmarkOptions) -> int:
    from dsrl_agent.experiments.report.write import write_report
    from dsrl_agent.experiments.run.engine import run_suite  # torch takes seconds to import

    folder = Path(options.configs or FOLDER)
    if not folder.is_dir():
        raise ConfigError(
            f"--configs is {str(folder)!r}, but it must be a folder of suites; the agent's own "
            "settings are a contestant's `settings` in one of them."
        )
    named = read_suites(options.suite, folder)
    chosen = [_with_seeds(suite, options.seeds) for suite in _only(named, options.only)]
    out = Path(options.out or f"runs/benchmark-{options.suite}-{_now()}")
    # One suite's folder is the benchmark's own; several stand side by side in it.
    places = [out] if len(named) == 1 else [out / suite.name for suite in chosen]
    backend: Any = options.backend  # `run_suite` refuses unknown ones
    outcomes = [
        run_suite(suite, place, options.jobs, backend, options.device)
        for suite, place in zip(chosen, places, strict=True)
    ]
    page = write_report([one.path for one in outcomes if one.finished], out)
    for one in outcomes:
        _print_failures(one)
    print(f"{(page.parent / 'tables.md').read_text(encoding='utf-8')}\nThe report: {page}")
    return _FAILED if any(one.failed for one in outcomes) else 0


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
        blocks = [
            dataclasses.replace(
                block, contestants=tuple(name for name in block.contestants if name in names)
            )
            for block in suite.blocks
        ]
        taking_part = tuple(block for block in blocks if block.contestants)
        if taking_part:
            kept.append(dataclasses.replace(suite, blocks=taking_part))
    return kept


def _with_seeds(suite: Suite, seeds: int | None) -> Suite:
    if seeds is None:
        return suite
    blocks = tuple(dataclasses.replace(block, seeds=seeds) for block in suite.blocks)
    return dataclasses.replace(suite, blocks=blocks)


def _print_failures(outcome: Outcome) -> None:
    from dsrl_agent.experiments.run.engine import read_failures

    if outcome.failed:
        print(f"{len(outcome.failed)} runs failed; the same command tries them again:")
        for key, error in read_failures(outcome.path):
            print(f"  {key}: {error}")


def _now() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"


COMMAND = Command(
    description="Run a suite of measurements over many seeds, or make a report of raw results. "
    "The suite main_job trains from pixels of unknown grids, another for each seed, and "
    "measures along the way in unseen worlds and on larger grids; all steps counted.",
    options=BenchmarkOptions,
    run=run,
)
