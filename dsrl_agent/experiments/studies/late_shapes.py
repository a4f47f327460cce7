"""`dsrl study living`: show a shape to an agent for the first time after thousands of steps.

The agent learns with circles and crosses alone. Then worlds hold two objects of another shape
beside them. The study measures the sightings until that shape is a type, and whether the old types
stay as they were.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.config import AgentConfig, PerceptionConfig
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.options import LivingOptions
from dsrl_agent.experiments.studies.page import Page, study_folder
from dsrl_agent.perception.sight import sight_kind
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.progress import progress_bar
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import UNKNOWN, Frame

_ENV, _OFF_GRID = "shapes_grid:ShapesGrid-v0", "shapes_grid:ShapesGrid-Offsets-v0"
_LATE = 2  # objects of the late shape in a world
_FRAMES = 100  # on which sight is measured
_PATIENCE = 100  # frames after which a shape counts as missed
_WITHIN = 10  # sightings
_QUICK_STEPS = 200


class LateShape(NamedTuple):
    """Figures of one late shape, shown to one agent."""

    unknown: float  # share of its objects that are of unknown type at first
    sightings: float  # sightings until it is a type; infinite if it never is
    exact: float  # share of frames with the shape that are seen exactly then
    old_exact: float  # share of frames without the shape that are seen exactly then
    undisturbed: float  # share of frames without the shape whose facts are the same as before


def study(options: LivingOptions) -> str:
    """Train the agents and show them each late shape; return the page's text and path."""
    sight_kind(_perception(options).sight)  # an unknown one is refused before a folder is made
    if options.quick:
        few: dict[str, Any] = {"shapes": options.shapes[:1], "noise": options.noise[:1]}
        options = dataclasses.replace(options, **few, seeds=1, steps=_QUICK_STEPS)
    with study_folder("living", options, options.seed) as folder:
        page = Page(folder, "Types that live")
        records: list[tuple[float, str, LateShape]] = []
        plan = [(n, options.seed + s) for n in options.noise for s in range(options.seeds)]
        for noise, seed in progress_bar(plan, desc="agents"):
            for shape, found in meet(options, noise, seed):
                records.append((noise, shape, found))
                values = {"noise": noise, "seed": seed, "shape": shape, **found._asdict()}
                values |= {"sight": _perception(options).sight, "off_grid": options.off_grid}
                folder.log("living", len(records), values)
        page.say(results_table(records))
        page.say(
            f"{options.seeds} agents for each noise, seeds from {options.seed}, each trained for "
            f"{options.steps} steps with circles and crosses alone, its back end fitted once. "
            f"Worlds then hold {_LATE} things of the late shape beside 3 circles and 3 crosses. "
            f"The agents' sight is {_perception(options).sight}. "
            f"{'They stand off the grid by up to 3 pixels. ' if options.off_grid else ''}"
            f"Medians and means over agents; sight is measured on {_FRAMES} frames."
        )
        return page.write()


def meet(options: LivingOptions, noise: float, seed: int) -> Iterator[tuple[str, LateShape]]:
    """Train an agent; then yield the figures of each late shape, shown to the agent as trained."""
    config = AgentConfig(_perception(options))
    agent = DSRL(_world(options, noise, circle=4, cross=4), config, seed=seed)
    agent.learn(options.steps)
    perception = agent.perception
    saved = perception.arrays(), perception.state()
    old = _scenes(_world(options, noise, circle=4, cross=4), seed)
    before = perception.facts(old[0])
    for shape in options.shapes:
        world = _world(options, noise, **{"circle": 3, "cross": 3, shape: _LATE})
        frames, truths = _scenes(world, seed)
        unknown = [fact.type == UNKNOWN for facts in perception.facts(frames) for fact in facts]
        known, sightings = len(perception.known), np.inf
        for number, frame in enumerate(frames[:_PATIENCE], 1):
            perception.watch((), 0, frame)
            if len(perception.known) > known:
                sightings = float(_LATE * number)
                break
        after = perception.facts(old[0])
        found = LateShape(
            unknown=sum(unknown) / (_LATE * len(frames)),
            sightings=sightings,
            exact=exact_share(perception.facts(frames), truths),
            old_exact=exact_share(after, old[1]),
            undisturbed=float(np.mean([a == b for a, b in zip(before, after, strict=True)])),
        )
        yield shape, found
        perception.load(*saved)


def _perception(options: LivingOptions) -> PerceptionConfig:
    config = PerceptionConfig(refit_growth=0.0)
    return config if options.sight is None else dataclasses.replace(config, sight=options.sight)


def _world(options: LivingOptions, noise: float, **objects: int) -> gym.Env[Any, Any]:
    rewards = {shape: 1.0 if shape == "cross" else -1.0 for shape in objects}
    env = _OFF_GRID if options.off_grid else _ENV
    return make_env(env, {"noise": noise, "objects": objects, "rewards": rewards})


def _scenes(env: gym.Env[Any, Any], seed: int) -> tuple[Frame, list[dict[str, Any]]]:
    streams = Streams(seed)
    seen = [env.reset(seed=streams.seed_for("scenes", number)) for number in range(_FRAMES)]
    return np.stack([frame for frame, _ in seen]), [info["truth"] for _, info in seen]


def results_table(records: list[tuple[float, str, LateShape]]) -> Table:
    """Return a table with a row for each noise and late shape."""
    heads = ["noise", "late shape", "unknown at first", f"a type within {_WITHIN} sightings"]
    heads += ["sightings, median", "exact then", "exact without it", "old facts the same"]
    groups: defaultdict[tuple[float, str], list[LateShape]] = defaultdict(list)
    for noise, shape, found in records:
        groups[noise, shape].append(found)
    rows = []
    for (noise, shape), group in groups.items():
        unknown, sightings, *shares = np.array(group, np.float64).T
        soon = f"{np.count_nonzero(sightings <= _WITHIN)} of {len(group)}"
        median = float(np.median(sightings))
        often = f"{median:g}" if np.isfinite(median) else "never"
        means = [f"{share.mean():.3f}" for share in shares]
        rows.append([f"{noise:g}", shape, f"{unknown.mean():.2f}", soon, often, *means])
    return Table(heads, rows)
