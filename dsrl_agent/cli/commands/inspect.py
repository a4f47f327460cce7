"""Run `dsrl inspect`: write the page of a run, or say what the agent sees in an environment."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Set
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.diagnosis import findings
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli import text
from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.options import InspectOptions, WorldOptions
from dsrl_agent.cli.watch import wait_for_a_person
from dsrl_agent.config import AgentConfig, EnvConfig
from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.explain.page import Shown, write_page
from dsrl_agent.explain.page.live.server import loopback_socket, require_server, serve
from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.runtime.door.choosing import name_of
from dsrl_agent.runtime.envs import door_of, make_env
from dsrl_agent.runtime.progress import Bars

_NOTHING_WRONG, _LOOKS_WRONG = 0, 1
_OF_A_PAGE = {"episode", "steps", "out"}
_OF_A_RUN = {*_OF_A_PAGE, "env", "env_kwargs", "live", "port"}
_OF_RUNS_ALONE = _OF_A_RUN - {"env"}
_OF_BOTH = {"id", "seed", "device"}
_PAGE = "inspect.html"


def run(options: InspectOptions, given: Set[str]) -> int:
    """Write the page of a run, or inspect an environment; return the exit status.

    Raises:
        ConfigError: An option is given that has no meaning here.
    """
    of_run = options.id is not None and Path(options.id).is_dir()
    own, kind = (_OF_A_RUN, "a run") if of_run else (given - _OF_RUNS_ALONE, "an environment")
    if stray := sorted(given - own - _OF_BOTH):
        hint = "it has settings of its own" if of_run else "no run has this folder"
        raise ConfigError(f"--{stray[0]} has no meaning for {kind}, {options.id}: {hint}.")
    if not of_run:
        return _inspect(options)
    stray = sorted(given & (_OF_A_PAGE if options.live else {"port"}))
    if stray:
        without = "with" if options.live else "without"
        raise ConfigError(f"--{stray[0]} has no meaning {without} --live; leave it out.")
    worlds = _worlds(options, given)
    return _show_live(options, worlds) if options.live else _write_page(options, worlds)


def _worlds(options: InspectOptions, given: Set[str]) -> WorldOptions:
    """Return the worlds that the agent of a run is looked at in.

    Raises:
        ConfigError: More of an environment is given than its id.
    """
    if options.env != EnvConfig(id=options.env.id):
        raise ConfigError(
            "--env.id alone has a meaning for a run, which has wrappers and a door of its own; "
            "give keywords for the environment by --env_kwargs."
        )
    other = options.env.id if "env" in given else None
    return WorldOptions(
        seed=options.seed, device=options.device, env=other, env_kwargs=options.env_kwargs
    )


def _write_page(options: InspectOptions, worlds: WorldOptions) -> int:
    """Write the page of a run."""
    folder, agent, env = _loaded(options, worlds)
    print(f"Plays episode {options.episode} and works out each step's reasons", flush=True)
    name = folder.resolve().name
    shown = Shown(name, name_of(env), options.seed, options.episode, options.steps)
    out = Path(options.out) if options.out else folder / _PAGE
    with closing(env), closing(Bars()) as bars:
        played, tell = partial(bars.update, "episodes"), partial(_tell, bars)
        written = write_page(agent, env, shown, TypeNames.read(folder), out, tell, played)
    if sys.stderr.isatty():
        print(file=sys.stderr)  # ends the line of steps
    print(f"Wrote {written} ({written.stat().st_size / 1e6:.1f} MB); open it in a browser")
    return _NOTHING_WRONG


def _show_live(options: InspectOptions, worlds: WorldOptions) -> int:
    """Serve the page of a running agent until it is interrupted."""
    require_server()
    listener = loopback_socket(options.port or 0)
    folder, agent, env = _loaded(options, worlds)
    session = LiveSession(agent, env, options.seed, TypeNames.read(folder))
    host, port = listener.getsockname()
    print(f"Open http://{host}:{port} in a browser on this machine; Ctrl+C ends it", flush=True)
    wait_for_a_person()
    with closing(env), closing(listener), suppress(KeyboardInterrupt):
        serve(session, (folder.resolve().name, name_of(env), options.seed), listener)
    return _NOTHING_WRONG


def _loaded(options: InspectOptions, worlds: WorldOptions) -> tuple[Path, DSRL, gym.Env[Any, Any]]:
    """Return the folder of a run, its agent, and an environment of unseen worlds."""
    assert options.id is not None
    return Path(options.id), *load_agent(options.id, worlds)


def _tell(bars: Bars, step: int, total: float) -> None:
    """Show the step worked on in a terminal; the bar of earlier episodes is over."""
    bars.close()
    if sys.stderr.isatty():
        print(f"\r  step {step}, return {total:+.2f} ", end="", file=sys.stderr, flush=True)


def _inspect(options: InspectOptions) -> int:
    """Play at random, learn to see, and print what was found; return 1 if something looks wrong."""
    steps = options.inspection.steps
    world = options.env if options.id is None else dataclasses.replace(options.env, id=options.id)
    try:
        env = make_env(world.id, world.kwargs, world.wrappers, world.door)
    except ConfigError as error:
        if options.id is None or "/" not in options.id:
            raise
        fault = f"There is no run folder {options.id}; if an environment is meant: {error}"
        raise ConfigError(fault) from error
    # Sight is learned once, from all steps; until then actions are random.
    perception = dataclasses.replace(
        options.perception, first_frames=steps, frames=steps, memory=2 * steps
    )
    config = AgentConfig(perception, options.back_end, options.front_end, options.inspection)
    agent = DSRL(env, config, seed=options.seed, device=options.device)
    with suppress(PerceptionError):  # told below
        agent.learn(steps, progress_bar=options.progress)
    found = agent.inspect()
    door = door_of(env)
    lines = [f"door:    {door.said or 'frames are taken as they are'}"] if door else []
    lines += [f"taken:   {what} ({count} times)" for what, count in env.taken.items()]
    print(text.folded("\n".join([*lines, str(found)])))
    return _LOOKS_WRONG if findings(found, config) else _NOTHING_WRONG
