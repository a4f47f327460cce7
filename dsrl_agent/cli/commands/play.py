"""Run `dsrl play`: show a trained agent, a demonstration, or a game for a person."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import closing
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.options import PlayOptions
from dsrl_agent.cli.watch import wait_for_a_person
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame
from dsrl_agent.viewer import (
    END_SCENES,
    Game,
    Keyboard,
    KeyboardWindow,
    Playback,
    WatchedAgent,
    keys_of,
    playable_env,
    save_gif,
)

_WORLDS = "shapes_grid:ShapesGrid-v0"  # for a person, if `--env` is not given
_EPISODES = 3  # of a video, if `--episodes` is not given
_FPS, _HELD_FPS = 4, 8  # if `--fps` is not given: of pictures, and of a person's held key


def run(options: PlayOptions, given: Set[str]) -> int:
    """Show the play of a run's agent, of a person or of a demonstration."""
    if options.run is None:
        _play_without_run(options)
        return 0
    agent, env = load_agent(options.run, options, render_mode="rgb_array")
    names = TypeNames.read(Path(options.run))
    fps = options.fps or _FPS
    episodes = options.episodes or (None if options.video is None else _EPISODES)
    watched = WatchedAgent(agent, env, options.seed, names, episodes, learns=options.learn)
    if options.video is None:
        _show(Playback(watched.scene, fps), _HELD_FPS)
    else:
        save_gif(Path(options.video), pictures(watched), fps)
        print(f"Wrote {Path(options.video)}")
    if options.learn:
        print(f"It learned from {watched.learned} steps more; the run is left as it was.")
    return 0


def _show(directed: Keyboard | Playback, fps: int) -> None:
    """Show what a person directs in a window; `fps` are presses a second while a key is held."""
    with closing(KeyboardWindow("dsrl play", directed, fps)) as window:
        print("A window is open; q or closing it ends the play.", flush=True)
        wait_for_a_person()
        while window.update():
            pass


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


def pictures(watched: WatchedAgent) -> Iterator[Frame]:
    """Yield a picture of every step, with the facts drawn on it; all are of one size."""
    for scene in iter(watched.scene, None):
        yield from [scene.picture(scene.panel, marked=True)] * (END_SCENES if scene.last else 1)


def play_by_hand(env: gym.Env[Any, Any], episodes: int | None, seed: int, fps: int) -> None:
    """Let a person play in a window; without a number of episodes, until the person quits.

    The environment is one of `viewer.playable_env`. `fps` are steps a second while a key is held.

    Raises:
        ConfigError: The environment has no `get_keys_to_action`, or there is no display.
    """
    keys = keys_of(env)
    _show(Keyboard(Game(env, seed), keys, episodes), fps)


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
        yield from [game.picture("", hints)] * (END_SCENES - 1)
