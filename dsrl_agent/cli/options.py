"""Define what a command is, and the options and steps that several commands share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym

from dsrl_agent.checks import require_at_least

if TYPE_CHECKING:
    from dsrl_agent.agent.dsrl import DSRL


class Command(NamedTuple):
    """A command of `dsrl`.

    Attributes:
        description: The first lines of its help.
        options: A frozen dataclass. Each field is an option; the class's docstring is its help.
        run: Takes the options and the names of those that were given; returns the exit status.
        reads_files: Whether `--config` and `--print_config` are among the options.
    """

    description: str
    options: type[Any]
    run: Callable[[Any, Set[str]], int]
    reads_files: bool = False


class CommandGroup(NamedTuple):
    """A command that is followed by the name of another.

    Attributes:
        description: The first lines of its help.
        title: The heading over the commands in the help.
        commands: The commands by name.
    """

    description: str
    title: str
    commands: Mapping[str, Command]


def argument(flag: str, nargs: str | None = None, default: Any = dataclasses.MISSING) -> Any:
    """Return a field whose option needs more than its type: a positional one, or one of many words.

    Args:
        flag: The field's name, with `--` in front unless the argument is positional.
        nargs: As `argparse` has it: `?`, `*` or `+`.
        default: The field's default, if it has one.
    """
    return dataclasses.field(default=default, metadata={"flag": flag, "nargs": nargs})


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorldOptions:
    """The worlds that a trained agent is put into.

    Attributes:
        seed: Decides the worlds.
        device: Where the network runs: auto, cpu or cuda.
        env_kwargs: Keywords for the environment beside those of training, such as
            '{rows: 9, cols: 9, objects: {circle: 12, cross: 12}}'.
    """

    seed: int = 0
    device: str = "auto"
    env_kwargs: dict[str, Any] | None = None


def load_agent(run: str, options: WorldOptions, **kwargs: Any) -> tuple[DSRL, gym.Env[Any, Any]]:
    """Return the agent of a run and an environment of unseen worlds for it.

    Args:
        run: The run's folder.
        options: The worlds.
        kwargs: Further keywords for the environment.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
    """
    from dsrl_agent.evaluation.evaluate import evaluation_env
    from dsrl_agent.experiments.run.training import load_run

    agent, config = load_run(Path(run), options.device)
    replaced = {**(config.evaluation.kwargs or {}), **(options.env_kwargs or {}), **kwargs}
    return agent, evaluation_env(config.env.id, config.env.kwargs, replaced)


def require_positive(options: Any, *names: str) -> None:
    """Refuse options that are given and below 1.

    Raises:
        ConfigError: The message has the option, its value and the rule.
    """
    for name in names:
        if getattr(options, name) is not None:
            require_at_least(f"--{name}", getattr(options, name), 1)
