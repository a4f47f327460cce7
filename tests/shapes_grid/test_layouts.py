"""Starts of worlds, and their split into training and test worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from shapes_grid import ShapesGridEnv, ShapesGridVectorEnv, WorldSpec
from shapes_grid.board import Start, to_text
from shapes_grid.layouts import Layouts, in_test_split


def test_drawn_worlds_hold_what_the_spec_says() -> None:
    objects = {"circle": 3, "cross": 2, "ring": 1}
    spec = WorldSpec(rows=3, cols=4, objects=objects, split="all")
    starts = set()
    for seed in range(200):
        start = Layouts(spec).draw(np.random.default_rng(seed))
        assert np.bincount(start.cells.ravel(), minlength=4).tolist() == [6, 3, 2, 1]
        assert start.agent is not None
        assert start.cells[start.agent] == 0
        starts.add((start.cells.tobytes(), start.agent))
    assert len(starts) == 200


def test_every_cell_is_drawn_from() -> None:
    spec = WorldSpec(rows=2, cols=2, objects={"cross": 1}, split="all")
    rng = np.random.default_rng(0)
    layouts = Layouts(spec)
    worlds = {to_text(*layouts.draw(rng)[:2], spec.kinds) for _ in range(300)}
    assert len(worlds) == 12  # 4 cells for the cross, 3 left for the agent


def test_the_grid_layout_uses_even_rows_and_columns_only() -> None:
    spec = WorldSpec(layout="grid", split="all")
    rng = np.random.default_rng(0)
    seen = np.zeros((5, 5), np.int64)
    for _ in range(100):
        seen += Layouts(spec).draw(rng).cells != 0
    on_grid = np.zeros((5, 5), np.bool_)
    on_grid[::2, ::2] = True
    assert_array_equal(seen > 0, on_grid)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"layout": "grid"},
        {"layout": "rooms", "objects": {"cross": 1, "box": 1}},
        {"objects": {"cross": (1, 3), "wall": 4}, "walls": ((1, 1),), "start": (2, 2)},
        {"controls": "heading", "colours": "random", "movers": {"circle": 0.5}},
        {"rows": 2, "cols": 2, "objects": {"cross": 1}},
    ],
    ids=["random", "grid", "rooms", "walls", "heading", "tiny"],
)
def test_train_and_test_worlds_of_any_spec_are_disjoint(fields: dict[str, Any]) -> None:
    def starts(split: str) -> set[str]:
        env = ShapesGridEnv(split=split, render_mode="ansi", **fields)
        assert env.split == split
        drawn = set()
        for seed in range(150):
            env.reset(seed=seed)
            drawn.add(str(env.render()))
            env.reset()
            drawn.add(str(env.render()))
        return drawn

    train, test, both = starts("train"), starts("test"), starts("all")
    assert train
    assert test
    assert not train & test
    if fields.get("rows") == 2:
        assert train | test == both
        assert len(both) == 12


def test_boards_belong_to_every_split() -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 3, "layout": "board", "board": "x.+"}
    for split in ("train", "test", "all"):
        env = ShapesGridEnv(**fields, split=split, render_mode="ansi")
        env.reset(seed=0)
        assert env.render() == "x.+"


def test_vectors_draw_from_their_split() -> None:
    envs = ShapesGridVectorEnv(40, split="test")
    _, info = envs.reset(seed=0)
    truth = info["truth"]
    starts = zip(truth["cells"], truth["agent"], strict=True)
    assert {in_test_split(Start(cells, agent)) for cells, agent in starts} == {True}


def test_one_world_in_five_belongs_to_the_test_split() -> None:
    spec = WorldSpec(split="all")
    rng = np.random.default_rng(0)
    layouts = Layouts(spec)
    count = sum(in_test_split(layouts.draw(rng)) for _ in range(2000))
    # Binomial(2000, 0.2): mean 400, standard deviation 18; five of them to either side.
    assert 310 < count < 490


def test_a_large_world_can_be_split() -> None:
    spec = WorldSpec(rows=300, cols=1, cell=3, objects={"cross": 1}, split="test")
    assert in_test_split(Layouts(spec).draw(np.random.default_rng(0)))


def test_a_wall_listed_twice_is_one_wall() -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 3, "objects": {"cross": 1}, "split": "all"}
    env = ShapesGridEnv(**fields, walls=((0, 0), (0, 0)), render_mode="ansi")
    env.reset(seed=0)
    assert env.render() in ("#x+", "#+x")
