"""Batches of worlds: one step by hand, in both implementations."""

from __future__ import annotations

import numpy as np
import pytest

from shapes_grid import WorldSpec
from shapes_grid.batch import Batch, LoopBatch, PlainBatch, make_batch
from shapes_grid.board import parse
from shapes_grid.rules import Rules

SPEC = WorldSpec(rows=1, cols=3, objects={}, rewards={"cross": 1.0}, step_cost=0.25, step_limit=1)


@pytest.mark.parametrize("batch_class", [PlainBatch, LoopBatch])
def test_one_step_of_two_worlds_by_hand(batch_class: type[Batch]) -> None:
    batch = batch_class(Rules(SPEC), 2)
    starts = [parse(board, SPEC.kinds) for board in ("+x.", "x.+")]
    batch.begin(np.arange(2), starts)
    assert batch.agents.tolist() == [0, 2]
    outcome = batch.step(np.array([1, 0]))  # right onto the cross; left onto nothing
    assert outcome.rewards.tolist() == [0.75, -0.25]
    assert outcome.terminated.tolist() == [True, False]
    assert outcome.truncated.tolist() == [False, True]
    assert batch.cells.tolist() == [[[0, 0, 0]], [[1, 0, 0]]]
    assert batch.agents.tolist() == [1, 1]
    named = set(zip(*(part.tolist() for part in outcome.changed), strict=True))
    assert named == {(0, 0), (0, 1), (1, 2), (1, 1)}


def test_only_plain_worlds_are_stepped_all_at_once() -> None:
    assert isinstance(make_batch(Rules(SPEC), 1), PlainBatch)
    walking = WorldSpec(movers={"cross": 0.5})
    assert isinstance(make_batch(Rules(walking), 1), LoopBatch)
