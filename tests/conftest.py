"""What every test runs under: no screen, no windows; and the helpers beside this file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("MPLBACKEND", "Agg")
# Workers of pytest-xdist share the cores; read by torch and NumPy when they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# The tests are modules of no package, so pytest's importlib mode does not find what they share.
sys.path.append(str(Path(__file__).parent / "helpers"))


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker here, where tests of an installed wheel find it as well."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell's background jobs have it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) == signal.SIG_IGN:  # as under nohup
        signal.signal(hang_up, signal.SIG_DFL)
    config.addinivalue_line(
        "markers", "slow: takes over 2 s of CPU time; -m 'not slow' leaves it out"
    )


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch run in one thread: the same arithmetic whatever the machine, and no waiting."""
    import torch  # only for the tests that train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
