"""Run folders: what ran, how it went, and the checkpoint to take it up from."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-untyped]
    EventAccumulator,
)

from dsrl_agent.errors import CheckpointError, ConfigError, StorageError
from dsrl_agent.records import RunFolder, load_checkpoint, run_folder
from dsrl_agent.records.disk import Disk, use
from dsrl_agent.records.run_folder import steps_of

ARRAYS: dict[str, dict[str, Any]] = {
    "back_end": {"weight": np.arange(6.0)},
    "front_end": {"table": np.arange(4)},
}
DATA = {"step": 7}


@pytest.fixture
def run(tmp_path: Path) -> Any:
    with RunFolder.create(tmp_path / "run", {"seed": 3}, 3) as folder:
        yield folder


def fail(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_configuration_and_versions_are_written_first(tmp_path: Path) -> None:
    config = {"z": 1e-5, "a": [1, "ö"], "nested": {"path": None, "pair": (1, 2)}}
    with RunFolder.create(tmp_path / "deep" / "run", config, 3) as run:
        assert names(run.path) == ["config.yaml", "versions.json"]
        assert run.path.joinpath("config.yaml").read_text("utf-8").startswith("z: 1.0e-05\na:\n")
        expected = {**config, "nested": {"path": None, "pair": [1, 2]}}
        assert run.config() == expected
        assert RunFolder.open(run.path).config() == expected
        versions = json.loads((run.path / "versions.json").read_bytes())
    assert list(versions) == ["seed", "started", "argv", "python", "platform", "packages", "git"]
    assert versions["seed"] == 3
    assert versions["argv"] == sys.argv
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.\d{3}\+00:00", versions["started"])
    assert versions["packages"]["numpy"] == np.__version__
    assert None not in versions["packages"].values()


def test_an_existing_folder_is_an_error_that_names_it_and_the_flag(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(ConfigError, match=r"folder .*run exists, and nothing .* by --run_dir"):
        RunFolder.create(tmp_path / "run", {}, 0)
    assert names(tmp_path / "run") == []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be made \(Not a directory\); .* by --run_dir"):
        RunFolder.create(tmp_path / "file" / "run", {}, 0)


def test_a_config_that_yaml_cannot_hold_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be written as YAML .*; give numbers, texts"):
        RunFolder.create(tmp_path / "run", {"rate": np.float64(1)}, 0)
    assert names(tmp_path) == []


def test_a_folder_in_use_is_refused_and_one_that_cannot_be_locked_is_an_error_of_the_disk(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match=r"run is in use by another process"):
        RunFolder.open(run.path).claim()

    def broken(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(run_folder, "FileLock", broken)
    with pytest.raises(StorageError, match="Input/output error"):
        RunFolder.open(run.path).claim()


@pytest.mark.parametrize("name", ["config.yaml", "versions.json"])
def test_another_folder_is_no_run_folder(run: RunFolder, name: str) -> None:
    (run.path / name).unlink()
    with pytest.raises(CheckpointError, match=f"run is no run folder, for it has no {name}"):
        RunFolder.open(run.path)
    with pytest.raises(CheckpointError, match=r"absent is no run folder, .*; give a folder"):
        RunFolder.open(run.path / "absent")


def test_the_newest_run_in_a_folder_of_runs_is_named(run: RunFolder) -> None:
    older = RunFolder.create(run.path.parent / "older", {}, 0)
    os.utime(older.path, (0, 0))
    with pytest.raises(CheckpointError, match=f"the newest one in it is {run.path}"):
        RunFolder.open(run.path.parent)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [1", "config.yaml cannot be parsed"),
        (b"\xff\xfe\xfd", "config.yaml cannot be parsed"),
        (b"- 1\n", "config.yaml holds no mapping of settings"),
        (b"!!python/object/apply:os.getcwd []", "config.yaml cannot be parsed"),
    ],
)
def test_a_damaged_config_is_an_error(run: RunFolder, content: bytes, message: str) -> None:
    (run.path / "config.yaml").write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        run.config()


# Metrics


def lines(run: RunFolder) -> list[dict[str, Any]]:
    text = (run.path / "metrics.jsonl").read_text("utf-8")
    assert text.endswith("\n")
    return [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]


def events(run: RunFolder) -> dict[str, list[tuple[int, float]]]:
    """Return step and value of every number that TensorBoard shows, by tag."""
    shown = EventAccumulator(str(run.path / "tensorboard")).Reload()
    return {
        tag: [(event.step, event.value) for event in shown.Scalars(tag)]
        for tag in shown.Tags()["scalars"]
    }


def test_metrics_are_lines_of_json_flushed_one_by_one(run: RunFolder) -> None:
    numbers: dict[str, Any] = {"loss": np.float32(0.5), "steps": np.int64(3)}
    run.log("train", 10, {**numbers, "note": "ö", "best": None})
    first = lines(run)  # while the file is open
    assert first[0].pop("time").endswith("+00:00")
    expected = {"kind": "train", "step": 10, "loss": 0.5, "steps": 3, "note": "ö", "best": None}
    assert first == [expected]
    assert list(first[0]) == list(expected)
    run.log("eval", 20, {"loss": 0.25})
    assert [(line["kind"], line["step"]) for line in lines(run)] == [("train", 10), ("eval", 20)]
    run.close()
    run.log("eval", 30, {"loss": 0.125})
    run.close()
    assert [line["step"] for line in lines(run)] == [10, 20, 30]
    assert events(run) == {
        "train/loss": [(10, 0.5)],
        "train/steps": [(10, 3.0)],
        "eval/loss": [(20, 0.25), (30, 0.125)],
    }


def test_non_finite_numbers_are_written_as_text(run: RunFolder) -> None:
    run.log("train", 1, {"a": math.nan, "b": math.inf, "c": np.float64(-math.inf)})
    assert [lines(run)[0][name] for name in "abc"] == ["nan", "inf", "-inf"]


def test_values_that_are_no_metrics_are_refused(run: RunFolder) -> None:
    with pytest.raises(TypeError, match="The value 'loss' is a ndarray, but must be a number"):
        run.log("train", 1, {"loss": np.zeros(2)})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="No value may be named 'step', a field of every line"):
        run.log("train", 1, {"step": 2})
    assert not (run.path / "metrics.jsonl").exists()


def test_a_resumed_run_logs_again_what_came_after_its_checkpoint(run: RunFolder) -> None:
    run.truncate_metrics(0)  # nothing there yet
    assert not (run.path / "metrics.jsonl").exists()
    for step in (1, 2, 3):
        run.log("train", step, {"loss": float(step)})
    run.close()
    with (run.path / "metrics.jsonl").open("ab") as file:
        file.write(b'{"kind": "train", "st')  # torn by a kill
    (run.path / ".metrics.jsonl.partial-1").touch()  # left by another
    # TensorBoard orders event files by their names, which hold the second and, for files of one
    # process and second, a counter in which 10 comes before 9. A resumed run begins in another.
    time.sleep(1.1)
    with RunFolder.open(run.path) as resumed:
        resumed.truncate_metrics(2)
        assert [line["step"] for line in lines(run)] == [1, 2]
        resumed.log("train", 3, {"loss": 33.0})
    assert [(line["step"], line["loss"]) for line in lines(run)] == [(1, 1), (2, 2), (3, 33)]
    assert events(run) == {"train/loss": [(1, 1.0), (2, 2.0), (3, 33.0)]}
    expected = ["config.yaml", "metrics.jsonl", "tensorboard", "versions.json"]
    assert names(run.path) == expected


def test_a_line_after_a_torn_one_begins_anew(run: RunFolder) -> None:
    (run.path / "metrics.jsonl").write_text('{"kind": "a", "step": 1}\n{"ki')
    run.log("b", 2, {})
    assert [line["step"] for line in lines(run)] == [1, 2]


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"step": "x"}'])
def test_a_damaged_line_in_the_middle_is_an_error(run: RunFolder, line: str) -> None:
    content = f'{{"step": 1}}\n{line}\n{{"step": 9}}\n'
    (run.path / "metrics.jsonl").write_text(content)
    with pytest.raises(CheckpointError, match=r"Line 2 of .*metrics.jsonl is no line of metrics"):
        run.truncate_metrics(5)
    assert (run.path / "metrics.jsonl").read_text() == content


def test_metrics_survive_a_failed_truncation(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.log("train", 1, {})
    before = (run.path / "metrics.jsonl").read_bytes()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        run.truncate_metrics(0)
    assert (run.path / "metrics.jsonl").read_bytes() == before
    assert not list(run.path.glob(".*"))


# Checkpoints of a run


def test_a_run_keeps_its_newest_checkpoint(run: RunFolder) -> None:
    assert run.latest() is None
    checkpoints = run.path / "checkpoints"
    for step, name in [(0, "000000000-0"), (50, "000000050-1"), (50, "000000050-2")]:
        run.save(step, ARRAYS, DATA)
        assert names(checkpoints) == [name]
        assert run.latest() == checkpoints / name
    run.save(20, ARRAYS, {"step": "earlier, yet newer"})
    assert names(checkpoints) == ["000000020-3"]
    assert load_checkpoint(checkpoints / "000000020-3").data == {"step": "earlier, yet newer"}


def test_saving_sweeps_up_what_killed_processes_left(run: RunFolder) -> None:
    run.save(1, ARRAYS, DATA)
    left = run.path / "checkpoints" / ".000000002-1.partial-1"
    left.mkdir()
    assert run.latest() == left.with_name("000000001-0")
    (left.parent / "mine").mkdir()
    run.save(2, ARRAYS, DATA)
    assert names(left.parent) == ["000000002-1", "mine"]


def test_a_checkpoint_whose_older_one_was_not_deleted_is_the_latest(run: RunFolder) -> None:
    run.save(9, ARRAYS, DATA)
    folder = run.path / "checkpoints"
    shutil.copytree(folder / "000000009-0", folder / "000000009-10")
    shutil.copytree(folder / "000000009-0", folder / "000000009-9")
    assert run.latest() == folder / "000000009-10"


def test_the_newest_exact_checkpoint_is_the_one_to_go_on_from(run: RunFolder) -> None:
    assert run.resumable() is None
    run.save(9, ARRAYS, DATA)
    folder = run.path / "checkpoints"
    shutil.copytree(folder / "000000009-0", folder / "000000012-1")  # an older one is left
    run.save(15, ARRAYS, DATA, exact=False)
    assert names(folder) == ["000000012-1", "000000015-2-inside"]
    assert run.latest() == folder / "000000015-2-inside"
    shutil.copytree(folder / "000000012-1", folder / "000000009-0")
    assert run.resumable() == folder / "000000012-1"


def test_a_negative_step_is_refused(run: RunFolder) -> None:
    with pytest.raises(ValueError, match="step is -1, but must be at least 0"):
        run.save(-1, {}, {})


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_save_leaves_the_old_checkpoint(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    run.save(5, ARRAYS, DATA)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        run.save(5, {}, {})
    assert names(run.path / "checkpoints") == ["000000005-0"]
    assert load_checkpoint(run.path / "checkpoints" / "000000005-0").data == DATA


SAVE_FOREVER = """
import os, sys
from pathlib import Path
import numpy as np
from dsrl_agent.records import RunFolder  # once, since importing torch takes seconds

for line in sys.stdin:  # the number to begin with
    if child := os.fork():
        os.waitpid(child, 0)
        print("killed", flush=True)
        continue
    run = RunFolder.open(Path(sys.argv[1]))
    for number in range(int(line), 10**9):
        array = np.full(50_000, number)
        run.save(number // 2, {"a": {"x": array}, "b": {"x": array}}, {"number": number})
        # In one write, which a kill cannot cut: unbuffered, print() writes the newline by itself.
        os.write(1, b"%d %d\\n" % (os.getpid(), number))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_kill_at_any_instant_leaves_a_whole_checkpoint(run: RunFolder) -> None:
    known = -1
    command = [sys.executable, "-c", SAVE_FOREVER, str(run.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for attempt in range(20):
            process.stdin.write(f"{known + 1}\n")
            process.stdin.flush()
            for _ in range(2):
                child, known = map(int, process.stdout.readline().split())
            time.sleep(0.0005 * attempt)  # into one of the next saves
            os.kill(child, signal.SIGKILL)
            while (line := process.stdout.readline()) != "killed\n":
                known = int(line.split()[1])
            latest = run.latest()
            assert latest is not None
            arrays, data = load_checkpoint(latest)
            assert data["number"] in (known, known + 1)  # the last one told, or the next
            for group in ("a", "b"):
                assert_array_equal(arrays[group]["x"], np.full(50_000, data["number"]))
            known = data["number"]
        process.stdin.close()
        assert process.wait() == 0
    run.save(known, {}, {})
    assert len(names(run.path / "checkpoints")) == 1


def test_a_numbered_folder_takes_a_name_that_is_free(tmp_path: Path) -> None:
    made = [RunFolder.create_numbered(tmp_path / "run", {}, 0).path.name for _ in range(3)]
    assert made == ["run", "run-2", "run-3"]
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        RunFolder.create_numbered(tmp_path / "file" / "run", {}, 0)


def test_a_path_that_cannot_be_one_is_no_run_folder() -> None:
    long = Path("x" * 300)  # more than a file system takes for a name
    assert not RunFolder.is_at(long)
    with pytest.raises(CheckpointError, match="is no run folder, for it has no config"):
        RunFolder.open(long)


@pytest.mark.parametrize("name", ["config.yaml", "versions.json"])
def test_a_run_folder_has_both_files(run: RunFolder, name: str) -> None:
    assert RunFolder.is_at(run.path)
    (run.path / name).unlink()
    assert not RunFolder.is_at(run.path)


def test_a_link_to_nothing_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "absent")
    with pytest.raises(ConfigError, match=r"run exists, and nothing is overwritten"):
        RunFolder.create(tmp_path / "run", {}, 0)


class Failing(Disk):
    """Neither removes anything, nor flushes the names in the folder above a run."""

    def remove(self, path: Path) -> None:
        if path.exists():
            raise OSError(5, "Input/output error")

    def sync_folder(self, path: Path) -> None:
        if "partial" not in path.name and path.name != "checkpoints":
            raise OSError(5, "Input/output error")


def test_what_is_done_is_done_where_tidying_up_fails(tmp_path: Path) -> None:
    with use(Failing()), RunFolder.create(tmp_path / "run", {}, 0) as run:
        run.save(1, ARRAYS, DATA)
        run.save(2, ARRAYS, DATA)
        assert names(run.path / "checkpoints") == ["000000001-0", "000000002-1"]
    with RunFolder.open(tmp_path / "run").claim() as again:  # the lock ended
        again.save(3, ARRAYS, DATA)  # what was left goes now
    assert names(run.path / "checkpoints") == ["000000003-2"]
    assert steps_of(run.path / "checkpoints" / "000000003-2") == 3


def test_texts_in_a_config_are_as_they_were_given(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "run", {"z": "größer", "a": 1}, 0) as run:
        text = (run.path / "config.yaml").read_text("utf-8")
    assert text == "z: größer\na: 1\n"


def test_lines_of_a_kind_are_found(run: RunFolder) -> None:
    for kind, step in [("train", 1), ("eval", 2), ("train", 3)]:
        run.log(kind, step, {})
    assert [line["step"] for line in run.logged("train")] == [1, 3]
    assert run.has_logged("eval", 2)
    assert not run.has_logged("eval", 3)
