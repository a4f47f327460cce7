"""Write files whole: beside their place, flushed to the disk, then renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dsrl_agent.errors import ConfigError


def beside(path: Path) -> Path:
    """Return the hidden path beside `path` at which this process prepares the file."""
    return path.with_name(f".{path.name}.partial-{os.getpid()}")


def stale(path: Path) -> list[Path]:
    """Return the files that killed processes left beside `path`; the name `*` means any name."""
    return sorted(path.parent.glob(f".{path.name}.partial-*"))


def to_json(data: Mapping[str, Any]) -> bytes:
    """Return data as JSON.

    Raises:
        ValueError: Data has a NaN or an infinity, which JSON cannot express.
    """
    return json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def write(path: Path, content: bytes) -> None:
    """Write a file and flush it to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_at(path: Path, content: bytes) -> Path:
    """Write a file at a path that a user named; make missing folders.

    Raises:
        ConfigError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); name another place."
        ) from error
    return path


def replace(path: Path, content: bytes) -> None:
    """Write a file such that `path` always has either the old or the new content, whole."""
    partial = beside(path)
    try:
        write(partial, content)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Flush the list of names of a folder to the disk, if the system can."""
    if os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
