"""Read an episode's state from `info["truth"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapes_grid.appearances import AppearanceCodes, Appearances
from shapes_grid.board import Start
from shapes_grid.checks import require_int, require_pair
from shapes_grid.consistency import require_fitting
from shapes_grid.errors import BoardError, SpecError
from shapes_grid.spec import WorldSpec

_NAME = "options.truth"


def recall(spec: WorldSpec, appearances: Appearances | None, truth: object) -> Start:
    """Return the start that continues from a truth, a mapping as in `info["truth"]`.

    Appearances are those of the world's objects, in worlds in which they vary.

    Raises:
        SpecError: The mapping has a value that no truth has.
        BoardError: The truth is of a world of another spec.
    """
    if not isinstance(truth, Mapping) or not truth.keys() >= {"cells", "agent", "steps_left"}:
        raise SpecError(_NAME, truth, 'what info["truth"] said')
    rewards = tuple(spec.rewards.get(kind, 0.0) for kind in spec.kinds)
    here = {"kinds": spec.kinds, "rewards": rewards, "step_cost": spec.step_cost}
    for name, value in here.items():
        if truth.get(name, value) != value:
            raise SpecError(f"{_NAME}.{name}", truth[name], f"{value}, as here")
    start = Start(
        _require_codes("cells", truth["cells"], len(spec.kinds), np.int8),
        _require_agent(truth["agent"]),
        require_int(f"{_NAME}.heading", truth.get("heading", 0), 0),
        require_int(f"{_NAME}.keys", truth.get("keys", 0), 0),
        spec.limit - require_int(f"{_NAME}.steps_left", truth["steps_left"], 1),
        require_int(f"{_NAME}.seed", truth.get("seed", 0), 0),
        _require_appearances(appearances, truth.get("looks")),
    )
    require_fitting(spec, start, "truth")
    same_appearances = start.appearances is None or start.appearances.shape == start.cells.shape
    if start.steps < 0 or start.heading > 3 or not same_appearances:
        raise _other_settings()
    return start


def _require_codes(
    name: str, codes: object, largest: int, dtype: type[np.signedinteger[Any]]
) -> NDArray[Any]:
    array = np.asarray(codes)
    whole = array.ndim == 2 and np.issubdtype(array.dtype, np.integer)
    if not whole or (array.size and not 0 <= array.min() <= array.max() <= largest):
        rule = f"whole numbers from 0 to {largest}, one for each cell"
        raise SpecError(f"{_NAME}.{name}", codes, rule)
    return array.astype(dtype)


def _require_agent(agent: object) -> tuple[int, int] | None:
    if agent is None:
        return None
    row, col = require_pair(f"{_NAME}.agent", agent, "a cell (row, column) or None")
    return require_int(f"{_NAME}.agent", row, 0), require_int(f"{_NAME}.agent", col, 0)


def _require_appearances(appearances: Appearances | None, codes: object) -> AppearanceCodes | None:
    if (appearances is None) != (codes is None):
        raise _other_settings()
    if appearances is None:
        return None
    return _require_codes("looks", codes, appearances.count, np.int32)


def _other_settings() -> BoardError:
    return BoardError(
        "The truth is of a world with other settings; make an environment of the same spec."
    )
