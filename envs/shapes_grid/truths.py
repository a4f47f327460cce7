"""Gather the truth about many worlds in the form of Gymnasium's vector `info`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapes_grid.batch import Batch
from shapes_grid.rules import Rules


class Truths:
    """Gathers the entries of `Episode.truth` of all worlds of a batch.

    Numbers become arrays `[B]`, `cells` becomes an array `[B, rows, cols]`, and other entries
    become arrays of objects. A mask `_name` beside each entry marks the worlds that have it.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        spec = rules.spec
        # (row, column) of each place; the last entry, index -1, stands for no agent.
        self._row_cols = np.empty(spec.rows * spec.cols + 1, object)
        for place in range(spec.rows * spec.cols):
            self._row_cols[place] = divmod(place, spec.cols)

    def of(self, batch: Batch, chosen: NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Return copies of the truth about chosen worlds `bool [B]`, all by default."""
        mask = np.ones(len(batch), np.bool_) if chosen is None else chosen
        named: dict[str, Any] = {
            "cells": batch.cells,
            "agent": self._row_cols[batch.agents],
            "steps_left": self._rules.spec.limit - batch.steps,
        }
        for name, value in self._rules.constants.items():
            named[name] = np.empty(len(batch), object if isinstance(value, tuple) else float)
            named[name].fill(value)
        if not self._rules.is_plain:
            named |= {"heading": batch.headings, "keys": batch.keys}
            if batch.appearances is not None:
                named["looks"] = batch.appearances
        if self._rules.needs_seed:
            named["seed"] = batch.seeds
        truth: dict[str, Any] = {}
        for name, values in named.items():
            truth[name] = values.copy()
            if chosen is not None:  # other worlds hold Gymnasium's blanks
                truth[name][~chosen] = None if values.dtype == object else 0
            truth[f"_{name}"] = mask.copy()
        return truth
