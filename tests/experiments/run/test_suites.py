"""Suites: run once, resumed, and refused in words before anything is begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plans import PLAN, suite

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.analysis.results import Results, read_results
from dsrl_agent.experiments.run import engine, suites
from dsrl_agent.experiments.run.engine import read_failures
from dsrl_agent.experiments.run.lifetime import Lifetime
from dsrl_agent.experiments.run.suites import run_suite


def measured(results: Results) -> list[tuple[str, str, str, int, int]]:
    return [(m.contestant, m.world, m.test, m.seed, m.steps) for m in results.measured]


@pytest.mark.slow
def test_every_run_is_measured_at_every_mark_and_before_and_after_a_change(tmp_path: Path) -> None:
    outcome = run_suite(suite(tmp_path), tmp_path / "out")
    assert (outcome.finished, outcome.failed) == (3, ())
    results = read_results([outcome.path])
    life = [
        ("mixed", "mixed", 30), ("mixed", "mixed", 60), ("swapped", "swapped", 60),
        ("swapped", "swapped", 90), ("swapped", "large", 90),
    ]  # fmt: skip
    expected = [
        ("learner", world, test, seed, steps)
        for seed in (1000, 1001)
        for world, test, steps in life
    ]
    assert measured(results) == [*expected, ("oracle", "mixed", "mixed", 1000, 0)]
    assert all(len(one.row["returns"]) == 3 for one in results.measured)
    assert [film.contestant for film in results.films] == ["learner", "oracle"]
    assert results.headers[0]["versions"]["numpy"]
    assert results.headers[0]["device"] == "cpu"
    assert results.measured[-1].score == 1.0  # the oracle's


def test_a_device_that_is_not_here_is_refused_before_anything_is_begun(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="device is 'cuda:99', but no such device is here"):
        run_suite(suite(tmp_path), tmp_path / "out", device="cuda:99")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_what_is_on_disk_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = suite(tmp_path)
    out = run_suite(plan, tmp_path / "out").path
    lost = out / "runs" / "learner-mixed-then-swapped-1001.jsonl"
    before = {path: path.read_bytes() for path in (out / "runs").iterdir()}
    lost.unlink()
    lives: list[str] = []

    class Counted(Lifetime):
        def __init__(self, task: Any, *others: Any) -> None:
            lives.append(task.key)
            super().__init__(task, *others)

    monkeypatch.setattr(suites, "Lifetime", Counted)
    assert run_suite(plan, out).finished == 3
    assert lives == [lost.stem]
    old, new = before[lost].splitlines(), lost.read_bytes().splitlines()
    scores = ("returns", "good", "bad", "lengths")
    for first, second in zip(old[1:], new[1:], strict=True):
        a, b = json.loads(first), json.loads(second)
        assert [a.get(name) for name in scores] == [b.get(name) for name in scores]


@pytest.mark.slow
def test_a_run_that_fails_is_written_down_and_the_rest_goes_on(tmp_path: Path) -> None:
    worlds = {**PLAN["worlds"], "still": {"id": "shapes_grid:ShapesGrid-Toy-v0"}}
    people = {**PLAN["contestants"], "agent": {"kind": "agent"}}
    still = {"contestants": ["agent"], "train": "still", "marks": [30], "seeds": 1, "episodes": 1}
    # Nothing moves in a still picture, so the agent finds no grid: that run fails.
    plan = suite(tmp_path, worlds=worlds, contestants=people, runs=[still, *PLAN["runs"]])
    outcome = run_suite(plan, tmp_path / "out")
    assert outcome.failed == ("agent-still-1000",)
    assert outcome.finished == 3
    ((key, error),) = read_failures(outcome.path)
    assert key == "agent-still-1000"
    assert error.startswith("PerceptionError: ")
    assert {m.contestant for m in read_results([outcome.path]).measured} == {"learner", "oracle"}


@pytest.mark.slow
def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    one = read_results([run_suite(suite(tmp_path), tmp_path / "one").path])
    two = read_results([run_suite(suite(tmp_path), tmp_path / "two", jobs=2).path])
    assert measured(one) == measured(two)
    assert [m.row["returns"] for m in one.measured] == [m.row["returns"] for m in two.measured]


def test_replay_buffers_that_do_not_fit_side_by_side_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [{**PLAN["runs"][1], "contestants": ["DQN"], "marks": [2000], "seeds": 2}]
    people = {"DQN": {"kind": "dqn", "settings": {"budget": 2000, "buffer": 1000}}}
    plan = suite(tmp_path, contestants=people, runs=runs)
    # Frames of 46 x 46 x 3 bytes and 18 more a transition, 26 frames for 25 transitions.
    each = 1000 * 26 // 25 * (46 * 46 * 3 + 18)
    monkeypatch.setattr(suites, "free_memory", lambda: 2 * each)  # of which it may take 80 %
    with pytest.raises(ConfigError, match="buffers of 2 runs at once, of which 'DQN' in 'mixed'"):
        run_suite(plan, tmp_path / "out", jobs=2)
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(engine, "run_one", lambda *call: (_ for _ in ()).throw(KeyError))
    with pytest.raises(KeyError):  # let pass, and begun
        run_suite(plan, tmp_path / "out", jobs=1)
    first, _ = plan.tasks()
    header = json.dumps({"task": first.described()})
    (tmp_path / "out" / "runs" / f"{first.key}.jsonl").write_text(header + "\n")
    nothing = {"joblib": lambda work, calls, jobs: (each for each in range(0))}
    monkeypatch.setattr(engine, "EXECUTORS", nothing)
    run_suite(plan, tmp_path / "out", jobs=2)  # what is on disk needs no memory


@pytest.mark.parametrize(
    ("contestant", "message"),
    [
        (
            {"kind": "agent_on_true_facts", "settings": {"front_end": {"kind": "magic"}}},
            "'oracle'.*magic",
        ),
        ({"kind": "dqn", "settings": {"budget": 50}}, "dqn.budget is 50, but it must be more"),
        ({"kind": "dqn", "settings": {"budget": 500}}, "budget of 500 steps, but is measured"),
        ({"kind": "random", "settings": {"x": 1}}, "random takes none"),
    ],
)
def test_settings_are_checked_before_anything_is_begun(
    contestant: dict[str, Any], message: str, tmp_path: Path
) -> None:
    runs = [{**PLAN["runs"][1], "marks": [100]}]
    settings = contestant["settings"]
    if settings.get("budget") == 50:
        contestant = {**contestant, "settings": {**settings, "learning_starts": 60}}
    plan = suite(tmp_path, contestants={"oracle": contestant}, runs=runs)
    with pytest.raises(ConfigError, match=message):
        run_suite(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_folders_of_another_plan_or_version_are_refused(tmp_path: Path) -> None:
    out = run_suite(suite(tmp_path), tmp_path / "out").path
    changed = [{**PLAN["runs"][0], "episodes": 4}]
    with pytest.raises(ConfigError, match="is of a run with other settings"):
        run_suite(suite(tmp_path, runs=changed), out)
    config = out / "config.yaml"
    config.write_text(config.read_text().replace("benchmark: plan", "benchmark: other"))
    with pytest.raises(ConfigError, match="holds the suite 'other', not 'plan'"):
        run_suite(suite(tmp_path), out)
    config.write_text(config.read_text().replace("format: 1", "format: 0"))
    with pytest.raises(CheckpointError, match="is of format 0, but this version writes format 1"):
        run_suite(suite(tmp_path), out)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"kind":"run","format":7}\n', "is of format 7, but this version reads format 1"),
        ("what\n", "Line 1 of .* is no JSON"),
        ('{"format":1}\n', "Line 1 of .* it has no `kind`"),
        ('{"kind":"measure","format":1}\n', "Line 1 of .* is no line of results"),
    ],
)
def test_results_of_another_kind_are_refused(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(content)
    with pytest.raises(CheckpointError, match=message):
        read_results([file])
    with pytest.raises(CheckpointError, match="holds no results of a benchmark"):
        read_results([tmp_path])
