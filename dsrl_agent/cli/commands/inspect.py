"""Run `dsrl inspect`: say what the agent would see in an environment, and what looks wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from contextlib import suppress

from dsrl_agent.agent.diagnosis import describe, findings
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli.options import InspectOptions
from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.runtime.envs import door_of, make_env

_NOTHING_WRONG, _LOOKS_WRONG = 0, 1


def run(options: InspectOptions, given: Set[str]) -> int:
    """Play at random, learn to see, and print what was found; return 1 if something looks wrong."""
    steps = options.inspection.steps
    world = options.env if options.id is None else dataclasses.replace(options.env, id=options.id)
    env = make_env(world.id, world.kwargs, world.wrappers, world.door)
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
    wrong = findings(found, config)
    print("\n".join([*lines, *describe(found), *(f"warning: {each}" for each in wrong)]))
    return _LOOKS_WRONG if wrong else _NOTHING_WRONG
