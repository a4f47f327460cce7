"""Run `dsrl evaluate`: measure a trained agent."""

from __future__ import annotations

from collections.abc import Set
from contextlib import closing
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.cli.options import EvaluateOptions, WorldOptions
from dsrl_agent.evaluation.evaluate import Limits, is_unseen
from dsrl_agent.experiments.run.training import compare, load_run, unseen_env
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.progress import Bars


def run(options: EvaluateOptions, given: Set[str]) -> int:
    """Measure the agent, random play and, unless it is left out, the oracle in the same worlds."""
    agent, env = load_agent(options.run, options)
    limits = Limits(seconds=options.seconds)
    worlds, wanted = (options.episodes, options.seed), options.oracle
    with closing(Bars()) as bars:
        shown = bars.update if options.progress else None
        reports = compare(agent, env, *worlds, limits, oracle=wanted, progress=shown)
    known = text.knowledge(agent, TypeNames.read(Path(options.run)))
    print(text.folded(f"{known}\n\n{text.comparison(reports, unseen=is_unseen(env))}"))
    return 0


def load_agent(path: str, options: WorldOptions, **kwargs: Any) -> tuple[DSRL, gym.Env[Any, Any]]:
    """Return the agent of a run folder and an environment of unseen worlds for it.

    The options give the device and keywords for the environment; `kwargs` are further ones.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
    """
    agent, config = load_run(Path(path), options.device)
    replaced = {**(config.evaluation.kwargs or {}), **(options.env_kwargs or {}), **kwargs}
    return agent, unseen_env(agent, config, replaced)
