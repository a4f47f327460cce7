"""Compare runs with the figures that Garcez, Dutra & Alonso published in 2018."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dsrl_agent.evaluation.estimate import mean
from dsrl_agent.experiments.analysis.lines import last_lines, show
from dsrl_agent.experiments.analysis.results import Results, Training
from dsrl_agent.experiments.analysis.statistics import interquartile_mean
from dsrl_agent.types import Floats

_WORLD = "tiny"  # Environment 1 of the paper
PUBLISHED: Mapping[str, Sequence[float]] = {
    "SRL+CS": (0.890, 0.970, 0.990, 0.986),
    "DSRL": (0.805, 0.948, 0.988, 0.990),
    "Q-learning": (0.860, 0.952, 0.975, 0.984),
}
"""Environment 1: positives ÷ touched objects, mean over the episodes of each window."""
MOVED: Mapping[str, str] = {"SRL+CS": "about 1.00", "DSRL": "0.70", "DQN, true facts, 7x7": "0.50"}
"""Trained on the fixed pattern, tested in random worlds: positives ÷ touched objects."""
WINDOWS = (slice(0, 10), slice(0, 50), slice(100, 200), slice(-100, None))
"""Episodes of each window."""


def published_rows(results: Results, suite: str) -> list[list[str]]:
    """Return two rows for each learner of a suite: the figures of the runs and of the paper."""
    rows = []
    for name, theirs in PUBLISHED.items():
        here = (suite, _WORLD, name)
        runs = [x for x in results.training if (x.suite, x.train, x.contestant) == here]
        if runs:
            ours = [mean(np.array([in_window(run, w) for run in runs])) for w in WINDOWS]
            rows.append([name, *(show(figure) for figure in ours)])
            rows.append([f"{name}, published", *(f"{figure:.3f}" for figure in theirs)])
    return rows


def moved_rows(results: Results, suite: str) -> list[list[str]]:
    """Return a row for each learner trained on the pattern and tested in random worlds."""
    rows = []
    for line in last_lines(results.of(suite)):
        if (line.train, line.test) == ("pattern", "random"):
            runs = [line.contestant, f"{line.steps:,}", str(line.seeds)]
            share, collected = (interquartile_mean([x]) for x in (line.shares, line.collected))
            theirs = MOVED.get(line.contestant, "-")
            rows.append([*runs, show(share), theirs, show(collected)])
    return rows


def in_window(run: Training, window: slice) -> float:
    """Return the share of positives among touched objects, averaged over episodes of a window.

    Episodes that touch nothing are left out.
    """
    touched: Floats = run.good[window] + run.bad[window]
    some = touched > 0
    return float(np.mean(run.good[window][some] / touched[some]))
