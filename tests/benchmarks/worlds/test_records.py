"""Records of measured figures, and their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.worlds.records import (
    Comparison,
    Effort,
    Memory,
    Point,
    Rate,
    Results,
    Run,
    read,
    write,
)


def test_a_rate_is_steps_by_cpu_seconds() -> None:
    # 4/2 = 2, 9/1 = 9 and 15/3 = 5.
    rate = Rate("a", (Run(4, 0, 2.0), Run(9, 0, 1.0), Run(15, 0, 3.0)))
    assert rate.samples.values == (2.0, 9.0, 5.0)
    assert rate.samples.median == 5.0


@pytest.mark.parametrize(
    ("target", "verdict"), [(None, ""), (1.9, "reached"), (2.0, "reached"), (2.1, "missed")]
)
def test_a_target_is_reached_by_the_median(target: float | None, verdict: str) -> None:
    assert Comparison("a", "b", (1.0, 2.0, 9.0), target).verdict == verdict


def test_the_slope_of_memory_is_the_least_squares_line() -> None:
    # Deviations of steps are -1, 0 and 1 million, of bytes -2, 4 and -2: their products add to 0.
    assert Memory((0, 10**6, 2 * 10**6), (10, 16, 10)).slope == pytest.approx(0.0, abs=1e-6)
    assert Memory((10**6, 2 * 10**6, 3 * 10**6), (0, 1500, 3000)).slope == pytest.approx(1500.0)


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    results = Results(
        effort=Effort(sizes={}),
        rates=(Rate("a", (Run(3, 1, 0.5),)),),
        comparisons=(Comparison("a", "b", (2.0,), 1.0),),
        peer=None,
        versions="numpy 0",
    )
    write(results, path)
    assert json.loads(path.read_text(encoding="utf-8")).keys() == {"speed"}
    assert read(path) == results
    whole = Results(
        effort=Effort(sizes={}),
        rates=results.rates,
        comparisons=results.comparisons,
        peer="some world",
        versions="numpy 0",
        memory=Memory((1, 2), (3, 4)),
        scaling=(Point(panel="cells", kind="single", value=9, median=1.5, low=1.0, high=2.0),),
    )
    write(whole, path)
    assert json.loads(path.read_text(encoding="utf-8")).keys() == {"speed", "memory", "scaling"}
    assert read(path) == whole
