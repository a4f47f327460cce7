"""Record an episode of the agent's play: each decision with its reasons and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.reasons.reasons import Reasons, reasons
from dsrl_agent.explain.replay import Decision, Played, decisions
from dsrl_agent.perception.redrawing import Redrawing, redrawing
from dsrl_agent.types import Facts, Frame

Tell = Callable[[int, float], object]
"""Is told of each moment recorded: its number, and the return before it."""


class Moment(NamedTuple):
    """A frame of an episode, what the agent makes of it, and its decision."""

    number: int  # steps before it
    frame: Frame  # uint8 [H, W, 3], as the agent gets it
    facts: Facts
    redrawing: Redrawing | None  # of the frame alone; `None` if sight cannot redraw
    why: Reasons | None  # the reasons of the decision; `None` at the end of the episode
    reward: float  # the reward of the decision
    total: float  # the return before it


class RecordedEpisode(NamedTuple):
    """An episode of the agent's play."""

    moments: list[Moment]  # at least one; the last has no reasons if the episode was played out
    ending: str  # how it ended, in words

    @property
    def total(self) -> float:
        """The return, of the steps that were recorded."""
        return self.moments[-1].total + self.moments[-1].reward


def record(
    agent: DSRL,
    env: gym.Env[Any, Any],
    seed: int,
    episode: int,
    most: int,
    tell: Tell | None,
    played: Played | None = None,
) -> RecordedEpisode:
    """Play an episode as `dsrl play` shows it, and record its first steps, at most `most`.

    `tell` is told of these steps, `played` of the episodes before.

    Raises:
        ConfigError: There is no such episode.
    """
    made: list[Moment] = []
    last: Decision | None = None
    total = 0.0
    for decision in _first(decisions(agent, env, seed, episode, played), most):
        if tell is not None:
            tell(len(made), total)
        made.append(_moment(agent, decision, len(made), total))
        last, total = decision, total + decision.reward
    assert last is not None  # an episode has a step
    if len(made) == most and not last.terminated:
        return RecordedEpisode(made, f"shown up to step {most}")
    assert last.next_frame is not None
    facts = agent.facts(last.next_frame)
    drawn = redrawing(agent.perception, last.next_frame[None])
    made.append(Moment(len(made), last.next_frame, facts, drawn, None, 0.0, total))
    return RecordedEpisode(made, "finished" if last.terminated else "out of time")


def _first(given: Iterator[Decision], most: int) -> Iterator[Decision]:
    """Yield the first of some decisions without asking for one more."""
    for count, decision in enumerate(given, 1):
        yield decision
        if count == most:
            return


def _moment(agent: DSRL, decision: Decision, number: int, total: float) -> Moment:
    why = reasons(
        agent.front_end,
        decision.facts,
        agent.perception.known,
        shape=agent.perception.shape_of(decision.frame),
        episode=decision.episode,
        chosen=decision.action,
    )
    drawn = redrawing(agent.perception, decision.frame[None])
    return Moment(number, decision.frame, decision.facts, drawn, why, decision.reward, total)
