"""List settings of earlier versions that have no effect any more, by the class that held them.

Files of such versions are still read: the agent in them is as it was, and a warning names each.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from dsrl_agent.errors import DSRLWarning

RETIRED: Mapping[str, frozenset[str]] = {
    # Still pictures were read by a network at every shift (until revision ec07b8c).
    "StillsThresholds": frozenset(
        {
            "bin", "candidates", "dense", "fine_beta", "least_period", "least_scale", "most_scale",
            "nearly", "off_line", "period_step", "usual",
        }
    ),
    # A grid from motion was to be kept unless a tiling was shorter (until revision 2bed8ef).
    "TilingThresholds": frozenset({"clear_excess", "most_excess"}),
}  # fmt: skip


def without_retired(kind: type[Any], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the values of a config class without retired settings; warn of each."""
    retired = RETIRED.get(kind.__name__, frozenset())
    for name in sorted(retired & values.keys()):
        text = f"{prefix}{name} is a setting of an earlier version and has no effect; leave it out"
        warnings.warn(text, DSRLWarning, stacklevel=2)
    return {name: value for name, value in values.items() if name not in retired}
