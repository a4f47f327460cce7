"""Measure how fast the worlds are, or report the figures of an earlier measurement."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.worlds.measure import COSTLY, Rungs, measure_memory, measure_scaling, measure_speed
from benchmarks.worlds.records import Effort, Results, read, write
from benchmarks.worlds.report import as_markdown, scaling_picture
from shapes_grid.checks import require_int

_QUICK = Effort(
    repeats=2,
    seconds=0.002,
    worlds=4,
    pool=1 << 20,
    memory_steps=20_000,
    sizes={"worlds": (1, 4), "cells": (3, 5), "objects": (0, 90)},
)


def main(arguments: Sequence[str] | None = None, rungs: Rungs = COSTLY) -> int:
    """Measure or read, write the report to standard output, and return the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.worlds", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument("--repeats", type=int, help=f"turns of each (default {Effort().repeats})")
    parser.add_argument("--memory", action="store_true", help="also watch memory for 10 M steps")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="also draw how cost scales")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure")
    parser.add_argument("--read", type=Path, metavar="FILE", help="report the figures of a file")
    options = parser.parse_args(arguments)
    effort = _QUICK if options.quick else Effort()
    try:
        if options.repeats is not None:
            repeats = require_int("repeats", options.repeats, 1)
            effort = dataclasses.replace(effort, repeats=repeats)
        for path in filter(None, (options.plot, options.json)):
            _require_new(path)
        results = read(options.read) if options.read else _measure(effort, rungs, options)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    sys.stdout.write(as_markdown(results))
    if options.plot is not None:
        options.plot.write_bytes(scaling_picture(results.scaling))
    if options.json is not None:
        write(results, options.json)
    return 0


def _require_new(path: Path) -> None:
    if path.exists() or not path.parent.is_dir():
        why = "exists already" if path.exists() else "lies in no existing folder"
        raise ValueError(f"{path} {why}; name another file.")


def _measure(effort: Effort, rungs: Rungs, options: argparse.Namespace) -> Results:
    return dataclasses.replace(
        measure_speed(effort, rungs),
        memory=measure_memory(effort.memory_steps, effort.worlds) if options.memory else None,
        scaling=measure_scaling(effort) if options.plot is not None else (),
    )


if __name__ == "__main__":
    sys.exit(main())
