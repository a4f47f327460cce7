"""Drawn grids: the seed decides cell size and border."""

from __future__ import annotations

from dsrl_agent.experiments.plan.drawn_grids import draw_grid


def test_the_seed_decides_the_grid() -> None:
    grids = [draw_grid(seed) for seed in range(200)]
    assert grids == [draw_grid(seed) for seed in range(200)]
    assert {grid["cell"] for grid in grids} == set(range(7, 14))
    assert {pixels for grid in grids for pixels in grid["border"]} == set(range(8))
    assert all(len(grid["border"]) == 4 for grid in grids)
    assert grids[0] != grids[1]
