"""The command line. No algorithm in it."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml  # type: ignore[import-untyped]
from jsonargparse import ArgumentParser, Namespace

from dsrl_agent.config import AgentConfig, TrainConfig, keys, nearest, require_known
from dsrl_agent.errors import ConfigError, DSRLError

_DESCRIPTION = (
    "Deep symbolic reinforcement learning: from raw pixels to an agent whose rules can be read."
)
_BAD_INPUT, _INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `dsrl`: exit 0 when all went well, 2 on bad input, 130 on Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser()
    try:
        if not given:
            parser.print_help()
            sys.exit(0)
        _check_config_files(given)
        parsed = parser.parse_args(given)
        _one_thread()  # imports torch, so not before the help has been printed
        sys.exit(_COMMANDS[parsed.subcommand](parser, parsed))
    except DSRLError as error:
        _refuse(str(error))
    except argparse.ArgumentError as error:
        _refuse(_explain(str(error)))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:  # the reader of our output went away, as in `dsrl ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def build_parser() -> ArgumentParser:
    """Return the parser of all commands."""
    parser = ArgumentParser(prog="dsrl", description=_DESCRIPTION, exit_on_error=False)
    commands = parser.add_subcommands(title="commands", dest="subcommand")
    commands.add_subcommand("train", _train_parser(), help="train an agent from pixels")
    commands.add_subcommand("evaluate", _evaluate_parser(), help="measure a trained agent")
    commands.add_subcommand("play", _play_parser(), help="watch a trained agent act and see why")
    commands.add_subcommand("benchmark", _benchmark_parser(), help="measure over many seeds")
    return parser


def _train_parser() -> ArgumentParser:
    parser = ArgumentParser(
        description="Train an agent from pixels and reward alone, then measure it.",
        exit_on_error=False,
    )
    parser.add_argument("--config", action="config", help="a YAML file with any of the settings")
    parser.add_argument(
        "--resume", type=str | None, default=None, metavar="RUN", help="go on with a stopped run"
    )
    parser.add_class_arguments(TrainConfig, as_group=False)
    return parser


def _evaluate_parser() -> ArgumentParser:
    parser = ArgumentParser(
        description="Let a trained agent, random play and the oracle play the same unseen worlds.",
        exit_on_error=False,
    )
    _add_run(parser)
    parser.add_argument("--episodes", type=int, default=200, help="worlds to play")
    return parser


def _play_parser() -> ArgumentParser:
    parser = ArgumentParser(
        description="Show a trained agent acting: the facts it sees and what each action is worth.",
        exit_on_error=False,
    )
    _add_run(parser)
    parser.add_argument("--episodes", type=int, default=3, help="worlds to play")
    parser.add_argument(
        "--video", type=str | None, default=None, help="write a GIF here instead of a window"
    )
    parser.add_argument("--fps", type=int, default=4, help="steps a second")
    return parser


def _benchmark_parser() -> ArgumentParser:
    parser = ArgumentParser(
        description="Train from pixels of unknown grids, another for each seed, and measure "
        "along the way in unseen worlds and on larger grids; all steps counted.",
        exit_on_error=False,
    )
    parser.add_argument("--config", action="config", help="a YAML file with any of the settings")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds")
    parser.add_argument("--first_seed", type=int, default=1000, help="the first of them")
    parser.add_argument(
        "--marks",
        type=list[int],
        default=[400, 1000, 2000, 5000],
        help="env steps after which to measure",
    )
    parser.add_argument("--episodes", type=int, default=200, help="worlds of each measurement")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--out", type=str | None, default=None, help="a folder that does not exist")
    parser.add_class_arguments(AgentConfig, as_group=False)
    return parser


def _add_run(parser: ArgumentParser) -> None:
    parser.add_argument("run", type=str, help="the run's folder")
    parser.add_argument("--seed", type=int, default=0, help="decides the worlds")
    parser.add_argument("--device", type=str, default="auto", help="auto, cpu or cuda")
    parser.add_argument(
        "--env_kwargs",
        type=dict[str, Any] | None,
        default=None,
        help="keywords for the environment beside those of training, such as "
        "'{rows: 9, cols: 9, objects: {circle: 12, cross: 12}}'; unseen worlds are asked for with "
        "split: test",
    )


def _train(parser: ArgumentParser, parsed: Namespace) -> int:
    from dsrl_agent import report, train  # the learning libraries take a second to import

    config, given = _train_config(parser, parsed)
    if parsed.train.resume is None:
        outcome = train.train(config)
    else:
        path = Path(parsed.train.resume)
        outcome = train.resume(path, _resumed_config(path, config, given))
    if outcome.interrupted:
        print(
            f"Stopped after {outcome.agent.num_timesteps} steps; all is saved. Go on with:\n"
            f"  dsrl train --resume {outcome.path}"
        )
        return _INTERRUPTED
    sections = [
        report.knowledge(outcome.agent),
        report.comparison(outcome.reports),
        report.times(outcome.seconds, outcome.reports),
        report.next_commands(outcome.path),
    ]
    print("\n" + "\n\n".join(sections))
    return 0


def _evaluate(parser: ArgumentParser, parsed: Namespace) -> int:
    from dsrl_agent import report, train

    options = parsed.evaluate
    _require_positive("--episodes", options.episodes)
    agent, stored = train.load_run(Path(options.run), options.device)
    kwargs, replaced = _world_kwargs(options.env_kwargs, stored)
    reports = train.compare(
        agent, stored["env"]["id"], kwargs, replaced, options.episodes, options.seed
    )
    print(report.knowledge(agent) + "\n\n" + report.comparison(reports))
    return 0


def _play(parser: ArgumentParser, parsed: Namespace) -> int:
    from dsrl_agent import show, train

    options = parsed.play
    _require_positive("--episodes", options.episodes)
    _require_positive("--fps", options.fps)
    agent, stored = train.load_run(Path(options.run), options.device)
    kwargs, replaced = _world_kwargs(options.env_kwargs, stored)
    env_id = stored["env"]["id"]
    pictures = show.pictures(agent, env_id, kwargs, replaced, options.episodes, options.seed)
    if options.video is not None:
        path = Path(options.video)
        show.write_video(path, pictures, options.fps)
        print(f"Wrote {path}")
    else:
        show.in_window(pictures, options.fps)
    return 0


def _benchmark(parser: ArgumentParser, parsed: Namespace) -> int:
    from dsrl_agent.benchmark import run

    options = parser.instantiate(parsed).benchmark
    for name in ("seeds", "jobs", "episodes"):
        _require_positive(f"--{name}", getattr(options, name))
    if options.marks != sorted(set(options.marks)) or not options.marks or options.marks[0] < 1:
        raise ConfigError(f"--marks is {options.marks}, but it must be ascending step numbers.")
    agent = AgentConfig(options.perception, options.back_end, options.front_end)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    plan = run.Plan(tuple(options.marks), options.episodes, agent)
    path, table = run.benchmark(plan, seeds, options.jobs, options.out)
    print(f"{table}\n\nEvery seed's figures: {path / 'metrics.jsonl'}")
    return 0


def _one_thread() -> None:
    """Keep torch to one thread: on networks this small a second one costs more than it gains."""
    import torch

    torch.set_num_threads(1)


_COMMANDS = {"train": _train, "evaluate": _evaluate, "play": _play, "benchmark": _benchmark}


def _train_config(parser: ArgumentParser, parsed: Namespace) -> tuple[TrainConfig, set[str]]:
    """Return the settings, and the names of the top-level ones that differ from the defaults."""
    built = parser.instantiate(parsed).train
    names = [setting.name for setting in dataclasses.fields(TrainConfig)]
    config = TrainConfig(**{name: getattr(built, name) for name in names})
    default = TrainConfig()
    return config, {name for name in names if getattr(config, name) != getattr(default, name)}


def _resumed_config(path: Path, config: TrainConfig, given: set[str]) -> TrainConfig:
    """Return a run's stored settings with what may be changed when it goes on."""
    from dsrl_agent.records import RunFolder

    changeable = {"total_timesteps", "device", "progress"}
    if given - changeable:
        raise ConfigError(
            f"{', '.join(sorted(given - changeable))} cannot be changed with --resume, which goes "
            f"on with the run's own settings; only {', '.join(sorted(changeable))} can."
        )
    stored = RunFolder.open(path).config()
    require_known(stored, TrainConfig)
    parser = _train_parser()
    built = parser.instantiate(parser.parse_object(stored))
    names = [setting.name for setting in dataclasses.fields(TrainConfig)]
    own = TrainConfig(**{name: getattr(built, name) for name in names})
    changed: dict[str, Any] = {name: getattr(config, name) for name in given}
    return dataclasses.replace(own, **changed)


def _world_kwargs(
    given: dict[str, Any] | None, stored: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    kwargs = {**stored["env"]["kwargs"], **(given or {})}
    return kwargs, stored["evaluation"]["kwargs"]


def _check_config_files(arguments: Sequence[str]) -> None:
    """Refuse unknown keys of `--config` files by path, value and nearest known key."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--config="):
            name = argument.removeprefix("--config=")
        elif argument == "--config" and index + 1 < len(arguments):
            name = arguments[index + 1]
        else:
            continue
        try:
            with open(name, encoding="utf-8") as file:
                content = yaml.safe_load(file)
        except OSError as error:
            raise ConfigError(
                f"The config {name!r} cannot be read: {error.strerror}; give a YAML file."
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The config {name!r} is no YAML: {' '.join(str(error).split())}"
            ) from error
        if not isinstance(content, dict):
            raise ConfigError(
                f"The config {name!r} holds {type(content).__name__}, but it must hold settings, "
                "one `key: value` a line; --print_config shows them all."
            )
        require_known(content, TrainConfig)


def _explain(message: str) -> str:
    """Put jsonargparse's message into our words: the field, the value, the rule, the remedy."""
    unknown = re.search(r"unrecognized arguments: --([\w.]+)(?:[= ](.*))?$", message, re.DOTALL)
    if unknown:
        value = f" (here {unknown[2]!r})" if unknown[2] else ""
        return f"{unknown[1]}{value} is no setting; {nearest(unknown[1], list(keys(TrainConfig)))}"
    wrong = re.search(r'Parser key "([\w.]+)":\s*(.*)', message, re.DOTALL)
    if wrong:
        return f"{wrong[1]}: {' '.join(wrong[2].split())}"
    return " ".join(message.split())


def _require_positive(name: str, value: int) -> None:
    if value < 1:
        raise ConfigError(f"{name} is {value}, but it must be at least 1.")


def _refuse(message: str) -> NoReturn:
    print(f"dsrl: {message}", file=sys.stderr)
    sys.exit(_BAD_INPUT)
