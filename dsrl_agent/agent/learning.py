"""Learn from steps: act, remember frames, fit perception again, teach the front end."""

from __future__ import annotations

import copy
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dsrl_agent.agent.callbacks import Fit
from dsrl_agent.agent.diagnosis import told
from dsrl_agent.agent.episode_memory import EpisodeMemory
from dsrl_agent.agent.inspection import Inspection, fact_figures, frame_figures
from dsrl_agent.agent.self_check import explained_share
from dsrl_agent.checks import require_at_least
from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import DSRLWarning, PerceptionError
from dsrl_agent.front_end import AnyFrontEnd, Episode
from dsrl_agent.front_end.protocol import decide_together, learn_together
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.perception.sight import Progress, TypeChange
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.frame_buffers import frame_buffers
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame, Transition

_NEVER = 2**62  # steps: no fit is due any more


class Learning:
    """The learning half of an agent, as an actor that plays; never looks into `info`.

    Frames have the shape `(H, W, 3)`. `new_front_end` makes a front end that has learned nothing.
    `num_envs` environments are played together.
    """

    def __init__(
        self,
        num_actions: int,
        config: AgentConfig,
        perception: PerceptionProtocol,
        new_front_end: Callable[[], AnyFrontEnd],
        frame_shape: tuple[int, ...],
        streams: Streams,
        num_envs: int = 1,
    ) -> None:
        settings = config.perception
        self.front_end = new_front_end()
        self.buffers = frame_buffers(settings.memory, frame_shape, num_envs)  # the latest frames
        self.num_timesteps = 0  # environment steps taken so far
        self.acts = perception.ready  # from facts; before that, actions are random
        # The number of steps after which perception is fitted next.
        self.next_fit = min(settings.first_frames, settings.frames) if perception.learns else _NEVER
        self.complaint = ""  # of the last fit that failed
        self._drawn = 0  # steps taken by the last that was drawn at random, as far as is known
        self._num_actions = num_actions
        self._config = config
        self._perception = perception
        self._new_front_end = new_front_end
        self._streams = streams
        self._memories = [EpisodeMemory() for _ in range(num_envs)]
        self._analogues: dict[int, int] = {}  # as the front end was told last

    def begin(self, env: int) -> None:
        """Forget the last episode of an environment."""
        self._memories[env] = EpisodeMemory(cut=self._memories[env].cut)

    def episode_of(self, env: int) -> Episode | None:
        """Return the front end's memory of an environment's episode, `None` where none runs."""
        return self._memories[env].episode

    def exact(self, running: Iterable[int]) -> bool:
        """Say whether a checkpoint keeps all that is remembered of the episodes running.

        They are given by the numbers of their environments.
        """
        memories = (self._memories[env] for env in running)
        return not self.acts or all(each.episode is None and each.cut for each in memories)

    def forget(self, running: Iterable[int]) -> None:
        """Forget the plans of the episodes running in some environments, as at their beginning."""
        if self.acts:
            self._cut_off(running)

    def go_on(self) -> bool:
        """Prepare to go on inside episodes; return whether any frame is remembered for it."""
        for memory in self._memories:
            memory.cut_off(None)
        return self.buffers.begun

    def remember(self, frame_shape: tuple[int, ...]) -> None:
        """Remember frames of the shape `(H, W, 3)` from now on; say so if others are left out.

        Perception is not fitted again before there are as many new ones as the first fit takes.
        """
        if not (left_out := self.buffers.resize(frame_shape)):
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

    def act(self, frames: Mapping[int, Frame], infos: Mapping[int, dict[str, Any]]) -> list[int]:
        """Choose actions epsilon-greedily, at random before anything can be seen."""
        rng = self._streams.get("explore")
        if not self.acts:
            self._drawn = self.num_timesteps + len(frames)
            return [int(rng.integers(self._num_actions)) for _ in frames]
        self._see(frames)
        for env, frame in frames.items():
            if self._memories[env].episode is None:
                self._memories[env].episode = self._begun(env, frame)
        memories = [self._memories[env] for env in frames]
        scenes = [memory.facts for memory in memories if memory.facts is not None]
        episodes = [memory.episode for memory in memories]
        epsilon = self._config.front_end.epsilon
        return decide_together(self.front_end, scenes, episodes, rng, epsilon)

    def observe(self, steps: Sequence[Step]) -> None:
        """Remember the steps that environments took together, and learn from them."""
        self.num_timesteps += len(steps)
        for step in steps:
            ring = self.buffers.each[step.env]
            if step.number == 0:
                ring.begin(step.frame)
            ring.step(step.action, step.reward, step.terminated, step.next_frame)
        if not self.acts:
            return
        self._see({step.env: step.frame for step in steps})
        seen, change = self._watch(steps)
        self._advise()
        if change is not None:
            before = self._facts_of([step.frame for step in steps])
            for step, facts in zip(steps, before, strict=True):
                self._memories[step.env].cut_off(facts)
            if change.parents and self._follow(change):
                # These steps were relearned with the others.
                self._take(steps, seen)
                return
        self._learn(steps, seen)
        self._take(steps, seen)

    def _see(self, frames: Mapping[int, Frame]) -> None:
        """Read the frames of environments whose facts are not known, all together."""
        unread = [env for env in frames if self._memories[env].facts is None]
        if unread:
            read = self._facts_of([frames[env] for env in unread])
            for env, facts in zip(unread, read, strict=True):
                self._memories[env].facts = facts

    def _watch(self, steps: Sequence[Step]) -> tuple[Sequence[Facts], TypeChange | None]:
        """Return the facts of the frames that steps led to, and the change of types by them."""
        known = [self._memories[step.env].facts for step in steps]
        before = [facts for facts in known if facts is not None]
        if len(steps) == 1:
            (step,) = steps
            seen = self._perception.watch(before[0], step.action, step.next_frame)
            return [seen.facts], seen.change
        actions = [step.action for step in steps]
        frames = np.stack([step.next_frame for step in steps])
        return self._perception.watch_all(before, actions, frames)

    def _learn(self, steps: Sequence[Step], seen: Sequence[Facts]) -> None:
        """Teach the front end steps that led to some facts."""
        transitions, shape = [], self._perception.shape_of(steps[0].frame)
        for step, next_facts in zip(steps, seen, strict=True):
            memory = self._memories[step.env]
            assert memory.facts is not None
            transitions.append(
                Transition(
                    facts=memory.facts,
                    action=step.action,
                    reward=step.reward,
                    next_facts=next_facts,
                    terminated=step.terminated,
                    first=step.number == 0 or memory.cut,
                    shape=shape,
                    env=step.env,
                )
            )
        learn_together(self.front_end, transitions, self._streams.get("replay"))

    def _take(self, steps: Sequence[Step], seen: Sequence[Facts]) -> None:
        """Go on from the facts that steps led to."""
        for step, next_facts in zip(steps, seen, strict=True):
            memory = self._memories[step.env]
            memory.facts, memory.cut = next_facts, False

    def _cut_off(self, envs: Iterable[int]) -> None:
        """Forget what was remembered of episodes: it is in other terms than before."""
        which = [env for env in envs if self.buffers.each[env].added]
        if which:
            facts = self._facts_of([self.buffers.newest_of(env) for env in which])
            for env, own in zip(which, facts, strict=True):
                self._memories[env].cut_off(own)

    def fit(self, progress: Progress | None) -> Fit | None:
        """Fit perception to the remembered frames; the front end keeps its knowledge of the types.

        Returns `None` if nothing moved in the remembered frames. Earlier knowledge stays then, and
        more frames may help.
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
        # What is remembered of running episodes is in the terms of before.
        self._cut_off(range(len(self._memories)))
        types = len(self._perception.known)
        return Fit(self.num_timesteps, loss, types, time.perf_counter() - start)

    def fit_perception(self, progress: Progress | None) -> tuple[float, TypeChange]:
        """Fit perception to the remembered frames; return the loss and the change of types.

        Raises:
            PerceptionError: Nothing moved in them.
        """
        rewards = np.array([reward for _, reward, *_ in self.buffers.outcomes()])
        return self._perception.learn(self.buffers.transitions(), progress, rewards)

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
        if not (self._perception.ready and self.buffers.filled):
            return
        perception, front_end = copy.deepcopy((self._perception, self.front_end))
        frame, rng = self.buffers.newest(), np.random.default_rng(0)
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
        if not self.acts or self.buffers.complete:
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
        frames = self.buffers.transitions()
        before, after = (self._perception.facts(part) for part in (frames.before, frames.after))
        shape = self._perception.shape_of(frames.before[0])
        steps = zip(before, self.buffers.outcomes(), after, self.buffers.numbers(), strict=True)
        met = [
            Transition(facts, action, reward, next_facts, terminated, first, shape, env)
            for facts, (action, reward, terminated, first), next_facts, env in steps
        ]
        return [met[place] for place in self.buffers.by_age()]

    def inspect(self, unread: tuple[str, ...] = ()) -> Inspection:
        """Return what the remembered steps, at least one, tell of a world with parts `unread`."""
        outcomes, config, facts = list(self.buffers.outcomes()), self._config, None
        if self._perception.ready:
            types, grid = self._perception.known, self._perception.grid
            chosen = self.num_timesteps - self._drawn
            own = (chosen, config.inspection.episodes, self._perception.agent_types)
            facts = fact_figures(self.transitions(), grid, types, config.front_end.agency, *own)
        found = Inspection(
            frame_figures(self.buffers.transitions(), self._num_actions, config.perception.tiling),
            facts,
            Counter(reward for _, reward, *_ in outcomes),
            ends=sum(terminated for *_, terminated, _ in outcomes),
            complaint=self.complaint,
            unread=unread,
        )
        return told(found, config)

    def _facts_of(self, frames: Sequence[Frame]) -> list[Facts]:
        return self._perception.facts(np.stack(frames))

    def _begun(self, env: int, frame: Frame) -> Episode:
        """Return the front end's memory of an episode that begins, or goes on if it was dropped."""
        shape = self._perception.shape_of(frame)
        # Front ends that remember nothing of an episode need not know how to go on in it.
        resume = getattr(self.front_end, "resume", None) if self._memories[env].inside else None
        begun: Episode = self.front_end.begin(shape) if resume is None else resume(shape, env)
        return begun
