"""Starts read from truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapes_grid import BoardError, SpecError, WorldSpec
from shapes_grid.recall import recall

SPEC = WorldSpec(rows=1, cols=3, objects={"cross": 1}, rewards={"cross": 1.0}, step_limit=9)
TRUTH: dict[str, Any] = {
    "cells": np.array([[1, 0, 0]]),
    "agent": (0, 2),
    "steps_left": 4,
    "kinds": ("cross",),
    "rewards": (1.0,),
    "step_cost": 0.0,
}


def test_a_truth_is_read_by_hand() -> None:
    start = recall(SPEC, None, TRUTH)
    assert start.cells.tolist() == [[1, 0, 0]]
    assert start.cells.dtype == np.int8
    assert (start.agent, start.heading, start.keys, start.seed) == ((0, 2), 0, 0, 0)
    assert start.steps == 9 - 4


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"rewards": (2.0,)}, SpecError, "options.truth.rewards is"),
        ({"cells": np.array([[2, 0, 0]])}, SpecError, "whole numbers from 0 to 1"),
        ({"agent": (0, 3)}, BoardError, "outside the grid"),
        ({"steps_left": 10}, BoardError, "a world with other settings"),
        ({"looks": np.zeros((1, 3), int)}, BoardError, "a world with other settings"),
    ],
)
def test_a_truth_of_another_world_is_refused(
    change: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        recall(SPEC, None, {**TRUTH, **change})
