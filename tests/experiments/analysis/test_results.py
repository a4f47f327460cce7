"""Read raw results from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmark_runs import AGENT, lines, read_runs

from dsrl_agent.errors import CheckpointError
from dsrl_agent.experiments.analysis.results import Measured, files_of


def test_the_same_run_twice_is_refused(tmp_path: Path) -> None:
    one = lines("fast", "ours", AGENT, 3, {100: 10})
    with pytest.raises(CheckpointError, match="the run of 'ours' in 'mixed' with seed 3, which"):
        read_runs(tmp_path, one, one)


def test_old_words_for_kinds_are_read_as_the_new_ones(tmp_path: Path) -> None:
    garnelo = {"kind": "dsrl", "settings": {"front_end": {"kind": "dsrl", "learning_rate": 0.1}}}
    true_facts = {"kind": "facts", "settings": {}}
    found = read_runs(
        tmp_path,
        lines("fast", "dsrl, true facts", true_facts, 0, {100: 1}),
        lines("fast", "dsrl", garnelo, 0, {100: 2}),
    )
    # Runs of the agent come first; a name that is none of the front end's stays.
    assert [(one.contestant, one.kind) for one in found.measured] == [
        ("garnelo2016", "agent"),
        ("dsrl, true facts", "agent_on_true_facts"),
    ]
    settings = found.headers[0]["task"]["contestant"]["settings"]
    assert settings == {"front_end": {"kind": "garnelo2016", "learning_rate": 0.1}}


def test_a_damaged_row_is_refused_with_its_line(tmp_path: Path) -> None:
    run = lines("fast", "ours", AGENT, 3, {100: 10})
    with pytest.raises(CheckpointError, match=r"Line 2 of .*results.jsonl is no line of results"):
        read_runs(tmp_path, run.replace(b'"good"', b'"god"'))
    torn = r"Line 2 of .*results.jsonl is no JSON .*; it was damaged or cut off: take the line out"
    with pytest.raises(CheckpointError, match=torn):
        read_runs(tmp_path, run[:-20])
    with pytest.raises(CheckpointError, match=r"Line 1 of .* is no JSON"):
        read_runs(tmp_path, b"no json")
    with pytest.raises(CheckpointError, match="is of format 9"):
        read_runs(tmp_path, run.replace(b'"format":1', b'"format":9'))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b'"good":[', b'"good":[NaN,', "is no JSON .it holds NaN"),
        (b'"good":[', b'"good":["x",', "is no line of results"),
        (b'"good":[', b'"good":[7,', "are not of the same episodes"),
        (b'"good":[', b'"good":[], "was":[', "are not of the same episodes"),
        (b'"good":[', b'"good":[null], "was":[', "some of positives, good, bad are null"),
        (b'"good":[', b'"good":null, "was":[', "is no line of results"),
        (b'"seed":', b'"seed":1,"seed":', "the key 'seed' stands twice"),
        (b'"task":{', b'"task":3,"was":{', "is no line of results"),
    ],
)
def test_a_damaged_value_is_told_with_file_and_row(
    tmp_path: Path, old: bytes, new: bytes, fault: str
) -> None:
    run = lines("fast", "ours", AGENT, 3, {100: 10})
    assert old in run
    with pytest.raises(CheckpointError, match=rf"Line \d of .*results.jsonl .*{fault}") as caught:
        read_runs(tmp_path, run.replace(old, new, 1))
    assert "\n" not in str(caught.value)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no results of a benchmark"):
        files_of([tmp_path])


def test_scores_are_sums_over_episodes() -> None:
    row = {"returns": [2, -1], "positives": [4, 1], "good": [3, 0], "bad": [1, 1]}
    one = Measured(
        suite="fast", contestant="ours", kind="agent", train="a", then="", test="a", steps=9,
        changed_at=0, world="a", seed=0, row=row,
    )  # fmt: skip
    assert one.score == 1 / 5
    assert one.collected == 3 / 5
    assert one.positive_share == 3 / 5
    assert one.mean_return == 1 / 2
