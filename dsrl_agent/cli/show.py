"""Play to look at: a trained agent's with its facts and values, a person's, a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL, State
from dsrl_agent.front_end import action_names
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import UNKNOWN, Frame
from dsrl_agent.viewer import (
    Game,
    Keyboard,
    KeyboardWindow,
    LiveWindow,
    Panel,
    compose,
    keys_of,
    save_gif,
)

_END_FRAMES = 4  # the last picture of an episode stays for so many frames


def pictures(agent: DSRL, env: gym.Env[Any, Any], episodes: int, seed: int) -> Iterator[Frame]:
    """Yield a picture of every step, all of one size.

    Args:
        agent: Who plays.
        env: Where, made with `render_mode="rgb_array"`.
        episodes: How many episodes.
        seed: Decides their worlds.
    """
    actor = _Shown(agent, env)
    streams = Streams(seed)
    score, counted = 0.0, 0
    for step in play(env, actor, range(episodes), lambda e: streams.seed_for("play", e)):
        yield actor.picture(step.episode, step.number, score)
        score += step.reward
        counted = step.number + 1
        if step.last:
            last = actor.final(step.next_frame, step.episode, counted, score)
            yield from [last] * _END_FRAMES
            score = 0.0


def write_video(path: Path, frames: Iterable[Frame], fps: int) -> None:
    """Write pictures as an animated GIF."""
    save_gif(path, frames, fps)


def in_window(frames: Iterable[Frame], fps: int) -> None:
    """Show pictures in a window until they end or the window is closed."""
    window = LiveWindow("dsrl", fps)
    try:
        for frame in frames:
            if not window.show(frame):
                break
    finally:
        window.close()


def by_hand(env: gym.Env[Any, Any], episodes: int | None, seed: int, fps: int) -> None:
    """Let a person play in a window until they quit.

    Args:
        env: Where; see `viewer.playable_env`.
        episodes: After so many it is over; None goes on until the person quits.
        seed: Decides the worlds.
        fps: Steps a second while a key is held.

    Raises:
        ConfigError: The environment does not tell its keys, or there is no display.
    """
    keys = keys_of(env)
    keyboard = Keyboard(Game(env, seed), keys, episodes)
    window = KeyboardWindow("dsrl play", keyboard, fps)
    try:
        while window.update():
            pass
    finally:
        window.close()


def demonstration(env: gym.Env[Any, Any], episodes: int, seed: int) -> tuple[str, Iterator[Frame]]:
    """Play without a person and without an agent.

    An environment that has a method `solve()` is played by it: it returns an object whose `actions`
    are to be taken from the current state, and is asked again when they are used up. Where they are
    none, its `idle` actions are taken if it has any: the rest of the time without doing harm.
    Where these are none either, and in other environments, actions are drawn at random.

    Args:
        env: Where; see `viewer.playable_env`.
        episodes: How many episodes.
        seed: Decides the worlds and the random actions.

    Returns:
        Who plays, in words, and a picture of every step, all of one size.
    """
    solve = env.get_wrapper_attr("solve") if env.has_wrapper_attr("solve") else None
    who = "random actions" if solve is None else "the environment's own solver"
    return who, _demonstrate(env, episodes, seed, solve, [f"played by {who}"])


def _demonstrate(
    env: gym.Env[Any, Any],
    episodes: int,
    seed: int,
    solve: Callable[[], Any] | None,
    hints: list[str],
) -> Iterator[Frame]:
    assert isinstance(env.action_space, gym.spaces.Discrete)
    first, count = int(env.action_space.start), int(env.action_space.n)
    game = Game(env, seed)
    generator = Streams(seed).get("random actions")
    for episode in range(episodes):
        if episode > 0:  # a game begins with its first
            game.begin(episode)
        plan: list[Any] = []
        yield game.picture("", hints)
        while game.status.ended is None:
            if not plan and solve is not None:
                solution = solve()
                plan = list(solution.actions) or list(getattr(solution, "idle", ()))
            game.step(int(plan.pop(0) if plan else first + generator.integers(count)))
            yield game.picture("", hints)
        yield from [game.picture("", hints)] * (_END_FRAMES - 1)


class _Shown:
    """A trained agent as an actor that keeps what there is to show of its last decision."""

    def __init__(self, agent: DSRL, env: gym.Env[Any, Any]) -> None:
        self._agent = agent
        self._env = env
        self._names = action_names(agent.front_end)
        self._state: State | None = None
        self._world: Any = None
        self._seen: Frame | None = None
        self._action: int | None = None

    def begin(self) -> None:
        self._state = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        self._world = self._env.render()
        self._seen = frame
        action, self._state = self._agent.predict(frame, self._state, deterministic=True)
        self._action = int(action)
        return self._action

    def picture(self, episode: int, index: int, score: float) -> Frame:
        """Return the picture of the last decision."""
        assert self._seen is not None
        return self._compose(self._seen, episode, index, score, self._action)

    def final(self, frame: Frame, episode: int, index: int, score: float) -> Frame:
        """Return the picture of an episode's end."""
        self._world = self._env.render()
        self._state = None
        return self._compose(frame, episode, index, score, None)

    def _compose(
        self, frame: Frame, episode: int, index: int, score: float, chosen: int | None
    ) -> Frame:
        facts = self._agent.facts(frame)
        own = self._agent.front_end.agency.self_type
        panel = Panel(
            title="What the agent sees and thinks",
            facts=[(_name_of(fact.type, own), f"[{fact.row}, {fact.col}]") for fact in facts],
            values=[float(value) for value in self._agent.values(frame, self._state).values],
            actions=self._names,
            chosen=chosen,
            lines=[f"episode {episode + 1}   step {index}", f"return {score:+.1f}"],
        )
        return compose(self._world, panel)


def _name_of(number: int, own: int | None) -> str:
    if number == UNKNOWN:
        return "unknown"
    return "agent" if number == own else f"type {number}"
