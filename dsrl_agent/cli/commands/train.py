"""Run `dsrl train`: train an agent, or go on with a stopped run."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.cli.options import TrainOptions
from dsrl_agent.config import TrainConfig, read_config
from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.evaluation.evaluate import Report
from dsrl_agent.experiments.run import training
from dsrl_agent.experiments.run.stopping import exit_status
from dsrl_agent.records import RunFolder
from dsrl_agent.records.type_names import TypeNames

_MOST_SEEDS = 10_000
_CHANGEABLE = {"total_timesteps", "device", "progress"}  # when a run goes on


def run(options: TrainOptions, given: Set[str]) -> int:
    """Train, print what was learned, and return the exit status.

    The settings in `given` were given; the others have their default.

    Raises:
        ConfigError: A setting is given that a run which goes on cannot change.
    """
    own = {field.name: getattr(options, field.name) for field in dataclasses.fields(TrainConfig)}
    config = TrainConfig(**own)
    if options.seeds is None:
        return _train(config, given - {"seeds"})
    if clash := sorted(given & {"seed", "resume"}):
        raise ConfigError(f"--{clash[0]} and --seeds are two ways; give one of them.")
    return _train_seeds(config, read_seeds(options.seeds))


def read_seeds(written: str) -> list[int]:
    """Return seeds that are written as numbers and ranges, such as `0-3,7`.

    Raises:
        ConfigError: A part is neither.
    """
    found: list[int] = []
    for part in str(written).strip("[]").split(","):
        match = re.fullmatch(r"\s*([0-9]+)\s*(?:-\s*([0-9]+)\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise ConfigError(
                f"--seeds is {written!r}, but it must be numbers and ranges, such as 0-9 or 0,3,7."
            )
        if last - first >= _MOST_SEEDS:
            raise ConfigError(f"--seeds is {written!r}, but at most {_MOST_SEEDS:,} are run.")
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def _train_seeds(config: TrainConfig, seeds: Sequence[int]) -> int:
    """Train with each seed, and print the means over seeds; return the exit status."""
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}-seeds"
    parent = Path(config.run_dir or f"runs/{stamp}")
    reports: list[Mapping[str, Report]] = []
    finished: list[Path] = []
    failed = 0
    for seed in seeds:
        folder = str(parent / f"seed{seed}")
        try:
            outcome = training.train(dataclasses.replace(config, seed=seed, run_dir=folder))
        except PerceptionError as error:
            failed += 1
            print(text.folded(f"seed {seed}: {error}"), flush=True)
            continue
        if outcome.interrupted:
            print(f"\nStopped in seed {seed}. Go on with it by:")
            print(f"  {training.resume_command(outcome.path)}")
            return exit_status(outcome.stopped_by)
        reports.append(outcome.reports)
        finished.append(outcome.path)
        steps = outcome.agent.num_timesteps
        print(f"seed {seed}: {text.main_figure(outcome.reports)}, {steps:,} steps", flush=True)
    if reports:
        print("\n" + text.over_seeds(reports))
        print("\n" + _following(finished[0]))
    print(f"\nThe runs: {parent}")
    return 1 if failed else 0


def _train(config: TrainConfig, given: Set[str]) -> int:
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
    odd, following = text.taken(outcome.agent), _following(outcome.path)
    known = text.knowledge(outcome.agent, TypeNames.read(outcome.path))
    if config.until_settled:
        known = f"{_ended(outcome.agent)}\n\n{known}"
    folded = [text.folded(section) for section in (known, odd, measured, spent) if section]
    print("\n" + "\n\n".join([*folded, following]))  # a command that is folded cannot be pasted
    return 0


def _ended(agent: DSRL) -> str:
    """Return after how many steps a run that might end when settled has ended, and why."""
    steps = agent.num_timesteps
    if agent.settled:
        return f"Settled after {steps:,} steps: nothing was left to learn about what it sees"
    return f"Not settled in {steps:,} steps: --total_timesteps has ended the run"


def _following(path: Path) -> str:
    """Return the commands that use a run."""
    return text.next_commands(path, training.before_commands(path))


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
