"""List the commands of `dsrl`. Imports no learning library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dsrl_agent.cli.options import (
    BenchmarkOptions,
    CardOptions,
    CompletionOptions,
    CostOptions,
    EvaluateOptions,
    ExplainOptions,
    InspectOptions,
    NameOptions,
    PlayOptions,
    SymbolsOptions,
    TrainOptions,
)
from dsrl_agent.experiments.studies import STUDIES


class Command(NamedTuple):
    """A command of `dsrl`."""

    help: str  # its line in the list of commands
    description: str  # the first lines of its own help
    options: type[Any]  # A frozen dataclass; fields are options, their docstring is the help
    reads_files: bool = False  # whether `--config` and `--print_config` are among the options
    doing: str = "works"  # what it does while it works, in words
    quick: bool = False  # whether it is done at once, and loads no library of learning


class CommandGroup(NamedTuple):
    """A command that is followed by the name of another."""

    help: str  # its line in the list of commands
    description: str  # the first lines of its own help
    title: str  # the heading over its commands
    commands: Mapping[str, Command]  # the commands by name


COMMANDS: dict[str, Command | CommandGroup] = {
    "train": Command(
        help="train an agent from pixels",
        description="Train an agent from pixels and reward alone, then measure it.",
        options=TrainOptions,
        doing="loads the learning libraries, then trains and evaluates",
        reads_files=True,
    ),
    "inspect": Command(
        help="look into a trained agent, or try an environment",
        description="Of a run's folder: write a page in which an episode of its play can be looked "
        "into, step by step. Of an environment: play some random steps, learn to see, and say what "
        "was found and what looks wrong: frames, grid, types, actions, and the share of steps that "
        "is explained.",
        options=InspectOptions,
        doing="plays, and looks into each step",
        reads_files=True,
    ),
    "name": Command(
        help="give names to the types of a run",
        description="Name the types that a trained agent tells apart; what is printed of the run "
        "from then on calls them so.",
        options=NameOptions,
        doing="loads the run",
    ),
    "evaluate": Command(
        help="measure a trained agent",
        description="Let a trained agent, random play and the oracle play the same unseen worlds.",
        options=EvaluateOptions,
        doing="lets each actor play the worlds",
    ),
    "play": Command(
        help="watch a trained agent, or play yourself",
        description="Show a trained agent acting: the facts it sees and what each action is worth. "
        "Without a run, play yourself: a window opens, and the keys move.",
        options=PlayOptions,
        doing="loads what it shows, then draws the play",
    ),
    "explain": Command(
        help="say what a trained agent believes and why",
        description="Say what a trained agent believes and, for a picture or a step of its play, "
        "why it does what it does.",
        options=ExplainOptions,
        doing="loads the run, and works out reasons",
    ),
    "card": Command(
        help="write a model card and a folder for a hub",
        description="Write a folder with the agent of a run and its model card; nothing is sent.",
        options=CardOptions,
        doing="loads the run",
    ),
    "completion": Command(
        help="let your shell complete the command line",
        description="Write a script that lets a shell complete commands, options and their values. "
        "In bash or zsh: source <(dsrl completion bash), or zsh; in fish: dsrl completion fish | "
        "source.",
        options=CompletionOptions,
        doing="lists commands and options",
        quick=True,
    ),
    "symbols": Command(
        help="find the symbols of still pictures",
        description="Find the grid, the types and the facts of pictures in which nothing moves.",
        options=SymbolsOptions,
        doing="learns to see the pictures",
    ),
    "benchmark": Command(
        help="measure over many seeds",
        description="Run a suite of measurements over many seeds, or make a report of raw results. "
        "The suite main_job trains from pixels of unknown grids, another for each seed, and "
        "measures along the way in unseen worlds and on larger grids; all steps counted.",
        options=BenchmarkOptions,
        doing="runs what the report needs, then writes it",
    ),
    "cost": Command(
        help="time the front ends' decisions",
        description="Time decisions from facts to action, for growing numbers of objects and "
        "growing grids, and state what the tables take in memory.",
        options=CostOptions,
        doing="times decisions of every front end and size",
    ),
    "study": CommandGroup(
        help="repeat the thesis's experiments, and go on",
        description="Repeat an experiment of the thesis, or one that goes on from it; figures and "
        "a short page go to its run folder.",
        title="studies",
        commands={
            name: Command(
                study.help, study.help, study.options, reads_files=True, doing="runs the study"
            )
            for name, study in STUDIES.items()
        },
    ),
}
"""The commands by name. Each has a module of this name, with a function `run(options, given)`."""
