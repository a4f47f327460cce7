"""Generate the steps of an actor in several environments, one step of each at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from dsrl_agent.errors import HandoverError
from dsrl_agent.runtime.episodes import Position, Step
from dsrl_agent.runtime.vector.environments import Environments, FirstFrame
from dsrl_agent.types import Frame

Positions = dict[int, Position]
"""The position of each environment in which an episode is running, by its number."""


class GroupActor(Protocol):
    """Chooses the actions in several environments together."""

    def begin(self, env: int) -> None:
        """Prepare for a new episode in an environment."""

    def act(self, frames: Mapping[int, Frame], infos: Mapping[int, dict[str, Any]]) -> list[int]:
        """Choose an action for each of the frames, which are given by environment."""


def play_together(
    envs: Environments,
    actor: GroupActor,
    first_episode: int,
    seed_for: Callable[[int], int],
    start: Positions | None = None,
) -> Generator[list[Step]]:
    """Play in all environments and yield the steps that they take together, by environment.

    Episodes are numbered from `first_episode` on as they begin; of several that begin together,
    those of lower environments come first. `seed_for` maps an episode's number to its seed. With
    `start`, the environments and the actor go on from there. A step of an environment that only
    began its next episode is none, and is not among those yielded.
    """
    numbers, running = itertools.count(first_episode), dict(start or {})
    if envs.reset_themselves and not running:
        running = _begin(envs, range(envs.num_envs), actor, numbers, seed_for)
    while True:
        over = [env for env in range(envs.num_envs) if env not in running]
        if over and not envs.reset_themselves:
            running |= _begin(envs, over, actor, numbers, seed_for)
        steps, begun = _step(envs, dict(sorted(running.items())), actor)
        for step in steps:
            if step.last:
                del running[step.env]
            else:
                position = Position(step.episode, step.number + 1, step.next_frame, step.next_info)
                running[step.env] = position
        if steps:
            yield steps
        running |= _numbered(begun, actor, numbers)


def _begin(
    envs: Environments,
    which: list[int] | range,
    actor: GroupActor,
    numbers: Iterator[int],
    seed_for: Callable[[int], int],
) -> Positions:
    """Begin episodes in some environments."""
    episodes = {env: next(numbers) for env in which}
    begun = envs.begin({env: seed_for(episode) for env, episode in episodes.items()})
    return _numbered(begun, actor, iter(episodes.values()))


def _numbered(
    begun: Mapping[int, FirstFrame], actor: GroupActor, numbers: Iterator[int]
) -> Positions:
    """Number episodes that have begun, and tell the actor."""
    for env in begun:
        actor.begin(env)
    return {env: Position(next(numbers), 0, *first) for env, first in sorted(begun.items())}


def _step(
    envs: Environments, running: Positions, actor: GroupActor
) -> tuple[list[Step], dict[int, FirstFrame]]:
    """Take a step in every environment; return the steps taken, and the episodes begun."""
    frames = {env: at.frame for env, at in running.items()}
    chosen = actor.act(frames, {env: at.info for env, at in running.items()}) if running else []
    actions = [0] * envs.num_envs  # an environment that only begins its next episode takes any
    for env, action in zip(running, chosen, strict=True):
        actions[env] = action
    results = envs.step(actions)
    steps = []
    for env, (episode, number, frame, info) in running.items():
        after, reward, terminated, truncated, next_info = results.taken[env]
        steps.append(
            Step(
                episode, number, frame, info, actions[env], reward,
                terminated, truncated, after, next_info, env,
            )
        )  # fmt: skip
    return steps, results.begun


def played_again(
    envs: Environments,
    courses: Mapping[int, tuple[int, list[int]]],
    frames: Mapping[int, Frame],
) -> dict[int, FirstFrame]:
    """Bring environments to where their running episodes stand, by their seeds and actions.

    Args:
        envs: The environments, in whatever state; they do not reset themselves.
        courses: By environment, the seed of its episode and the actions taken in it.
        frames: By environment, the frame `uint8 [H, W, 3]` that the episode stood at.

    Returns:
        By environment, the frame that it shows, and its `info`. Environments are left out that do
        not come to their frame again: they do not depend on the seed and the actions alone.
    """
    # All come to their frames with the same step, so the shorter courses begin later. Until then
    # an environment plays on in an episode that is thrown away.
    length = max((len(actions) for _, actions in courses.values()), default=0)
    delays = {env: length - len(courses[env][1]) for env in courses}
    at: dict[int, FirstFrame] = {}
    lost: set[int] = set()
    try:
        idle = set(range(envs.num_envs))
        for number in range(length):
            due = {env for env, delay in delays.items() if delay == number}
            again = {env: courses[env][0] if env in due else 0 for env in sorted(idle | due)}
            if again:
                envs.begin(again)
            actions = [
                courses[env][1][number - delays[env]] if delays.get(env, length) <= number else 0
                for env in range(envs.num_envs)
            ]
            taken = envs.step(actions).taken
            idle = {env for env, result in taken.items() if result.terminated or result.truncated}
            lost |= {env for env in idle if delays.get(env, length) <= number}
            at = {env: FirstFrame(result.frame, result.info) for env, result in taken.items()}
    except HandoverError:
        return {}
    return {
        env: at[env]
        for env in courses
        if env not in lost and np.array_equal(at[env].frame, frames[env])
    }
