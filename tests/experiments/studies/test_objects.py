"""`dsrl study objects`: its tasks, its records and its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import run

from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.experiments.studies import objects
from dsrl_agent.experiments.studies.object_readers import READERS, ColourAreas
from dsrl_agent.experiments.studies.objects import ObjectsTask, measure, results_table, study
from dsrl_agent.experiments.studies.options import ObjectsOptions
from dsrl_agent.types import Frame


def record(reader: str, ari: float, accuracy: float, **more: float) -> dict[str, Any]:
    named = {"world": "Tetrominoes", "reader": reader}
    return {**named, "ari": ari, "type_accuracy": accuracy, "complaint": "", **more}


def test_the_table_has_means_and_lowest_figures_beside_published_ones() -> None:
    timed = {"types_found": 20, "types_true": 19, "seconds": 30.0, "batch_ms": 2.0}
    blind = record("b", 0.0, 0.0)
    table = results_table([record("a", 1.0, 0.5, **timed), record("a", 0.5, 0.25, **timed), blind])
    assert table.rows == [
        ["Tetrominoes", "a", "0.750", "0.500", "0.375", "0.250", "20.0/19", "0.50", "2.0", "2",
         "0.99"],
        ["Tetrominoes", "b", "0.000", "0.000", "0.000", "0.000", "-/19", "-", "-", "1", "0.99"],
    ]  # fmt: skip


def test_the_study_runs_and_resumes(tmp_path: Path) -> None:
    out = tmp_path / "objects"
    quick = ["--quick=true", "--worlds=[Tetrominoes]"]
    assert run("study", "objects", *quick, f"--out={out}") == 0
    assert len(list((out / "runs").glob("*.jsonl"))) == len(READERS)
    (file,) = (out / "runs").glob("areas_of_one_colour-*.jsonl")
    kept = file.read_text()
    (found,) = [json.loads(line) for line in kept.splitlines()][1:]
    assert (found["types_true"], found["pictures"], found["complaint"]) == (19, 40, "")
    assert found["ari"] > 0.9
    assert run("study", "objects", f"--resume={out}") == 0
    assert file.read_text() == kept


def test_a_reader_that_learns_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(ColourAreas):
        def fit(self, frames: Frame, seed: int) -> None:
            raise PerceptionError("Nothing stands out.")

    monkeypatch.setattr(objects, "READERS", {"blind": Blind})
    found = measure(ObjectsTask("Tetrominoes", "blind", 0, 2, 2))
    assert found == {"ari": 0.0, "type_accuracy": 0.0, "complaint": "Nothing stands out."}


def test_a_task_is_described_by_what_decides_it() -> None:
    task = ObjectsTask("Multi-dSprites, upright", "areas of one colour", 7, 640, 320)
    assert task.key == "areas_of_one_colour-Multi-dSprites__upright-7"
    assert json.loads(json.dumps(task.described())) == task.described()


def test_unknown_names_are_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(ConfigError, match=r"worlds has 'Tetromino'; did you mean Tetrominoes"):
        study(ObjectsOptions(["Tetromino"], out=str(out)))
    assert not out.exists()
