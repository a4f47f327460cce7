"""DSRL: an agent that turns pixels into facts, and facts into actions."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray

from dsrl_agent.agent.callbacks import EpisodeEnd, Listener, Listeners, shown_bars
from dsrl_agent.agent.habits.deciding import PlayState
from dsrl_agent.agent.habits.model import AnyEnv, ModelHabits, is_bare
from dsrl_agent.agent.habits.settings import (
    agent_settings,
    drawn_seed,
    is_setting,
    require_count,
    require_no_policy,
    whole_steps,
)
from dsrl_agent.agent.inspection import Inspection
from dsrl_agent.agent.learning import Learning
from dsrl_agent.agent.loading import Source, finite, require_actions, require_parts_stored
from dsrl_agent.agent.running import Episodes
from dsrl_agent.back_end import require_device
from dsrl_agent.checks import require_members
from dsrl_agent.config import AgentConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.errors import HandoverError
from dsrl_agent.front_end import AnyFrontEnd, make_front_end
from dsrl_agent.front_end.protocol import FrontEnd, require_group_learner
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.records.files import storing
from dsrl_agent.records.replacing import replace_checkpoint
from dsrl_agent.runtime.door.origin import origin_of
from dsrl_agent.runtime.envs import View, door_of
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.runtime.threads import one_thread
from dsrl_agent.types import FrameTransitions

__all__ = ["DSRL", "PlayState"]


class DSRL(ModelHabits):
    """Deep symbolic reinforcement learning, end to end from pixels and reward.

    Args:
        env: A Gymnasium environment with Discrete actions, or the id of one; or a vector
            environment of Gymnasium or Stable-Baselines3, to learn from several together. It passes
            through a `runtime.envs.Door`: its images become RGB frames `uint8 [H, W, 3]`.
        config: Settings, or a mapping of some of them; the defaults if left out.
        perception: Settings of perception, the name of a sight, or what turns frames into facts
            in place of the learned perception.
        front_end: Settings of the front end, the name of a kind such as `"rules"`, or what learns
            from facts in place of it. That must have learned nothing yet: a copy of it starts anew
            whenever the types change.
        seed: Seeds everything the agent draws, and the episodes it plays; `None` draws a seed.
        device: Where the network runs; `"auto"` takes a GPU where there is one.
        verbose: 1 prints the means of episodes while it learns, 0 nothing.
        tensorboard_log: The folder for the same figures, to look at with TensorBoard.
        num_envs: How many environments of an id are played together.
        **settings: Further settings by name, such as `epsilon=0.05` (docs/settings.md).

    Attributes:
        perception: The learned `Perception`, or the one that was given.
        env: The environment behind its door; of several, the first.
        num_envs: How many environments are played together.

    Raises:
        ObservationError: The environment's spaces are of another kind.
        ConfigError: No sight or front end is registered under the name in the settings, or a value
            breaks its rule.

    Example:
        >>> agent = DSRL("shapes_grid:ShapesGrid-v0").learn(total_timesteps=2000)
        >>> action, state = agent.predict(frame, deterministic=True)
    """

    def __init__(  # noqa: PLR0913 - as models of Stable-Baselines3 have them
        self,
        env: AnyEnv,
        config: AgentConfig | Mapping[str, Any] | None = None,
        *,
        perception: PerceptionProtocol | PerceptionConfig | Mapping[str, Any] | str | None = None,
        front_end: AnyFrontEnd | FrontEndConfig | Mapping[str, Any] | str | None = None,
        seed: int | None = 0,
        device: str = "auto",
        verbose: int = 0,
        tensorboard_log: str | None = None,
        num_envs: int = 1,
        **settings: Any,
    ) -> None:
        require_no_policy(env)
        own = {"perception": perception, "front_end": front_end}
        given = {name: value for name, value in own.items() if is_setting(value)}
        self.config = agent_settings(config, given | settings)
        made: dict[str, Any] = {name: own[name] for name in own.keys() - given.keys()}
        # What an injected perception reads need not look like pixels.
        view = View() if made.get("perception") is not None and is_bare(env) else None
        require_count(num_envs, self.config)  # before environments are made
        require_device(device)
        self.num_actions, shape = self._open(env, num_envs, view)
        self._streams = Streams(drawn_seed() if seed is None else seed)
        self.seed = self._streams.seed
        self.verbose, self.tensorboard_log = verbose, tensorboard_log
        self._episodes, self._learns = Episodes(), False
        self._counted_from = 0  # steps that `num_timesteps` leaves out
        own_seed = self._streams.seed_for("back_end", 0)
        self.perception: PerceptionProtocol = made.get("perception") or Perception(
            self.config.perception, self.config.back_end, own_seed, device
        )
        require_members("perception", self.perception, PerceptionProtocol)
        front = made.get("front_end")
        make: Callable[[], AnyFrontEnd] = (  # makes one that has learned nothing
            partial(make_front_end, self.num_actions, self.config.front_end)
            if front is None
            else partial(copy.deepcopy, copy.deepcopy(front))
        )
        self._learning = Learning(
            self.num_actions, self.config, self.perception, make, shape, self._streams,
            self.num_envs,
        )  # fmt: skip
        require_members("front_end", self.front_end, FrontEnd)
        require_parts_stored(made, self.perception, self.front_end)
        if self.num_envs > 1:
            require_group_learner(self.front_end)

    def __repr__(self) -> str:
        return self._described(self.num_timesteps)

    @property
    def front_end(self) -> AnyFrontEnd:
        """The front end: tables or rules learned so far."""
        return self._learning.front_end

    @property
    def num_timesteps(self) -> int:
        """Environment steps taken so far, those before anything can be seen included."""
        return self._learning.num_timesteps - self._counted_from

    @property
    def num_episodes(self) -> int:
        """Episodes of training begun so far."""
        return self._episodes.begun

    @property
    def exact(self) -> bool:
        """Whether learning goes on from a checkpoint made now bit for bit: no plan is lost."""
        return self._learning.exact(self._episodes.running)

    def forget(self) -> None:
        """Forget the plans of running episodes, as a loaded agent does."""
        self._learning.forget(self._episodes.running)

    @property
    def settled(self) -> bool:
        """Whether the agent finds that it has learned what there is to learn (`rules` can tell)."""
        return self._learning.acts and self.front_end.settled(self.perception.known)

    def frames(self) -> FrameTransitions:
        """Return the transitions that the agent remembers, as frames."""
        return self._learning.buffers.transitions()

    @one_thread()
    def learn(  # noqa: PLR0913 - as models of Stable-Baselines3 have them
        self,
        total_timesteps: int,
        callback: Any = None,
        log_interval: int | None = 4,
        tb_log_name: str = "DSRL",
        reset_num_timesteps: bool = False,
        progress_bar: bool = False,
        *,
        listener: Listener | None = None,
        until_settled: bool = False,
    ) -> Self:
        """Play and learn until `num_timesteps` has grown by `total_timesteps`.

        Every step of the environment counts, those before anything can be seen included. An episode
        that the last call left unfinished is played again to where it stood, and goes on; another
        one begins if the environment does not repeat it. Libraries compute
        in one thread (`runtime.threads`).

        Args:
            total_timesteps: Number of further steps.
            callback: A callback of Stable-Baselines3, a list of them, a function of its locals and
                globals, or a `Listener`; it may stop the learning.
            log_interval: Episodes between two lines of the log.
            tb_log_name: Name of the run in TensorBoard.
            reset_num_timesteps: Whether to count steps from 0 again, and to log to a new folder.
            progress_bar: Whether to show a bar for every phase.
            listener: Is told of fits, episodes and progress; may stop the learning.
            until_settled: Whether to stop as soon as the agent is `settled`.

        Raises:
            PerceptionError: Nothing in all these frames moved as an agent does.
            HandoverError: The environment broke a rule of a step, or raised. What was learned
                before stays; the next call begins another episode.
        """
        total_timesteps = whole_steps(total_timesteps)
        self._learning.remember(self._together().frame_shape)
        if reset_num_timesteps:
            self._counted_from = self._learning.num_timesteps
        self._open_logger(tb_log_name, reset_num_timesteps or self.num_timesteps == 0)
        listener = self._listeners(callback, listener, total_timesteps, log_interval)
        bars = shown_bars() if progress_bar else None
        if bars is not None:
            listener = Listeners([listener, bars])
        self._learns = True
        try:
            listener.on_start(self)
            self._play(total_timesteps, listener, until_settled)
            listener.on_end(self)
            return self
        except BaseException as error:
            self._episodes.break_off(isinstance(error, HandoverError))
            raise
        finally:
            self._learns = False
            if bars is not None:
                bars.close()

    def _play(self, total_timesteps: int, listener: Listener, until_settled: bool) -> None:
        learning = self._learning
        goal = learning.num_timesteps + total_timesteps
        seed_for = partial(self._streams.seed_for, "env")
        newest = learning.buffers.newest_of
        for steps in self._episodes.steps(self._together(), learning, seed_for, newest):
            returns = [self._episodes.take(step) for step in steps]
            learning.observe(steps)
            self._fit_if_due(goal, listener)
            phase = "steps" if learning.acts else "frames"
            whole = goal if learning.acts else min(goal, learning.next_fit)
            taken, latest = learning.num_timesteps, returns[-1]
            listener.on_progress(phase, taken, whole, latest)
            if not self._goes_on(steps, returns, listener) or taken >= goal:
                break
            if until_settled and self.settled:
                listener.on_progress(phase, taken, taken, latest)  # this is the whole
                break
        if not self.perception.ready and learning.num_timesteps >= goal:
            learning.fit_perception(None)  # raises: the error says what is missing

    def _goes_on(self, steps: Sequence[Step], returns: Sequence[float], listener: Listener) -> bool:
        """Tell a listener of the steps taken together, and return whether to go on."""
        going = listener.on_transitions(self, steps)
        ended = [(step, total) for step, total in zip(steps, returns, strict=True) if step.last]
        for step, total in ended:
            end = EpisodeEnd(step.episode, self.num_timesteps, step.number + 1, total)
            going = listener.on_episode(self, end) and going
        if not ended or self.num_envs > 1:
            going = listener.on_step(self) and going
        return going

    def _fit_if_due(self, goal: int, listener: Listener) -> None:
        learning = self._learning
        # With a budget that ends before the first fit is due, that fit takes the frames there are.
        due = learning.next_fit if learning.acts else min(learning.next_fit, goal)
        if learning.num_timesteps < due:
            return
        listener.before_fit(self)
        if (fit := learning.fit(listener.on_progress)) is None:
            listener.on_failed_fit(self)
        else:
            listener.on_fit(self, fit)

    @one_thread()
    def inspect(self) -> Inspection:
        """Return what the remembered steps, at least one, tell about the world without labels."""
        return self._learning.inspect(getattr(door_of(self.env), "unread", ()))

    def save(self, path: Path | str) -> None:
        """Save the agent as a folder of safetensors and JSON, in place of an earlier agent there.

        Raises:
            CheckpointError: Something else is there, or a number of the agent is not finite.
            StorageError: The system refuses to write there.
        """
        with storing(Path(path)):
            replace_checkpoint(Path(path), *self.checkpoint())

    @classmethod
    def load(
        cls,
        path: Path | str,
        env: AnyEnv | None = None,
        *,
        perception: PerceptionProtocol | None = None,
        front_end: AnyFrontEnd | None = None,
        device: str = "auto",
    ) -> Self:
        """Load an agent that `save` or a training run wrote.

        Args:
            path: Its folder, or the run folder of `dsrl train`.
            env: An environment to go on learning in, or a vector environment; by default a single
                one like those it was trained in. Its frames may have another size: `learn` leaves
                the remembered ones out then.
            perception: The perception, if the agent was made with one of its own.
            front_end: A front end that has learned nothing, if the agent was made with its own.
            device: Where the network runs.

        Raises:
            CheckpointError: The folder is missing, damaged, or names a module not to be imported.
        """
        source = Source.open(Path(path))
        (arrays, data), made, config = source.checkpoint, source.env(env), source.config()
        own: dict[str, Any] = {"perception": perception, "front_end": front_end, "device": device}
        with source.restoring():
            agent = cls(made, config, seed=data["seed"], **own)
            require_actions(data, agent.num_actions)
            agent._restore(arrays, data)
        return agent

    def checkpoint(self) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, Any]]:
        """Return the arrays by file and the JSON data that `save` writes."""
        learning = self._learning
        arrays = {**self.perception.arrays(), "memory": learning.buffers.arrays()}
        arrays |= self._episodes.arrays()
        data = {
            "agent": "dsrl",
            "config": dataclasses.asdict(self.config),
            **origin_of(self.env),
            "num_actions": self.num_actions,
            "seed": self.seed,
            "num_timesteps": learning.num_timesteps,
            "num_episodes": self.num_episodes,
            "next_fit": learning.next_fit,
            "acts": learning.acts,
            "streams": self._streams.state(),
            "perception": self.perception.state(),
            "front_end": self.front_end.state(),
        }
        return finite(arrays, "The agent", "so it is not saved; use what was saved before"), data

    def _restore(self, arrays: dict[str, dict[str, NDArray[Any]]], data: dict[str, Any]) -> None:
        self._learning.restore(data)
        self._streams.restore(data["streams"])
        self.perception.load(arrays, data["perception"])
        self.front_end.load(data["front_end"])
        same = self._learning.buffers.load(arrays.pop("memory"))  # not held twice from here on
        goes_on = self._learning.go_on() and same
        count = self.num_envs if goes_on else 0
        self._episodes.restore(data["num_episodes"], arrays, count)
        self._learning.rehearse()
