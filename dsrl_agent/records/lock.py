"""Lock a file for one process at a time; the system ends the lock with its process."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_REFUSED = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # another process holds the lock
_FAR = 2**30  # bytes: the place of the lock on Windows, where locked bytes cannot be read


class FileLock:
    """The lock of an existing file, held until it is closed or collected, or its process ends.

    On a file system without locks nothing is locked.

    Raises:
        BlockingIOError: Another process holds the lock.
        OSError: The file cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        self._descriptor = os.open(path, os.O_RDWR)
        try:
            _lock(self._descriptor)
        except OSError as error:
            if error.errno in _REFUSED:
                self.close()
                raise BlockingIOError(*error.args) from error

    def close(self) -> None:
        """End the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
