"""DSRL: an agent that turns pixels into facts, and facts into actions."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.agent.callbacks import EpisodeEnd, Listener
from dsrl_agent.agent.inspection import Inspection
from dsrl_agent.agent.learning import Learning
from dsrl_agent.agent.loading import Source, refusing, require_actions
from dsrl_agent.agent.running import Episodes
from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import ConfigError, HandoverError
from dsrl_agent.front_end import AnyFrontEnd, Episode, Valuation, make_front_end
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.perception.sight import Progress
from dsrl_agent.records import save_checkpoint
from dsrl_agent.runtime.door.origin import origin_of
from dsrl_agent.runtime.envs import View, at_door, door_of, make_env, require_env, require_frames
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.runtime.threads import one_thread
from dsrl_agent.types import Facts, Frame, FrameTransitions

State = tuple[Episode, ...]
"""What `predict` remembers of the running episodes, one entry for each environment."""


class DSRL:
    """Deep symbolic reinforcement learning, end to end from pixels and reward.

    Args:
        env: A Gymnasium environment with Discrete actions, or the id of one. It passes through a
            `runtime.envs.Door`: its images or pictures become RGB frames `uint8 [H, W, 3]`.
        config: Settings; the defaults if left out.
        perception: Turns frames into facts in place of the learned perception.
        front_end: Learns from facts in place of the configured front end. It must have learned
            nothing yet: a copy of it starts anew whenever the types change.
        seed: Seeds everything the agent draws, and the episodes it plays.
        device: Where the network runs; `"auto"` takes a GPU where there is one.

    Attributes:
        perception: The learned `Perception`, or the one that was given.

    Raises:
        ObservationError: The environment's spaces are of another kind.
        ConfigError: No sight or front end is registered under the name in the settings.

    Example:
        >>> agent = DSRL("shapes_grid:ShapesGrid-v0").learn(total_timesteps=2000)
        >>> action, state = agent.predict(frame, deterministic=True)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any] | str,
        config: AgentConfig | None = None,
        *,
        perception: PerceptionProtocol | None = None,
        front_end: AnyFrontEnd | None = None,
        seed: int = 0,
        device: str = "auto",
    ) -> None:
        # What an injected perception reads need not look like pixels.
        bare = isinstance(env, str) or door_of(env) is None
        view = View() if perception is not None and bare else None
        self.env = make_env(env, {}, view=view) if isinstance(env, str) else at_door(env, view=view)
        self.num_actions, shape = require_env(self.env)
        self.config = config or AgentConfig()
        self._episodes = Episodes()
        self._streams = Streams(seed)
        self.seed = self._streams.seed
        settings, own_seed = self.config, self._streams.seed_for("back_end", 0)
        self.perception: PerceptionProtocol = perception or Perception(
            settings.perception, settings.back_end, own_seed, device
        )
        make: Callable[[], AnyFrontEnd] = (  # makes one that has learned nothing
            partial(make_front_end, self.num_actions, settings.front_end)
            if front_end is None
            else partial(copy.deepcopy, copy.deepcopy(front_end))
        )
        self._learning = Learning(
            self.num_actions, settings, self.perception, make, shape, self._streams
        )

    @property
    def front_end(self) -> AnyFrontEnd:
        """The front end: tables or rules learned so far."""
        return self._learning.front_end

    @property
    def num_timesteps(self) -> int:
        """Environment steps taken so far, those before anything can be seen included."""
        return self._learning.num_timesteps

    @property
    def num_episodes(self) -> int:
        """Episodes of training begun so far."""
        return self._episodes.begun

    @property
    def exact(self) -> bool:
        """Whether learning goes on from a checkpoint made now bit for bit: no plan is lost."""
        return self._episodes.running is None or self._learning.exact

    def forget(self) -> None:
        """Forget the plan of the running episode, as a loaded agent does."""
        if self._episodes.running is not None:
            self._learning.forget(self._learning.buffer.newest())

    @property
    def settled(self) -> bool:
        """Whether the agent finds that it has learned what there is to learn (`rules` can tell)."""
        return self._learning.acts and self.front_end.settled(self.perception.known)

    def frames(self) -> FrameTransitions:
        """Return the transitions that the agent remembers, as frames."""
        return self._learning.buffer.transitions()

    @one_thread()
    def learn(
        self,
        total_timesteps: int,
        *,
        listener: Listener | None = None,
        progress_bar: bool = False,
        until_settled: bool = False,
    ) -> Self:
        """Play and learn until `num_timesteps` has grown by `total_timesteps`.

        Every step of the environment counts, those before anything can be seen included. An episode
        that the last call left unfinished is played again to where it stood, and goes on; another
        one begins if the environment does not repeat it. Libraries compute
        in one thread (`runtime.threads`).

        Args:
            total_timesteps: Number of further steps.
            listener: Is told of fits, episodes and progress; may stop the learning.
            progress_bar: Whether to show a bar for every phase.
            until_settled: Whether to stop as soon as the agent is `settled`.

        Raises:
            PerceptionError: Nothing in all these frames moved as an agent does.
            HandoverError: The environment broke a rule of a step, or raised. What was learned
                before stays; the next call begins another episode.
        """
        if total_timesteps < 1:
            raise ConfigError(f"total_timesteps is {total_timesteps}, but it must be at least 1.")
        listener = listener or Listener()
        bars, progress = None, listener.on_progress
        if progress_bar:
            from dsrl_agent.runtime.progress import Bars  # needed only here

            bars = Bars()
            progress = bars.update
        try:
            return self._play(total_timesteps, listener, progress, until_settled)
        except BaseException as error:
            self._episodes.break_off(isinstance(error, HandoverError))
            raise
        finally:
            if bars is not None:
                bars.close()

    def _play(
        self, total_timesteps: int, listener: Listener, progress: Progress, until_settled: bool
    ) -> Self:
        learning, goal = self._learning, self.num_timesteps + total_timesteps
        seed_for = partial(self._streams.seed_for, "env")
        for step in self._episodes.steps(self.env, learning, seed_for, learning.buffer.newest):
            total_reward = self._episodes.take(step)
            learning.observe(step)
            self._fit_if_due(step.next_frame, goal, listener, progress)
            phase = "episodes" if learning.acts else "frames"
            whole = goal if learning.acts else min(goal, learning.next_fit)
            progress(phase, self.num_timesteps, whole, total_reward)
            if not self._goes_on(step, total_reward, listener):
                break
            if self.num_timesteps >= goal or (until_settled and self.settled):
                break
        if not self.perception.ready and self.num_timesteps >= goal:
            learning.fit_perception(None)  # raises: the error says what is missing
        return self

    def _goes_on(self, step: Step, total_reward: float, listener: Listener) -> bool:
        """Tell a listener of a step, and return whether to go on."""
        if not step.last:
            return listener.on_step(self)
        return listener.on_episode(
            self, EpisodeEnd(step.episode, self.num_timesteps, step.number + 1, total_reward)
        )

    def _fit_if_due(self, frame: Frame, goal: int, listener: Listener, progress: Progress) -> None:
        learning = self._learning
        # With a budget that ends before the first fit is due, that fit takes the frames there are.
        due = learning.next_fit if learning.acts else min(learning.next_fit, goal)
        if self.num_timesteps < due:
            return
        listener.before_fit(self)
        if (fit := learning.fit(frame, progress)) is None:
            listener.on_failed_fit(self)
        else:
            listener.on_fit(self, fit)

    @one_thread()
    def predict(
        self,
        observation: Frame,
        state: State | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[Any, State]:
        """Choose actions, in the habit of Stable-Baselines3.

        Args:
            observation: A frame `uint8 [H, W, 3]` or a batch `[n, H, W, 3]`, of any size, or an
                observation of the agent's environment with an image in it.
            state: What the last call returned in these episodes; without it each call stands
                alone, and the agent may walk to and fro before an obstacle.
            episode_start: `[n]`: which of the episodes have just begun.
            deterministic: Whether to act greedily (ties are broken by the agent's own stream)
                rather than epsilon-greedily.

        Returns:
            The action, or `int64 [n]` for a batch, and the state for the next call.
        """
        frames, single = require_frames(self._frames_of(observation))
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
            pairs = zip(state, begun, strict=True)
            memories = [self.front_end.begin(shape) if new else old.copy() for old, new in pairs]
        rng = self._streams.get("predict")
        epsilon = 0.0 if deterministic else self.config.front_end.epsilon
        seen = zip(self.perception.facts(frames), memories, strict=True)
        chosen = [self.front_end.decide(facts, memory, rng, epsilon) for facts, memory in seen]
        actions = np.array(chosen, np.int64)
        return (actions[0] if single else actions), tuple(memories)

    @one_thread()
    def facts(self, observation: Frame) -> Facts:
        """Return the sorted facts (type, row, col) in a frame `uint8 [H, W, 3]`."""
        frames, single = require_frames(self._frames_of(observation))
        if not single:
            raise ConfigError("facts() takes one frame; use perception.facts() for a batch.")
        return self.perception.facts(frames)[0]

    @one_thread()
    def values(self, observation: Frame, state: State | None = None) -> Valuation:
        """Return what each action is worth in a frame, and each object's part in it."""
        facts = self.facts(observation)
        if not state:
            frame = self._frames_of(observation)
            state = (self.front_end.begin(self.perception.shape_of(frame)),)
        return self.front_end.values(facts, state[0])

    @one_thread()
    def inspect(self) -> Inspection:
        """Return what the remembered steps, at least one, tell about the world without labels."""
        return self._learning.inspect()

    def _frames_of(self, observation: Any) -> Any:
        """Return the frames of an observation of the agent's environment, or frames as they are."""
        door = door_of(self.env)
        return observation if door is None else door.frames_of(observation)

    def save(self, path: Path | str) -> None:
        """Save the agent as a folder of safetensors and JSON; an existing one is refused."""
        save_checkpoint(Path(path), *self.checkpoint())

    @classmethod
    def load(
        cls,
        path: Path | str,
        env: gym.Env[Any, Any] | str | None = None,
        *,
        perception: PerceptionProtocol | None = None,
        front_end: AnyFrontEnd | None = None,
        device: str = "auto",
    ) -> Self:
        """Load an agent that `save` or a training run wrote.

        Args:
            path: Its folder, or the run folder of `dsrl train`.
            env: An environment to go on learning in; by default the one it was trained in. Its
                frames may have another size: the remembered ones are left out then.
            perception: The perception, if the agent was made with one of its own.
            front_end: A front end that has learned nothing, if the agent was made with its own.
            device: Where the network runs.

        Raises:
            CheckpointError: The folder is missing, damaged, or names a module not to be imported.
        """
        source = Source.open(Path(path))
        (arrays, data), made, config = source.checkpoint, source.env(env), source.config()
        own: dict[str, Any] = {"perception": perception, "front_end": front_end, "device": device}
        with refusing(source.path):
            agent = cls(made, config, seed=data["seed"], **own)
            require_actions(data, agent.num_actions)
            agent._restore(arrays, data)
        return agent

    def checkpoint(self) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, Any]]:
        """Return the arrays by file and the JSON data that `save` writes."""
        learning = self._learning
        arrays = {**self.perception.arrays(), "memory": learning.buffer.arrays()}
        if self._episodes.running is not None:
            arrays["running"] = self._episodes.running.arrays()
        data = {
            "agent": "dsrl",
            "config": dataclasses.asdict(self.config),
            **origin_of(self.env),
            "num_actions": self.num_actions,
            "seed": self.seed,
            "num_timesteps": self.num_timesteps,
            "num_episodes": self.num_episodes,
            "next_fit": learning.next_fit,
            "acts": learning.acts,
            "streams": self._streams.state(),
            "perception": self.perception.state(),
            "front_end": self.front_end.state(),
        }
        return arrays, data

    def _restore(self, arrays: dict[str, dict[str, NDArray[Any]]], data: dict[str, Any]) -> None:
        self._learning.restore(data)
        self._streams.restore(data["streams"])
        self.perception.load(arrays, data["perception"])
        self.front_end.load(data["front_end"])
        self._learning.buffer.load(arrays["memory"])
        running = arrays.get("running") if self._learning.go_on() else None
        self._episodes.restore(data["num_episodes"], running)
        self._learning.rehearse()
