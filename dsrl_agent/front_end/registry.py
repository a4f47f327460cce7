"""Make front ends by the kind that settings name, and register further kinds."""

from __future__ import annotations

from collections.abc import Callable

from dsrl_agent.config import FrontEndConfig, add_front_end_kind
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end.protocol import AnyFrontEnd
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.tabular.relational_q import RelationalQ
from dsrl_agent.front_end.tabular.variants import SRLCS, FlatQ, GarneloQ

Factory = Callable[[int, FrontEndConfig], AnyFrontEnd]
"""Makes a front end for a number of actions from all settings, of which it takes its own."""

_BUILT_IN = (RelationalQ, RulesFrontEnd, SRLCS, GarneloQ, FlatQ)
_FACTORIES: dict[str, Factory] = {front_end.kind: front_end for front_end in _BUILT_IN}


def register(kind: str, factory: Factory) -> None:
    """Let `front_end.kind` name a front end of one's own, by a name that no other has.

    The factory gets a whole `FrontEndConfig`.

    Raises:
        ConfigError: The kind is taken.
    """
    if kind in _FACTORIES:
        raise ConfigError(f"A front end of kind {kind!r} is registered already; name it otherwise.")
    _FACTORIES[kind] = factory
    add_front_end_kind(kind)


def make_front_end(num_actions: int, config: FrontEndConfig) -> AnyFrontEnd:
    """Return a new front end of the configured kind."""
    return _FACTORIES[config.kind](num_actions, config)
