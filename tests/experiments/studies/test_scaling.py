"""`dsrl study scaling`: its tasks, its records, and that it resumes where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.errors import CheckpointError, ConfigError, PerceptionError
from dsrl_agent.experiments.studies import scaling, scaling_measure
from dsrl_agent.experiments.studies.options import LivingOptions, ScalingOptions
from dsrl_agent.experiments.studies.page import study_folder
from dsrl_agent.experiments.studies.scaling import SightTask, measure, read_records, study
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS, ComparedBackEnd
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS, Rung
from dsrl_agent.experiments.studies.scaling_stills import STILLS
from dsrl_agent.records.versions import describe_checkout

FIGURES = {
    **dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 1.0),
    "location_error": 0.0,
    "types_found": 3,
    "types_true": 3,
}
"""The figures of a sight without fault."""


def record(rung: str, seed: int = 2000, back_end: str = "pixels") -> dict[str, Any]:
    return {"rung": rung, "back_end": back_end, "seed": seed, **FIGURES}


class Measurer:
    """Stands in for `measure`: keeps the tasks, and raises the errors that it is given."""

    def __init__(self, **errors: BaseException) -> None:
        self.tasks: list[SightTask] = []
        self._errors = errors

    def __call__(self, task: SightTask, device: str) -> Iterator[dict[str, Any]]:
        self.tasks.append(task)
        if error := self._errors.pop(task.back_end, None):
            raise error
        for rung in task.measured:
            yield {**record(rung, task.seed, task.back_end), "seconds": 1.0}


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


@pytest.mark.slow
def test_a_stopped_study_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measurer = Measurer(pixels=KeyboardInterrupt())
    monkeypatch.setattr(scaling, "measure", measurer)
    out = tmp_path / "run"
    options = ScalingOptions(
        ["4 types"], ["default", "pixels"], seeds=2, device="cpu", out=str(out)
    )
    with pytest.raises(KeyboardInterrupt):
        study(options)
    printed = study(ScalingOptions(device="cpu", resume=str(out)))
    ran = measurer.tasks
    assert len(ran) == len(set(ran)) + 1 == 5  # the one that was cut off ran again
    assert "| 4 types | 1.000 |" in printed
    assert "2 of 2" in printed
    assert (out / "scaling.png").read_bytes().startswith(b"\x89PNG")
    revision = describe_checkout(Path(scaling.__file__))
    records = read_records(out)
    assert len(records) == 4
    assert {each["revision"] for each in records} == {revision and revision["revision"]}
    assert {each["device"] for each in records} == {"cpu"}


@pytest.mark.slow
def test_a_fit_that_fails_is_named_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurer = Measurer(pixels=PerceptionError("Too dark."))
    monkeypatch.setattr(scaling, "measure", measurer)
    out = tmp_path / "run"
    printed = study(
        ScalingOptions(["4 types"], ["default", "pixels"], seeds=1, device="cpu", out=str(out))
    )
    assert (
        f"1 fits failed, the first of them pixels-4_types-2000 (PerceptionError: Too dark.). "
        f"To try them again, give --resume {out}." in printed
    )
    assert [each["back_end"] for each in read_records(out)] == ["default"]
    again = study(ScalingOptions(device="cpu", resume=str(out)))
    assert "failed" not in again
    assert len(measurer.tasks) == 3


@pytest.mark.slow
def test_a_resumed_study_may_have_more_seeds_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "measure", Measurer())
    out = tmp_path / "run"
    study(ScalingOptions(["4 types"], ["pixels"], seeds=1, device="cpu", out=str(out)))
    study(ScalingOptions(["4 types"], seeds=2, device="cpu", resume=str(out)))
    assert [each["seed"] for each in read_records(out)] == [2000, 2001]
    with pytest.raises(ConfigError, match=r"frames is 60, but the run .* has 640, which cannot be"):
        study(ScalingOptions(frames=60, resume=str(out)))
    other = study_folder("living", LivingOptions(out=str(tmp_path / "other")))
    with pytest.raises(CheckpointError, match="other is no run of this study; name one that"):
        study(ScalingOptions(resume=str(other.path)))


def test_a_folder_of_an_older_revision_is_read_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurer = Measurer()
    monkeypatch.setattr(scaling, "measure", measurer)
    options = ScalingOptions(
        ["4 types", "2 types"], ["pixels"], seeds=1, device="cpu", out=str(tmp_path / "old")
    )
    with study_folder("scaling", options) as folder:
        for rung in ("4 types", "2 types", "2 types, in 2x2"):  # 3 rungs of this fit are missing
            folder.log("scaling", 2000, {**record(rung), "revision": "7a99ea7", "device": "cpu"})
    with (folder.path / "metrics.jsonl").open("a") as file:
        file.write('{"rung": "2 ty')  # cut off by a kill
    printed = study(ScalingOptions(device="cpu", resume=str(folder.path)))
    assert [task.rung for task in measurer.tasks] == ["2 types"]
    assert "| 4 types | 1.000 |" in printed
    revisions = {each["rung"]: each["revision"] for each in read_records(folder.path)}
    assert revisions["4 types"] == "7a99ea7" != revisions["2 types, in 32x32"]


def test_records_are_read_from_files_of_both_forms(tmp_path: Path) -> None:
    header = {"kind": "run", "git": {"revision": "b"}, "device": "a GPU"}
    old = {"kind": "scaling", **record("4 types"), "revision": "a", "device": "cpu"}
    file = tmp_path / "scaling.jsonl"
    file.write_text(lines(old, header, record("8 types"), record("4 types", seed=2001)) + '{"run')
    told = [(r["rung"], r["seed"], r["revision"], r["device"]) for r in read_records(file)]
    assert told == [
        ("4 types", 2000, "a", "cpu"),
        ("8 types", 2000, "b", "a GPU"),
        ("4 types", 2001, "b", "a GPU"),
    ]
    newer = {**record("4 types"), "exact": 0.5}
    file.write_text(lines(old, {**header, "git": None}, newer))
    (only,) = read_records(file)
    assert (only["exact"], only["revision"]) == (0.5, None)
    assert read_records(tmp_path / "none") == []


def test_rows_that_learn_no_stills_are_measured_on_the_other_rungs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurer = Measurer()
    monkeypatch.setattr(scaling, "measure", measurer)
    row = ComparedBackEnd("cells alone", sight="cells")
    monkeypatch.setattr(scaling, "BACK_ENDS", {**BACK_ENDS, "cells": row})
    monkeypatch.setattr(scaling, "FOR_STILLS", ("cells", "default"))
    monkeypatch.setattr(scaling, "is_registered", lambda name: True)
    rungs, rows = ["4 types", "still: 4 types"], ["default", "cells", "pca"]
    study(ScalingOptions(rungs, rows, seeds=1, device="cpu", out=str(tmp_path / "run")))
    ran = {(task.back_end, task.rung) for task in measurer.tasks}
    moving = {(name, "4 types") for name in rows}
    assert ran == {*moving, ("default", "still: 4 types")}


def test_every_task_has_a_file_of_its_own() -> None:
    tasks = [SightTask(rung, row, 7, 640) for row in BACK_ENDS for rung in (*RUNGS, *STILLS)]
    assert len({task.key for task in tasks}) == len(tasks)


def test_a_task_is_named_and_described_by_what_decides_it() -> None:
    task = SightTask("2 types", "beta 4", 7, 640)
    assert task.key == "beta_4-2_types-7"
    assert task.measured == ("2 types", *RUNGS["2 types"].also)
    assert task.described() == {
        "study": "scaling",
        "rung": "2 types",
        "back_end": "beta 4",
        "seed": 7,
        "frames": 640,
    }
    assert json.loads(json.dumps(task.described())) == task.described()
    assert SightTask("still: 2 types", "default", 7, 640).measured == ("still: 2 types",)


@pytest.mark.usefixtures("one_thread")
def test_a_rung_is_measured_with_all_rungs_that_share_its_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = {"2 types, in 2x2": RUNGS["2 types"].also["2 types, in 2x2"]}
    monkeypatch.setattr(scaling, "RUNGS", {"2 types": Rung(also=small)})
    monkeypatch.setattr(scaling_measure, "_TEST_FRAMES", 40)
    task = SightTask("2 types", "pixels", 2000, 60)
    records = list(measure(task))
    assert len(records) == 2
    assert [each["rung"] for each in records] == list(task.measured)
    for each in records:
        assert (each["back_end"], each["seed"], each["frames"]) == ("pixels", 2000, 60)
        assert (each["f1"], each["exact"], each["complaint"]) == (1.0, 1.0, "")
        assert (each["lenient_exact"], each["types_share"], each["agent_exact"]) == (1.0, 1.0, 1.0)
        assert 0 < each["batch_ms"] <= each["single_ms"] * 10
    assert 7 <= records[0]["cell"] <= 13


def test_unknown_rungs_and_devices_are_refused_before_anything_is_run(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(ConfigError, match=r"rungs has '4 typs'.*4 types"):
        study(ScalingOptions(["4 typs"], out=str(out)))
    with pytest.raises(ConfigError, match="device is 'cuda:99', but no such device is here"):
        study(ScalingOptions(["4 types"], device="cuda:99", out=str(out)))
    assert not out.exists()
