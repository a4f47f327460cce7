"""Read files of others: bounded before they are read, and strict about JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NoReturn

_SHARE = 0.4  # of the free memory that one file may take: it is held twice while it is parsed
# How much more one byte of JSON takes than one of arrays. As objects it takes up to 48 bytes, in
# lists of lists (`[[[]]]`); one of arrays is held twice.
JSON_WEIGHT = 24


def read_bounded(path: Path, limit: int) -> bytes:
    """Return the content of a plain file of at most `limit` bytes.

    Raises:
        ValueError: The file is larger, or no plain file.
        OSError: It cannot be read.
    """
    if not path.is_file():
        raise ValueError("it is no plain file")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise ValueError(f"it has {size} bytes, but at most {limit} are read")
        content = file.read(limit + 1)
    if len(content) > limit:  # it has grown, or its size is not told, as in /proc
        raise ValueError(f"it has more than the {limit} bytes that are read")
    return content


def read_fitting(path: Path, weight: int = JSON_WEIGHT) -> bytes:
    """Return the content of a plain file that fits into memory, `weight` times as heavy.

    Raises:
        ValueError: The file is larger, or no plain file.
        OSError: It cannot be read.
    """
    most = most_bytes()
    return read_bounded(path, path.stat().st_size if most is None else most // weight)


def parsed_json(content: bytes) -> Any:
    """Return what JSON says; no NaN or infinity, no key that stands twice.

    Raises:
        ValueError: It is no such JSON, or lists and objects are nested too deep.
    """
    try:
        return json.loads(content, parse_constant=_refuse, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}, which is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise ValueError(f"the key {twice!r} stands twice")
    return values


def most_bytes() -> int | None:
    """Return the size of the largest file that may be read into memory, `None` if unknown."""
    free = free_memory()
    return None if free is None else int(_SHARE * free)


def free_memory() -> int | None:
    """Return the bytes that a process may still allocate, or `None` if unknown."""
    found = [amount for amount in (_system(), _container()) if amount is not None]
    return min(found, default=None)


def _system() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _container() -> int | None:
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        return limit - int((group / "memory.current").read_text())
    except (OSError, ValueError):  # no control group, or the limit "max"
        return None
