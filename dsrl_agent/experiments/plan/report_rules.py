"""Describe how the report uses the results of a suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from dsrl_agent.checks import require_at_least
from dsrl_agent.errors import ConfigError

ClaimName = Literal["few_steps", "transfer", "tools", "relearning", "robust"]
TableKind = Literal["worlds", "cost", "garcez2018", "solved"]


@dataclass(frozen=True, kw_only=True)
class ReportRules:
    """How the report uses the results of a suite: the key `report` of its file.

    Of several suites that answer the main question and have results, the one with the lowest
    `main_rank` is shown. In the comparisons it comes before all others.
    """

    main_world: str = ""  # the world of the main question, where the suite answers it
    main_rank: int = 1
    claims: tuple[ClaimName, ...] = ()  # that the results are evidence for, and so show plots of
    claim_worlds: tuple[str, ...] = ()  # worlds in which `tools` is judged
    comparison: int = 0  # place among suites where the agent is compared with DQN, from 1; 0: none
    # Play by worlds, costs, figures beside the published ones, or shares of solved episodes.
    table: TableKind = "worlds"

    def __post_init__(self) -> None:
        for name in self.claims:
            _require_one_of("claims", name, get_args(ClaimName))
        _require_one_of("table", self.table, get_args(TableKind))
        require_at_least("main_rank", self.main_rank, 1)
        require_at_least("comparison", self.comparison, 0)


def _require_one_of(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"{field} has {value!r}, but it must be one of {', '.join(known)}.")
