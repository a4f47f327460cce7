"""Write to terminals and pipes that cannot show everything, or are closed or full."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_HANDLER = "dsrl_agent.plain"
_PLAIN = {
    "→": ">", "←": "<", "↑": "^", "↓": "v", "·": ".", "…": "...",
    "\u00d7": "x", "\u2212": "-", "\u2013": "-",  # times, minus, dash
    "█": "#", "│": "|", "─": "-", "±": "+-", "≤": "<=", "≥": ">=",
}  # fmt: skip
"""What stands for a character on a terminal that lacks it."""
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
_GONE = (errno.EPIPE, errno.EIO, errno.EBADF)  # the reader or the terminal went away


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return plain characters for those that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = (_PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in lacking)
    return "".join(plain), error.end


@contextmanager
def drawing_unseen() -> Iterator[None]:
    """Let SDL, by which some environments draw their pictures, look for no screen if there is none.

    Otherwise it prints a complaint for each environment.
    """
    hidden = sys.platform.startswith("linux") and not any(map(os.environ.get, _SCREENS))
    if hidden:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        yield
    finally:
        if hidden:
            os.environ.pop("SDL_VIDEODRIVER", None)


class PatientStream:
    """An output stream whose failures end the output, not the work.

    Attributes:
        stream: The stream itself.
        fault: The error of the first write that failed, None as long as none has.
        before: Is called before each write, if given.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.fault: OSError | None = None
        self.before: Callable[[], object] | None = None

    def write(self, text: str) -> int:
        """Write a text, if that is still possible; return its length."""
        if self.before is not None:
            self.before()
        self._try(lambda: self.stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if that is still possible."""
        self._try(self.stream.flush)

    def _try(self, call: Callable[[], object]) -> None:
        if self.fault is None:
            try:
                call()
            except OSError as error:
                self.fault = error
                self._drop()

    def _drop(self) -> None:
        """Send what is in the buffer, and all that follows, to nowhere."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def patient_output() -> Iterator[None]:
    """Let work go on, and stay done, where its output cannot be shown or written.

    Characters that a terminal lacks become plain ones. Nothing is said of a reader that went away,
    as in `dsrl ... | head`; any other cause is told in one line of the errors.
    """
    codecs.register_error(_HANDLER, _plain)
    before = sys.stdout, sys.stderr
    streams = [_patient(stream) for stream in before]
    sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        for stream in streams:
            stream.flush()
        fault = streams[0].fault
        if fault is not None and fault.errno not in _GONE:
            cause = fault.strerror or fault
            text = f"dsrl: the output cannot be written ({cause}); all else is done."
            print(text, file=sys.stderr, flush=True)
        sys.stdout, sys.stderr = before


def _patient(stream: Any) -> PatientStream:
    if stream is None:  # closed before the process began
        stream = io.StringIO()
    with suppress(AttributeError, OSError):  # a test's or a notebook's own stream may have none
        # A pipe gets each line at once, as a terminal does.
        stream.reconfigure(errors=_HANDLER, line_buffering=True)
    return PatientStream(stream)
