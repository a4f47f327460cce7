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
    named = _modules(os.environ.get(VARIABLE, "").split(","))
    for name in names:
        module = name.rpartition(":")[0]
        known = module in sys.modules or module.split(".")[0] in _installed() | named
        if module and not known:
            raise CheckpointError(
                f"{file} names {name!r}, but nothing is imported because a file names it; if you "
                f"trust that module, put {VARIABLE}={module} before `dsrl`; in Python, import "
                f"{module} first or give the environment."
            )


def allowing(names: Iterable[str]) -> str:
    """Return what stands before a command that is to import names of a file; often nothing."""
    others = _modules(name.rpartition(":")[0] for name in names) - _installed()
    return f"{VARIABLE}={','.join(sorted(others))} " if others else ""


def _installed() -> set[str]:
    """Return the names of packages whose modules may be imported whatever names them."""
    installed = (point.module for point in entry_points(group=ENTRY_POINTS))
    return {_OWN, *KNOWN_MODULES, *_modules(installed)}


def _modules(names: Iterable[str]) -> set[str]:
    """Return the packages of modules."""
    return {name.strip().split(".")[0] for name in names if name.strip()}
