"""Learn from steps: act, remember frames, fit perception again, teach the front end."""

from __future__ import annotations

import copy
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dsrl_agent.agent.callbacks import Fit
from dsrl_agent.agent.inspection import Inspection, fact_figures, frame_figures
from dsrl_agent.agent.self_check import explained_share
from dsrl_agent.checks import require_at_least
from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import ConfigError, DSRLWarning, PerceptionError
from dsrl_agent.front_end import AnyFrontEnd, Episode
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.perception.sight import Progress, TypeChange
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.frame_buffer import FrameBuffer
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame, Transition

_NEVER = 2**62  # steps: no fit is due any more


class Learning:
    """The learning half of an agent, as an actor that plays; never looks into `info`.

    Frames have the shape `(H, W, 3)`. `new_front_end` makes a front end that has learned nothing.
    """

    def __init__(
        self,
        num_actions: int,
        config: AgentConfig,
        perception: PerceptionProtocol,
        new_front_end: Callable[[], AnyFrontEnd],
        frame_shape: tuple[int, ...],
        streams: Streams,
    ) -> None:
        settings = config.perception
        self.front_end = new_front_end()
        self.buffer = _frame_buffer(settings.memory, frame_shape)  # the latest frames
        self.num_timesteps = 0  # environment steps taken so far
        self.acts = perception.ready  # from facts; before that, actions are random
        # The number of steps after which perception is fitted next.
        self.next_fit = min(settings.first_frames, settings.frames) if perception.learns else _NEVER
        self.complaint = ""  # of the last fit that failed
        self._num_actions = num_actions
        self._config = config
        self._perception = perception
        self._new_front_end = new_front_end
        self._streams = streams
        self._episode: Episode | None = None
        self._facts: Facts | None = None
        self._analogues: dict[int, int] = {}  # as the front end was told last
        self._cut = False  # whether grid or types may have changed since the last step
        self._inside = False  # whether an episode goes on of which the memory was dropped

    def begin(self) -> None:
        """Forget the last episode."""
        self._episode = self._facts = None
        self._inside = False

    @property
    def exact(self) -> bool:
        """Whether nothing is remembered of the running episode beyond what a checkpoint keeps."""
        return not self.acts or (self._episode is None and self._cut)

    def forget(self, frame: Frame) -> None:
        """Forget the plan of the running episode, as at its beginning; it shows `frame` now."""
        if self.acts:
            self._drop_episode(self._facts_of(frame))

    def go_on(self) -> bool:
        """Prepare to go on inside an episode, after a checkpoint; return whether that is possible.

        It is not if no frame is remembered.
        """
        self._drop_episode(None)
        return self.buffer.added > 0

    def remember(self, frame_shape: tuple[int, ...]) -> None:
        """Remember frames of the shape `(H, W, 3)` from now on; say so if others are left out.

        Perception is not fitted again before there are as many of the new ones as the first fit
        takes: fewer would know less of the types.
        """
        if frame_shape != self.buffer.frames.shape[1:]:
            self.buffer = self.buffer.resized(frame_shape)
        left_out, self.buffer.unsaid = self.buffer.unsaid, 0
        if not left_out:
            return
        enough = self._config.perception.first_frames
        self.next_fit = max(self.next_fit, self.num_timesteps + enough)
        size = " x ".join(map(str, frame_shape[:2]))
        text = (
            f"The frames are now of {size} pixels, so the {left_out} remembered frames of another "
            "size are left out; what was learned stays, and perception is fitted again after "
            f"{enough} steps at the earliest"
        )
        warnings.warn(text, DSRLWarning, stacklevel=4)  # where `DSRL.learn` is called

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose an action epsilon-greedily, at random before anything can be seen."""
        rng = self._streams.get("explore")
        if not self.acts:
            return int(rng.integers(self._num_actions))
        if self._facts is None:
            self._facts = self._facts_of(frame)
        if self._episode is None:
            shape = self._perception.shape_of(frame)
            # Front ends that remember nothing of an episode need not know how to go on in it.
            resume = getattr(self.front_end, "resume", None) if self._inside else None
            self._episode = (resume or self.front_end.begin)(shape)
        epsilon = self._config.front_end.epsilon
        return self.front_end.decide(self._facts, self._episode, rng, epsilon)

    def observe(self, step: Step) -> None:
        """Remember a step and learn from it."""
        self.num_timesteps += 1
        if step.number == 0:
            self.buffer.begin(step.frame)
        self.buffer.step(step.action, step.reward, step.terminated, step.next_frame)
        if not self.acts:
            return
        facts = self._facts if self._facts is not None else self._facts_of(step.frame)
        next_facts, change = self._perception.watch(facts, step.action, step.next_frame)
        self._advise()
        if change is not None:
            facts = self._facts_of(step.frame)
            self._drop_episode(next_facts)
            if change.parents and self._follow(change):
                self._cut = False  # this step was relearned with the others
                return
        transition = Transition(
            facts=facts,
            action=step.action,
            reward=step.reward,
            next_facts=next_facts,
            terminated=step.terminated,
            first=step.number == 0 or self._cut,
            shape=self._perception.shape_of(step.frame),
        )
        self.front_end.learn(transition, self._streams.get("replay"))
        self._facts, self._cut = next_facts, False

    def fit(self, frame: Frame, progress: Progress | None) -> Fit | None:
        """Fit perception to the remembered frames; the front end keeps its knowledge of the types.

        The environment shows `frame` now. Returns `None` if nothing moved in the remembered frames.
        Earlier knowledge stays then, and more frames may help.
        """
        start = time.perf_counter()
        before = set(self._perception.known) if self._perception.ready else set()
        try:
            loss, change = self.fit_perception(progress)
        except PerceptionError as error:
            self.complaint = str(error)
            self.next_fit = int(self._config.perception.failed_growth * self.num_timesteps)
            return None
        if before.isdisjoint(self._perception.known):
            self._relearn()  # on another grid no type keeps its name
        else:
            self._follow(change)
        self.next_fit = self._steps_to_next_fit()
        # What is remembered of the running episode is in the terms of before.
        self._drop_episode(self._facts_of(frame))
        types = len(self._perception.known)
        return Fit(self.num_timesteps, loss, types, time.perf_counter() - start)

    def fit_perception(self, progress: Progress | None) -> tuple[float, TypeChange]:
        """Fit perception to the remembered frames; return the loss and the change of types.

        Raises:
            PerceptionError: Nothing moved in them.
        """
        rewards = np.array([reward for _, reward, *_ in self.buffer.outcomes()])
        return self._perception.learn(self.buffer.transitions(), progress, rewards)

    def restore(self, data: Mapping[str, Any]) -> None:
        """Restore the counters from a checkpoint's JSON data.

        Raises:
            ConfigError: A value is no counter.
        """
        for name in ("num_timesteps", "next_fit"):
            require_at_least(name, data[name], 0)
        self.num_timesteps, self.next_fit = data["num_timesteps"], data["next_fit"]
        self.acts = bool(data["acts"])

    def rehearse(self) -> None:
        """See, decide and learn once on copies, so that what was restored fails now or never.

        Raises:
            Exception: Of any kind, if what was restored does not fit together.
        """
        if not (self._perception.ready and self.buffer.added):
            return
        perception, front_end = copy.deepcopy((self._perception, self.front_end))
        frame, rng = self.buffer.newest(), np.random.default_rng(0)
        facts, shape = perception.facts(frame[None])[0], perception.shape_of(frame)
        action = front_end.decide(facts, front_end.begin(shape), rng, 0.0)
        seen = perception.watch(facts, action, frame).facts
        front_end.learn(Transition(facts, action, 0.0, seen, True, True, shape), rng)
        perception.pictures()
        perception.arrays()  # what cannot be saved again was not saved by us
        perception.state()
        front_end.state()

    def _steps_to_next_fit(self) -> int:
        settings = self._config.perception
        if not self.acts:
            return min(int(settings.retry_growth * self.num_timesteps), settings.frames)
        if not settings.refit_growth:
            return _NEVER
        return max(self.num_timesteps + 1, int(self.num_timesteps * settings.refit_growth))

    def _follow(self, change: TypeChange) -> bool:
        """Bring the front end's knowledge into the present types.

        Returns whether the front end was retrained from all remembered frames.
        """
        if not self.acts or self.buffer.complete:
            self._relearn()
            return True
        for child, parent in change.parents.items():
            self.front_end.inherit(child, parent)
        self._advise()
        return False

    def _advise(self) -> None:
        """Tell the front end which types are the agent's, and which are alike in shape."""
        self.front_end.agency.take(self._perception.agent_types)
        analogues = dict(self._perception.analogues)
        if analogues != self._analogues:
            self._analogues = analogues
            self.front_end.resemble(analogues)

    def _relearn(self) -> None:
        """Retrain the front end from all stored frames; act if enough of them are explained."""
        met = self.transitions()
        self.front_end = self._new_front_end()
        self._analogues = {}
        self._advise()
        for transition in met:
            self.front_end.learn(transition, self._streams.get("replay"))
        settings, agency = self._config.perception, self._config.front_end.agency
        enough = self.num_timesteps >= settings.frames
        explained = explained_share(met, agency, self._perception.agent_types)
        self.acts = self.acts or enough or explained >= settings.explained

    def transitions(self) -> list[Transition]:
        """Return all remembered transitions in symbols, as they are seen now, the oldest first."""
        frames = self.buffer.transitions()
        before, after = (self._perception.facts(part) for part in (frames.before, frames.after))
        shape = self._perception.shape_of(frames.before[0])
        steps = zip(before, self.buffer.outcomes(), after, strict=True)
        return [
            Transition(facts, action, reward, next_facts, terminated, first, shape)
            for facts, (action, reward, terminated, first), next_facts in steps
        ]

    def inspect(self) -> Inspection:
        """Return what all remembered steps tell about the world; at least one was taken."""
        outcomes = list(self.buffer.outcomes())
        config, seen = self._config, self.buffer.transitions()
        facts = None
        if self._perception.ready:
            types, grid = self._perception.known, self._perception.grid
            facts = fact_figures(self.transitions(), grid, types, config.front_end.agency)
        return Inspection(
            frame_figures(seen, self._num_actions, config.perception.tiling),
            facts,
            Counter(reward for _, reward, *_ in outcomes),
            sum(terminated for *_, terminated, _ in outcomes),
            self.complaint,
        )

    def _drop_episode(self, facts: Facts | None) -> None:
        """Drop the memory of the running episode, of which these facts are seen now."""
        self._facts, self._episode, self._cut, self._inside = facts, None, True, True

    def _facts_of(self, frame: Frame) -> Facts:
        return self._perception.facts(frame[None])[0]


def _frame_buffer(memory: int, frame_shape: tuple[int, ...]) -> FrameBuffer:
    """Return a buffer for the frames of `memory` steps.

    Raises:
        ConfigError: It does not fit into memory.
    """
    try:
        return FrameBuffer(memory + 1, frame_shape)
    except (MemoryError, ValueError) as error:
        size = " x ".join(map(str, frame_shape))
        raise ConfigError(
            f"perception.memory is {memory}, but so many frames of {size} bytes do not fit into "
            "memory; give a smaller one."
        ) from error
