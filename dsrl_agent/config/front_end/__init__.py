"""Settings of the symbolic front ends: the kinds, the tables, and groups of thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsrl_agent.checks import require_at_least, require_groups, require_one_of, require_range
from dsrl_agent.config.front_end.foresight import ForesightThresholds
from dsrl_agent.config.front_end.thresholds import (
    AgencyThresholds,
    ChanceThresholds,
    DynaThresholds,
    ExplorationPrices,
    RulesThresholds,
)

__all__ = [
    "AgencyThresholds",
    "ChanceThresholds",
    "DynaThresholds",
    "ExplorationPrices",
    "ForesightThresholds",
    "FrontEndConfig",
    "RulesThresholds",
    "add_front_end_kind",
    "front_end_kinds",
]

_KINDS = ["relational", "rules", "srl_cs", "garnelo2016", "flat"]
_RENAMED = {"dsrl": "garnelo2016"}
"""Words of older versions, as they stand in stored settings and suites, and today's."""


def front_end_kinds() -> tuple[str, ...]:
    """Return the kinds of front ends that `front_end.kind` may name, the default first."""
    return tuple(_KINDS)


def add_front_end_kind(kind: str) -> None:
    """Let `front_end.kind` name another kind; `dsrl_agent.front_end.register` calls this."""
    _KINDS.append(kind)


@dataclass(frozen=True)
class FrontEndConfig:
    """The learner on symbols.

    Of the settings `rules` uses only `memory`, `rewards`, `agency`, `rules`, `exploration`,
    `chance` and `foresight`; the tables use all others.

    Attributes:
        kind: `relational` (default): Q-tables over relative positions to each type, reward credited
            to the touched object, replay, and values from imagined walks in the scene (Dyna);
            `rules`: rules about actions and touches, and planning on them; `srl_cs`: Garcez et al.
            2018; `garnelo2016`: Garnelo et al. 2016 (`dsrl` in older versions, still accepted);
            `flat`: one table over whole fact sets. `dsrl_agent.front_end.register` adds others.
        learning_rate: Step size alpha of the tables.
        discount: gamma.
        epsilon: Share of random actions, unless greedy actions are asked for.
        replay: Stored updates of the tables learned from again at every step (`relational`).
        memory: The most symbolic transitions stored, and the most updates stored for replay.
        rewards: The most rewards counted to tell that of a plain step. Where a world gives more, a
            new one takes the place of the one met least often. Not searched.
        agency: Thresholds of finding the agent.
        dyna: Thresholds of the imagined walks of `relational`.
        rules: Thresholds of `rules`.
        exploration: Prices of exploration by `rules`.
        chance: Thresholds of `rules` for things that walk and slippery ground.
        foresight: Thresholds of `rules` for worlds that move by themselves.
    """

    kind: str = "relational"
    learning_rate: float = 1.0
    discount: float = 0.9
    epsilon: float = 0.1
    replay: int = 40
    memory: int = 2000
    rewards: int = 64
    agency: AgencyThresholds = field(default_factory=AgencyThresholds)
    dyna: DynaThresholds = field(default_factory=DynaThresholds)
    rules: RulesThresholds = field(default_factory=RulesThresholds)
    exploration: ExplorationPrices = field(default_factory=ExplorationPrices)
    chance: ChanceThresholds = field(default_factory=ChanceThresholds)
    foresight: ForesightThresholds = field(default_factory=ForesightThresholds)

    def __post_init__(self) -> None:
        require_groups(self, "front_end")
        object.__setattr__(self, "kind", _known_kind(self.kind))
        require_range("front_end.learning_rate", self.learning_rate, 0.0, 1.0, open_low=True)
        require_range("front_end.discount", self.discount, 0.0, 1.0)
        require_range("front_end.epsilon", self.epsilon, 0.0, 1.0)
        require_at_least("front_end.replay", self.replay, 0)
        require_at_least("front_end.memory", self.memory, 1)
        require_at_least("front_end.rewards", self.rewards, 1)


def _known_kind(kind: str) -> str:
    """Return today's word for a kind.

    Raises:
        ConfigError: There is no such kind.
    """
    if isinstance(kind, str):
        kind = _RENAMED.get(kind, kind)
    require_one_of("front_end.kind", kind, _KINDS)
    return kind
