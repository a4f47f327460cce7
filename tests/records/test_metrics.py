"""Metrics of a run; their lines are tested with the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.records import scalars
from dsrl_agent.records.metrics import Metrics, StorageWarning


def test_lines_go_on_where_tensorboard_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, *_: Any, **__: Any) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(scalars, "ScalarWriter", Full)
    metrics = Metrics(tmp_path)
    with pytest.warns(StorageWarning, match=r"cannot be written \(No space left on device\)"):
        metrics.log("train", 1, {"loss": 0.5})
    metrics.log("train", 2, {"loss": 0.25})
    metrics.close()
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2


def test_a_kind_of_line_is_found_by_its_step(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    assert not metrics.has_logged("a", 1)
    (tmp_path / "metrics.jsonl").write_text('{"kind": "a", "step": 1}\n[]\n{"kind": "b", "st')
    assert metrics.has_logged("a", 1)
    assert not metrics.has_logged("a", 2)
    assert not metrics.has_logged("b", 1)
