"""Let a trained agent play, and make a scene of each of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.front_end import action_names
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import UNKNOWN, Frame
from dsrl_agent.viewer.marks import marks_of
from dsrl_agent.viewer.picture import Panel
from dsrl_agent.viewer.playback import PlayScene


class WatchedAgent:
    """A trained agent at play: facts, the value of each action, and the action taken.

    Args:
        agent: The agent.
        env: An environment made with `render_mode="rgb_array"`.
        seed: Decides the worlds.
        names: The names of types.
        episodes: The number of episodes; without it there is always another one.
        learns: Whether the agent goes on learning; it explores then as in training.
    """

    def __init__(
        self,
        agent: DSRL,
        env: gym.Env[Any, Any],
        seed: int,
        names: TypeNames = NO_NAMES,
        episodes: int | None = None,
        *,
        learns: bool = False,
    ) -> None:
        self._agent, self._env, self._actions = agent, env, action_names(agent.front_end)
        self._learner = agent.learner() if learns else None
        self._actor = self._learner or AgentActor(agent)
        self._streams, self._names, self._episodes = Streams(seed), names, episodes
        self._begun = 0
        self._running: Iterator[PlayScene] = iter(())
        self._world: Any = None

    @property
    def learned(self) -> int:
        """The number of steps that the agent has learned from here."""
        return 0 if self._learner is None else self._learner.steps

    def scene(self, anew: bool = False) -> PlayScene | None:
        """Return the next scene, or `None` if the episodes are over.

        `anew` leaves out what is left of the running episode.
        """
        found = None if anew else next(self._running, None)
        if found is None and (self._episodes is None or self._begun < self._episodes):
            self._running = self._episode(self._begun)
            self._begun += 1
            found = next(self._running)
        return found

    def begin(self) -> None:
        """Prepare for a new episode."""
        self._actor.begin()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose an action."""
        self._world = self._env.render()
        return self._actor.act(frame, info)

    def _episode(self, episode: int) -> Iterator[PlayScene]:
        """Yield the scenes of an episode, one for each step and one for the end."""
        score = 0.0
        for step in play(self._env, self, [episode], lambda e: self._streams.seed_for("play", e)):
            lines = [f"episode {episode + 1}   step {step.number}", f"return {score:+.1f}"]
            yield self._scene(step.frame, lines, step.action, episode)
            if self._learner is not None:
                self._learner.observe(step)
            score += step.reward
            if step.last:
                self._world = self._env.render()
                self._actor.begin()
                ended = "the end" if step.terminated else "out of time"
                lines = [
                    f"episode {episode + 1}   step {step.number + 1}",
                    f"return {score:+.1f}   {ended}",
                ]
                yield self._scene(step.next_frame, lines, None, episode)

    def _scene(self, frame: Frame, lines: list[str], chosen: int | None, episode: int) -> PlayScene:
        agent, facts = self._agent, self._agent.facts(frame)
        own = agent.front_end.agency.self_types
        called = {**dict.fromkeys(own, "agent"), UNKNOWN: "unknown"}
        seen = [
            (called.get(fact.type, self._names.of(fact.type)), f"[{fact.row}, {fact.col}]")
            for fact in facts
        ]
        panel = Panel(
            title="What the agent sees and thinks",
            facts=seen,
            values=[float(value) for value in agent.values(frame, self._actor.state).values],
            actions=self._actions,
            chosen=chosen,
            lines=lines,
        )
        marks = marks_of(agent.perception.grid, frame, facts, own, self._names)
        return PlayScene(frame, self._world, marks, panel, episode, chosen is None)
