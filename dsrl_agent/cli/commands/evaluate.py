"""Run `dsrl evaluate`: measure a trained agent."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from contextlib import closing
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.cli.options import EvaluateOptions, WorldOptions
from dsrl_agent.errors import ConfigError
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
    frame, _ = env.reset(seed=options.seed)
    known = text.knowledge(agent, TypeNames.read(Path(options.run)), frame)
    print(text.folded(f"{text.comparison(reports, unseen=is_unseen(env))}\n\n{known}"))
    return 0


def load_agent(path: str, options: WorldOptions, **kwargs: Any) -> tuple[DSRL, gym.Env[Any, Any]]:
    """Return the agent of a run folder and an environment of unseen worlds for it.

    The options give the device, perhaps another environment than that of training, and keywords for
    it; `kwargs` are further ones. Keywords of training are not for another environment.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
        ConfigError: The other environment has not as many actions.
    """
    agent, config = load_run(Path(path), options.device)
    of_training = config.evaluation.kwargs or {}
    if options.env is not None:
        other = dataclasses.replace(config.env, id=options.env, kwargs={})
        config, of_training = dataclasses.replace(config, env=other), {}
    replaced = {**of_training, **(options.env_kwargs or {}), **kwargs}
    env = unseen_env(agent, config, replaced)
    if (count := getattr(env.action_space, "n", None)) != agent.num_actions:
        raise ConfigError(
            f"--env is {options.env!r} with {count} actions, but the agent has learned with "
            f"{agent.num_actions}; give an environment with as many."
        )
    return agent, env
