"""Deep symbolic reinforcement learning, end to end from pixels and reward.

>>> from dsrl_agent import DSRL
>>> agent = DSRL("shapes_grid:ShapesGrid-v0").learn(total_timesteps=2000)

Names are imported when they are first asked for: torch takes seconds to load, and neither the
command line's help nor the worlds need it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsrl_agent.agent.callbacks import Listener
    from dsrl_agent.agent.dsrl import DSRL
    from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
    from dsrl_agent.errors import (
        CheckpointError,
        ConfigError,
        DSRLError,
        HandoverError,
        ObservationError,
        PerceptionError,
    )
    from dsrl_agent.front_end import Valuation
    from dsrl_agent.types import Fact, Facts, Transition

__version__ = "0.1.0"

__all__ = [
    "DSRL",
    "AgentConfig",
    "BackEndConfig",
    "CheckpointError",
    "ConfigError",
    "DSRLError",
    "Fact",
    "Facts",
    "FrontEndConfig",
    "HandoverError",
    "Listener",
    "ObservationError",
    "PerceptionConfig",
    "PerceptionError",
    "Transition",
    "Valuation",
    "__version__",
]

_HOMES = {
    "agent.dsrl": ("DSRL",),
    "config": ("AgentConfig", "BackEndConfig", "FrontEndConfig", "PerceptionConfig"),
    "errors": (
        "CheckpointError",
        "ConfigError",
        "DSRLError",
        "HandoverError",
        "ObservationError",
        "PerceptionError",
    ),
    "agent.callbacks": ("Listener",),
    "front_end": ("Valuation",),
    "types": ("Fact", "Facts", "Transition"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
