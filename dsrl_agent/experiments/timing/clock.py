"""Time works in turns and summarise the figures by median, quantile and ratio.

Seconds of a shared machine depend on what else runs on it. The works therefore take turns
(A B C A B C ...), so that all meet the same machine, and ratios are taken within a turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from dsrl_agent.checks import require_at_least

if TYPE_CHECKING:
    import torch

T = TypeVar("T")
Clock = Callable[[], float]
"""Returns seconds since a fixed moment."""


@dataclass(frozen=True)
class Samples:
    """Figures of one work: seconds, rates or ratios, one for each turn."""

    values: tuple[float, ...]  # at least one, in the order of the turns

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("values is empty, but there must be at least one; take a turn.")

    @property
    def median(self) -> float:
        """Median over the turns."""
        return float(np.median(self.values))

    @property
    def low(self) -> float:
        """Lowest figure: of seconds, what the work takes where nothing disturbs it."""
        return min(self.values)

    @property
    def high(self) -> float:
        """Highest figure."""
        return max(self.values)

    def quantile(self, share: float) -> float:
        """Return the figure that a share of the turns, from 0 to 1, does not exceed."""
        return float(np.quantile(self.values, share))

    def over(self, other: Samples) -> Samples:
        """Return the ratios to another work, turn by turn: figures of a turn lie close in time.

        Raises:
            ValueError: The two did not take equally many turns.
        """
        if len(self.values) != len(other.values):
            raise ValueError(
                f"There are {len(self.values)} turns against {len(other.values)}, but both works "
                "must have taken equally many; measure them together."
            )
        return Samples(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))


def seconds_of(work: Callable[[], T], clock: Clock = time.thread_time) -> tuple[T, float]:
    """Return the result of one call and its seconds; by default CPU seconds of this thread."""
    start = clock()
    result = work()
    return result, clock() - start


def repeat(
    work: Callable[[], T], least_seconds: float, clock: Clock = time.thread_time
) -> tuple[list[T], float]:
    """Call a work until it has run for `least_seconds`; return all results, at least one.

    The seconds of all calls together come with them.
    """
    start, results, taken = clock(), [work()], 0.0
    while (taken := clock() - start) <= 0.0 or taken < least_seconds:
        results.append(work())
    return results, taken


def in_turns(works: Mapping[str, Callable[[], T]], turns: int) -> dict[str, list[T]]:
    """Call works in turns; return the results of each work by name, one for each turn.

    Raises:
        ConfigError: `turns` is no whole number from 1 on.
    """
    require_at_least("turns", turns, 1)
    results: dict[str, list[T]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            results[name].append(work())
    return results


def time_in_turns(
    works: Mapping[str, Callable[[], object]], turns: int, clock: Clock = time.thread_time
) -> dict[str, Samples]:
    """Return the seconds of one call of each work in every turn; a first turn is not counted.

    Raises:
        ConfigError: `turns` is no whole number from 1 on.
    """
    require_at_least("turns", turns, 1)

    def seconds(work: Callable[[], object]) -> float:
        return seconds_of(work, clock)[1]

    timed = {name: partial(seconds, work) for name, work in works.items()}
    return {name: Samples(tuple(s[1:])) for name, s in in_turns(timed, turns + 1).items()}


def clock_of(device: torch.device) -> tuple[Clock, str]:
    """Return a clock for work on a device, and the name of its seconds.

    On a GPU it is a wall clock that waits for all queued work, and `GPU`; elsewhere a clock of CPU
    seconds of all threads of this process, and `CPU`.
    """
    if device.type != "cuda":
        return time.process_time, "CPU"
    from torch import cuda  # a clock of CPU seconds needs no torch

    def clock() -> float:
        cuda.synchronize(device)
        return time.perf_counter()

    return clock, "GPU"
