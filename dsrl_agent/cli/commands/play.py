"""Run `dsrl play`: show a trained agent, a demonstration, or a game for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import closing
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL, State
from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.options import PlayOptions
from dsrl_agent.front_end import action_names
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
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
    playable_env,
    save_gif,
)

_WORLDS = "shapes_grid:ShapesGrid-v0"  # for a person, if `--env` is not given
_EPISODES = 3  # if `--episodes` is not given
_FPS, _HELD_FPS = 4, 8  # if `--fps` is not given: of pictures, and of a person's held key
_END_FRAMES = 4  # repetitions of the last picture of an episode


def run(options: PlayOptions, given: Set[str]) -> int:
    """Show the play of a run's agent, of a person or of a demonstration."""
    if options.run is None:
        _play_without_run(options)
        return 0
    agent, env = load_agent(options.run, options, render_mode="rgb_array")
    names = TypeNames.read(Path(options.run))
    frames = pictures(agent, env, options.episodes or _EPISODES, options.seed, names)
    if options.video is None:
        _show(frames, options.fps or _FPS)
    else:
        save_gif(Path(options.video), frames, options.fps or _FPS)
        print(f"Wrote {Path(options.video)}")
    return 0


def _play_without_run(options: PlayOptions) -> None:
    """Let a person play, or write a demonstration where a video is asked for."""
    with closing(playable_env(options.env or _WORLDS, options.env_kwargs or {})) as env:
        if options.video is None:
            play_by_hand(env, options.episodes, options.seed, options.fps or _HELD_FPS)
            return
        path = Path(options.video)
        player, frames = demonstration(env, options.episodes or _EPISODES, options.seed)
        save_gif(path, frames, options.fps or _FPS)
        print(f"Wrote {path}: played by {player}")


def pictures(
    agent: DSRL, env: gym.Env[Any, Any], episodes: int, seed: int, names: TypeNames = NO_NAMES
) -> Iterator[Frame]:
    """Yield a picture of every step, all of one size.

    The environment was made with `render_mode="rgb_array"`. The seed decides the worlds. The names
    are those of types.
    """
    actor = _ShownAgent(agent, env, names)
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


def _show(frames: Iterable[Frame], fps: int) -> None:
    """Show pictures in a window until they end or the window is closed."""
    with closing(LiveWindow("dsrl", fps)) as window:
        for frame in frames:
            if not window.show(frame):
                break


def play_by_hand(env: gym.Env[Any, Any], episodes: int | None, seed: int, fps: int) -> None:
    """Let a person play in a window; without a number of episodes, until the person quits.

    The environment is one of `viewer.playable_env`. `fps` are steps a second while a key is held.

    Raises:
        ConfigError: The environment has no `get_keys_to_action`, or there is no display.
    """
    keys = keys_of(env)
    keyboard = Keyboard(Game(env, seed), keys, episodes)
    with closing(KeyboardWindow("dsrl play", keyboard, fps)) as window:
        while window.update():
            pass


def demonstration(env: gym.Env[Any, Any], episodes: int, seed: int) -> tuple[str, Iterator[Frame]]:
    """Play without a person and without an agent; return the player in words, and the pictures.

    The environment's method `solve()` plays, if there is one. It returns an object whose `actions`
    are taken from the current state; `solve()` is called again when they are used up. Without
    `actions`, the object's `idle` actions are taken: they pass the time and do no harm. Without
    either, and in environments without `solve()`, actions are drawn at random.

    The environment is one of `viewer.playable_env`. The seed decides the worlds and the random
    actions. There is a picture of every step, all of one size.
    """
    solve = env.get_wrapper_attr("solve") if env.has_wrapper_attr("solve") else None
    player = "random actions" if solve is None else "the environment's own solver"
    return player, _demonstrate(env, episodes, seed, solve, [f"played by {player}"])


def _demonstrate(
    env: gym.Env[Any, Any], episodes: int, seed: int, solve: Any, hints: list[str]
) -> Iterator[Frame]:
    """Yield the pictures of `demonstration`; `solve` is the environment's method, or `None`."""
    assert isinstance(env.action_space, gym.spaces.Discrete)
    first, count = int(env.action_space.start), int(env.action_space.n)
    game = Game(env, seed)
    generator = Streams(seed).get("random actions")
    for episode in range(episodes):
        if episode > 0:  # a game begins with its first episode
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


class _ShownAgent:
    """Lets a trained agent act, and keeps its last decision to be drawn."""

    def __init__(self, agent: DSRL, env: gym.Env[Any, Any], names: TypeNames) -> None:
        self._agent, self._env, self._names = agent, env, action_names(agent.front_end)
        self._type_names = names
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
        names = {self._agent.front_end.agency.self_type: "agent", UNKNOWN: "unknown"}
        seen = [
            (names.get(fact.type, self._type_names.of(fact.type)), f"[{fact.row}, {fact.col}]")
            for fact in self._agent.facts(frame)
        ]
        panel = Panel(
            title="What the agent sees and thinks",
            facts=seen,
            values=[float(value) for value in self._agent.values(frame, self._state).values],
            actions=self._names,
            chosen=chosen,
            lines=[f"episode {episode + 1}   step {index}", f"return {score:+.1f}"],
        )
        return compose(self._world, panel)
