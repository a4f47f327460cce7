"""Define what a listener is told while an agent learns: metrics, bars and checkpoints use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray


class EpisodeEnd(NamedTuple):
    """The end of an episode of training."""

    episode: int  # number of the episode
    steps: int  # environment steps of the whole training so far
    length: int  # steps of the episode
    total_reward: float  # its return


class Fit(NamedTuple):
    """A fit of perception."""

    steps: int  # environment steps of the whole training so far
    loss: float  # negative ELBO, nats per frame
    types: int  # number of types found
    seconds: float  # wall time


class LearningAgent(Protocol):
    """The agent, as far as listeners use it."""

    @property
    def num_timesteps(self) -> int:
        """Environment steps taken so far."""

    def checkpoint(self) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, Any]]:
        """Return arrays by file and JSON data for a checkpoint."""

    @property
    def exact(self) -> bool:
        """Whether learning goes on from a checkpoint made now bit for bit."""

    def forget(self) -> None:
        """Make `exact` true: forget the plan of the running episode."""

    def save(self, path: Path | str) -> None:
        """Save the agent as a folder."""


class Listener:
    """Is told what happens in `DSRL.learn`; override the methods that you need."""

    def before_fit(self, agent: LearningAgent) -> None:
        """Be told that a fit of perception begins, which may take long."""

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        """Be told of a fit of perception."""

    def on_failed_fit(self, agent: LearningAgent) -> None:
        """Be told of a fit of perception in which nothing was found."""

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        """Be told of the end of an episode, before another begins; return False to stop."""
        return True

    def on_step(self, agent: LearningAgent) -> bool:
        """Be told of a step that ended no episode; return False to stop."""
        return True

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """Be told the progress of a phase: `frames`, `back end`, `symbols` or `episodes`."""
