"""Say what a command is doing whenever it has said nothing for a while.

A terminal gets one line, which is rewritten every second and taken away before anything else is
written. A file or a pipe keeps every line, so it gets one at first and then one every 10 seconds.
A progress bar that is open is drawn anew instead: it says what is done, and since when.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from dsrl_agent.cli.terminal import PatientStream

FIRST = 1.0
"""Seconds of silence, from the call of a command on, after which it says what it does."""
_TICK = 0.25  # seconds between two looks
_AGAIN_SHOWN, _AGAIN_KEPT = 1.0, 10.0  # seconds of silence after that: on a terminal, elsewhere
_WATCHES: list[SilenceWatch] = []  # of the commands that run, the innermost last


class SilenceWatch:
    """Watches the streams of a command, and speaks where they are silent.

    Args:
        text: What the command does.
        begun: When it was called, in seconds of `time.perf_counter`.
        stream: Where to speak, usually `sys.stderr`.
    """

    def __init__(self, text: str, begun: float, stream: Any) -> None:
        self._text, self._begun, self._stream = text, begun, stream
        self._terminal = bool(stream.isatty())
        self._heard = begun  # when something was written last
        self._said = False  # whether the text was written once
        self._width = 0  # of the line of the terminal that is to be taken away
        self._lock = threading.RLock()
        self._over, self._once = threading.Event(), False

    def hear(self) -> None:
        """Note that a stream is about to be written to, and take the own line away."""
        with self._lock:
            self._heard = time.perf_counter()
            if self._width:
                self._write("\r" + " " * self._width + "\r")
                self._width = 0

    def say(self) -> None:
        """Say what the command does, if that was not said yet."""
        with self._lock:
            if not self._said:
                self._speak()

    def say_once(self) -> None:
        """Speak no more after the first time: the command shows its progress, or is to be quiet."""
        self._once = True

    def end(self) -> None:
        """Speak no more, and take the own line away."""
        self._over.set()
        self.hear()

    def run(self) -> None:
        """Look from time to time until the end, and speak after a silence."""
        while not self._over.wait(_TICK):
            self._look()

    def _look(self) -> None:
        again = _AGAIN_SHOWN if self._terminal else _AGAIN_KEPT
        if self._said and self._once:
            return
        silent = time.perf_counter() - self._heard
        if silent < (again if self._said else FIRST):
            return
        if _bars_drawn_anew():  # not under the lock: a bar that is being drawn waits for it
            self._said = True
            return
        with self._lock:
            if not self._over.is_set():
                self._speak()

    def _speak(self) -> None:
        """Write the text, with the time from the second time on."""
        now = time.perf_counter()
        text = f"{self._text} {now - self._begun:.0f} s" if self._said else self._text
        if self._terminal:
            widest = max(shutil.get_terminal_size().columns - 1, 1)
            shown = text[:widest]
            self._write("\r" + shown.ljust(self._width))
            self._width = len(shown)
        else:
            self._write(f"{text}\n")
            self._heard = now
        self._said = True

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # closed, or gone
            self._stream.write(text)
            self._stream.flush()


def _bars_drawn_anew() -> bool:
    """Draw the open progress bars anew; return whether there are any."""
    progress = sys.modules.get("dsrl_agent.runtime.progress")  # where no bar is, it is not loaded
    draw_anew = getattr(progress, "draw_anew", None)  # or not yet whole
    return bool(draw_anew()) if draw_anew is not None else False


@contextmanager
def watched(text: str, begun: float) -> Iterator[SilenceWatch]:
    """SilenceWatch `sys.stdout` and `sys.stderr`, which are patient, while a command runs."""
    streams = [each for each in (sys.stdout, sys.stderr) if isinstance(each, PatientStream)]
    watch = SilenceWatch(text, begun, streams[-1].stream if streams else sys.stderr)
    for stream in streams:
        stream.before = watch.hear
    _WATCHES.append(watch)
    thread = threading.Thread(target=watch.run, daemon=True, name="watch of silence")
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()
        _WATCHES.remove(watch)
        for stream in streams:
            stream.before = None


def wait_for_a_person() -> None:
    """Let the command that runs be silent from now on: it waits for a person, and has said so."""
    for watch in _WATCHES[-1:]:
        watch.end()
