"""DSRL: pixels in, actions out, and the facts and values in between."""

from __future__ import annotations

import dataclasses
import itertools
import time
from pathlib import Path
from typing import Any, Self

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, Listener
from dsrl_agent.agent.self_check import explained_share
from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.errors import CheckpointError, ConfigError, PerceptionError
from dsrl_agent.front_end import Episode, FrontEnd, Valuation, make_front_end
from dsrl_agent.perception.perception import Perception, Progress
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.runtime.envs import make_env, require_env, require_frames
from dsrl_agent.runtime.episodes import Step, play
from dsrl_agent.runtime.frame_buffer import FrameBuffer
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame, Transition

_SENSE = 0.9  # sight makes sense if it explains this share of what happened
_MORE = 1.5  # if not, it is learned again from so many times the steps

State = tuple[Episode, ...]
"""What `predict` remembers of the running episodes, one entry per environment."""


class DSRL:
    """Deep symbolic reinforcement learning, end to end from pixels and reward.

    Args:
        env: A Gymnasium environment with RGB frames `uint8 [H, W, 3]` and Discrete actions, or
            the id of one.
        config: Its settings; the defaults if left out.
        seed: Seeds everything the agent draws, and the episodes it plays.
        device: Where the network runs; `"auto"` takes a GPU where there is one.

    Raises:
        ObservationError: The environment's spaces are of another kind.

    Example:
        >>> agent = DSRL("shapes_grid:ShapesGrid-v0").learn(total_timesteps=2000)
        >>> action, state = agent.predict(frame, deterministic=True)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any] | str,
        config: AgentConfig | None = None,
        *,
        seed: int = 0,
        device: str = "auto",
    ) -> None:
        self.env = make_env(env, {}) if isinstance(env, str) else env
        self.num_actions, frame_shape = require_env(self.env)
        self.config = config or AgentConfig()
        self.seed = seed
        self.num_timesteps = 0
        self.num_episodes = 0
        self._streams = Streams(seed)
        self.perception = Perception(
            self.config.perception,
            self.config.back_end,
            self._streams.seed_for("back_end", 0),
            device,
        )
        self.front_end: FrontEnd = make_front_end(self.num_actions, self.config.front_end)
        self._memory = FrameBuffer(self.config.perception.memory + 1, frame_shape)
        self._next_fit = min(self.config.perception.first_frames, self.config.perception.frames)
        self._acts = False  # on what it sees; before that it plays at random
        self._episode: Episode | None = None
        self._facts: Facts | None = None
        self._anew = False  # whether the grid or the types may have changed since the last step
        self._progress: Progress | None = None

    # Learning.

    def learn(
        self,
        total_timesteps: int,
        *,
        listener: Listener | None = None,
        progress_bar: bool = False,
        until_settled: bool = False,
    ) -> Self:
        """Play and learn until `num_timesteps` has grown by `total_timesteps`.

        Every step of the environment counts, those before anything can be seen included.

        Args:
            total_timesteps: How many more steps to take.
            listener: Is told of fits, episodes and progress; may stop the learning.
            progress_bar: Whether to show a bar for every phase.
            until_settled: Whether to stop as soon as the agent is `settled`.

        Raises:
            PerceptionError: Nothing in all these frames moved as an agent does.
        """
        if total_timesteps < 1:
            raise ConfigError(f"total_timesteps is {total_timesteps}, but it must be at least 1.")
        if progress_bar:
            from dsrl_agent.runtime.progress import Bars  # needed only here

            with Bars() as bars:
                told = listener or Listener()
                return self._learn(total_timesteps, told, bars.update, until_settled)
        told = listener or Listener()
        return self._learn(total_timesteps, told, told.on_progress, until_settled)

    @property
    def settled(self) -> bool:
        """Whether the agent finds that it has learned what there is to learn (`rules` can tell)."""
        if not self._acts:
            return False
        known = self.perception.require_codebook().known
        return self.front_end.settled([int(number) for number in known])

    def _learn(
        self, total_timesteps: int, listener: Listener, progress: Progress, until_settled: bool
    ) -> Self:
        goal = self.num_timesteps + total_timesteps
        self._progress = progress
        total_reward = 0.0
        steps = play(
            self.env,
            _Learner(self),
            itertools.count(self.num_episodes),
            lambda episode: self._streams.seed_for("env", episode),
        )
        for step in steps:
            total_reward = step.reward + (0.0 if step.number == 0 else total_reward)
            self._observe(step)
            # A budget that ends before the first fit is due is seen through what there is.
            due = self._next_fit if self._acts else min(self._next_fit, goal)
            if self.num_timesteps >= due:
                self._fit(listener, step.next_frame)
            phase = "episodes" if self._acts else "frames"
            whole = goal if self._acts else min(goal, self._next_fit)
            progress(phase, self.num_timesteps, whole, total_reward)
            if step.last:
                self.num_episodes = step.episode + 1
                end = EpisodeEnd(step.episode, self.num_timesteps, step.number + 1, total_reward)
                if not listener.on_episode(self, end):
                    break
            if self.num_timesteps >= goal or (until_settled and self.settled):
                break
        # An episode that the budget cut short is over: the next learn() begins another.
        self.num_episodes = step.episode + 1
        self._progress = None
        if not self.perception.ready and self.num_timesteps >= goal:
            self.perception.learn(self._memory.transitions())  # says what is missing
        return self

    def _act(self, frame: Frame) -> int:
        rng = self._streams.get("explore")
        if not self._acts:
            return int(rng.integers(self.num_actions))
        if self._facts is None:
            self._facts = self.facts(frame)
        if self._episode is None:
            self._episode = self.front_end.begin(self.perception.shape_of(frame))
        return self.front_end.decide(self._facts, self._episode, rng, self.config.front_end.epsilon)

    def _begin(self) -> None:
        self._episode = self._facts = None

    def _observe(self, step: Step) -> None:
        self.num_timesteps += 1
        if step.number == 0:
            self._memory.begin(step.frame)
        self._memory.step(step.action, step.reward, step.terminated, step.next_frame)
        if not self._acts:
            return
        facts = self._facts if self._facts is not None else self.facts(step.frame)
        known = self.perception.codebook
        next_facts = self.perception.watch(facts, step.action, step.next_frame)
        if self.perception.codebook is not known:  # a type is new, or two are one
            facts = self.facts(step.frame)
            self._facts, self._episode, self._anew = next_facts, None, True
            if self.perception.parents and self._follow_types():
                self._anew = False  # this step is among what was learned anew
                return
        transition = Transition(
            facts, step.action, step.reward, next_facts, step.terminated,
            step.number == 0 or self._anew,
            self.perception.shape_of(step.frame),
        )  # fmt: skip
        self.front_end.learn(transition, self._streams.get("replay"))
        self._facts, self._anew = next_facts, False

    def _fit(self, listener: Listener, frame: Frame) -> None:
        """Learn to see, first or again; the front end keeps what it knows of the types."""
        start = time.perf_counter()
        try:
            rewards = np.array([reward for _, reward, *_ in self._memory.outcomes()])
            loss = self.perception.learn(self._memory.transitions(), self._progress, rewards)
        except PerceptionError:
            # Nothing moved in what is remembered: what was known holds, and more frames may help.
            self._next_fit = 2 * self.num_timesteps
            return
        self._follow_types()
        growth, most = self.config.perception.refit_growth, self.config.perception.frames
        if not self._acts:
            self._next_fit = min(int(_MORE * self.num_timesteps), most)
        else:
            later = max(self.num_timesteps + 1, int(self.num_timesteps * growth))
            self._next_fit = later if growth else 2**62
        # What is remembered of the running episode is in the terms of before.
        self._facts, self._episode, self._anew = self.facts(frame), None, True
        types = len(self.perception.require_codebook().known)
        fit = Fit(self.num_timesteps, loss, types, time.perf_counter() - start)
        listener.on_fit(self, fit)

    def _follow_types(self) -> bool:
        """Let the front end know what it knows in the terms in which things are seen now.

        Returns:
            Whether it learned all that is remembered anew.
        """
        if not self._acts or self._memory.complete:
            self._understand_anew()
            return True
        for child, parent in self.perception.parents.items():
            self.front_end.inherit(child, parent)
        return False

    def _understand_anew(self) -> None:
        """Teach the front end all that happened as it is seen now; trust it if that makes sense.

        What it made of this as it was seen before is in other terms: two kinds may have been one.
        """
        motion = self._memory.transitions()
        before, after = self.perception.facts(motion.before), self.perception.facts(motion.after)
        shape = self.perception.shape_of(motion.before[0])
        met = [
            Transition(facts, action, reward, next_facts, terminated, first, shape)
            for facts, (action, reward, terminated, first), next_facts in zip(
                before, self._memory.outcomes(), after, strict=True
            )
        ]
        self.front_end = make_front_end(self.num_actions, self.config.front_end)
        for transition in met:
            self.front_end.learn(transition, self._streams.get("replay"))
        enough = self.num_timesteps >= self.config.perception.frames
        self._acts = self._acts or enough or explained_share(met) >= _SENSE

    # Acting.

    def predict(
        self,
        observation: Frame,
        state: State | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[Any, State]:
        """Choose actions, in the habit of Stable-Baselines3.

        Args:
            observation: A frame `uint8 [H, W, 3]` or a batch `[n, H, W, 3]`, of any size.
            state: What the last call returned in these episodes; without it each call stands
                alone, and the agent may walk to and fro before an obstacle.
            episode_start: `[n]`: which of the episodes have just begun.
            deterministic: Whether to act greedily (ties are broken by the agent's own stream)
                rather than epsilon-greedily.

        Returns:
            The action, or `int64 [n]` for a batch, and the state for the next call.
        """
        frames, single = require_frames(observation)
        shape = self.perception.shape_of(frames[0])
        if state is None:
            memories = [self.front_end.begin(shape) for _ in frames]
        elif len(state) != len(frames):
            raise ConfigError(
                f"The state is of {len(state)} environments, but the observation is of "
                f"{len(frames)}; give the state that the last call returned."
            )
        else:
            begun = np.zeros(len(frames), np.bool_) if episode_start is None else episode_start
            memories = [
                self.front_end.begin(shape) if new else memory.copy()
                for memory, new in zip(state, begun, strict=True)
            ]
        rng = self._streams.get("predict")
        epsilon = 0.0 if deterministic else self.config.front_end.epsilon
        actions = np.array(
            [
                self.front_end.decide(facts, memory, rng, epsilon)
                for facts, memory in zip(self.perception.facts(frames), memories, strict=True)
            ],
            np.int64,
        )
        return (actions[0] if single else actions), tuple(memories)

    def facts(self, observation: Frame) -> Facts:
        """Return the sorted facts (type, row, col) seen in a frame `uint8 [H, W, 3]`."""
        frames, single = require_frames(observation)
        if not single:
            raise ConfigError("facts() takes one frame; use perception.facts() for a batch.")
        return self.perception.facts(frames)[0]

    def values(self, observation: Frame, state: State | None = None) -> Valuation:
        """Return what each action is worth in a frame, and each object's part in it."""
        facts = self.facts(observation)
        if state:
            return self.front_end.values(facts, state[0])
        frames, _ = require_frames(observation)
        return self.front_end.values(
            facts, self.front_end.begin(self.perception.shape_of(frames[0]))
        )

    # Saving.

    def save(self, path: Path | str) -> None:
        """Save the agent as a folder of safetensors and JSON; an existing one is refused."""
        save_checkpoint(Path(path), *self.checkpoint())

    @classmethod
    def load(
        cls,
        path: Path | str,
        env: gym.Env[Any, Any] | str | None = None,
        *,
        device: str = "auto",
    ) -> Self:
        """Load an agent that `save` or a training run wrote.

        Args:
            path: Its folder.
            env: An environment to go on learning in; by default the one it was trained in, made
                by its id.
            device: Where the network runs.

        Raises:
            CheckpointError: The folder is missing, damaged or of another kind.
        """
        checkpoint = load_checkpoint(Path(path))
        data = checkpoint.data
        try:
            stored = data["config"]
            config = AgentConfig(
                PerceptionConfig(**stored["perception"]),
                BackEndConfig(**stored["back_end"]),
                FrontEndConfig(**stored["front_end"]),
            )
            if env is None:
                if data["env_id"] is None:
                    raise CheckpointError(
                        f"The agent in {path} was trained in an environment without an id; give "
                        "the environment to load()."
                    )
                env = make_env(data["env_id"], data["env_kwargs"])
            agent = cls(env, config, seed=data["seed"], device=device)
            agent._restore(checkpoint.arrays, data)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ConfigError):
                raise
            raise CheckpointError(
                f"The checkpoint {path} does not hold what an agent needs "
                f"({type(error).__name__}: {error}); it was written by another version."
            ) from error
        return agent

    def checkpoint(self) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, Any]]:
        """Return the arrays by file and the JSON data that `save` writes."""
        spec = self.env.spec
        arrays = {**self.perception.arrays(), "memory": self._memory.arrays()}
        data = {
            "agent": "dsrl",
            "config": dataclasses.asdict(self.config),
            "env_id": None if spec is None else _whole_id(spec),
            "env_kwargs": {} if spec is None else dict(spec.kwargs),
            "seed": self.seed,
            "num_timesteps": self.num_timesteps,
            "num_episodes": self.num_episodes,
            "next_fit": self._next_fit,
            "acts": self._acts,
            "streams": self._streams.state(),
            "perception": self.perception.state(),
            "front_end": self.front_end.state(),
        }
        return arrays, data

    def _restore(self, arrays: dict[str, dict[str, NDArray[Any]]], data: dict[str, Any]) -> None:
        self.num_timesteps = data["num_timesteps"]
        self.num_episodes = data["num_episodes"]
        self._next_fit = data["next_fit"]
        self._acts = data["acts"]
        self._streams.restore(data["streams"])
        self.perception.load(arrays, data["perception"])
        self.front_end.load(data["front_end"])
        self._memory.load(arrays["memory"])


class _Learner:
    """The agent as an actor that is learning. It never looks into `info`."""

    def __init__(self, agent: DSRL) -> None:
        self._agent = agent

    def begin(self) -> None:
        self._agent._begin()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        return self._agent._act(frame)


def _whole_id(spec: Any) -> str:
    """Return an id that `gymnasium.make` takes without an import before it."""
    entry = spec.entry_point
    module = entry.split(":")[0] if isinstance(entry, str) else entry.__module__
    package = module.split(".")[0]
    return spec.id if package == "gymnasium" or ":" in spec.id else f"{package}:{spec.id}"
