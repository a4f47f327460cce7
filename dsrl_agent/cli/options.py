"""Define the options of the commands of `dsrl`. Imports no learning library.

`dsrl --help` answers at once, for a command's own module is imported only when the command runs.
Here is no import under TYPE_CHECKING: jsonargparse would carry it out.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

from dsrl_agent.checks import require_at_least, require_range
from dsrl_agent.config import AgentConfig, EnvConfig, TrainConfig
from dsrl_agent.errors import ConfigError


def argument(flag: str, nargs: str | None = None, default: Any = MISSING) -> Any:
    """Return a field whose argument is positional, or takes several words.

    The flag is the field's name, with `--` in front unless the argument is positional. `nargs` is
    as `argparse` has it: `?`, `*` or `+`.
    """
    return field(default=default, metadata={"flag": flag, "nargs": nargs})


def require_positive(options: Any, *names: str) -> None:
    """Refuse options that are given and below 1.

    Raises:
        ConfigError: The message has the option, its value and the rule.
    """
    for name in names:
        if getattr(options, name) is not None:
            require_at_least(f"--{name}", getattr(options, name), 1)


@dataclass(frozen=True, kw_only=True)
class WorldOptions:
    """The worlds that a trained agent is put into.

    Attributes:
        seed: Decides the worlds.
        device: Where the network runs: auto, cpu or cuda.
        env: Another environment for the agent, with as many actions; if not given, that of
            training.
        env_kwargs: Keywords for the environment beside those of training, such as
            '{rows: 9, cols: 9, objects: {circle: 12, cross: 12}}'.
    """

    seed: int = 0
    device: str = "auto"
    env: str | None = None
    env_kwargs: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(WorldOptions):
    """An evaluation.

    Attributes:
        run: The run's folder.
        episodes: Worlds to play.
        seconds: Wall time after which the evaluation of an actor ends before all worlds are played.
        oracle: Whether the environment's own solver plays as well, where there is one.
        progress: Whether to show a progress bar for each actor.
    """

    run: str = argument("run")
    episodes: int = 200
    seconds: float | None = None
    oracle: bool = True
    progress: bool = True

    def __post_init__(self) -> None:
        require_positive(self, "episodes")
        if self.seconds is not None:
            require_range("--seconds", self.seconds, 0.0, open_low=True)


@dataclass(frozen=True, kw_only=True)
class InspectOptions(AgentConfig):
    """An inspection of an environment or of a run.

    Attributes:
        id: The environment's id, as in env.id, or the folder of a run to write a page about.
        env: The environment; of a run, the id of another one for its agent.
        seed: The seed of all random numbers; of a run, that of its worlds.
        device: Where the network runs: auto, cpu or cuda.
        progress: Of an environment: whether to show a progress bar for each phase.
        episode: Of a run: the episode of its play to look into, counted from 1 as dsrl play does.
        steps: Of a run: the most steps of the episode on the page.
        out: Of a run: the page's file; if not given, inspect.html in its folder.
        env_kwargs: Of a run: keywords for the environment beside those of training.
        live: Of a run: serve the page of the running agent, whose board and beliefs can be edited,
            to a browser on this machine. Needs the extra [live].
        port: With --live: where to serve; if not given, any port that is free.
    """

    id: str | None = argument("id", "?", None)
    env: EnvConfig = field(default_factory=EnvConfig)
    seed: int = 0
    device: str = "auto"
    progress: bool = True
    episode: int = 1
    steps: int = 100
    out: str | None = None
    env_kwargs: dict[str, Any] | None = None
    live: bool = False
    port: int | None = None

    def __post_init__(self) -> None:
        require_at_least("seed", self.seed, 0)
        require_positive(self, "episode", "steps")
        if self.port is not None:
            require_range("--port", self.port, 0, 65535)


@dataclass(frozen=True)
class TrainOptions(TrainConfig):
    """A training run, or one for each of several seeds.

    Attributes:
        seeds: Seeds to train with in place of one, such as 0-9 or 0,3,7; each has its own folder
            below run_dir.
    """

    seeds: str | None = None


@dataclass(frozen=True, kw_only=True)
class CardOptions:
    """A model card.

    Attributes:
        run: The run's folder.
        out: The folder to write, which must not exist; if not given, card in the run's folder.
        device: Where the network runs: auto, cpu or cuda.
    """

    run: str = argument("run")
    out: str | None = None
    device: str = "auto"


@dataclass(frozen=True, kw_only=True)
class CompletionOptions:
    """A shell whose completion is wanted.

    Attributes:
        shell: bash, zsh or fish.
    """

    shell: Literal["bash", "zsh", "fish"] = argument("shell")


@dataclass(frozen=True, kw_only=True)
class NameOptions:
    """Names for the types of a run.

    Attributes:
        run: The run's folder.
        names: A name for each type, such as 1=circle; nothing after the sign takes a name away.
            Without any, the names given so far are listed.
        device: Where the network runs: auto, cpu or cuda.
    """

    run: str = argument("run")
    names: tuple[str, ...] = argument("names", "*", ())
    device: str = "auto"


@dataclass(frozen=True, kw_only=True)
class PlayOptions(WorldOptions):
    """Play to look at.

    Attributes:
        run: The run's folder; without it, you play.
        env: Of a run: another environment for the agent, with as many actions. Without a run: the
            environment that you play in; shapes_grid:ShapesGrid-v0 if not given.
        episodes: Worlds to play; if not given, a window goes on until it is closed, and a video
            shows 3.
        video: Write a GIF here instead of a window; without a run it shows the environment's own
            solver, or random actions where there is none.
        fps: Steps a second; if not given, 4, or 8 while you hold a key.
        learn: Whether the agent goes on learning, and explores as in training. The run is left as
            it is.
    """

    run: str | None = argument("run", "?", None)
    episodes: int | None = None
    video: str | None = None
    fps: int | None = None
    learn: bool = False

    def __post_init__(self) -> None:
        require_positive(self, "episodes", "fps")
        if self.learn and self.run is None:
            raise ConfigError("--learn is for an agent; name its run: dsrl play RUN --learn true")


@dataclass(frozen=True, kw_only=True)
class ExplainOptions(WorldOptions):
    """What is to be explained, and where the answer goes.

    Attributes:
        run: The run's folder.
        frame: A picture to decide about, as if an episode began with it.
        episode: Explain a step of this episode of its play, counted from 1 as dsrl play does.
        step: The step of that episode, counted from 0; the first if not given.
        json: Write the explanation here as JSON.
        logic: Write the explanation here as a logic program for clingo.
        plots: Write pictures of types and tables into this folder.
        faithfulness: Test the explanations of this number of frames of its play, such as 1000.
    """

    run: str = argument("run")
    frame: str | None = None
    episode: int | None = None
    step: int | None = None
    json: str | None = None
    logic: str | None = None
    plots: str | None = None
    faithfulness: int | None = None

    def __post_init__(self) -> None:
        require_positive(self, "faithfulness")
        if self.frame is not None and self.episode is not None:
            raise ConfigError("--frame and --episode are two questions; give one of them.")
        if self.step is not None and self.episode is None:
            raise ConfigError(
                f"--step is {self.step}, but of no episode; give its number by --episode as well."
            )


@dataclass(frozen=True, kw_only=True)
class SymbolsOptions:
    """The pictures to read.

    Attributes:
        pictures: Image files of one size; without any, the thesis's Figure 1.4 is drawn and read.
    """

    pictures: tuple[str, ...] = argument("pictures", "*", ())


@dataclass(frozen=True, kw_only=True)
class BenchmarkOptions:
    """A suite to run, or results to report on.

    Attributes:
        suite: main_job, quick, full, fast, ...: a file of the suites' folder.
        configs: The suites' folder; if not given, the one that comes with the package.
        only: Run these contestants of the suite alone, such as '[relational, oracle]'.
        seeds: The number of seeds, in place of the number that the suite names for each of its
            runs.
        jobs: Runs at once; if not given, 1, or what a cluster that RAY_ADDRESS names has room for.
        backend: Where suites run: joblib or ray.
        device: Where networks run: cpu, auto or cuda; these are so small that a GPU is slower.
        out: The folder; a suite that was stopped goes on in the one it began.
        report: Run nothing: write report.html from these folders or files of raw results into
            --out.
    """

    suite: str = "main_job"
    configs: str | None = None
    only: list[str] = field(default_factory=list)
    seeds: int | None = None
    jobs: int | None = None
    backend: str = "joblib"
    device: str = "cpu"
    out: str | None = None
    report: tuple[str, ...] = argument("--report", "+", ())

    def __post_init__(self) -> None:
        require_positive(self, "seeds", "jobs")


@dataclass(frozen=True, kw_only=True)
class CostOptions:
    """A measurement of decision times.

    Attributes:
        decisions: Decisions to time for each size.
        seed: Decides worlds and learning.
        json: Write the figures to this file.
        plot: Write a PNG to this file.
    """

    decisions: int = 1000
    seed: int = 0
    json: str | None = None
    plot: str | None = None

    def __post_init__(self) -> None:
        require_positive(self, "decisions")
