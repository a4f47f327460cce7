"""The command line's options. Imports no learning library: `dsrl --help` answers at once."""

from __future__ import annotations

import dataclasses
from typing import Any

from jsonargparse import ArgumentParser, Namespace

from dsrl_agent.config import TrainConfig
from dsrl_agent.experiments.studies import STUDIES

_DESCRIPTION = (
    "Deep symbolic reinforcement learning: from raw pixels to an agent whose rules can be read."
)


def build_parser() -> ArgumentParser:
    """Return the parser of all commands."""
    parser = ArgumentParser(prog="dsrl", description=_DESCRIPTION, exit_on_error=False)
    commands = parser.add_subcommands(title="commands", dest="subcommand")
    commands.add_subcommand("train", _train(), help="train an agent from pixels")
    commands.add_subcommand("evaluate", _evaluate(), help="measure a trained agent")
    commands.add_subcommand("play", _play(), help="watch a trained agent, or play yourself")
    commands.add_subcommand("explain", _explain(), help="say what a trained agent believes and why")
    commands.add_subcommand("symbols", _symbols(), help="find the symbols of still pictures")
    commands.add_subcommand("benchmark", _benchmark(), help="measure over many seeds")
    commands.add_subcommand("cost", _cost(), help="time the front ends' decisions")
    study = _study()
    commands.add_subcommand("study", study, help="repeat the thesis's experiments, and go on")
    _add_studies(study)  # only now: jsonargparse wants the upper level's commands first
    return parser


def train_config(built: Namespace) -> TrainConfig:
    """Return the settings among instantiated options."""
    names = [setting.name for setting in dataclasses.fields(TrainConfig)]
    return TrainConfig(**{name: getattr(built, name) for name in names})


def _train() -> ArgumentParser:
    parser = ArgumentParser(
        description="Train an agent from pixels and reward alone, then measure it.",
        exit_on_error=False,
    )
    _add_config(parser)
    parser.add_class_arguments(TrainConfig, as_group=False)
    return parser


def _evaluate() -> ArgumentParser:
    parser = ArgumentParser(
        description="Let a trained agent, random play and the oracle play the same unseen worlds.",
        exit_on_error=False,
    )
    _add_run(parser)
    parser.add_argument("--episodes", type=int, default=200, help="worlds to play")
    return parser


def _play() -> ArgumentParser:
    parser = ArgumentParser(
        description="Show a trained agent acting: the facts it sees and what each action is worth. "
        "Without a run, play yourself: a window opens, and the keys move.",
        exit_on_error=False,
    )
    parser.add_argument(
        "run", nargs="?", type=str, default=None, help="the run's folder; without it, you play"
    )
    _add_worlds(parser)
    parser.add_argument(
        "--env",
        type=str | None,
        default=None,
        help="the environment that you play in, without a run; shapes_grid:ShapesGrid-v0 if not "
        "given",
    )
    parser.add_argument(
        "--episodes",
        type=int,
        default=None,
        help="worlds to play; if not given, 3, or as many as you like when you play",
    )
    parser.add_argument(
        "--video",
        type=str | None,
        default=None,
        help="write a GIF here instead of a window; without a run it shows the environment's own "
        "solver, or random actions where there is none",
    )
    parser.add_argument(
        "--fps",
        type=int,
        default=None,
        help="steps a second; if not given, 4, or 8 while you hold a key",
    )
    return parser


def _explain() -> ArgumentParser:
    parser = ArgumentParser(
        description="Say what a trained agent believes and, for a picture or a step of its play, "
        "why it does what it does.",
        exit_on_error=False,
    )
    _add_run(parser)
    parser.add_argument("--frame", type=str | None, default=None, help="a picture to decide about")
    parser.add_argument(
        "--episode",
        type=int,
        default=None,
        help="explain a step of this episode of its play, counted from 1 as dsrl play does",
    )
    parser.add_argument("--step", type=int, default=0, help="the step, counted from 0")
    parser.add_argument("--json", type=str | None, default=None, help="write it here as JSON")
    parser.add_argument(
        "--logic", type=str | None, default=None, help="write it here as a logic program for clingo"
    )
    parser.add_argument(
        "--plots", type=str | None, default=None, help="write pictures of types and tables here"
    )
    parser.add_argument(
        "--faithfulness",
        type=int | None,
        default=None,
        help="test the explanations of so many frames of its play, such as 1000",
    )
    return parser


def _symbols() -> ArgumentParser:
    parser = ArgumentParser(
        description="Find the grid, the types and the facts of pictures in which nothing moves.",
        exit_on_error=False,
    )
    parser.add_argument(
        "pictures",
        nargs="*",
        type=str,
        help="image files of one size; without any, the thesis's Figure 1.4 is drawn and read",
    )
    parser.add_argument("--seed", type=int, default=0, help="seeds the networks")
    parser.add_argument("--device", type=str, default="auto", help="auto, cpu or cuda")
    return parser


def _benchmark() -> ArgumentParser:
    parser = ArgumentParser(
        description="Run a suite of measurements over many seeds, or make a report of raw results. "
        "The suite main_job trains from pixels of unknown grids, another for each seed, and "
        "measures along the way in unseen worlds and on larger grids; all steps counted.",
        exit_on_error=False,
    )
    parser.add_argument(
        "--suite",
        type=str,
        default="main_job",
        help="main_job, quick, full, fast, ...: a file of the suites' folder",
    )
    parser.add_argument(
        "--configs",
        type=str | None,
        default=None,
        help="the suites' folder; if not given, that which comes with the package",
    )
    parser.add_argument(
        "--only",
        type=list[str],
        default=[],
        help="run these contestants of the suite alone, such as '[relational, oracle]'",
    )
    parser.add_argument(
        "--seeds",
        type=int | None,
        default=None,
        help="how many seeds, in place of those that the suite names for each of its runs",
    )
    parser.add_argument(
        "--jobs",
        type=int | None,
        default=None,
        help="runs at once; if not given, 1, or what a cluster that RAY_ADDRESS names has room for",
    )
    parser.add_argument(
        "--backend", type=str, default="joblib", help="where suites run: joblib or ray"
    )
    parser.add_argument(
        "--device",
        type=str,
        default="cpu",
        help="where networks run: cpu, auto or cuda; these are so small that a GPU is slower",
    )
    parser.add_argument(
        "--out",
        type=str | None,
        default=None,
        help="the folder; a suite that was stopped goes on in the one it began",
    )
    parser.add_argument(
        "--report",
        nargs="+",
        type=str,
        default=[],
        help="run nothing: write report.html from these folders or files of raw results into --out",
    )
    return parser


def _cost() -> ArgumentParser:
    parser = ArgumentParser(
        description="Time decisions from facts to action, for growing numbers of objects and "
        "growing grids, and state what the tables take in memory.",
        exit_on_error=False,
    )
    parser.add_argument("--decisions", type=int, default=1000, help="to time for each size")
    parser.add_argument("--seed", type=int, default=0, help="decides worlds and learning")
    parser.add_argument("--json", type=str | None, default=None, help="write the figures here")
    parser.add_argument("--plot", type=str | None, default=None, help="write a PNG here")
    return parser


def _study() -> ArgumentParser:
    return ArgumentParser(
        description="Repeat an experiment of the thesis, or one that goes on from it; figures and "
        "a short page go to its run folder.",
        exit_on_error=False,
    )


def _add_studies(parser: ArgumentParser) -> None:
    studies = parser.add_subcommands(title="studies", dest="study")
    for name, study in STUDIES.items():
        one = ArgumentParser(description=study.help, exit_on_error=False)
        _add_config(one)
        one.add_class_arguments(study.options, as_group=False)
        studies.add_subcommand(name, one, help=study.help)


def _add_config(parser: ArgumentParser) -> None:
    parser.add_argument("--config", action="config", help="a YAML file with any of the settings")


def _add_run(parser: ArgumentParser) -> None:
    parser.add_argument("run", type=str, help="the run's folder")
    _add_worlds(parser)


def _add_worlds(parser: ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, help="decides the worlds")
    parser.add_argument("--device", type=str, default="auto", help="auto, cpu or cuda")
    parser.add_argument(
        "--env_kwargs",
        type=dict[str, Any] | None,
        default=None,
        help="keywords for the environment beside those of training, such as "
        "'{rows: 9, cols: 9, objects: {circle: 12, cross: 12}}'",
    )
