"""Hold measured figures, and write and read them as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dsrl_agent.experiments.timing.clock import Samples


@dataclass(frozen=True)
class Effort:
    """The amount of measuring.

    Attributes:
        repeats: Number of turns of every contestant.
        seconds: Least CPU seconds of a timed run.
        worlds: Number of worlds of the vector environments, and of frames of a bulk copy.
        pool: Bytes of the pool from which frames are copied.
        memory_steps: Number of steps while memory is watched.
        sizes: Values to vary: worlds, sides of the grid, percentages of cells with objects.
    """

    repeats: int = 7
    seconds: float = 0.3
    worlds: int = 1024
    pool: int = 256 << 20  # 8 times the last-level cache of the machines used
    memory_steps: int = 10_000_000
    sizes: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            "worlds": tuple(4**i for i in range(7)),
            "cells": (3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
            "objects": tuple(range(0, 91, 10)),
        }
    )


@dataclass(frozen=True)
class Run:
    """A timed run: number of transitions (or copied frames), of ended episodes, CPU seconds."""

    steps: int
    episodes: int
    seconds: float


@dataclass(frozen=True)
class Rate:
    """The runs of one contestant, one for each turn."""

    label: str
    runs: tuple[Run, ...]

    @property
    def samples(self) -> Samples:
        """Steps (or frames) per CPU second, one figure for each turn."""
        return Samples(tuple(run.steps / run.seconds for run in self.runs))


@dataclass(frozen=True)
class Comparison:
    """The speed of a contestant as a multiple of another's, turn by turn."""

    label: str
    against: str
    ratios: tuple[float, ...]
    target: float | None = None

    @property
    def samples(self) -> Samples:
        """The ratios. Their median is not the ratio of the medians, in which noise remains."""
        return Samples(self.ratios)

    @property
    def verdict(self) -> str:
        """Verdict on the target by the median: "reached", "missed", or "" without a target."""
        if self.target is None:
            return ""
        return "reached" if self.samples.median >= self.target else "missed"


@dataclass(frozen=True)
class Memory:
    """Resident set size in bytes, after a number of steps each."""

    steps: tuple[int, ...]
    resident: tuple[int, ...]

    @property
    def slope(self) -> float:
        """Bytes per million steps, by a least-squares line through all samples."""
        return float(np.polyfit(np.array(self.steps) / 1e6, np.array(self.resident), 1)[0])


@dataclass(frozen=True)
class Point:
    """CPU microseconds of one step of one world, while the quantity of a panel is varied."""

    panel: str
    kind: str  # "single" or "vector"
    value: int
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Results:
    """All figures of one call; `peer` is MiniGrid's world, `None` if not installed."""

    effort: Effort
    rates: tuple[Rate, ...]
    comparisons: tuple[Comparison, ...]
    peer: str | None
    versions: str
    memory: Memory | None = None
    scaling: tuple[Point, ...] = ()


def write(results: Results, path: Path) -> None:
    """Write results as JSON, without the parts that were not measured."""
    speed = asdict(results)
    parts = {name: speed.pop(name) for name in ("memory", "scaling")}
    found = {"speed": speed} | {name: part for name, part in parts.items() if part}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Results:
    """Read results that `write` wrote."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    speed, memory = found["speed"], found.get("memory")
    return Results(
        effort=Effort(**speed["effort"]),
        rates=tuple(
            Rate(rate["label"], tuple(Run(**run) for run in rate["runs"]))
            for rate in speed["rates"]
        ),
        comparisons=tuple(
            Comparison(**{**one, "ratios": tuple(one["ratios"])}) for one in speed["comparisons"]
        ),
        peer=speed["peer"],
        versions=speed["versions"],
        memory=memory and Memory(tuple(memory["steps"]), tuple(memory["resident"])),
        scaling=tuple(Point(**point) for point in found.get("scaling", ())),
    )
