"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsrl_agent.errors import ConfigError, StorageError
from dsrl_agent.records.disk import Disk, use
from dsrl_agent.records.files import (
    beside,
    replace,
    stale,
    storing,
    to_json,
    write_at,
    write_folder,
)


def fail(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_replaced_file_has_the_new_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    replace(file, b"old")
    replace(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_replacement_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file = tmp_path / "a.txt"
    replace(file, b"old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        replace(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_partial_files_are_found_by_name(tmp_path: Path) -> None:
    partial = beside(tmp_path / "a.txt")
    assert partial.name == f".a.txt.partial-{os.getpid()}"
    other = tmp_path / ".b.txt.partial-1"
    for path in (partial, other, tmp_path / "a.txt"):
        path.touch()
    assert stale(tmp_path / "a.txt") == [partial]
    assert stale(tmp_path / "*") == sorted([partial, other])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_lacks_are_refused(number: float) -> None:
    assert to_json({"a": "ö"}).decode() == '{\n "a": "ö"\n}\n'
    with pytest.raises(ConfigError, match=r"hold the number \w+ at \['a'\], which a file"):
        to_json({"a": number})


def test_what_json_lacks_is_told_in_one_line_and_numbers_of_numpy_are_taken() -> None:
    assert to_json({"a": np.float32(0.5), "b": [np.int64(2)]}) == b'{\n "a": 0.5,\n "b": [2]\n}\n'
    within: list[object] = []
    within.append(within)
    for value, fault in (({3}, "a set"), ("\ud800", "the text '"), (within, "holds itself")):
        with pytest.raises(ConfigError, match=fault) as refused:
            to_json({"a": value})
        assert "\n" not in str(refused.value)


def test_a_file_named_by_a_user_is_written_with_its_folders(tmp_path: Path) -> None:
    assert write_at(tmp_path / "deep" / "a.txt", b"x").read_bytes() == b"x"
    with pytest.raises(ConfigError, match=r"a.txt/b cannot be written .*; name another place"):
        write_at(tmp_path / "deep" / "a.txt" / "b", b"x")


def test_a_file_named_by_a_user_may_lie_in_folders_that_exist_or_not(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        assert write_at(tmp_path / "a" / "b" / "c.txt", content).read_bytes() == content


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("torn"), "torn"),
    ],
)
def test_an_error_of_the_system_names_the_innermost_path_and_the_cause(
    error: OSError, cause: str
) -> None:
    text = rf"^inner cannot be written \({cause}\); make room there, or mend its permissions\.$"
    with (
        pytest.raises(StorageError, match=text) as caught,
        storing(Path("outer")),
        storing(Path("inner")),
    ):
        raise error
    assert caught.value.__cause__ is error


class Stuck(Disk):
    """Fails to rename, and to tidy up afterwards."""

    def rename(self, source: Path, target: Path) -> None:
        raise OSError("the first fault")

    def remove(self, path: Path) -> None:
        if path.exists():
            raise OSError("a later fault")


def test_the_first_fault_is_told_where_tidying_up_fails_too(tmp_path: Path) -> None:
    with use(Stuck()):
        with pytest.raises(OSError, match="the first fault"):
            replace(tmp_path / "a.txt", b"x")
        with pytest.raises(OSError, match="the first fault"):
            write_folder(tmp_path / "folder", {"a": b"x"})


def test_a_folder_is_whole_when_it_is_said_to_be_ready(tmp_path: Path) -> None:
    seen: list[tuple[bytes, bool]] = []

    def ready(partial: Path) -> None:
        seen.append(((partial / "a").read_bytes(), (tmp_path / "deep" / "folder").exists()))

    write_folder(tmp_path / "deep" / "folder", {"a": b"x"}, ready)
    assert seen == [(b"x", False)]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["folder"]


@pytest.mark.parametrize(("name", "shown"), [("a\0b", "a\\x00b"), ("\ud800", "\\ud800")])
def test_a_path_that_no_file_can_have_is_told_in_one_line(name: str, shown: str) -> None:
    with pytest.raises(StorageError) as caught, storing(Path(name)):
        pytest.fail("nothing is written there")
    assert str(caught.value) == f"{shown} can be the name of no file; give another path."
