"""Train an agent in a run folder: checkpoints, Ctrl-C, and the evaluation at the end."""

from __future__ import annotations

import dataclasses
import shlex
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, LearningAgent, Listener
from dsrl_agent.agent.diagnosis import describe, findings
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.back_end import require_device
from dsrl_agent.baselines import Oracle, RandomActor, has_solver
from dsrl_agent.config import AgentConfig, TrainConfig, read_config
from dsrl_agent.errors import CheckpointError, ConfigError, HandoverError
from dsrl_agent.evaluation.evaluate import (
    NO_LIMITS,
    Limits,
    Report,
    evaluate,
    evaluation_env,
    is_unseen,
)
from dsrl_agent.records import RunFolder
from dsrl_agent.runtime.envs import door_of, make_env
from dsrl_agent.runtime.episodes import Actor
from dsrl_agent.runtime.progress import Bars
from dsrl_agent.runtime.rng import Streams

Tell = Callable[[str], object]
"""Is told lines for a person while a run goes on."""


class TrainingOutcome(NamedTuple):
    """The result of a training run."""

    path: Path  # its folder
    agent: DSRL  # the trained agent
    seconds: dict[str, float]  # wall time in seconds by phase
    reports: Mapping[str, Report] = {}  # of each actor in the same worlds; empty if interrupted
    unseen: bool = False  # whether no training run meets the worlds of the evaluation
    interrupted: bool = False  # whether Ctrl-C ended the run


def train(config: TrainConfig, tell: Tell | None = None) -> TrainingOutcome:
    """Train a new agent in a new run folder; `tell` is told what a person should know.

    Raises:
        ConfigError: The folder exists, or the environment cannot be made.
    """
    # Wrong environments, devices and names of sights are refused before a folder is made.
    env = _env_of(config)
    require_device(config.device)
    parts = AgentConfig(config.perception, config.back_end, config.front_end, config.inspection)
    agent = DSRL(env, parts, seed=config.seed, device=config.device)
    settings = dataclasses.asdict(config)
    if config.run_dir:
        made = RunFolder.create(Path(config.run_dir), settings, config.seed)
    else:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        path = Path("runs") / f"{stamp}-seed{config.seed}"
        made = RunFolder.create_numbered(path, settings, config.seed)
    with made as folder:
        return _run(folder, config, agent, tell)


def resume(path: Path, config: TrainConfig, tell: Tell | None = None) -> TrainingOutcome:
    """Continue the run in a folder from its newest checkpoint, as if it had never stopped.

    `config` are the settings of the run (`RunFolder.config`); `total_timesteps` may be larger.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
        ConfigError: The run has taken all its steps already.
    """
    with RunFolder.open(path) as folder:
        checkpoint = folder.latest()
        if checkpoint is None:
            raise CheckpointError(
                f"The run {path} was stopped before its first checkpoint, so there is nothing to "
                f"go on from; train anew with --config {path / 'config.yaml'} and a new --run_dir."
            )
        agent = DSRL.load(checkpoint, _env_of(config), device=config.device)
        if agent.num_timesteps >= config.total_timesteps:
            raise ConfigError(
                f"The run {path} has taken all its {agent.num_timesteps} steps; ask for more with "
                "--total_timesteps, or use dsrl evaluate."
            )
        folder.truncate_metrics(agent.num_timesteps)
        return _run(folder, config, agent, tell)


def load_run(path: Path, device: str = "auto") -> tuple[DSRL, TrainConfig]:
    """Return the agent of a run's newest checkpoint, and the run's settings.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
    """
    folder = RunFolder.open(path)
    checkpoint = folder.latest()
    if checkpoint is None:
        raise CheckpointError(f"The run {path} has no checkpoint yet; let it train longer.")
    config = read_config(TrainConfig, folder.config())
    agent = DSRL.load(checkpoint, _env_of(config), device=device)
    if not agent.perception.ready:
        raise CheckpointError(
            f"The run {path} was stopped before the agent had learned to see; go on with "
            f"dsrl train --resume {path}."
        )
    return agent, config


def unseen_env(
    agent: DSRL, config: TrainConfig, replaced: dict[str, Any] | None
) -> gym.Env[Any, Any]:
    """Return the environment of evaluation, which makes frames as the agent's own does.

    `replaced` are keywords in place of those of training.
    """
    made, door = config.env, door_of(agent.env)
    view = None if door is None else door.view
    return evaluation_env(made.id, made.kwargs, replaced, made.wrappers, made.door, view)


def _env_of(config: TrainConfig) -> gym.Env[Any, Any]:
    """Return the environment of training."""
    return make_env(config.env.id, config.env.kwargs, config.env.wrappers, config.env.door)


def compare(
    agent: DSRL,
    env: gym.Env[Any, Any],
    episodes: int,
    seed: int,
    limits: Limits = NO_LIMITS,
) -> dict[str, Report]:
    """Evaluate the greedy agent, random play and the oracle in the same worlds.

    The seed decides the worlds, one an episode, and the random actions. The actors' names are
    "agent", "random" and, where there is a solver, "oracle". The limits hold for each actor; the
    others play no more worlds than the agent.
    """
    rng = Streams(seed).get("random actor")
    report = evaluate(AgentActor(agent), env, episodes, seed, limits)
    others: dict[str, Actor] = {"random": RandomActor(agent.num_actions, rng)}
    if has_solver(env):
        others["oracle"] = Oracle(env)
    played = len(report.returns)
    return {"agent": report} | {
        name: evaluate(actor, env, played, seed, limits) for name, actor in others.items()
    }


class _RunRecorder(Listener):
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
        self.seconds: dict[str, float] = {}
        self.interrupted = False
        self._folder = folder
        self._every = config.checkpoint_every
        self._next_save = agent.num_timesteps  # the first episode's end is saved
        self._bars = bars
        self._last = time.perf_counter()

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        self.lap(phase)
        if self._bars is not None:
            self._bars.update(phase, done, total, figure)

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        figures = {"loss": fit.loss, "types": fit.types, "seconds": fit.seconds}
        self._folder.log("fit", fit.steps, figures)
        self._next_save = fit.steps  # a fit takes long: save at the end of this episode
        self._inspect("fit")

    def on_failed_fit(self, agent: LearningAgent) -> None:
        self._inspect("failed fit")

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        figures = {"episode": end.episode, "return": end.total_reward, "length": end.length}
        self._folder.log("episode", end.steps, figures)
        if end.steps >= self._next_save or self.interrupted:
            self._folder.save(agent.num_timesteps, *agent.checkpoint())
            self._next_save = end.steps + self._every
        return not self.interrupted

    def _inspect(self, occasion: str) -> None:
        """Tell what the agent sees, if something looks wrong, after the first fit of each kind."""
        if self._tell is None or occasion in self._inspected:
            return
        self._inspected.add(occasion)
        found = self._agent.inspect()
        if wrong := findings(found, self._agent.config):
            after = f"After {self._agent.num_timesteps} steps something looks wrong"
            warnings = (f"warning: {each}" for each in wrong)
            self._tell("\n".join([f"\n{after} (dsrl inspect)", *describe(found), *warnings]))

    def lap(self, phase: str) -> None:
        """Add the time since the last call to the time of a phase."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._last
        self._last = now


def _run(folder: RunFolder, config: TrainConfig, agent: DSRL, tell: Tell | None) -> TrainingOutcome:
    door = door_of(agent.env)
    if tell is not None and door is not None and door.said:
        tell(door.said)
    run = _learned(folder, config, agent, tell)
    outcome = TrainingOutcome(folder.path, agent, run.seconds, interrupted=run.interrupted)
    if run.interrupted:
        return outcome
    folder.save(agent.num_timesteps, *agent.checkpoint())
    run.lap("episodes")
    env = unseen_env(agent, config, config.evaluation.kwargs)
    settings = config.evaluation
    limits = Limits(settings.steps, settings.seconds)
    reports = compare(agent, env, settings.episodes, config.seed, limits)
    outcome = outcome._replace(reports=reports, unseen=is_unseen(env))
    env.close()
    for name, report in reports.items():
        found = report.figures().items()
        figures = {f"{name}_{key}": None if x is None else x[0] for key, x in found}
        folder.log("evaluation", agent.num_timesteps, figures)
    run.lap("evaluation")
    return outcome


def _learned(
    folder: RunFolder, config: TrainConfig, agent: DSRL, tell: Tell | None
) -> _RunRecorder:
    """Let the agent learn, and return the recorder of the run.

    Raises:
        HandoverError: The environment broke a rule; what was learned before is saved.
    """
    bars = Bars() if config.progress else None
    run = _RunRecorder(folder, config, agent, bars, tell)
    try:
        with _stop_gently(run):
            left = config.total_timesteps - agent.num_timesteps
            agent.learn(left, listener=run, until_settled=config.until_settled)
    except HandoverError as error:
        folder.save(agent.num_timesteps, *agent.checkpoint())
        raise HandoverError(
            f"{error} What was learned in {agent.num_timesteps} steps is saved; go on with: "
            f"dsrl train --resume {shlex.quote(str(folder.path))}"
        ) from error
    finally:
        if bars is not None:
            bars.close()
    return run


@contextmanager
def _stop_gently(run: _RunRecorder) -> Iterator[None]:
    """End the run after the episode on the first Ctrl-C, and at once on the second."""

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if run.interrupted:
            raise KeyboardInterrupt
        run.interrupted = True

    try:
        before = signal.signal(signal.SIGINT, on_interrupt)
    except ValueError:  # outside the main thread Python allows no signal handler
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
