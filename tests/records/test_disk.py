"""The layer through which files change."""

from __future__ import annotations

import ctypes
import io
import os
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.records import disk as layer
from dsrl_agent.records.disk import Disk, disk, use


def test_files_and_folders_are_made_renamed_and_removed(tmp_path: Path) -> None:
    changes, folder = Disk(), tmp_path / "deep" / "folder"
    changes.make_folder(folder)
    with pytest.raises(FileExistsError):
        changes.make_folder(folder)
    changes.write(folder / "a", b"one")
    changes.rename(folder / "a", folder / "b")
    changes.sync_folder(folder)
    assert (folder / "b").read_bytes() == b"one"
    changes.remove(folder / "b")
    changes.remove(folder / "absent")
    assert list(folder.iterdir()) == []
    changes.remove(folder.parent)
    assert list(tmp_path.iterdir()) == []


def test_lines_are_appended(tmp_path: Path) -> None:
    with (tmp_path / "a").open("ab", buffering=0) as file:
        Disk().append(file, b"one\n")
        Disk().append(file, b"two\n")
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_a_link_is_removed_and_not_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    Disk().remove(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_another_layer_is_in_use_for_a_while() -> None:
    usual, other = disk(), Disk()
    with use(other):
        assert disk() is other
    assert disk() is usual


def test_what_a_full_pipe_takes_in_parts_is_appended_whole() -> None:
    taken: list[bytes] = []

    class Narrow(io.RawIOBase):
        def write(self, content: Any) -> int:
            taken.append(bytes(content[:3]))
            return len(taken[-1])

    Disk().append(Narrow(), b"12345678")  # type: ignore[arg-type]
    assert taken == [b"123", b"456", b"78"]


@pytest.mark.parametrize("fault", [AttributeError, OSError, TypeError])
def test_folders_change_names_where_the_library_cannot_do_it_at_once(
    fault: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", missing)
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    Disk().exchange(tmp_path / "a", tmp_path / "b")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "a",
        "a/b",
        "b",
        "b/a",
    ]


def test_folders_named_from_the_present_one_change_names_in_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / name).mkdir()
    at_once = layer._exchanged_at_once(tmp_path / "a", tmp_path / "b")
    assert layer._exchanged_at_once(Path("a"), Path("b")) is at_once


def test_a_folder_comes_back_if_the_other_cannot_take_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "_exchanged_at_once", lambda one, other: False)
    (tmp_path / "b").mkdir()
    with pytest.raises(FileNotFoundError):
        Disk().exchange(tmp_path / "absent", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_what_cannot_be_removed_stays_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OSError(16, "Device or resource busy")

    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(os, "rmdir", busy)
    Disk().remove(tmp_path / "folder")
    assert (tmp_path / "folder").is_dir()


def test_the_usual_layer_is_back_after_an_error() -> None:
    usual = disk()
    with pytest.raises(KeyError), use(Disk()):
        raise KeyError
    assert disk() is usual
