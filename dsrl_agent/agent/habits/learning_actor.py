"""Make an agent an actor that goes on learning while another loop than its own plays."""

from __future__ import annotations

from typing import Any

from dsrl_agent.agent.habits.deciding import PlayState
from dsrl_agent.agent.learning import Learning
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.types import Frame


class LearningActor:
    """An agent as an actor in one environment: it explores and learns as in training.

    Its perception is not fitted again, but new types are found. All that it learns is the agent's.
    """

    def __init__(self, learning: Learning) -> None:
        self._learning = learning
        self._started = learning.num_timesteps

    @property
    def steps(self) -> int:
        """The number of steps learned from."""
        return self._learning.num_timesteps - self._started

    @property
    def state(self) -> PlayState | None:
        """What is remembered of the running episode, as `DSRL.predict` returns it."""
        episode = self._learning.episode_of(0)
        return None if episode is None else PlayState([episode])

    def begin(self) -> None:
        """Forget the last episode."""
        self._learning.begin(0)

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose epsilon-greedily from the frame alone."""
        return self._learning.act({0: frame}, {0: info})[0]

    def observe(self, step: Step) -> None:
        """Learn from a step that followed from the action chosen last."""
        self._learning.observe([step])
