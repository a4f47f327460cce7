"""Stop a run on Ctrl-C, SIGTERM and SIGHUP: at its next step, or at once where it can."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_SHELL = 128  # a shell's exit status for a signal is this and the signal's number


class StopRequest:
    """Whether a run has been asked to stop.

    Attributes:
        signal: The number of the signal that asked, 0 as long as none has.
        at_once: Whether a signal raises a KeyboardInterrupt where the run stands. Set this where
            nothing is lost, as in a fit or an evaluation; elsewhere a second signal does so.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self.signal = 0
        self.at_once = at_once

    def take(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        again, self.signal = self.signal != 0, self.signal or number
        if again or self.at_once:
            raise KeyboardInterrupt


def exit_status(number: int) -> int:
    """Return the exit status of a process that a signal stopped."""
    return _SHELL + number


@contextmanager
def stops_on_signals(request: StopRequest) -> Iterator[None]:
    """Let signals ask for a stop.

    A signal that this process ignores, as SIGHUP under `nohup`, stays ignored. Outside the main
    thread Python takes no signals, and nothing changes.
    """
    before = {}
    for name in _SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or signal.getsignal(number) is signal.SIG_IGN:
            continue
        try:
            before[number] = signal.signal(number, request.take)
        except ValueError:
            break
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
