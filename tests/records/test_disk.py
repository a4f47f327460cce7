"""The layer through which files change."""

from __future__ import annotations

from pathlib import Path

import pytest

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
