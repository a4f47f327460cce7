"""Write what happens in a training run into its folder: fits, episodes and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable

from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, LearningAgent, Listener
from dsrl_agent.agent.diagnosis import findings
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.config import TrainConfig
from dsrl_agent.experiments.run.stopping import StopRequest
from dsrl_agent.records import RunFolder
from dsrl_agent.runtime.progress import Bars

Tell = Callable[[str], object]
"""Is told lines for a person while a run goes on."""

Progress = Callable[[str, int, int, float], None]
"""Is told a phase, how much of it is done and how much there is, and its latest figure."""


class RunRecorder(Listener):
    """Writes fits, episodes and checkpoints into the run folder, and times the phases."""

    def __init__(
        self,
        folder: RunFolder,
        config: TrainConfig,
        agent: DSRL,
        bars: Bars | None,
        tell: Tell | None,
    ) -> None:
        self._agent = agent
        self._tell = tell
        self._inspected: set[str] = set()  # the kinds of fits after which the world was inspected
        self._looked_wrong = False  # whether something did when it was inspected last
        self.seconds: dict[str, float] = {}
        self.stop = StopRequest()
        self.saved_at = -1  # the steps of the last checkpoint of this session
        self._folder = folder
        self._every = config.checkpoint_every
        self._several = config.num_envs > 1
        self._next_save = self._due_after(agent.num_timesteps)
        self._bars = bars
        self._last = time.perf_counter()

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        """Time the phase, and show its progress."""
        self.lap(phase)
        if self._bars is not None:
            self._bars.update(phase, done, total, figure)

    @property
    def shown(self) -> Progress | None:
        """Where progress that is not timed here is shown, if anywhere."""
        return None if self._bars is None else self._bars.update

    def before_fit(self, agent: LearningAgent) -> None:
        """Let a signal stop the run at once."""
        self.stop.at_once = True  # the last checkpoint leads here again

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        """Log a fit, and save the agent after this step."""
        self.stop.at_once = False
        figures = {"loss": fit.loss, "types": fit.types, "seconds": fit.seconds}
        self._folder.log("fit", fit.steps, figures)
        self._next_save = fit.steps  # a fit takes long: save after this step
        self._inspect("fit")

    def on_failed_fit(self, agent: LearningAgent) -> None:
        """Tell what may be wrong."""
        self.stop.at_once = False
        self._inspect("failed fit")

    def on_end(self, agent: LearningAgent) -> None:
        """Tell what looks wrong in the end, and whether what looked wrong before still does."""
        if self._tell is None:
            return
        wrong = findings(self._agent.inspect(), self._agent.config)
        if not wrong and not self._looked_wrong:
            return
        named = "\n".join(f"warning: {each}" for each in wrong)
        after = f"After {self._agent.num_timesteps} steps"
        looks = "still looks" if self._looked_wrong else "looks"
        self._tell(
            f"\n{after} something {looks} wrong (dsrl inspect)\n{named}"
            if wrong
            else f"\n{after} nothing looks wrong any more."
        )

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        """Log an episode; save the agent if that is due and no other environment is inside one."""
        figures = {"episode": end.episode, "return": end.total_reward, "length": end.length}
        self._folder.log("episode", end.steps, figures)
        return True if self._several else self._save_if_due(agent)

    def on_step(self, agent: LearningAgent) -> bool:
        """Save the agent if that is due, or overdue as no episode ends."""
        late = agent.num_timesteps - self._next_save
        if late < 0 and not self.stop.signal:
            return True
        # No episode has ended since the checkpoint was due, or those of several never end together.
        if late >= (0 if self._several else self._every):
            agent.forget()
        if agent.exact or self.stop.signal:
            return self._save_if_due(agent)
        return True

    def _save_if_due(self, agent: LearningAgent) -> bool:
        """Save the agent if a checkpoint is due or the run is to stop; return whether to go on."""
        stops = bool(self.stop.signal)
        if stops or agent.num_timesteps >= self._next_save:
            self.save(agent)
        return not stops

    def save(self, agent: LearningAgent) -> None:
        """Save the agent as it is now."""
        arrays, data = agent.checkpoint()
        self._folder.save(agent.num_timesteps, arrays, data, exact=agent.exact)
        self.saved_at = agent.num_timesteps
        self._next_save = self._due_after(self.saved_at)

    def _due_after(self, steps: int) -> int:
        # Multiples, so that a run which was stopped keeps the times of one which was not.
        return (steps // self._every + 1) * self._every

    def _inspect(self, occasion: str) -> None:
        """Tell what the agent sees, if something looks wrong, after the first fit of each kind."""
        if self._tell is None or occasion in self._inspected:
            return
        self._inspected.add(occasion)
        found = self._agent.inspect()
        wrong = findings(found, self._agent.config)
        self._looked_wrong = bool(wrong)
        if wrong:
            after = f"After {self._agent.num_timesteps} steps something looks wrong"
            self._tell(f"\n{after} (dsrl inspect)\n{found}")

    def lap(self, phase: str) -> None:
        """Add the time since the last call to the time of a phase."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._last
        self._last = now
