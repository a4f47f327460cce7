"""Read settings from mappings and arguments, and their meaning from the docstrings of classes."""

from dsrl_agent.config.reading.mappings import (
    group_of,
    hints_of,
    keys,
    nearest,
    options_of,
    read_config,
    read_value,
    require_known,
)

__all__ = [
    "group_of",
    "hints_of",
    "keys",
    "nearest",
    "options_of",
    "read_config",
    "read_value",
    "require_known",
]
