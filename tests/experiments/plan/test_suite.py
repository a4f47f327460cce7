"""The plan of a suite: its runs, their keys and what decides them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plans import PLAN, suite

from dsrl_agent.experiments.plan.suite import key_of


@pytest.mark.parametrize(
    ("words", "key"),
    [("noise .1-9", "noise_.1-9"), ("still: 2 types", "still__2_types"), ("a/../b", "a_.._b")],
)
def test_a_key_is_a_file_name(words: str, key: str) -> None:
    assert key_of(words) == key


def test_every_run_has_a_key_of_its_own_and_seeds_come_outermost(tmp_path: Path) -> None:
    assert [task.key for task in suite(tmp_path).tasks()] == [
        "learner-mixed-then-swapped-1000",
        "oracle-mixed-1000",
        "learner-mixed-then-swapped-1001",
    ]


def test_seeds_begin_where_the_runs_say(tmp_path: Path) -> None:
    runs = [{**block, "first_seed": 7 + 10 * n} for n, block in enumerate(PLAN["runs"])]
    found = suite(tmp_path, runs=runs)
    assert [task.seed for task in found.tasks()] == [7, 17, 8]
    before = [task.described() for task in suite(tmp_path).tasks()]
    assert [{**task.described(), "seed": 0} for task in found.tasks()] == [
        {**described, "seed": 0} for described in before
    ]


def test_what_decides_a_run_is_as_json_reads_it_back(tmp_path: Path) -> None:
    task = next(suite(tmp_path).tasks())
    described = task.described()
    assert json.loads(json.dumps(described)) == described
    assert described["then"] == {"at": 60, "world": "swapped"}
    assert described["worlds"] == {
        name: {"id": "shapes_grid:ShapesGrid-v0", "kwargs": {}, **PLAN["worlds"][name]}
        for name in ("mixed", "swapped", "large")
    }


def test_all_worlds_of_a_seed_have_the_same_drawn_grid(
    tmp_path: Path,
) -> None:
    worlds = {
        "mixed": {"drawn_grid": True},
        "swapped": {"drawn_grid": True, "kwargs": {"rewards": {"circle": 1.0, "cross": -1.0}}},
        "large": PLAN["worlds"]["large"],
    }
    grids = []
    for task in suite(tmp_path, worlds=worlds).tasks():
        mixed, swapped, large = (task.worlds[name] for name in worlds)
        assert swapped.kwargs == {**mixed.kwargs, "rewards": {"circle": 1.0, "cross": -1.0}}
        assert large.kwargs == PLAN["worlds"]["large"]["kwargs"]
        assert 7 <= mixed.kwargs["cell"] <= 13
        assert all(0 <= pixels <= 7 for pixels in mixed.kwargs["border"])
        if task.contestant.name == "learner":
            grids.append(mixed.kwargs)
            assert task.described()["worlds"]["mixed"]["kwargs"] == mixed.kwargs
    assert grids[0] != grids[1]
