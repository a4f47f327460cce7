"""A checkpoint replaces an earlier one of its kind, whole, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsrl_agent.errors import CheckpointError
from dsrl_agent.records import disk as layer
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.records.disk import Disk, use
from dsrl_agent.records.replacing import replace_checkpoint


def arrays(value: int) -> dict[str, dict[str, Any]]:
    return {"part": {"numbers": np.array([value])}}


def value_in(folder: Path) -> int:
    return int(load_checkpoint(folder).arrays["part"]["numbers"][0])


@pytest.fixture(params=[True, False], ids=["at once", "in turns"])
def exchanging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let folders change places at once, or in turns as where the system cannot."""
    if not request.param:
        monkeypatch.setattr(layer, "_exchanged_at_once", lambda one, other: False)


@pytest.mark.usefixtures("exchanging")
def test_an_earlier_checkpoint_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "agent"
    for value in range(3):
        replace_checkpoint(folder, arrays(value), {"agent": "dsrl"})
        assert value_in(folder) == value
    assert [path.name for path in folder.parent.iterdir()] == ["agent"]  # nothing is left beside


@pytest.mark.parametrize("kind", ["file", "folder", "other", "foreign", "damaged", "unnamed"])
def test_anything_else_is_refused_and_left_as_it_is(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    if kind == "file":
        folder.write_text("mine")
    elif kind == "folder":
        folder.mkdir()
        (folder / "thesis.tex").write_text("mine")
    else:
        data = {"other": {"agent": "other"}, "unnamed": {}}.get(kind, {"agent": "dsrl"})
        save_checkpoint(folder, arrays(1), data)
    if kind == "foreign":
        (folder / "notes.txt").write_text("mine")
    if kind == "damaged":
        (folder / "data.json").write_text("{}")
    before = [(path, path.read_bytes()) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    with pytest.raises(CheckpointError, match="agent exists and is no checkpoint of an agent"):
        replace_checkpoint(folder, arrays(2), {"agent": "dsrl"})
    after = [(path, path.read_bytes()) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert after == before


class Full(Disk):
    """Fails at the exchange, or at a write."""

    def __init__(self, at: str) -> None:
        self.at = at

    def write(self, path: Path, content: bytes) -> None:
        if self.at in path.name:
            raise OSError("no space left")
        super().write(path, content)

    def exchange(self, one: Path, other: Path) -> None:
        if self.at == "exchange":
            raise OSError("no such thing")
        super().exchange(one, other)


@pytest.mark.parametrize("at", ["manifest", "data", "exchange"])
def test_the_earlier_one_stays_if_the_newer_cannot_be_written(at: str, tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    replace_checkpoint(folder, arrays(1), {"agent": "dsrl"})
    with use(Full(at)), pytest.raises(Exception, match="no s"):
        replace_checkpoint(folder, arrays(2), {"agent": "dsrl"})
    assert value_in(folder) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["agent"]


@pytest.mark.usefixtures("exchanging")
def test_two_folders_change_names(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    Disk().exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / "b").exists()
    assert (tmp_path / "b" / "a").exists()
    assert len(list(tmp_path.iterdir())) == 2
