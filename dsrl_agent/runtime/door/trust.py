"""Refuse to import what a file names, unless it is installed for that or the user allowed it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.metadata import entry_points

from dsrl_agent.errors import CheckpointError
from dsrl_agent.runtime.door.naming import ENTRY_POINTS, KNOWN_MODULES

VARIABLE = "DSRL_ALLOW_IMPORTS"
"""The environment variable that names further modules, with commas between."""
_OWN = "shapes_grid"


def require_allowed(names: Iterable[str], file: str) -> None:
    """Refuse names `module:attribute` of a file whose import would run code nobody asked for.

    A module may be imported if it is imported already, belongs to a package that registers
    environments with Gymnasium, or is named by the user in `DSRL_ALLOW_IMPORTS`. Names without a
    module pass.

    Raises:
        CheckpointError: The message names the file, the module and the ways to allow it.
    """
    for name in names:
        module = name.rpartition(":")[0]
        if module and module not in sys.modules and module.split(".")[0] not in _allowed():
            raise CheckpointError(
                f"{file} names {name!r}, but nothing is imported because a file names it; if you "
                f"trust that module, set {VARIABLE}={module}, or in Python import {module} first "
                "or give the environment."
            )


def _allowed() -> set[str]:
    """Return the names of packages whose modules may be imported."""
    installed = {point.module.split(".")[0] for point in entry_points(group=ENTRY_POINTS)}
    named = (name.strip() for name in os.environ.get(VARIABLE, "").split(","))
    return {_OWN, *KNOWN_MODULES, *installed, *(name.split(".")[0] for name in named if name)}
