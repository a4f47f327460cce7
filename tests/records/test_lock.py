"""Locks that end with their process."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from dsrl_agent.records import lock as lock_module
from dsrl_agent.records.lock import FileLock

HOLD = """
import sys
from pathlib import Path
from dsrl_agent.records.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_by_one_and_ends_when_closed(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("content")
    first = FileLock(file)
    with pytest.raises(BlockingIOError):
        FileLock(file)
    assert file.read_text() == "content"
    first.close()
    FileLock(file).close()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError):
            FileLock(file)
        process.kill()
        process.wait()
    FileLock(file).close()


def test_a_missing_file_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "absent")


def test_a_lock_is_closed_once(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    lock = FileLock(file)
    lock.close()
    with file.open() as other:  # it has the descriptor that the lock had
        lock.close()
        assert other.read() == ""


@pytest.mark.parametrize("number", [errno.EACCES, errno.EAGAIN, errno.EDEADLK])
def test_a_system_may_say_in_three_ways_that_another_holds_a_lock(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").touch()

    def refuse(_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(lock_module, "_lock", refuse)
    with pytest.raises(BlockingIOError):
        FileLock(tmp_path / "a")


def test_where_files_have_no_locks_nothing_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").touch()

    def unsupported(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock_module, "_lock", unsupported)
    one, other = FileLock(tmp_path / "a"), FileLock(tmp_path / "a")
    assert one is not other
    one.close()
    other.close()
