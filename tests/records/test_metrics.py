"""Metrics of a run; their lines are tested with the run folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-untyped]
    EventAccumulator,
)
from tensorboard.summary.writer import event_file_writer  # type: ignore[import-untyped]

from dsrl_agent.records import metrics as metrics_module
from dsrl_agent.records.metrics import Metrics, ScalarWriter, StorageWarning


def test_lines_go_on_where_tensorboard_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, *_: Any, **__: Any) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(metrics_module, "ScalarWriter", Full)
    metrics = Metrics(tmp_path)
    with pytest.warns(StorageWarning, match=r"cannot be written \(No space left on device\)"):
        metrics.log("train", 1, {"loss": 0.5})
    metrics.log("train", 2, {"loss": 0.25})
    metrics.close()
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2


def test_a_kind_of_line_is_found_by_its_step(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    assert not metrics.has_logged("a", 1)
    (tmp_path / "metrics.jsonl").write_text(
        '{"kind": "a", "step": 1}\n{"kind": "a", "step": 1000}\n[]\n{"kind": "b", "st'
    )
    assert metrics.has_logged("a", 1)
    assert metrics.has_logged("a", 1000)
    assert not metrics.has_logged("a", 2)
    assert not metrics.has_logged("b", 1)


def values(folder: Path, tag: str) -> list[tuple[int, float]]:
    shown = EventAccumulator(str(folder)).Reload()
    return [(event.step, event.value) for event in shown.Scalars(tag)]


def test_values_are_read_back_by_tag_and_step(tmp_path: Path) -> None:
    writer = ScalarWriter(tmp_path)
    for step in (3, 5):
        writer.add("train/loss", step / 2, step)
    writer.add("train/types", 4, 5)
    writer.close()
    assert values(tmp_path, "train/loss") == [(3, 1.5), (5, 2.5)]
    assert values(tmp_path, "train/types") == [(5, 4.0)]


def test_values_from_the_purged_step_on_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files of one second are read in the order of their numbers as text: 10 before 9.
    monkeypatch.setattr(event_file_writer, "_global_uid", event_file_writer.AtomicCounter(0))
    first = ScalarWriter(tmp_path)
    for step in (1, 2, 3):
        first.add("loss", step, step)
    first.close()
    second = ScalarWriter(tmp_path, purge_step=2)
    second.add("loss", 20, 2)
    second.close()
    assert values(tmp_path, "loss") == [(1, 1.0), (2, 20.0)]


@pytest.mark.slow
def test_torch_is_not_loaded() -> None:
    code = "import sys, dsrl_agent.records.metrics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_lines_hold_letters_and_truth_values_as_they_are(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    metrics.log("train", 1, {"note": "größer", "done": True})
    metrics.close()
    assert '"note": "größer", "done": true}\n' in (tmp_path / "metrics.jsonl").read_text("utf-8")
    (line,) = metrics.lines()
    assert line["done"] is True


@pytest.mark.parametrize("name", ["kind", "step", "time"])
def test_no_value_takes_the_name_of_a_field(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"No value may be named '{name}'"):
        Metrics(tmp_path).log("train", 1, {name: 2, "zebra": 3})


def test_numbers_of_no_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="The value 'loss' is a complex, but must be a number"):
        Metrics(tmp_path).log("train", 1, {"loss": 1j})  # type: ignore[dict-item]


def test_a_copy_that_cannot_be_closed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []

    class Torn:
        def __init__(self, *_: Any) -> None: ...

        def add(self, *_: Any) -> None: ...

        def close(self) -> None:
            closed.append(True)
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(metrics_module, "ScalarWriter", Torn)
    metrics = Metrics(tmp_path)
    metrics.log("train", 1, {"loss": 0.5})
    metrics.close()
    metrics.close()
    assert closed == [True]


def test_numbers_alone_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[tuple[str, float, int]] = []

    class Writer:
        def __init__(self, *_: Any) -> None: ...

        def add(self, *given: Any) -> None:
            copied.append(given)

        def close(self) -> None: ...

    monkeypatch.setattr(metrics_module, "ScalarWriter", Writer)
    metrics = Metrics(tmp_path)
    metrics.log("eval", 7, {"loss": 0.5, "types": 3, "note": "x", "best": None})
    metrics.close()
    assert copied == [("eval/loss", 0.5, 7), ("eval/types", 3, 7)]
