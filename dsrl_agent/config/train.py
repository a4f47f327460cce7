"""Define the settings of a whole agent and of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dsrl_agent.checks import require_at_least
from dsrl_agent.config.back_end import BackEndConfig
from dsrl_agent.config.front_end import FrontEndConfig
from dsrl_agent.config.perception import PerceptionConfig


@dataclass(frozen=True)
class AgentConfig:
    """The whole agent.

    Attributes:
        perception: From frames to facts.
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
        id: The id for `gymnasium.make`, with the module to import before a colon.
        kwargs: Keywords for the environment.
    """

    id: str = "shapes_grid:ShapesGrid-v0"
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EvaluationConfig:
    """The evaluation after training.

    Attributes:
        episodes: Worlds to play.
        kwargs: Keywords for the environment that replace some of those of training. Without
            `split` among them, an environment that has splits makes its `test` worlds.
    """

    episodes: int = 200
    kwargs: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        require_at_least("evaluation.episodes", self.episodes, 1)


@dataclass(frozen=True)
class TrainConfig(AgentConfig):
    """A training run.

    Attributes:
        env: The environment.
        total_timesteps: Environment steps to take, those that train the back end included.
        seed: The seed of all random numbers.
        device: Where the network runs: auto, cpu or cuda.
        checkpoint_every: Steps between checkpoints, which are written at the end of an episode.
        evaluation: The evaluation at the end of the run.
        until_settled: Whether to stop before `total_timesteps` as soon as the front end finds
            nothing more to learn. Only `rules` can tell.
        run_dir: The run's folder, which must not exist; by default a new one under runs/.
        resume: The folder of a stopped run to go on with, in place of a new one.
        progress: Whether to show a progress bar for each phase.
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
        require_at_least("total_timesteps", self.total_timesteps, 1)
        require_at_least("seed", self.seed, 0)
        require_at_least("checkpoint_every", self.checkpoint_every, 1)
