"""Provide the contestants as loops: the worlds, MiniGrid, and NumPy's copying of frames."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

ID = "shapes_grid:ShapesGrid-v0"
PEER = "MiniGrid-Empty-5x5-v0"  # the cheapest of its worlds to draw, here with 7 x 7 tiles
PLAIN: Mapping[str, Any] = {"rows": 7, "cols": 7, "cell": 12, "border": (0, 0, 0, 0)}  # 84 x 84
SMALL: Mapping[str, Any] = {"rows": 5, "cols": 5, "cell": 8, "border": (0, 0, 0, 0)}  # 40 x 40
# Actions drawn beforehand and used cyclically; a prime, so that episodes do not repeat a walk.
_DRAWN = 509


class Count(NamedTuple):
    """Number of transitions (or frames) and of ended episodes in one turn of a loop."""

    steps: int
    episodes: int


class SinglePlay:
    """The loop of a single environment; each call is one turn of `turn` transitions.

    Args:
        env: The environment.
        turn: Transitions of a turn.
        picture: The key of the frame, for environments whose observations are mappings.
    """

    def __init__(self, env: gym.Env[Any, Any], turn: int, picture: str | None = None) -> None:
        self.env = env
        self._ended = False
        frame, _ = env.reset(seed=0)
        later = env.step(0)[0]
        if picture is not None:
            frame, later = frame[picture], later[picture]
        _require_fresh(frame, later)
        self.frame_shape: tuple[int, ...] = later.shape
        env.reset()
        drawn = _draw_actions(env.action_space, 1)[:, 0]
        self._actions: Iterator[int] = itertools.cycle(drawn.tolist())
        self._turn = turn

    def __call__(self) -> Count:
        """Take one turn's transitions."""
        env, ended, episodes = self.env, self._ended, 0
        for action in itertools.islice(self._actions, self._turn):
            if ended:
                env.reset()
            _, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
            episodes += ended
        self._ended = ended
        return Count(self._turn, episodes)


class VectorPlay:
    """The loop of a vector environment; each call is one turn of `turn` steps of all worlds.

    Args:
        env: The environments.
        turn: Steps of a turn.
        fresh: Whether to refuse observations that share memory.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], turn: int, *, fresh: bool) -> None:
        mode = env.metadata.get("autoreset_mode")
        if mode is not AutoresetMode.NEXT_STEP:
            raise ValueError(f"autoreset_mode is {mode!r}, but it must be NEXT_STEP.")
        self.env = env
        self._waiting = 0  # number of worlds whose next step is their reset
        frames, _ = env.reset(seed=0)
        self.frame_shape: tuple[int, ...] = frames.shape[1:]
        drawn = _draw_actions(env.single_action_space, env.num_envs)
        if fresh:
            _require_fresh(frames, env.step(drawn[0])[0])
            env.reset()
        self._actions: Iterator[NDArray[np.int64]] = itertools.cycle(drawn)
        self._turn = turn

    def __call__(self) -> Count:
        """Take one turn; a world's step that resets it is no transition."""
        env, waiting, steps, episodes = self.env, self._waiting, 0, 0
        for actions in itertools.islice(self._actions, self._turn):
            _, _, terminated, truncated, _ = env.step(actions)
            steps += env.num_envs - waiting
            waiting = int(np.count_nonzero(terminated | truncated))
            episodes += waiting
        self._waiting = waiting
        return Count(steps, episodes)


def play_single(stack: ExitStack, fields: Mapping[str, Any]) -> SinglePlay:
    """Return a single world's loop; the stack closes it."""
    env = gym.make(ID, **fields)
    stack.callback(env.close)
    return SinglePlay(env, turn=50)


def play_vector(
    stack: ExitStack, fields: Mapping[str, Any], worlds: int, *, copy: bool = True
) -> VectorPlay:
    """Return the loop of many worlds; the stack closes them."""
    envs = gym.make_vec(ID, worlds, vectorization_mode="vector_entry_point", copy=copy, **fields)
    stack.callback(envs.close)
    # Worlds that began together are truncated together. A turn is one episode and its reset, so
    # that all runs have the same share of resets.
    turn = envs.unwrapped.world_spec.limit + 1  # type: ignore[attr-defined]
    return VectorPlay(envs, turn, fresh=copy)


def peer_of(stack: ExitStack) -> SinglePlay | None:
    """Return MiniGrid's loop, or `None` where it is not installed."""
    try:
        wrappers = importlib.import_module("minigrid.wrappers")
    except ImportError:
        return None
    env = wrappers.RGBImgObsWrapper(gym.make(PEER, size=7), tile_size=12)
    stack.callback(env.close)
    play = SinglePlay(env, turn=50, picture="image")
    if play.frame_shape != (84, 84, 3):
        raise ValueError(f"MiniGrid's frames are {play.frame_shape}, but must be (84, 84, 3).")
    return play


def copies_of(
    pool: NDArray[np.uint8], shape: tuple[int, int, int], bulk: int
) -> dict[str, Callable[[], Count]]:
    """Return loops that copy frames out of a pool of bytes: hot, cold, kept and in bulk.

    Args:
        pool: The bytes to copy from.
        shape: Height, width and channels of a frame.
        bulk: Number of copies that are kept, and of copies made at once in bulk.
    """
    # Views are made beforehand and in order, so that the limit has every advantage.
    batches = list(_batches(pool, shape, bulk))
    views = [frame for batch in batches for frame in batch]
    count, source = len(views), views[0]
    destination, buffer = np.empty_like(source), np.empty_like(batches[0])

    def hot() -> Count:
        for _ in range(1000):
            destination[...] = source
        return Count(1000, 0)

    def cold() -> Count:
        for view in views:
            view.copy()
        return Count(count, 0)

    kept: list[NDArray[np.uint8] | None] = [None] * len(buffer)

    def fresh() -> Count:  # as many copies live as a vector environment hands out
        for place, view in zip(itertools.cycle(range(len(kept))), views, strict=False):
            kept[place] = view.copy()
        return Count(count, 0)

    def in_bulk() -> Count:
        for batch in batches:
            buffer[...] = batch
        return Count(count, 0)

    name = f"copy {shape[0]}x{shape[1]}"
    limits = {"hot": hot, "cold": cold, "kept": fresh, "bulk": in_bulk}
    return {f"{kind} {name}": copy for kind, copy in limits.items()}


def _batches(
    pool: NDArray[np.uint8], shape: tuple[int, int, int], bulk: int
) -> NDArray[np.uint8]:  # [batches, bulk or fewer, *shape]
    size = int(np.prod(shape))
    if pool.size < 2 * bulk * size:
        bulk = max(1, pool.size // (2 * size))
    count = pool.size // (size * bulk)
    return pool[: count * bulk * size].reshape(count, bulk, *shape)


def _draw_actions(space: gym.Space[Any], worlds: int) -> NDArray[np.int64]:  # [_DRAWN, worlds]
    if not isinstance(space, gym.spaces.Discrete):
        raise ValueError(f"The actions are {space!r}, but they must be Discrete.")
    return np.random.default_rng(0).integers(int(space.n), size=(_DRAWN, worlds))


def _require_fresh(frame: NDArray[np.uint8], later: NDArray[np.uint8]) -> None:
    if np.shares_memory(frame, later):
        raise ValueError("Two observations share memory, but each step must give a fresh array.")
