"""What every test runs under: no screen, no windows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch run in one thread: the same arithmetic whatever the machine, and no waiting."""
    import torch  # only for the tests that train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
