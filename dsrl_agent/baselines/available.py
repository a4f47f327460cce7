"""How much memory there is: asked before a replay buffer is allocated, not when it dies."""

from __future__ import annotations

import os
from pathlib import Path

from dsrl_agent.errors import ConfigError

_SHARE = 0.8  # of what is free; the network, the environments and others need some too


def require_memory(needed: int, free: int | None, what: str, remedy: str) -> None:
    """Refuse an allocation that does not fit.

    Args:
        needed: Bytes.
        free: Bytes that are free, or `None` where nobody knows: then all is let pass.
        what: What needs them.
        remedy: What to change.

    Raises:
        ConfigError: It needs more than four fifths of what is free.
    """
    if free is not None and needed > _SHARE * free:
        raise ConfigError(
            f"{what} needs {needed / 2**30:.1f} GiB, but {free / 2**30:.1f} GiB are free, of which "
            f"it may take {_SHARE:.0%}; {remedy}"
        )


def free_memory() -> int | None:
    """Return the bytes a process may still take, or `None` where the system does not tell."""
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
    except (OSError, ValueError):  # there is none, or it says "max"
        return None
