"""Let the learning libraries compute in one thread for a while, and restore their threads.

On arrays as small as an agent's a second thread gains little. On a busy machine it costs a lot,
because each thread waits for the other to be given a core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import ThreadpoolController


class _Torch:
    """Torch as a library of `threadpoolctl`, which does not find the MKL inside it."""

    def get_num_threads(self) -> int:
        """Return the number of threads within an operation."""
        return int(sys.modules["torch"].get_num_threads())

    def set_num_threads(self, count: int) -> None:
        """Set the number of threads within an operation."""
        sys.modules["torch"].set_num_threads(count)


class _Libraries:
    """The libraries with threads of their own that are loaded so far."""

    def __init__(self) -> None:
        self._modules = 0  # loaded when the libraries were last listed
        self._found: list[Any] = []

    def listed(self) -> list[Any]:
        """Return the libraries; they are sought again whenever modules were loaded."""
        if len(sys.modules) != self._modules:
            self._found = list(ThreadpoolController().lib_controllers)
            if hasattr(sys.modules.get("torch"), "set_num_threads"):  # not half loaded
                self._found.append(_Torch())
            self._modules = len(sys.modules)
        return self._found


_LIBRARIES = _Libraries()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS, OpenMP and torch compute in one thread within the context, or in a function.

    Contexts may be nested: each restores what it changed itself. A library that is loaded within a
    context is limited by the next context that begins inside. Numbers of threads are the process's
    for most libraries, so the first of several threads of Python to leave restores them for all.
    """
    changed: list[tuple[Any, int]] = []
    try:
        for library in _LIBRARIES.listed():
            if (before := library.get_num_threads()) != 1:
                changed.append((library, before))
                library.set_num_threads(1)
        yield
    finally:
        for library, before in reversed(changed):
            library.set_num_threads(before)
