"""Register the sights that come with the agent, and choose between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsrl_agent.perception.cell_sight import fit_cells, learn_cells, load_cells
from dsrl_agent.perception.codebook_sight import CodebookSight, merged
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.off_grid.sight import (
    OffGridSight,
    fit_off_grid,
    learn_off_grid_sight,
    load_off_grid,
)
from dsrl_agent.perception.sight import (
    Arrays,
    Fitting,
    Sight,
    SightFit,
    SightKind,
    register_sight,
    sight_kind,
)
from dsrl_agent.perception.tiles.evidence import gather_tiles
from dsrl_agent.perception.tiles.sight import TileSight, learn_tiles, load_tiles

AUTO = "auto"
"""The name of the choice between `cells` and `off_grid`."""


def learn_auto(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Learn to see cells, or objects off the grid where that takes fewer types.

    A sight of objects off the grid is kept as long as objects stand off the grid.
    """
    return merged(_choose(evidence, previous, fitting), evidence, previous)


def _choose(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    if isinstance(previous, OffGridSight):
        back_end = previous.parts.back_end
        kept = fit_off_grid(evidence, back_end, back_end.config.refit_steps, fitting)
        if kept is not None:
            return kept
    cells = fit_cells(evidence, previous, fitting)
    if len(cells.sight.known) <= fitting.config.off_grid.few_types:
        return cells
    assert isinstance(cells.sight, CodebookSight)
    steps = cells.sight.parts.back_end.config.steps
    off_grid = fit_off_grid(evidence, None, steps, fitting)
    if off_grid is None or len(off_grid.sight.known) >= len(cells.sight.known):
        return cells
    return off_grid


def load_sight(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> Sight:
    """Restore a sight from the arrays and the JSON data of a checkpoint.

    Checkpoints of revision 7a99ea7 do not name the sight; the file `looks` tells it.
    """
    name = state.get("sight") or (OffGridSight.kind if "looks" in arrays else "cells")
    return sight_kind(name).load(arrays, state, fitting)


register_sight("cells", SightKind(learn_cells, load_cells))
register_sight("off_grid", SightKind(learn_off_grid_sight, load_off_grid))
register_sight(TileSight.kind, SightKind(learn_tiles, load_tiles, gather_tiles))
register_sight(AUTO, SightKind(learn_auto, load_cells))
