"""Run `dsrl evaluate`: measure a trained agent."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from dsrl_agent.cli import text
from dsrl_agent.cli.options import Command, WorldOptions, argument, load_agent, require_positive


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(WorldOptions):
    """An evaluation.

    Attributes:
        run: The run's folder.
        episodes: Worlds to play.
    """

    run: str = argument("run")
    episodes: int = 200

    def __post_init__(self) -> None:
        require_positive(self, "episodes")


def run(options: EvaluateOptions, given: Set[str]) -> int:
    """Measure the agent, random play and the oracle in the same worlds."""
    from dsrl_agent.evaluation.evaluate import is_unseen
    from dsrl_agent.experiments.run.training import compare

    agent, env = load_agent(options.run, options)
    reports = compare(agent, env, options.episodes, options.seed)
    print(text.knowledge(agent) + "\n\n" + text.comparison(reports, unseen=is_unseen(env)))
    return 0


COMMAND = Command(
    description="Let a trained agent, random play and the oracle play the same unseen worlds.",
    options=EvaluateOptions,
    run=run,
)
