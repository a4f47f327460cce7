"""What listeners are told while an agent learns: metrics, bars and checkpoints hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dsrl_agent.agent.dsrl import DSRL


class EpisodeEnd(NamedTuple):
    """An episode of training, as listeners are told of it."""

    episode: int
    steps: int  # of the whole training so far
    length: int
    total_reward: float


class Fit(NamedTuple):
    """A fit of the back end and the types, as listeners are told of it."""

    steps: int  # of the whole training so far
    loss: float  # negative ELBO, nats per frame
    types: int
    seconds: float


class Listener:
    """Is told what happens in `DSRL.learn`; override what you need."""

    def on_fit(self, agent: DSRL, fit: Fit) -> None:
        """Be told of a fit of the back end and the types."""

    def on_episode(self, agent: DSRL, end: EpisodeEnd) -> bool:
        """Be told of the end of an episode, where saving is safe; return False to stop."""
        return True

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """Be told how far a phase is: `frames`, `back end`, `symbols` or `episodes`."""
