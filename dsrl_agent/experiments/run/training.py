"""Train an agent in a run folder: checkpoints, Ctrl-C, and the evaluation at the end."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.agent.loading import envs_of
from dsrl_agent.back_end import require_device
from dsrl_agent.baselines import Oracle, RandomActor, has_solver
from dsrl_agent.config import AgentConfig, TrainConfig, read_config
from dsrl_agent.errors import (
    CheckpointError,
    ConfigError,
    DSRLError,
    HandoverError,
    StorageError,
)
from dsrl_agent.evaluation.evaluate import (
    NO_LIMITS,
    Limits,
    Report,
    evaluate,
    evaluation_env,
    is_unseen,
)
from dsrl_agent.experiments.run.recording import Progress, RunRecorder, Tell
from dsrl_agent.experiments.run.stopping import stops_on_signals
from dsrl_agent.records import RunFolder
from dsrl_agent.records.run_folder import steps_of
from dsrl_agent.runtime.door.making import names_in
from dsrl_agent.runtime.door.trust import allowing
from dsrl_agent.runtime.envs import door_of
from dsrl_agent.runtime.episodes import Actor
from dsrl_agent.runtime.progress import Bars
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.runtime.vector.environments import Environments


class TrainingOutcome(NamedTuple):
    """The result of a training run."""

    path: Path  # its folder
    agent: DSRL  # the trained agent
    seconds: dict[str, float]  # wall time in seconds by phase
    reports: Mapping[str, Report] = {}  # of each actor in the same worlds; empty if interrupted
    unseen: bool = False  # whether no training run meets the worlds of the evaluation
    stopped_by: int = 0  # the number of the signal that stopped the run, 0 if none did

    @property
    def interrupted(self) -> bool:
        """Whether a signal stopped the run before its end."""
        return self.stopped_by != 0


def train(config: TrainConfig, tell: Tell | None = None) -> TrainingOutcome:
    """Train a new agent in a new run folder; `tell` is told what a person should know.

    Raises:
        ConfigError: The folder exists, or the environment cannot be made.
    """
    # Wrong environments, devices and names of sights are refused before a folder is made.
    agent = _new_agent(config, envs_of(config))
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
        CheckpointError: There is no run, or its checkpoint is damaged.
        ConfigError: The run has taken all its steps already, or another process goes on with it.
    """
    with RunFolder.open(path).claim() as folder:
        agent = _stored_agent(folder, config)
        folder.truncate_metrics(agent.num_timesteps)
        return _run(folder, config, agent, tell)


def _new_agent(config: TrainConfig, env: gym.Env[Any, Any] | Environments) -> DSRL:
    """Return an agent that has learned nothing."""
    require_device(config.device)
    parts = AgentConfig(config.perception, config.back_end, config.front_end, config.inspection)
    return DSRL(env, parts, seed=config.seed, device=config.device)


def _stored_agent(folder: RunFolder, config: TrainConfig) -> DSRL:
    """Return the agent from which a run goes on as if it had never stopped.

    A run that was stopped before its first checkpoint begins anew. One that has taken all its steps
    goes on with its evaluation.

    Raises:
        CheckpointError: A checkpoint is damaged.
        ConfigError: The run was evaluated already.
    """
    env = envs_of(config, str(folder.path))
    newest, exact = folder.latest(), folder.resumable()
    if newest is None:
        return _new_agent(config, env)
    unfinished = steps_of(newest) < config.total_timesteps
    chosen = exact if unfinished and exact is not None else newest
    agent = DSRL.load(chosen, env, device=config.device)
    if unfinished:
        return agent
    if folder.has_logged("evaluation", agent.num_timesteps):
        raise ConfigError(
            f"The run {folder.path} has taken all its {agent.num_timesteps} steps; ask for more "
            "with --total_timesteps, or use dsrl evaluate."
        )
    return agent


def load_run(path: Path, device: str = "auto") -> tuple[DSRL, TrainConfig]:
    """Return the agent of a run's newest checkpoint, and the run's settings.

    Raises:
        CheckpointError: There is no run or no good checkpoint.
    """
    config = read_config(TrainConfig, RunFolder.open(path).config())
    agent = DSRL.load(path, device=device)
    if not agent.perception.ready:
        raise CheckpointError(
            f"The run {path} was stopped before the agent had learned to see; go on with "
            f"{resume_command(path)}."
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


def compare(
    agent: DSRL,
    env: gym.Env[Any, Any],
    episodes: int,
    seed: int,
    limits: Limits = NO_LIMITS,
    *,
    oracle: bool = True,
    progress: Progress | None = None,
) -> dict[str, Report]:
    """Evaluate the greedy agent, random play and, if wanted, the oracle in the same worlds.

    The seed decides the worlds, one an episode, and the random actions. The actors' names are
    "agent", "random" and, where there is a solver, "oracle". The limits hold for each actor; the
    others play no more worlds than the agent. After each world `progress` is called with the name
    of the phase, such as "agent plays", the numbers of worlds played and of all, and the return.
    """

    def measured(name: str, actor: Actor, episodes: int) -> Report:
        told = None if progress is None else partial(progress, f"{name} plays")
        return evaluate(actor, env, episodes, seed, limits, told)

    rng = Streams(seed).get("random actor")
    report = measured("agent", AgentActor(agent), episodes)
    others: dict[str, Actor] = {"random": RandomActor(agent.num_actions, rng)}
    if oracle and has_solver(env):
        others["oracle"] = Oracle(env)
    played = len(report.returns)
    return {"agent": report} | {name: measured(name, each, played) for name, each in others.items()}


def _run(folder: RunFolder, config: TrainConfig, agent: DSRL, tell: Tell | None) -> TrainingOutcome:
    """Let an agent learn, evaluate it, and return the outcome.

    Raises:
        HandoverError: The environment broke a rule; what was learned before is saved.
        StorageError: The run folder cannot be written; what was saved before stays.
    """
    door = door_of(agent.env)
    if tell is not None and door is not None and door.said:
        tell(door.said)
    bars = Bars() if config.progress else None
    run = RunRecorder(folder, config, agent, bars, tell)
    try:
        with stops_on_signals(run.stop):
            reports, unseen = _learned_and_measured(folder, config, agent, run)
    except KeyboardInterrupt:
        if not run.stop.signal:  # raised by a caller's own handler
            raise
        reports, unseen = {}, False
    except StorageError as error:
        raise StorageError(f"{error} {_way_on(folder, 'What was saved before stays')}") from error
    finally:
        if bars is not None:
            bars.close()
    stopped_by = 0 if reports else run.stop.signal
    return TrainingOutcome(folder.path, agent, run.seconds, reports, unseen, stopped_by)


def _learned_and_measured(
    folder: RunFolder, config: TrainConfig, agent: DSRL, run: RunRecorder
) -> tuple[Mapping[str, Report], bool]:
    """Return the reports of the evaluation and whether its worlds are unseen; none if stopped."""
    left = config.total_timesteps - agent.num_timesteps
    if left > 0:
        if folder.latest() is None:
            run.save(agent)
        _learn(folder, config, agent, run, left)
    run.lap("steps")
    if run.stop.signal:
        return {}, False
    run.stop.at_once = True  # all that was learned is saved
    reports, unseen = _measured(config, agent, run.shown)
    figures = {
        f"{name}_{key}": None if found is None else found[0]
        for name, report in reports.items()
        for key, found in report.figures().items()
    }
    folder.log("evaluation", agent.num_timesteps, figures)
    run.lap("evaluation")
    return reports, unseen


def _learn(
    folder: RunFolder, config: TrainConfig, agent: DSRL, run: RunRecorder, steps: int
) -> None:
    """Let an agent learn, and save it."""
    try:
        agent.learn(steps, listener=run, until_settled=config.until_settled)
    except HandoverError as error:
        run.save(agent)
        done = f"What was learned in {agent.num_timesteps} steps is saved"
        raise HandoverError(f"{error} {_way_on(folder, done)}") from error
    if run.saved_at != agent.num_timesteps:
        run.save(agent)


def _measured(
    config: TrainConfig, agent: DSRL, shown: Progress | None
) -> tuple[dict[str, Report], bool]:
    env = unseen_env(agent, config, config.evaluation.kwargs)
    settings = config.evaluation
    limits = Limits(settings.steps, settings.seconds)
    reports = compare(agent, env, settings.episodes, config.seed, limits, progress=shown)
    unseen = is_unseen(env)
    env.close()
    return reports, unseen


def resume_command(path: Path) -> str:
    """Return the command that goes on with a run, to be pasted into a shell."""
    return f"{before_commands(path)}dsrl train --resume {shlex.quote(str(path))}"


def before_commands(path: Path) -> str:
    """Return what stands before a command that uses a run: leave to import its environment."""
    try:
        made = read_config(TrainConfig, RunFolder.open(path).config()).env
        return allowing(names_in(made.id, made.kwargs, made.wrappers))
    except DSRLError:  # the command itself will say what is wrong with the run
        return ""


def _way_on(folder: RunFolder, done: str) -> str:
    return f"{done}; go on with: {resume_command(folder.path)}"
