"""Truths about many worlds."""

from __future__ import annotations

import numpy as np

from shapes_grid import WorldSpec
from shapes_grid.batch import make_batch
from shapes_grid.board import parse
from shapes_grid.rules import Rules
from shapes_grid.truths import Truths


def test_truths_are_gathered_by_hand() -> None:
    spec = WorldSpec(rows=1, cols=3, objects={}, rewards={"cross": 1.0}, step_limit=7)
    rules = Rules(spec)
    batch = make_batch(rules, 2)
    batch.begin(np.arange(2), [parse(board, spec.kinds) for board in ("x.+", "+..")])
    truth = Truths(rules).of(batch)
    assert truth["cells"].tolist() == [[[1, 0, 0]], [[0, 0, 0]]]
    assert truth["agent"].tolist() == [(0, 2), (0, 0)]
    assert truth["steps_left"].tolist() == [7, 7]
    assert truth["kinds"].tolist() == [("cross",), ("cross",)]
    assert truth["_cells"].tolist() == [True, True]
    truth["cells"][:] = 9
    assert batch.cells.max() == 1  # copies


def test_worlds_that_are_not_chosen_hold_blanks() -> None:
    rules = Rules(WorldSpec(rows=1, cols=3, objects={}, rewards={"cross": 1.0}, step_limit=7))
    batch = make_batch(rules, 2)
    truth = Truths(rules).of(batch, np.array([False, True]))
    assert truth["steps_left"].tolist() == [0, 7]
    assert truth["kinds"].tolist() == [None, ("cross",)]
    assert truth["_agent"].tolist() == [False, True]
