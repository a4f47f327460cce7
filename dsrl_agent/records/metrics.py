"""Write the metrics of a run as lines of JSON, with a copy for TensorBoard."""

from __future__ import annotations

import contextlib
import json
import math
import numbers
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dsrl_agent.errors import CheckpointError, DSRLWarning
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import replace, stale, storing
from dsrl_agent.records.reading import read_fitting
from dsrl_agent.records.versions import now

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-untyped]

Value = float | int | str | None


class StorageWarning(DSRLWarning):
    """Something that a run can do without cannot be written."""


class Metrics:
    """The metrics of a run: `metrics.jsonl` in its folder, and `tensorboard/` as a copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "metrics.jsonl"
        self._lines: IO[bytes] | None = None
        self._tensorboard: ScalarWriter | None = None
        self._purge_step: int | None = None
        self._shows = True  # whether TensorBoard gets a copy

    def log(self, kind: str, step: int, values: Mapping[str, Value]) -> None:
        """Append a line to `metrics.jsonl`; numbers go to TensorBoard as well, as `kind/name`.

        NaN and infinities, which JSON lacks, are written as the texts "nan", "inf" and "-inf".

        Raises:
            TypeError: A value is neither a number, a text nor None.
            ValueError: A value has the name of a field of every line.
        """
        if taken := {"kind", "step", "time"} & set(values):
            raise ValueError(f"No value may be named {min(taken)!r}, a field of every line.")
        plain = {name: _plain(name, value) for name, value in values.items()}
        line = {"kind": kind, "step": int(step), "time": now()}
        line |= {name: _finite_or_text(value) for name, value in plain.items()}
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
        with storing(self._file):
            if self._lines is None:
                self._lines = _open_lines(self._file)
            disk().append(self._lines, text.encode() + b"\n")
        self._show(kind, step, plain)

    def _show(self, kind: str, step: int, values: Mapping[str, Value]) -> None:
        """Copy numbers to TensorBoard; a failure there ends the copies, not the run."""
        if not self._shows:
            return
        try:
            if self._tensorboard is None:
                folder = self._folder / "tensorboard"
                self._tensorboard = ScalarWriter(folder, self._purge_step)
            for name, value in values.items():
                if isinstance(value, int | float):
                    self._tensorboard.add(f"{kind}/{name}", value, step)
        except OSError as error:
            self._shows = False
            text = f"TensorBoard's copy of the metrics cannot be written ({error.strerror})"
            warnings.warn(f"{text}; metrics.jsonl goes on", StorageWarning, stacklevel=3)

    def truncate(self, step: int) -> None:
        """Drop the metrics after a step, before a run resumes there and logs them again.

        Raises:
            CheckpointError: A line other than a torn last one cannot be parsed.
        """
        self.close()
        self._purge_step = step + 1  # TensorBoard hides older events from this step on
        file = self._file
        if not file.exists():
            return
        kept = []
        for number, line in enumerate(self._content().splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break  # torn by a kill
            try:
                if json.loads(line)["step"] <= step:
                    kept.append(line)
            except (ValueError, KeyError, TypeError) as error:
                raise CheckpointError(
                    f"Line {number} of {file} is no line of metrics ({error!r}); "
                    "remove the line and resume again."
                ) from error
        with storing(file):
            for path in stale(file):
                disk().remove(path)
            replace(file, b"".join(kept))

    def has_logged(self, kind: str, step: int) -> bool:
        """Return whether a line of this kind and step is among the metrics."""
        return any(v.get("kind") == kind and v.get("step") == step for v in self.lines())

    def lines(self) -> Iterator[Mapping[str, Any]]:
        """Yield the lines; what is none, as a last one torn by a kill, is left out."""
        for line in self._content().splitlines() if self._file.is_file() else ():
            with contextlib.suppress(ValueError):
                values = json.loads(line)
                if isinstance(values, dict):
                    yield values

    def _content(self) -> bytes:
        try:
            return read_fitting(self._file, weight=1)
        except (OSError, ValueError) as error:
            text = f"{self._file} cannot be read ({error}); restore or remove it."
            raise CheckpointError(text) from error

    def close(self) -> None:
        """Close the open files; the next call of `log` opens them again."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None
        if self._tensorboard is not None:
            with contextlib.suppress(OSError):
                self._tensorboard.close()
            self._tensorboard = None


class ScalarWriter:
    """Writes numbers as an event file of TensorBoard, without torch, whose writer takes seconds.

    TensorBoard hides older events from `purge_step` on.
    """

    def __init__(self, folder: Path, purge_step: int | None = None) -> None:
        # The imports take half a second.
        from tensorboard.compat.proto import (  # type: ignore[import-untyped]
            event_pb2,
            summary_pb2,
        )
        from tensorboard.summary.writer.event_file_writer import (  # type: ignore[import-untyped]
            EventFileWriter,
        )

        self._events, self._summary = event_pb2, summary_pb2.Summary
        self._file = EventFileWriter(str(folder))
        if purge_step is not None:
            start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
            self._add(event_pb2.Event(file_version="brain.Event:2"), purge_step)
            self._add(event_pb2.Event(session_log=start), purge_step)

    def add(self, tag: str, value: float, step: int) -> None:
        """Add the value that a figure has after a step."""
        part = self._summary.Value(tag=tag, simple_value=float(value))
        self._add(self._events.Event(summary=self._summary(value=[part])), step)

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._file.close()

    def _add(self, event: Event, step: int) -> None:
        event.wall_time, event.step = time.time(), int(step)
        self._file.add_event(event)


def _plain(name: str, value: object) -> Value:
    """Return a value as a Python number, text or None, as JSON takes no NumPy numbers."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(
        f"The value {name!r} is a {type(value).__name__}, but must be a number, a text or None."
    )


def _finite_or_text(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _open_lines(path: Path) -> IO[bytes]:
    """Open a file of lines for appending, and cut off a last line torn by a kill."""
    file = path.open("ab+", buffering=0)
    file.seek(0)
    content = file.read()
    file.truncate(content.rfind(b"\n") + 1)
    return file
