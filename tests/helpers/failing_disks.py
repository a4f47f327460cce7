"""File layers that count their operations, and kill the run or fail at one of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from dsrl_agent.records.disk import Disk


class KilledError(BaseException):
    """Stands for the end of the process: nothing after it reaches the disk."""


class FailingDisk(Disk):
    """Counts operations; from operation `at` on, none succeeds.

    With an error number, the operation and all later writes fail with it, as on a full disk, and
    things can still be removed. Without one the process is killed there. Half of what was to be
    written is on the disk then.

    Attributes:
        done: The operations so far, by their names.
    """

    def __init__(self, at: int | None = None, number: int | None = None) -> None:
        self.done: list[str] = []
        self._at = at
        self._number = number

    def make_folder(self, path: Path) -> None:
        self._try(f"make {path.name}", lambda: super(FailingDisk, self).make_folder(path))

    def write(self, path: Path, content: bytes) -> None:
        def half() -> None:
            path.write_bytes(content[: len(content) // 2])

        whole = super().write
        self._try(f"write {path.name}", lambda: whole(path, content), half)

    def append(self, file: IO[bytes], content: bytes) -> None:
        whole = super().append
        self._try(
            "append",
            lambda: whole(file, content),
            lambda: whole(file, content[: len(content) // 2]),
        )

    def rename(self, source: Path, target: Path) -> None:
        whole = super().rename
        self._try(f"rename {target.name}", lambda: whole(source, target))

    def remove(self, path: Path) -> None:
        def half() -> None:
            if path.is_dir():
                for file in sorted(file for file in path.rglob("*") if file.is_file())[:2]:
                    file.unlink()

        whole = super().remove
        if self._number is not None and self._fails():
            whole(path)  # what is full can still be emptied
        else:
            self._try(f"remove {path.name}", lambda: whole(path), half)

    def sync_folder(self, path: Path) -> None:
        self._try("sync", lambda: None)

    def _fails(self) -> bool:
        return self._at is not None and len(self.done) >= self._at

    def _try(
        self, name: str, whole: Callable[[], None], half: Callable[[], None] = lambda: None
    ) -> None:
        if not self._fails():
            self.done.append(name)
            whole()
            return
        if self._at == len(self.done):
            half()
        self.done.append(name)
        if self._number is None:
            raise KilledError
        raise OSError(self._number, os.strerror(self._number))
