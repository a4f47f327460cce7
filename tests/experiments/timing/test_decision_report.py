"""Report the cost of decisions from hand-made figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dsrl_agent.experiments.timing.decision_report import (
    costs_as_data,
    costs_in_words,
    costs_picture,
)
from dsrl_agent.experiments.timing.decisions import (
    GROWING_GRID,
    GROWING_OBJECTS,
    Cost,
    Storage,
)

ROOT = Path(__file__).parents[3]
SIZES = tuple(dict.fromkeys((*GROWING_OBJECTS, *GROWING_GRID)))
# The median grows with the square root of the objects, whatever the grid.
COSTS = [
    Cost("srl_cs", *size, 100, 1e-4 * size.objects**0.5, 1e-3, 2e-4 * size.objects)
    for size in SIZES
]
STORAGES = [Storage("srl_cs", 1234, 2048, 10240)]


def test_the_table_gives_the_growth_of_medians() -> None:
    assert costs_in_words(COSTS, STORAGES).splitlines()[2] == (
        "| srl_cs | 0.283 (1) | 0.566 (1) | 2.0 | 1.6, 6.4 | x 1.41 | 1,234 | 2.0 KiB | 10.0 KiB |"
    )


def test_the_data_keep_their_keys() -> None:
    data = costs_as_data(COSTS, STORAGES, seed=3)
    assert data["seed"] == 3
    assert len(data["costs"]) == len(SIZES)
    assert data["rooms"][0]["entries"] == 1234


def test_the_picture_is_the_same_each_time() -> None:
    picture = costs_picture(COSTS)
    assert picture.startswith(b"\x89PNG")
    assert costs_picture(COSTS) == picture


def test_the_documented_table_is_that_of_the_committed_figures() -> None:
    file = ROOT / "benchmarks" / "results" / "decision_cost.json"
    page = ROOT / "docs" / "front_ends.md"
    if not page.is_file():
        pytest.skip(f"{page} is not here: the package is tested away from its checkout")
    data = json.loads(file.read_text(encoding="utf-8"))
    costs = [Cost(**cost) for cost in data["costs"]]
    storages = [Storage(**storage) for storage in data["rooms"]]
    assert costs_as_data(costs, storages, data["seed"]) == data
    text = page.read_text(encoding="utf-8")
    for row in costs_in_words(costs, storages).splitlines()[2:-2]:
        figures = row.split("|", 2)[2]  # without the name, which may have changed since
        assert figures in text
