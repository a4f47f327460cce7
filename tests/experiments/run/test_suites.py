"""Suites: read from YAML, run once, gone on with, and refused in words."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.analysis.results import Results, read_results
from dsrl_agent.experiments.plan.suite import Suite
from dsrl_agent.experiments.plan.suite_files import FOLDER, read_suite, read_suites, suite_names
from dsrl_agent.experiments.run import engine
from dsrl_agent.experiments.run.checkpoints import Pieces
from dsrl_agent.experiments.run.engine import read_failures, require_runnable, run_suite
from dsrl_agent.experiments.run.executors import Killed, with_joblib
from dsrl_agent.experiments.run.lifetime import Life

CONFIGS = Path(__file__).parents[3] / "configs" / "benchmark"
PLAN: dict[str, Any] = {
    "question": "Does it run?",
    "worlds": {
        "mixed": {"id": "shapes_grid:ShapesGrid-v0"},
        "swapped": {
            "id": "shapes_grid:ShapesGrid-v0",
            "kwargs": {"rewards": {"circle": 1.0, "cross": -1.0}},
        },
        "large": {
            "id": "shapes_grid:ShapesGrid-v0",
            "kwargs": {"rows": 6, "cols": 6, "objects": {"circle": 4, "cross": 4}},
        },
    },
    "contestants": {
        "learner": {"kind": "agent_on_true_facts", "settings": {"front_end": {"kind": "srl_cs"}}},
        "oracle": {"kind": "oracle"},
    },
    "runs": [
        {
            "contestants": ["learner"], "train": "mixed", "then": {"at": 60, "world": "swapped"},
            "marks": [30, 60, 90], "seeds": 2, "episodes": 3, "final_tests": ["large"],
        },
        {"contestants": ["oracle"], "train": ["mixed"], "marks": [0], "seeds": 1, "episodes": 3},
    ],
}  # fmt: skip


def suite(folder: Path, **changes: Any) -> Suite:
    (folder / "plan.yaml").write_text(yaml.safe_dump({**PLAN, **changes}))
    return read_suite("plan", folder)


def measured(results: Results) -> list[tuple[str, str, str, int, int]]:
    return [(m.contestant, m.world, m.test, m.seed, m.steps) for m in results.measured]


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


def test_a_worker_without_the_device_loses_its_run_and_says_so(tmp_path: Path) -> None:
    task = next(suite(tmp_path).tasks())
    done = engine._run_one(task, tmp_path / "pieces", "cuda:99")
    assert (done.key, done.rows) == (task.key, [])
    assert done.error is not None
    assert done.error["error"].startswith("device is 'cuda:99', but no such device is here")


@pytest.mark.slow
def test_what_is_on_disk_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = suite(tmp_path)
    out = run_suite(plan, tmp_path / "out").path
    lost = out / "runs" / "learner-mixed-then-swapped-1001.jsonl"
    before = {path: path.read_bytes() for path in (out / "runs").iterdir()}
    lost.unlink()
    lives: list[str] = []

    class Counted(Life):
        def __init__(self, task: Any, *others: Any) -> None:
            lives.append(task.key)
            super().__init__(task, *others)

    monkeypatch.setattr(engine, "Life", Counted)
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


def test_a_long_run_is_taken_up_where_its_last_piece_ended(tmp_path: Path) -> None:
    settings = {
        "budget": 120, "buffer": 120, "learning_starts": 20, "network": "small", "features": 8,
        "batch": 4,
    }  # fmt: skip
    runs = {"contestants": ["DQN"], "train": "mixed", "marks": [40, 80, 120], "episodes": 2}
    plan = suite(
        tmp_path,
        contestants={"DQN": {"kind": "dqn", "settings": settings}},
        runs=[{**runs, "seeds": 1}],
    )
    (task,) = plan.tasks()
    whole = list(Life(task).rows())
    session = {
        "task": task.described(), "started": "noon", "git": {"revision": "a"}, "device": "cpu",
    }  # fmt: skip
    stopped = Life(task, Pieces(tmp_path / "pieces", session, seconds=0.0)).rows()
    first = [next(stopped), next(stopped)]  # the piece of 40 steps is on disk, that of 80 is not
    stopped.close()
    state = tmp_path / "pieces" / "state.json"
    old = json.loads(state.read_text())
    old["header"]["seconds"] = 70.0
    state.write_text(json.dumps(old))
    later = {**session, "started": "one", "git": {"revision": "b"}, "device": "a GPU"}
    pieces = Pieces(tmp_path / "pieces", later)
    resumed = list(Life(task, pieces).rows())
    header = pieces.header()
    assert (header["started"], header["git"]) == ("noon", {"revision": "a"})
    assert header["device"] == "cpu"
    again = {"started": "one", "git": {"revision": "b"}, "device": "a GPU"}
    assert header["resumed"] == [again]
    assert 70 < header["seconds"] < 130  # this session's are added
    assert resumed[0] == first[0]  # read from the disk
    for a, b in zip(whole, resumed, strict=True):
        assert (a["steps"], a.get("returns"), a.get("acts")) == (
            b["steps"], b.get("returns"), b.get("acts"),
        )  # fmt: skip


@pytest.mark.slow
def test_pieces_of_another_run_are_refused_before_anything_is_begun(tmp_path: Path) -> None:
    plan = suite(tmp_path)
    out = run_suite(plan, tmp_path / "out").path
    lost = out / "runs" / "learner-mixed-then-swapped-1001.jsonl"
    lost.unlink()
    (folder := out / "pieces" / lost.stem).mkdir(parents=True)
    (folder / "state.json").write_text('{"header": {"task": {"seed": 3}}}')
    with pytest.raises(ConfigError, match="1001 holds pieces of a run with other settings"):
        run_suite(plan, out)
    (folder / "state.json").write_text('{"rows": []}')
    with pytest.raises(CheckpointError, match="written by another version"):
        run_suite(plan, out)


def test_what_kills_its_process_is_told_and_the_rest_goes_on() -> None:
    def work(number: int) -> int:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    done = list(with_joblib(work, [(n,) for n in range(5)], 2))
    (killed,) = [one for one in done if isinstance(one, Killed)]
    assert killed.call == (1,)
    assert sorted(one for one in done if one is not killed) == [0, 2, 3, 4]


@pytest.mark.slow
def test_a_run_whose_process_is_killed_is_written_down_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_one_killed(work: Any, calls: Any, jobs: int) -> Iterator[Any]:
        yield Killed(calls[0], "signal 9")
        yield from (work(*call) for call in calls[1:])

    monkeypatch.setattr(engine, "BACKENDS", {"joblib": with_one_killed})
    outcome = run_suite(suite(tmp_path), tmp_path / "out")
    assert outcome.failed == ("learner-mixed-then-swapped-1000",)
    ((_, error),) = read_failures(outcome.path)
    assert error == "Its process was killed, most likely for want of memory (signal 9)"
    assert run_suite(suite(tmp_path), tmp_path / "out").failed == (outcome.failed)
    monkeypatch.undo()
    assert run_suite(suite(tmp_path), tmp_path / "out").failed == ()
    assert not list(read_failures(outcome.path))


def test_replay_buffers_that_do_not_fit_side_by_side_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [{**PLAN["runs"][1], "contestants": ["DQN"], "marks": [2000], "seeds": 2}]
    people = {"DQN": {"kind": "dqn", "settings": {"budget": 2000, "buffer": 1000}}}
    plan = suite(tmp_path, contestants=people, runs=runs)
    # Frames of 46 x 46 x 3 bytes and 18 more a transition, 26 frames for 25 transitions.
    each = 1000 * 26 // 25 * (46 * 46 * 3 + 18)
    monkeypatch.setattr(engine, "free_memory", lambda: 2 * each)  # of which it may take 80 %
    with pytest.raises(ConfigError, match="buffers of 2 runs at once, of which 'DQN' in 'mixed'"):
        run_suite(plan, tmp_path / "out", jobs=2)
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(engine, "_run_one", lambda *call: (_ for _ in ()).throw(KeyError))
    with pytest.raises(KeyError):  # let pass, and begun
        run_suite(plan, tmp_path / "out", jobs=1)
    first, _ = plan.tasks()
    header = json.dumps({"task": first.described()})
    (tmp_path / "out" / "runs" / f"{first.key}.jsonl").write_text(header + "\n")
    monkeypatch.setattr(engine, "BACKENDS", {"joblib": lambda work, calls, jobs: iter(())})
    run_suite(plan, tmp_path / "out", jobs=2)  # what is on disk needs no memory


def test_a_drawn_grid_is_one_of_its_own_for_each_seed_and_the_same_in_all_worlds_of_it(
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


@pytest.mark.skipif(FOLDER == CONFIGS, reason="only an installed package has files of its own")
def test_the_suites_come_with_the_package() -> None:
    files = sorted(path.name for path in CONFIGS.glob("*.yaml"))
    assert sorted(path.name for path in FOLDER.glob("*.yaml")) == files
    for name in files:
        assert (FOLDER / name).read_bytes() == (CONFIGS / name).read_bytes()


def test_every_suite_of_the_repository_can_be_run() -> None:
    names = suite_names(CONFIGS)
    assert {"quick", "full", "fast", "transfer", "plastic", "robust", "explain", "cost"} <= set(
        names
    )
    for name in names:
        for one in read_suites(name, CONFIGS):
            require_runnable(list(one.tasks()))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"runs": [{**PLAN["runs"][1], "contestants": ["oracel"]}]},
         "'oracel' is no contestant of this suite; did you mean oracle?"),
        ({"runs": [{**PLAN["runs"][1], "train": "moon"}]}, "'moon' is no world of this suite"),
        ({"runs": [{**PLAN["runs"][1], "marks": [5, 5]}]}, "must be ascending"),
        ({"runs": [{**PLAN["runs"][1], "seed": 3}]}, r"runs\[0\].seed is no setting; did you mean"),
        ({"runs": [{**PLAN["runs"][0], "then": {"at": 7, "world": "mixed"}}]}, "then.at is 7"),
        ({"contestants": {"oracle": {"kind": "human"}}, "runs": []}, "of kind .human., but"),
        ({"runs": [PLAN["runs"][1], PLAN["runs"][1]]}, "holds the run oracle-mixed-1000 twice"),
        ({"runs": []}, "The suite 'plan' has no runs; name at least one."),
        ({"worlds": {"mixed": {"drawn_grid": True, "kwargs": {"cell": 9}}}},
         "worlds.mixed: cell is 9 in a world whose grid is drawn; leave it out, or drawn_grid"),
        ({"worlds": {"mixed": {"drawn_grid": 3}}}, "drawn_grid is 3, but it must be a bool"),
        ({"worlds": {"mixed": {"kwargs": None}}}, "kwargs is None, but it must be a mapping"),
        ({"wolds": {}}, "wolds is no setting; did you mean worlds?"),
    ],
)  # fmt: skip
def test_a_suite_that_breaks_a_rule_is_refused_in_one_line(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        suite(tmp_path, **changes)
    assert "\n" not in str(refused.value)


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
