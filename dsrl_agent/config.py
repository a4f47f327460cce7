"""Every setting, as frozen dataclasses that refuse values which break their rule.

The command line and YAML files are read into these by jsonargparse; from Python, make them.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

from dsrl_agent.errors import ConfigError

FrontEndKind = Literal["relational", "rules", "srl_cs", "dsrl", "flat"]


@dataclass(frozen=True)
class PerceptionConfig:
    """From pixels to facts.

    Attributes:
        first_frames: Steps of random play before the grid, the back end and the types are first
            learned. Where the facts then do not make sense of what happened, play goes on.
        frames: The most steps of random play; then the agent acts on what it sees as it is.
        memory: The most frames kept to learn from; the oldest make room.
        refit_growth: The back end and the types are learned again whenever the steps taken have
            grown by this factor since the last time; 0 learns them once.
        max_types: The most kinds of cell that typing may find, the empty cell included.
    """

    first_frames: int = 60
    frames: int = 160
    memory: int = 1000
    refit_growth: float = 4.0
    max_types: int = 32

    def __post_init__(self) -> None:
        _at_least("perception.frames", self.frames, 20)
        _at_least("perception.first_frames", self.first_frames, 20)
        _at_least("perception.memory", self.memory, self.frames, "perception.frames, which is ")
        _at_least("perception.max_types", self.max_types, 2)
        _require_number("perception.refit_growth", self.refit_growth)
        if self.refit_growth != 0.0 and not 1.0 < self.refit_growth < math.inf:
            raise ConfigError(
                f"perception.refit_growth is {self.refit_growth!r}, but it must be 0 (never) or "
                "greater than 1, and finite."
            )


@dataclass(frozen=True)
class BackEndConfig:
    """The fully-convolutional beta-VAE.

    Attributes:
        latents: Length K of an activation spectrum.
        width: Channels of the hidden layers.
        beta: Weight of the KL term (Higgins et al. 2017); 1 is the plain VAE.
        learning_rate: Adam's.
        one_cycle: Whether the learning rate rises from little to `learning_rate` and falls to
            nothing within each fit (Smith & Topin 2019), in place of staying as it is.
        batch_places: Latent places per gradient step; frames per step follow from their size.
        steps: Gradient steps of the first fit.
        refit_steps: Gradient steps of every later fit, which goes on from the weights it finds.
    """

    latents: int = 8
    width: int = 32
    beta: float = 1.0
    learning_rate: float = 3e-2
    one_cycle: bool = True
    batch_places: int = 100
    steps: int = 800
    refit_steps: int = 200

    def __post_init__(self) -> None:
        for name in ("latents", "width", "batch_places", "steps", "refit_steps"):
            _at_least(f"back_end.{name}", getattr(self, name), 1)
        _in_range("back_end.beta", self.beta, 0.0, math.inf)
        _in_range("back_end.learning_rate", self.learning_rate, 0.0, 1.0, open_low=True)


@dataclass(frozen=True)
class FrontEndConfig:
    """The learner on symbols. `rules` knows none of the tables' settings but `memory`.

    Attributes:
        kind: `relational` (default): a table per type over relative position, credit to what was
            touched, replay, and a correction within the episode; `rules`: learns what actions and
            touches do, in rules, and plans on them; `srl_cs`: Garcez et al. 2018; `dsrl`: Garnelo
            et al. 2016; `flat`: whole fact sets.
        learning_rate: Step size alpha of the tables.
        discount: gamma.
        epsilon: Share of random actions, unless they are asked to be greedy.
        replay: Remembered updates of the tables learned from again at every step (`relational`).
        memory: The most symbolic transitions, and the most updates to replay, remembered.
    """

    kind: FrontEndKind = "relational"
    learning_rate: float = 1.0
    discount: float = 0.9
    epsilon: float = 0.1
    replay: int = 40
    memory: int = 2000

    def __post_init__(self) -> None:
        kinds = ("relational", "rules", "srl_cs", "dsrl", "flat")
        if self.kind not in kinds:
            raise ConfigError(
                f"front_end.kind is {self.kind!r}, but it must be one of {', '.join(kinds)}."
            )
        _in_range("front_end.learning_rate", self.learning_rate, 0.0, 1.0, open_low=True)
        _in_range("front_end.discount", self.discount, 0.0, 1.0)
        _in_range("front_end.epsilon", self.epsilon, 0.0, 1.0)
        _at_least("front_end.replay", self.replay, 0)
        _at_least("front_end.memory", self.memory, 1)


@dataclass(frozen=True)
class AgentConfig:
    """The whole agent.

    Attributes:
        perception: From pixels to facts.
        back_end: The network.
        front_end: The learner on symbols.
    """

    perception: PerceptionConfig = field(default_factory=PerceptionConfig)
    back_end: BackEndConfig = field(default_factory=BackEndConfig)
    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)


@dataclass(frozen=True)
class EnvConfig:
    """The environment.

    Attributes:
        id: What `gymnasium.make` takes, with the module to import before a colon.
        kwargs: Keywords for it.
    """

    id: str = "shapes_grid:ShapesGrid-v0"
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EvaluationConfig:
    """The evaluation after training.

    Attributes:
        episodes: Worlds to play.
        kwargs: Keywords for the environment that replace some of those of training. Unless a
            `split` is among them, an environment that has splits is asked for its `test` worlds.
    """

    episodes: int = 200
    kwargs: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        _at_least("evaluation.episodes", self.episodes, 1)


def keys(config: type[Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all settings of a config class."""
    hints = get_type_hints(config)
    for setting in dataclasses.fields(config):
        kind = hints[setting.name]
        yield prefix + setting.name
        if dataclasses.is_dataclass(kind):
            assert isinstance(kind, type)
            yield from keys(kind, f"{prefix}{setting.name}.")


def nearest(key: str, known: list[str]) -> str:
    """Return a hint at the known key most like a wrong one."""
    last = {name.rpartition(".")[2]: name for name in known}
    near = difflib.get_close_matches(key, known, 1) or [
        last[name] for name in difflib.get_close_matches(key.rpartition(".")[2], last, 1)
    ]
    return f"did you mean {near[0]}?" if near else "see --print_config for all of them."


def require_known(values: Mapping[str, Any], config: type[Any], prefix: str = "") -> None:
    """Refuse a mapping with a key that a config class does not have.

    Raises:
        ConfigError: It names the key's path, its value and the nearest known key.
    """
    hints = get_type_hints(config)
    for name, value in values.items():
        if name not in hints:
            raise ConfigError(
                f"{prefix}{name} (here {value!r}) is no setting; "
                + nearest(f"{prefix}{name}", list(keys(TrainConfig)))
            )
        if dataclasses.is_dataclass(hints[name]) and isinstance(value, Mapping):
            kind = hints[name]
            assert isinstance(kind, type)
            require_known(value, kind, f"{prefix}{name}.")


def _at_least(name: str, value: Any, low: int, why: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name} is {value!r}, but it must be a whole number.")
    if value < low:
        raise ConfigError(f"{name} is {value}, but it must be at least {why}{low}.")


def _require_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{name} is {value!r}, but it must be a number.")


def _in_range(name: str, value: float, low: float, high: float, *, open_low: bool = False) -> None:
    _require_number(name, value)
    fits = low < value <= high if open_low else low <= value <= high
    if not fits or not math.isfinite(value):
        rule = f"greater than {low:g}" if open_low else f"at least {low:g}"
        limit = "" if high == math.inf else f" and at most {high:g}"
        raise ConfigError(f"{name} is {value!r}, but it must be {rule}{limit} and finite.")


@dataclass(frozen=True)
class TrainConfig(AgentConfig):
    """A training run.

    Attributes:
        env: The environment.
        total_timesteps: Environment steps to take, those that train the back end included.
        seed: Seeds everything that is drawn.
        device: Where the network runs: auto, cpu or cuda.
        checkpoint_every: Steps between checkpoints (written at the end of an episode).
        evaluation: The evaluation that closes the run.
        until_settled: Whether to stop before that, once the front end finds that it has learned
            what there is (`rules` can tell).
        run_dir: The run's folder, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to go on with, in place of a new one.
        progress: Whether to show a bar for every phase.
    """

    env: EnvConfig = field(default_factory=EnvConfig)
    total_timesteps: int = 5000
    seed: int = 0
    device: str = "auto"
    checkpoint_every: int = 1000
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    until_settled: bool = False
    run_dir: str | None = None
    resume: str | None = None
    progress: bool = True

    def __post_init__(self) -> None:
        _at_least("total_timesteps", self.total_timesteps, 1)
        _at_least("seed", self.seed, 0)
        _at_least("checkpoint_every", self.checkpoint_every, 1)
