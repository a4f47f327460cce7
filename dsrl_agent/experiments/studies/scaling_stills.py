"""Measure sight of still pictures: grid and objects from the latents alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.sight_metrics import on_true_grid, score_sight
from dsrl_agent.experiments.plan.drawn_grids import draw_grid
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_TOY = "shapes_grid:ShapesGrid-Toy-v0"
_TYPES = ("2 types", "4 types", "8 types", "16 types")
_LOOKS = ("all white", "noise .1", "noise .3", "texture", "random colours", "90 % full")
_PICTURES, _TEST_PICTURES = 16, 100

NOTHING = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 0.0)
"""The figures of sight that found no grid."""


class StillPictures(NamedTuple):
    """First frames of an environment; `only` one, with the environment's cell size and border."""

    env_id: str
    only: bool = False


STILLS: Mapping[str, StillPictures] = {
    "still: Figure 1.4": StillPictures(_TOY, only=True),
    **{f"still: {name}": StillPictures(RUNGS[name].env_id) for name in (*_TYPES, *_LOOKS)},
}
"""Sets of still pictures by name: the thesis's Figure 1.4, then worlds without an agent."""


def measure_stills(
    name: str, seed: int, device: str = "cpu", back_end: str = "default"
) -> dict[str, Any]:
    """Return the figures of a set of still pictures.

    The agent learns from 16 pictures and is measured on 100 of worlds of the test split; where
    there is one picture only, on that one. A picture does not show where the world ends, so `exact`
    counts rows and columns from the true grid's first. The seed decides worlds and weights.
    """
    stills = STILLS[name]
    frames, truths, world = _pictures(stills, seed, "train", _PICTURES)
    start = time.process_time()
    try:
        settings = BACK_ENDS[back_end].settings(BackEndConfig())
        sight = StillSight.fit(frames, settings, seed, device)
    except PerceptionError as error:
        return {**NOTHING, "frames": len(frames), "complaint": str(error)}
    seconds = time.process_time() - start
    if not stills.only:
        frames, truths, world = _pictures(stills, seed, "test", _TEST_PICTURES)
    facts = sight.symbols(frames).facts
    figures = score_sight(facts, truths, sight.grid, world)
    anew = on_true_grid(facts, sight.grid, world)
    figures["exact"] = score_sight(anew, truths, sight.grid, world)["exact"]
    learned = 1 if stills.only else _PICTURES
    described = {"cell": world["cell"], "border": str(list(world["border"]))}
    return {**described, **figures, "seconds": seconds, "frames": learned, "complaint": ""}


def _pictures(
    stills: StillPictures, seed: int, split: str, count: int
) -> tuple[Frame, list[dict[str, Any]], dict[str, Any]]:
    drawn = {} if stills.only else {"agent": False, "split": split, **draw_grid(seed)}
    env = make_env(stills.env_id, drawn)
    spec: Any = env.get_wrapper_attr("world_spec")
    world = {"cell": spec.cell, "border": spec.border}
    streams = Streams(seed)
    numbers = range(1 if stills.only else count)
    shown = [env.reset(seed=streams.seed_for(f"stills, {split}", n)) for n in numbers]
    env.close()
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown], world
