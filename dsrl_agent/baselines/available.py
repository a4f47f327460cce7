"""Check free memory before a large allocation."""

from __future__ import annotations

import os
from pathlib import Path

from dsrl_agent.errors import ConfigError

_SHARE = 0.8  # of free memory, not searched; networks and environments need memory too


def require_memory(needed: int, free: int | None, what: str, remedy: str) -> None:
    """Refuse an allocation of `needed` bytes that does not fit into memory.

    If the number of free bytes is unknown, every allocation passes. The error begins with the
    object to allocate (`what`), and ends with the setting to change (`remedy`).

    Raises:
        ConfigError: The allocation needs more than 80 % of the free bytes.
    """
    if free is not None and needed > _SHARE * free:
        raise ConfigError(
            f"{what} needs {needed / 2**30:.1f} GiB, but {free / 2**30:.1f} GiB are free, of which "
            f"it may take {_SHARE:.0%}; {remedy}"
        )


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
