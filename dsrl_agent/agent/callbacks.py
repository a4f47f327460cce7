"""Define what a listener is told while an agent learns: metrics, bars and checkpoints use it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from numpy.typing import NDArray

from dsrl_agent.runtime.episodes import Step

if TYPE_CHECKING:
    from dsrl_agent.runtime.progress import Bars


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

    def on_start(self, agent: LearningAgent) -> None:
        """Be told that learning begins."""

    def on_end(self, agent: LearningAgent) -> None:
        """Be told that learning ends, unless by an error."""

    def on_transition(self, agent: LearningAgent, step: Step) -> bool:
        """Be told of each step, when it has been learned from; return False to stop after it."""
        return True

    def on_transitions(self, agent: LearningAgent, steps: Sequence[Step]) -> bool:
        """Be told of the steps that environments took together; by default of one after another."""
        going = [self.on_transition(agent, step) for step in steps]
        return all(going)

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        """Be told of a fit of perception."""

    def on_failed_fit(self, agent: LearningAgent) -> None:
        """Be told of a fit of perception in which nothing was found."""

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        """Be told of the end of an episode, before another begins; return False to stop."""
        return True

    def on_step(self, agent: LearningAgent) -> bool:
        """Be told of a step that ended no episode; return False to stop.

        With several environments, be told of every step of all, after the episodes that it ended.
        """
        return True

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """Be told the progress of a phase: `frames`, `back end`, `symbols` or `steps`."""


class Listeners(Listener):
    """Tells several listeners the same; each is told, even if one before asks to stop."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners

    def on_start(self, agent: LearningAgent) -> None:
        """See `Listener.on_start`."""
        for each in self._listeners:
            each.on_start(agent)

    def on_end(self, agent: LearningAgent) -> None:
        """See `Listener.on_end`."""
        for each in self._listeners:
            each.on_end(agent)

    def before_fit(self, agent: LearningAgent) -> None:
        """See `Listener.before_fit`."""
        for each in self._listeners:
            each.before_fit(agent)

    def on_step(self, agent: LearningAgent) -> bool:
        """See `Listener.on_step`."""
        going = [each.on_step(agent) for each in self._listeners]
        return all(going)

    def on_transition(self, agent: LearningAgent, step: Step) -> bool:
        """See `Listener.on_transition`."""
        going = [each.on_transition(agent, step) for each in self._listeners]
        return all(going)

    def on_transitions(self, agent: LearningAgent, steps: Sequence[Step]) -> bool:
        """See `Listener.on_transitions`."""
        going = [each.on_transitions(agent, steps) for each in self._listeners]
        return all(going)

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        """See `Listener.on_fit`."""
        for each in self._listeners:
            each.on_fit(agent, fit)

    def on_failed_fit(self, agent: LearningAgent) -> None:
        """See `Listener.on_failed_fit`."""
        for each in self._listeners:
            each.on_failed_fit(agent)

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        """See `Listener.on_episode`."""
        going = [each.on_episode(agent, end) for each in self._listeners]
        return all(going)

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """See `Listener.on_progress`."""
        for each in self._listeners:
            each.on_progress(phase, done, total, figure)


class ShownBars(Listener):
    """Shows a bar for every phase."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """See `Listener.on_progress`."""
        self._bars.update(phase, done, total, figure)

    def close(self) -> None:
        """End the current bar."""
        self._bars.close()


def shown_bars() -> ShownBars:
    """Return a listener that shows a bar for every phase."""
    from dsrl_agent.runtime.progress import Bars  # tqdm is needed only here

    return ShownBars(Bars())
