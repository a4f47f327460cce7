"""What the learners of Stable-Baselines3 are all told, checked before anything is allocated."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, get_args, get_type_hints

from dsrl_agent.errors import ConfigError

Sight = Literal["pixels", "symbols"]
Network = Literal["nature", "small"]


@dataclass(frozen=True)
class LearnerConfig:
    """Settings that mean the same for every one of them.

    Every setting is one of its choices, a whole number from 1 or a number from 0 to 1, as its type
    says; those of subclasses too.

    Attributes:
        name: What errors call it.
        envs: Environments played at once.
        learning_rate: Adam's.
        batch: Transitions per update.
        sight: `pixels`: the frames; `symbols`: the true facts, a plane of 0 and 1 for every kind
            and one for the agent, which takes perception out of the comparison.
        network: `nature` (Mnih et al. 2015) or `small`, three 3 x 3 convolutions that begin at
            stride 3; symbols have a network of their own, in which nothing is strided.
        features: Units of the hidden layer behind the convolutions.
        discount: gamma.
    """

    name: ClassVar[str]

    envs: int
    learning_rate: float
    batch: int
    sight: Sight = "pixels"
    network: Network = "nature"
    features: int = 512
    discount: float = 0.99

    def __post_init__(self) -> None:
        types = get_type_hints(type(self))
        for field in fields(self):
            self._require(field.name, types[field.name])

    def _require(self, setting: str, of: Any) -> None:
        """Refuse a value that is not of the setting's type."""
        value = getattr(self, setting)
        if of is int:
            right = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            rule = "a whole number from 1"
        elif of is float:
            number = isinstance(value, int | float) and math.isfinite(value)
            right, rule = number and 0 <= value <= 1, "a number from 0 to 1"
        else:
            right, rule = value in get_args(of), f"one of {', '.join(get_args(of))}"
        if not right:
            raise ConfigError(f"{self.name}.{setting} is {value!r}, but it must be {rule}.")
