"""Write files whole: beside their place, flushed to the disk, then renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dsrl_agent.checks import is_nameable, line_of, plain, printed
from dsrl_agent.errors import ConfigError, StorageError
from dsrl_agent.records.disk import disk

_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, default=plain)


def beside(path: Path) -> Path:
    """Return the hidden path beside `path` at which this process prepares the file."""
    return path.with_name(f".{path.name}.partial-{os.getpid()}")


def stale(path: Path) -> list[Path]:
    """Return the files that killed processes left beside `path`; the name `*` means any name."""
    return sorted(path.parent.glob(f".{path.name}.partial-*"))


def to_json(data: Mapping[str, Any]) -> bytes:
    """Return data as JSON, with a line for each entry; numbers of NumPy become Python's.

    Raises:
        ConfigError: JSON does not hold a value, such as NaN or a set.
    """
    try:
        # With `indent`, JSON is not encoded in C, and a checkpoint takes ten times as long.
        entries = (_ENCODER.encode({key: value}) for key, value in data.items())
        return ("{\n " + ",\n ".join(entry[1:-1] for entry in entries) + "\n}\n").encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"Data to be written hold {_fault_in(data, error)}.") from error


def _fault_in(data: Mapping[str, Any], error: Exception) -> str:
    """Say which of the data JSON does not hold; `error` is what the encoder raised."""
    try:
        plain(data)
    except TypeError as found:
        return f"{found}, which a file cannot hold"
    return f"what a file cannot hold ({line_of(error)})"


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn an error of the system into one line that names the path and the cause.

    Raises:
        StorageError: The system refused to write there, or no file can have that name.
    """
    if not is_nameable(str(path)):
        raise StorageError(f"{printed(str(path))} can be the name of no file; give another path.")
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        cause = error.strerror or str(error)
        raise StorageError(
            f"{path} cannot be written ({cause}); make room there, or mend its permissions."
        ) from error


def write_at(path: Path, content: bytes) -> Path:
    """Write a file at a path that a user named; make missing folders.

    Raises:
        ConfigError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk().write(path, content)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); name another place."
        ) from error
    return path


def write_folder(
    folder: Path, files: Mapping[str, bytes], ready: Callable[[Path], object] = lambda _: None
) -> None:
    """Make a folder of files such that it exists whole or not at all; make missing parents.

    `ready` gets the path at which the folder is prepared, before it is renamed to its place.
    """
    partial, changes = beside(folder), disk()
    changes.remove(partial)  # left by a killed process with the same id
    changes.make_folder(partial)
    try:
        for name, content in files.items():
            changes.write(partial / name, content)
        changes.sync_folder(partial)
        ready(partial)
        changes.rename(partial, folder)
    except BaseException:
        with suppress(OSError):
            changes.remove(partial)
        raise


def replace(path: Path, content: bytes) -> None:
    """Write a file such that `path` always has either the old or the new content, whole."""
    partial, files = beside(path), disk()
    try:
        files.write(partial, content)
        files.rename(partial, path)
    except BaseException:
        with suppress(OSError):
            files.remove(partial)
        raise
    files.sync_folder(path.parent)
