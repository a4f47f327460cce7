"""Change files through one layer, so that tests can number the operations and let any fail."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


class Disk:
    """The operations by which run folders and checkpoints change files.

    A test puts another in its place with `use`. Writes are flushed to the disk before they return.
    """

    def make_folder(self, path: Path) -> None:
        """Make a folder and its missing parents; an existing one is an error."""
        path.mkdir(parents=True)

    def write(self, path: Path, content: bytes) -> None:
        """Write a file anew."""
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def append(self, file: IO[bytes], content: bytes) -> None:
        """Append to a file that is open without a buffer; not flushed to the disk."""
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file or a folder; a file that has the name already is replaced."""
        os.replace(source, target)

    def exchange(self, one: Path, other: Path) -> None:
        """Let two folders change names, at once where the system can."""
        if _exchanged_at_once(one, other):
            return
        aside = one.with_name(f"{one.name}-aside")
        os.replace(other, aside)
        try:
            os.replace(one, other)
        except BaseException:
            os.replace(aside, other)
            raise
        os.replace(aside, one)

    def remove(self, path: Path) -> None:
        """Remove a file or a folder with all its content, as far as that is possible."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Flush the list of names of a folder to the disk, if the system can."""
        if os.name == "nt":  # Windows opens no folders
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _exchanged_at_once(one: Path, other: Path) -> bool:
    """Let two paths change names by Linux's `renameat2`; return whether that was possible."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or an old library
        return False
    names = os.fsencode(one), os.fsencode(other)
    status: int = rename(_HERE, names[0], _HERE, names[1], _EXCHANGE)
    return status == 0


_disk = Disk()


def disk() -> Disk:
    """Return the layer in use."""
    return _disk


@contextmanager
def use(other: Disk) -> Iterator[None]:
    """Put another layer in place, for tests."""
    global _disk
    before, _disk = _disk, other
    try:
        yield
    finally:
        _disk = before
