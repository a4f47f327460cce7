"""Define the settings of a whole agent and of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dsrl_agent.checks import (
    require_at_least,
    require_at_most,
    require_fields,
    require_groups,
    require_range,
)
from dsrl_agent.config.back_end import BackEndConfig
from dsrl_agent.config.front_end import FrontEndConfig
from dsrl_agent.config.perception import PerceptionConfig
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class InspectionThresholds:
    """What looks wrong in an inspection of some steps of play.

    Attributes:
        steps: Steps of random play that `dsrl inspect` takes.
        alone: Share of frames in which the agent must be seen exactly once. Not searched.
        restless: Share of the pixels. Frames in which more of them change in an ordinary step
            scroll, are animated or noisy. Not searched.
        noise_levels: Grey levels. If ordinary changes are smaller, restless frames are noisy. Not
            searched.
        types: Types of objects that are too many to be explained by a board of things. Not
            searched.
        strangers: Share of steps in which a type must change far from the agent to be named. Not
            searched.
        ends: Number of ends of episodes that looked alike, from which on they are judged. Not
            searched.
        undecided: Share of these ends. If more turn out otherwise than the rest, what decides is
            not seen. Not searched; 0 of 34-76 in worlds that show all, 4 of 24 and 4 of 11 in
            MiniGrid's Memory and GoToDoor.
        episodes: Number of the latest episodes that the agent played, by which it is judged whether
            it gets anything good. Not searched.
        fruitful: Share of these episodes. If fewer brought more than plain steps do, that is told.
            Not searched; 10 of 10 in worlds that are understood, 0 or 1 in those that are not.
    """

    steps: int = 300
    alone: float = 0.9
    restless: float = 0.5
    noise_levels: float = 24.0
    types: int = 24
    strangers: float = 0.05
    ends: int = 10
    undecided: float = 0.1
    episodes: int = 10
    fruitful: float = 0.5

    def __post_init__(self) -> None:
        shares = {"alone", "restless", "strangers", "undecided", "fruitful"}
        require_fields("inspection", self, shares=shares)


@dataclass(frozen=True)
class AgentConfig:
    """The whole agent.

    Attributes:
        perception: From frames to facts.
        back_end: The network.
        front_end: The learner on symbols.
        inspection: What looks wrong.
    """

    perception: PerceptionConfig = field(default_factory=PerceptionConfig)
    back_end: BackEndConfig = field(default_factory=BackEndConfig)
    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)
    inspection: InspectionThresholds = field(default_factory=InspectionThresholds)

    def __post_init__(self) -> None:
        require_groups(self)


@dataclass(frozen=True)
class DoorThresholds:
    """How observations become frames, and what is done with steps that break a rule.

    Attributes:
        source: Where frames come from. `auto` takes an image among the observations, and else the
            picture that `render()` draws; `observation` and `rendered` allow the one alone.
        bad_rewards: What is done with a reward that is NaN or infinite. `refuse` ends the run at
            that step; `zero` counts it as 0, with a warning.
        symbol_side: Pixels. An array with no longer side may hold symbols in place of pixels. From
            MiniGrid's 7 x 7 views and 25 x 25 boards. Not searched.
        symbol_levels: Grey levels. Such an array holds symbols if all its values are below this.
            MiniGrid's symbols are below 11. Not searched.
        plane_cell: Pixels of a side of the square that shows a cell of boolean planes. 6 is what
            the prototype of 2026 was measured with. Not searched.
        large: Pixels. Frames with no longer side are never brought down. Not searched.
        cell: Pixels. A grid's cells are brought down to no fewer pixels a side. 8 is the tile in
            which MiniGrid's worlds were read exactly.
        apart: Grey levels by which some pixel of two different cells must differ after they are
            brought down. Not searched.
        longest: Pixels. Frames without a grid are halved until no side is longer. Not searched.
        looked_at: Frames of random play in which the grid of large frames is searched. Not
            searched.
        missions: Episodes whose beginnings are looked at for what is told beside the image and
            holds for an episode, such as a goal in words. Not searched.
        mission_steps: Steps of each that are looked at. Not searched.
        one_phase: Share of the edges between colours that must lie on one phase of s pixels where
            art has pixels of s x s. Chosen on Taxi-v4 (0.83) and MiniGrid (0.50).
        clear: Bits that any other cut of the frames into cells needs, relative to the best one.
            Chosen on MiniGrid (1.2 and more), CartPole (1.0) and Pong (1.1).
        alike: Bits relative to the best cut, up to which a multiple of its pitch is preferred.
            Chosen on CliffWalking (1.09) and MiniGrid (1.05); others need 1.2 and more.
    """

    source: Literal["auto", "observation", "rendered"] = "auto"
    bad_rewards: Literal["refuse", "zero"] = "refuse"
    symbol_side: int = 64
    symbol_levels: int = 32
    plane_cell: int = 6
    large: int = 128
    cell: int = 8
    apart: int = 16
    longest: int = 320
    looked_at: int = 12
    missions: int = 6
    mission_steps: int = 8
    one_phase: float = 0.8
    clear: float = 1.15
    alike: float = 1.1

    def __post_init__(self) -> None:
        require_fields("env.door", self, shares={"one_phase"})


@dataclass(frozen=True)
class EnvConfig:
    """The environment.

    Attributes:
        id: The id for `gymnasium.make`, with the module to import before a colon.
        kwargs: Keywords for the environment.
        wrappers: Wrappers around the environment, the innermost first. Each is the text
            `module:Wrapper`, or a mapping from that text to the wrapper's keywords.
        door: From observations to frames, and the rules of a step.
    """

    id: str = "shapes_grid:ShapesGrid-v0"
    kwargs: dict[str, Any] = field(default_factory=dict)
    wrappers: list[Any] = field(default_factory=list)
    door: DoorThresholds = field(default_factory=DoorThresholds)

    def __post_init__(self) -> None:
        require_groups(self, "env")


@dataclass(frozen=True)
class EvaluationConfig:
    """The evaluation after training.

    Attributes:
        episodes: Worlds to play.
        seconds: Wall time after which the evaluation of an actor ends before all worlds are played.
            Chosen so that training and evaluation of a small world take minutes.
        steps: Environment steps after which the evaluation of an actor ends likewise.
        kwargs: Keywords for the environment that replace some of those of training. Without
            `split` among them, an environment that has splits makes its `test` worlds.
    """

    episodes: int = 200
    seconds: float = 120.0
    steps: int = 100_000
    kwargs: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        require_range("evaluation.seconds", self.seconds, 0.0, open_low=True)
        require_at_least("evaluation.steps", self.steps, 1)
        require_at_least("evaluation.episodes", self.episodes, 1)


@dataclass(frozen=True)
class TrainConfig(AgentConfig):
    """A training run.

    Attributes:
        env: The environment.
        num_envs: Environments to learn from together, each made from the settings `env`. Every
            step of each counts. With several, a checkpoint forgets the plans of their episodes.
        total_timesteps: Environment steps to take, those that train the back end included; with
            several environments, rounded up to whole steps of all.
        seed: The seed of all random numbers.
        device: Where the network runs: auto, cpu or cuda.
        checkpoint_every: Steps between checkpoints. Each is written at the end of an episode, or
            inside one that goes on for as many steps again.
        evaluation: The evaluation at the end of the run.
        until_settled: Whether to stop before `total_timesteps` as soon as the front end finds
            nothing more to learn. Only `rules` can tell.
        run_dir: The run's folder, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to go on with, in place of a new one.
        progress: Whether to show a progress bar for each phase.
    """

    env: EnvConfig = field(default_factory=EnvConfig)
    num_envs: int = 1
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
        super().__post_init__()
        require_at_least("total_timesteps", self.total_timesteps, 1)
        require_at_least("num_envs", self.num_envs, 1)
        bound = "total_timesteps, which is "
        require_at_most("num_envs", self.num_envs, self.total_timesteps, bound)
        bound = "perception.memory, which is "
        require_at_most("num_envs", self.num_envs, self.perception.memory, bound)
        require_at_least("seed", self.seed, 0)
        require_at_least("checkpoint_every", self.checkpoint_every, 1)
        for name in ("run_dir", "resume"):
            if getattr(self, name) == "":
                raise ConfigError(f"{name} is '', but it must name a folder; or leave it out.")
