"""The truth about many worlds, in the form in which Gymnasium's vectors gather `info`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapes_grid.batch import Batch
from shapes_grid.rules import Rules


class Truths:
    """Tells the truth about a batch: what `Episode.truth` tells of one world, gathered.

    Numbers become arrays `[B]`, `cells` an array `[B, rows, cols]`, all else an array of objects,
    and a mask `_name` beside each says which worlds told it.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        spec = rules.spec
        # By place, so that the agents' cells are one look-up; the last one is of no agent.
        self._row_cols = np.empty(spec.rows * spec.cols + 1, object)
        for place in range(spec.rows * spec.cols):
            self._row_cols[place] = divmod(place, spec.cols)

    def of(self, batch: Batch, told: NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Return the truth about the worlds that tell it, all by default, in copies."""
        everyone = np.ones(len(batch), np.bool_) if told is None else told
        named: dict[str, Any] = {
            "cells": batch.cells,
            "agent": self._row_cols[batch.agents],
            "steps_left": self._rules.spec.limit - batch.steps,
        }
        for name, value in self._rules.constants.items():
            if isinstance(value, tuple):
                named[name] = np.empty(len(batch), object)
                named[name].fill(value)
            else:
                named[name] = np.full(len(batch), value)
        if not self._rules.is_plain:
            named |= {"heading": batch.headings, "keys": batch.keys}
            if batch.looks is not None:
                named["looks"] = batch.looks
        if self._rules.needs_seed:
            named["seed"] = batch.seeds
        truth: dict[str, Any] = {}
        for name, values in named.items():
            truth[name] = values.copy()
            if told is not None:  # worlds that tell nothing hold Gymnasium's blanks
                truth[name][~told] = None if values.dtype == object else 0
            truth[f"_{name}"] = everyone.copy()
        return truth
