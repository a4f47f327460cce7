"""Every value of a results file in turn, damaged: one line with file and row, or a report."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmark_runs import AGENT, DQN, lines

from dsrl_agent.errors import CheckpointError
from dsrl_agent.experiments.analysis.checked import require_row
from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, mean_of_runs, rank_test
from dsrl_agent.experiments.report.tables import tables

FILM = {"kind": "film", "test": "mixed", "steps": 100, "episode_seed": 3, "acts": [0, 1]}
TRAINING = {"kind": "training", "steps": 100, "returns": [1], "good": [1], "bad": [0]}
CANNOT = {"kind": "cannot", "test": "mixed", "steps": 100, "in": "mixed", "why": "frames"}
GONE = object()
DAMAGES: tuple[Any, ...] = (None, "x", [], {}, -1, 1e308, 10**400, True, [None], GONE)


def rows() -> list[dict[str, Any]]:
    more = [FILM, TRAINING, CANNOT]
    runs = [lines("fast", "ours", AGENT, 0, {100: 10}, more=more)]
    runs += [lines("fast", "DQN", DQN, seed, {100: 1}) for seed in (0, 1)]
    return [json.loads(line) for line in b"".join(runs).splitlines()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else ():
        yield from places(value[key], (*path, key))


def damaged(path: tuple[Any, ...], damage: Any) -> list[dict[str, Any]]:
    changed = copy.deepcopy(rows())
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    if damage is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = damage
    return changed


# The first run with all kinds of rows.
@pytest.mark.parametrize("number", range(5))
def test_a_damaged_value_gives_one_line_or_a_report(number: int, tmp_path: Path) -> None:
    file, refused = tmp_path / "results.jsonl", 0
    for path in [(number, *inner) for inner in places(rows()[number])]:
        for damage in DAMAGES:
            file.write_text("\n".join(map(json.dumps, damaged(path, damage))))
            try:
                results = read_results([file])
            except CheckpointError as error:
                refused += 1
                assert re.search(r"(Line \d of )?.*results\.jsonl", str(error))  # noqa: PT017
                assert "\n" not in str(error)  # noqa: PT017
                continue
            if path[-1] not in ("kind", "steps", "why") and damage is not True:
                continue  # what is read of equal kind needs no second look
            tables(results)
    assert refused >= 10


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"positives": [None, 1]},
            "positives is .*, but must be a list of numbers, one an episode",
        ),
        ({"returns": [None, None]}, "returns is .*, but must be a list of numbers"),
        ({"positives": [None, None]}, "some of positives, good, bad are null and some are not"),
        ({"good": [1]}, "are not of the same episodes"),
        ({"exact": 1.5}, "exact is 1.5, but must be a number from 0 to 1"),
        ({"cpu_seconds": -1}, "cpu_seconds is -1, but must be a number from 0 to"),
    ],
)
def test_what_a_row_says_wrong_is_named(changes: dict[str, Any], fault: str) -> None:
    row = {**rows()[1], "returns": [1, 2], "positives": [2, 2], "good": [1, 2], "bad": [0, 0]}
    require_row(row)
    nothing_told = {name: [None, None] for name in ("positives", "good", "bad")}
    require_row({**row, **nothing_told})
    with pytest.raises(ValueError, match=fault):
        require_row({**row, **changes})


def test_positives_that_some_rows_of_a_world_lack_are_refused(tmp_path: Path) -> None:
    changed = rows()
    changed[-1] |= {name: [None] for name in ("positives", "good", "bad")}
    (tmp_path / "results.jsonl").write_text("\n".join(map(json.dumps, changed)))
    with pytest.raises(CheckpointError, match=r"Line 9 of .*positives of 'mixed' are null in some"):
        read_results([tmp_path / "results.jsonl"])


def test_a_nan_takes_part_in_no_statistic_unseen() -> None:
    runs = np.array([0.7, 0.8, 0.9, np.nan])  # the trimmed mean would cut off the NaN
    assert np.isnan(interquartile_mean([runs]).value)
    assert np.isnan(mean_of_runs(runs).value)
    assert np.isnan(rank_test([runs], [runs[:3]]))
