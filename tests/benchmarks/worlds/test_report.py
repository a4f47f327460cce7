"""The report: hand-worked tables, and those of the committed figures in the documentation."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from benchmarks.worlds.records import Comparison, Effort, Memory, Rate, Results, Run, read
from benchmarks.worlds.report import as_markdown, beside_limits, scaling_picture, shares

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "benchmarks" / "results" / "worlds_speed.json"
needs_docs = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="docs are not copied here")


def rate(label: str, *per_second: int) -> Rate:
    return Rate(label, tuple(Run(steps, 5, 1.0) for steps in per_second))


RESULTS = Results(
    effort=Effort(repeats=3, worlds=2),
    rates=(
        rate("single 84x84", 3000, 12346, 40000),
        rate("2 worlds 84x84, copy=False", 50),
        rate("single, Noise", 1),
        rate("2 worlds, Noise", 1),
    ),
    comparisons=(
        Comparison("single 84x84", "MiniGrid", (90.0, 146.2, 189.4), 100.0),
        Comparison("2 worlds 84x84, copy=False", "kept copy 84x84", (0.4, 0.126, 1.0), 0.5),
        Comparison("2 worlds 84x84, copy=False", "cold copy 84x84", (2.0, 2.0, 3.0), 2.0),
        Comparison("2 worlds 84x84, copy=False", "bulk copy 84x84", (1.0, 2.0, 3.0)),
        Comparison("single, Noise", "single 84x84", (0.1, 0.3, 0.2)),
        Comparison("2 worlds, Noise", "2 worlds 84x84, plain", (0.35, 0.5, 0.1)),
    ),
    peer=None,
    versions="numpy 0",
    memory=Memory((10**6, 2 * 10**6), (10 * 2**20, 10 * 2**20 + 1500)),
)


def test_limits_and_targets_are_a_table() -> None:
    assert beside_limits(RESULTS).rows == [
        [
            "single environment",
            "12,350",
            "MiniGrid, the same size",
            "146 [90, 189]",
            "100: reached",
        ],
        [
            "2 worlds, `copy=False`",
            "50",
            "copying frames, 2 kept",
            "0.40 [0.13, 1.00]",
            "0.5: missed",
        ],
        ["", "", "copying frames, none kept", "2.00 [2.00, 3.00]", "2: reached"],
    ]


def test_shares_of_the_plain_speed_are_a_table() -> None:
    table = shares(RESULTS)
    assert table.head == ["world", "single", "2 worlds"]
    assert table.rows == [["`-Noise-v0`", "0.20", "0.35"]]


def test_the_report_names_rates_memory_and_conditions() -> None:
    text = as_markdown(RESULTS)
    assert "| single 84x84 | 12,346 | 3,000 to 40,000 | 15 |" in text
    assert (
        "Resident memory over 2,000,000 steps (2 samples): first 10.0 MiB, last 10.0 MiB, max "
        "10.0 MiB, slope +1,500 bytes per million steps."
    ) in text
    assert "3 turns of at least 0.3 CPU seconds" in text
    assert "MiniGrid: not installed: pip install minigrid" in text


@needs_docs
def test_the_documentation_shows_the_tables_of_the_committed_figures() -> None:
    docs = (ROOT / "docs" / "worlds.md").read_text(encoding="utf-8")
    results = read(COMMITTED)
    assert beside_limits(results).markdown() in docs
    assert shares(results).markdown() in docs


@needs_docs
def test_the_documentation_shows_the_figure_of_the_committed_points() -> None:
    with Image.open(ROOT / "docs" / "speed.png") as image:
        by, shown = image.info["Software"], _grey(image)
    if f"version{matplotlib.__version__}," not in by:
        pytest.skip(f"the figure was drawn by {by}")
    with Image.open(io.BytesIO(scaling_picture(read(COMMITTED).scaling))) as image:
        drawn = _grey(image)
    # Another FreeType may place some pixels of text differently, and a tight frame may be a pixel
    # wider by that.
    rows, cols = np.minimum(drawn.shape, shown.shape)
    assert np.abs(np.subtract(drawn.shape, shown.shape)).max() <= 2
    assert (np.abs(drawn[:rows, :cols] - shown[:rows, :cols]) > 64).mean() < 0.01


def _grey(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L")).astype(float)
