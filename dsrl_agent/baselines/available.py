"""Check free memory before a large allocation."""

from __future__ import annotations

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
