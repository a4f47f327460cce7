"""What each command does: from parsed options to calls and printed results."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from jsonargparse import ArgumentParser, Namespace
from PIL import Image, UnidentifiedImageError

from dsrl_agent.cli import questions as why
from dsrl_agent.cli import report, show, suites
from dsrl_agent.cli.parsers import train_config
from dsrl_agent.config import TrainConfig, read_config
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.evaluation.evaluate import evaluation_env, is_unseen
from dsrl_agent.experiments.run import training
from dsrl_agent.experiments.studies import STUDIES, run_study
from dsrl_agent.experiments.timing.decisions import KINDS, measure
from dsrl_agent.perception.stills.sight import symbols_of_stills
from dsrl_agent.records import RunFolder
from dsrl_agent.records.files import to_json, write_at
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame
from dsrl_agent.viewer import playable_env

_INTERRUPTED = 130
_CHANGEABLE = {"total_timesteps", "device", "progress"}  # when a run goes on
_WORLDS = "shapes_grid:ShapesGrid-v0"  # to play in, if no others are named
_EPISODES, _FPS, _HELD_FPS = 3, 4, 8  # of play, if not given
_FIGURE_1_4 = "shapes_grid:ShapesGrid-Toy-v0"

Command = Callable[[ArgumentParser, Namespace, Sequence[str]], int]
"""Takes the parser, the parsed options and the arguments as given; returns the exit status."""


def _train(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    config = train_config(parser.instantiate(parsed).train)
    if config.resume is None:
        outcome = training.train(config)
    else:
        path = Path(config.resume)
        # What stands there by default is not what somebody asked for.
        typed = vars(parser.parse_args(list(given), defaults=False).train)
        outcome = training.resume(path, _resumed_config(path, config, set(typed)))
    if outcome.interrupted:
        print(
            f"\nStopped after {outcome.agent.num_timesteps} steps; all is saved. Go on with:\n"
            f"  dsrl train --resume {outcome.path}"
        )
        return _INTERRUPTED
    sections = [
        report.knowledge(outcome.agent),
        report.comparison(outcome.reports, unseen=outcome.unseen),
        report.times(outcome.seconds, outcome.reports),
        report.next_commands(outcome.path),
    ]
    print("\n" + "\n\n".join(sections))
    return 0


def _evaluate(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    options = parsed.evaluate
    _require_positive("--episodes", options.episodes)
    agent, config = training.load_run(Path(options.run), options.device)
    env = _unseen_worlds(config, options.env_kwargs or {})
    reports = training.compare(agent, env, options.episodes, options.seed)
    print(report.knowledge(agent) + "\n\n" + report.comparison(reports, unseen=is_unseen(env)))
    return 0


def _play(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    options = parsed.play
    for name in ("episodes", "fps"):
        if getattr(options, name) is not None:
            _require_positive(f"--{name}", getattr(options, name))
    if options.run is None:
        _play_without_run(options)
        return 0
    if options.env is not None:
        raise ConfigError(
            f"--env is {options.env!r}, but the run {options.run} has its own environment; leave "
            "out --env to watch the run's agent, or the run to play yourself."
        )
    agent, config = training.load_run(Path(options.run), options.device)
    env = _unseen_worlds(config, {**(options.env_kwargs or {}), "render_mode": "rgb_array"})
    pictures = show.pictures(agent, env, options.episodes or _EPISODES, options.seed)
    if options.video is None:
        show.in_window(pictures, options.fps or _FPS)
    else:
        path = Path(options.video)
        show.write_video(path, pictures, options.fps or _FPS)
        print(f"Wrote {path}")
    return 0


def _play_without_run(options: Namespace) -> None:
    """Let a person play, or show the environment's own solver where a video is asked for."""
    env = playable_env(options.env or _WORLDS, options.env_kwargs or {})
    try:
        if options.video is None:
            show.by_hand(env, options.episodes, options.seed, options.fps or _HELD_FPS)
        else:
            path = Path(options.video)
            who, pictures = show.demonstration(env, options.episodes or _EPISODES, options.seed)
            show.write_video(path, pictures, options.fps or _FPS)
            print(f"Wrote {path}: played by {who}")
    finally:
        env.close()


def _explain(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    options = parsed.explain
    if options.faithfulness is not None:
        _require_positive("--faithfulness", options.faithfulness)
    if options.frame is not None and options.episode is not None:
        raise ConfigError("--frame and --episode are two questions; give one of them.")
    agent, config = training.load_run(Path(options.run), options.device)
    env = _unseen_worlds(config, options.env_kwargs or {})
    frame = None if options.frame is None else _read_pictures([options.frame])[0]
    question = why.Question(
        frame, options.episode, options.step, options.seed, options.faithfulness or 0
    )
    answer = why.explain(agent, env, question)
    env.close()
    print(answer.text)
    for path in why.write_all(agent, answer, options.json, options.logic, options.plots):
        print(f"Wrote {path}")
    return 0


def _symbols(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    options = parsed.symbols
    frames = _read_pictures(options.pictures) if options.pictures else _figure_1_4()
    found = symbols_of_stills(frames, seed=options.seed, device=options.device)
    pitch = found.grid.pitch
    for name, facts in zip(options.pictures or ["Figure 1.4"], found.facts, strict=True):
        print(f"{name}: cells of {pitch[0]} x {pitch[1]} pixels")
        print("  Type  Location")
        for fact in facts:
            print(f"  {fact.type:<4}  [{fact.row}, {fact.col}]")
    return 0


def _benchmark(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    options = parser.instantiate(parsed).benchmark
    for name in ("seeds", "jobs"):
        if getattr(options, name) is not None:
            _require_positive(f"--{name}", getattr(options, name))
    if not options.report:
        return suites.benchmark(options)
    # What stands there by default is not what somebody asked for.
    typed = set(vars(parser.parse_args(list(given), defaults=False).benchmark))
    if stray := sorted(typed - suites.OF_REPORT):
        raise ConfigError(f"--{stray[0]} has no meaning beside --report; only --out has.")
    return suites.report(options)


def _study(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    chosen = parser.instantiate(parsed).study
    options, kind = chosen[chosen.study], STUDIES[chosen.study].options
    settings = {setting.name: options[setting.name] for setting in dataclasses.fields(kind)}
    print(run_study(chosen.study, kind(**settings)))
    return 0


def _resumed_config(path: Path, config: TrainConfig, typed: set[str]) -> TrainConfig:
    """Return a run's stored settings with what may be changed when it goes on."""
    fixed = typed - _CHANGEABLE - {"resume"}
    if fixed:
        raise ConfigError(
            f"{', '.join(sorted(fixed))} cannot be changed with --resume, which goes "
            f"on with the run's own settings; only {', '.join(sorted(_CHANGEABLE))} can."
        )
    stored = read_config(TrainConfig, RunFolder.open(path).config())
    changed: dict[str, Any] = {name: getattr(config, name) for name in typed & _CHANGEABLE}
    return dataclasses.replace(stored, **changed)


def _unseen_worlds(config: TrainConfig, replaced: dict[str, Any]) -> gym.Env[Any, Any]:
    kwargs = {**(config.evaluation.kwargs or {}), **replaced}
    return evaluation_env(config.env.id, config.env.kwargs, kwargs)


def _read_pictures(names: list[str]) -> Frame:
    pictures = []
    for name in names:
        try:
            with Image.open(name) as picture:
                pictures.append(np.asarray(picture.convert("RGB"), np.uint8))
        except (OSError, UnidentifiedImageError) as error:
            raise ObservationError(f"The picture {name!r} cannot be read: {error}") from error
        if pictures[-1].shape != pictures[0].shape:
            raise ObservationError(
                f"The picture {name!r} is {pictures[-1].shape[0]} x {pictures[-1].shape[1]}, but "
                f"{names[0]!r} is {pictures[0].shape[0]} x {pictures[0].shape[1]}; give pictures "
                "of one size."
            )
    return np.stack(pictures)


def _figure_1_4() -> Frame:
    env = make_env(_FIGURE_1_4, {})
    frame, _ = env.reset()
    env.close()
    return np.asarray(frame)[None]


def _require_positive(name: str, value: int) -> None:
    if value < 1:
        raise ConfigError(f"{name} is {value}, but it must be at least 1.")


def _cost(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    # Matplotlib takes long to import.
    from dsrl_agent.experiments.timing import decision_report as cost_report

    options = parsed.cost
    _require_positive("--decisions", options.decisions)
    costs, rooms = measure(KINDS, options.decisions, options.seed)
    print(cost_report.costs_in_words(costs, rooms))
    if options.json is not None:
        data = cost_report.costs_as_data(costs, rooms, options.seed)
        print(f"Wrote {write_at(Path(options.json), to_json(data))}")
    if options.plot is not None:
        print(f"Wrote {write_at(Path(options.plot), cost_report.costs_picture(costs))}")
    return 0


COMMANDS: dict[str, Command] = {
    "train": _train,
    "evaluate": _evaluate,
    "play": _play,
    "explain": _explain,
    "symbols": _symbols,
    "benchmark": _benchmark,
    "cost": _cost,
    "study": _study,
}
"""The commands by name."""
