"""Settings of the symbolic front ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsrl_agent.checks import require_at_least, require_range
from dsrl_agent.errors import ConfigError

FrontEndKind = Literal["relational", "rules", "srl_cs", "dsrl", "flat"]


@dataclass(frozen=True)
class FrontEndConfig:
    """The learner on symbols. `rules` knows none of the tables' settings but `memory`.

    Attributes:
        kind: `relational` (default): a table per type over relative position, credit to what was
            touched, replay, and a correction within the episode; `rules`: learns what actions and
            touches do, in rules, and plans on them; `srl_cs`: Garcez et al. 2018; `dsrl`: Garnelo
            et al. 2016; `flat`: whole fact sets.
        learning_rate: Step size alpha of the tables.
        discount: gamma.
        epsilon: Share of random actions, unless they are asked to be greedy.
        replay: Remembered updates of the tables learned from again at every step (`relational`).
        memory: The most symbolic transitions, and the most updates to replay, remembered.
    """

    kind: FrontEndKind = "relational"
    learning_rate: float = 1.0
    discount: float = 0.9
    epsilon: float = 0.1
    replay: int = 40
    memory: int = 2000

    def __post_init__(self) -> None:
        kinds = ("relational", "rules", "srl_cs", "dsrl", "flat")
        if self.kind not in kinds:
            raise ConfigError(
                f"front_end.kind is {self.kind!r}, but it must be one of {', '.join(kinds)}."
            )
        require_range("front_end.learning_rate", self.learning_rate, 0.0, 1.0, open_low=True)
        require_range("front_end.discount", self.discount, 0.0, 1.0)
        require_range("front_end.epsilon", self.epsilon, 0.0, 1.0)
        require_at_least("front_end.replay", self.replay, 0)
        require_at_least("front_end.memory", self.memory, 1)
