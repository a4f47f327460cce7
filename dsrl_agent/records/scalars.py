"""Write numbers as TensorBoard's event files, without torch, whose own writer takes seconds."""

from __future__ import annotations

import time
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog  # type: ignore[import-untyped]
from tensorboard.compat.proto.summary_pb2 import Summary  # type: ignore[import-untyped]
from tensorboard.summary.writer.event_file_writer import (  # type: ignore[import-untyped]
    EventFileWriter,
)


class ScalarWriter:
    """Writes an event file in a folder; TensorBoard hides older events from `purge_step` on."""

    def __init__(self, folder: Path, purge_step: int | None = None) -> None:
        self._file = EventFileWriter(str(folder))
        if purge_step is not None:
            for mark in (
                Event(file_version="brain.Event:2"),
                Event(session_log=SessionLog(status=SessionLog.START)),
            ):
                self._add(mark, purge_step)

    def add(self, tag: str, value: float, step: int) -> None:
        """Add the value that a figure has after a step."""
        part = Summary.Value(tag=tag, simple_value=float(value))
        self._add(Event(summary=Summary(value=[part])), step)

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._file.close()

    def _add(self, event: Event, step: int) -> None:
        event.wall_time, event.step = time.time(), int(step)
        self._file.add_event(event)
