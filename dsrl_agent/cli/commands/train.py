"""Run `dsrl train`: train an agent, or go on with a stopped run."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from pathlib import Path
from typing import Any

from dsrl_agent.cli import text
from dsrl_agent.config import TrainConfig, read_config
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run import training
from dsrl_agent.experiments.run.stopping import exit_status
from dsrl_agent.records import RunFolder
from dsrl_agent.records.type_names import TypeNames

_CHANGEABLE = {"total_timesteps", "device", "progress"}  # when a run goes on


def run(config: TrainConfig, given: Set[str]) -> int:
    """Train, print what was learned, and return the exit status.

    The settings in `given` were given; the others have their default.

    Raises:
        ConfigError: A setting is given that a run which goes on cannot change.
    """
    if config.resume is None:
        outcome = training.train(config, tell=_tell)
    else:
        path = Path(config.resume)
        outcome = training.resume(path, _resumed_config(path, config, given), tell=_tell)
    if outcome.interrupted:
        print(
            f"\nStopped after {outcome.agent.num_timesteps} steps; nothing is lost. Go on with:\n"
            f"  {training.resume_command(outcome.path)}"
        )
        return exit_status(outcome.stopped_by)
    measured = text.comparison(outcome.reports, unseen=outcome.unseen)
    spent = text.times(outcome.seconds, outcome.reports)
    odd, following = text.taken(outcome.agent), text.next_commands(outcome.path)
    known = text.knowledge(outcome.agent, TypeNames.read(outcome.path))
    sections = [known, odd, measured, spent, following]
    print("\n" + text.folded("\n\n".join(section for section in sections if section)))
    return 0


def _tell(lines: str) -> None:
    """Print what a person should know while a run goes on."""
    print(text.folded(lines), flush=True)


def _resumed_config(path: Path, config: TrainConfig, given: Set[str]) -> TrainConfig:
    """Return a run's stored settings, with the given ones among those that may change."""
    fixed = given - _CHANGEABLE - {"resume"}
    if fixed:
        raise ConfigError(
            f"{', '.join(sorted(fixed))} cannot be changed with --resume, which goes "
            f"on with the run's own settings; only {', '.join(sorted(_CHANGEABLE))} can."
        )
    stored = read_config(TrainConfig, RunFolder.open(path).config())
    changed: dict[str, Any] = {name: getattr(config, name) for name in given & _CHANGEABLE}
    return dataclasses.replace(stored, **changed)
