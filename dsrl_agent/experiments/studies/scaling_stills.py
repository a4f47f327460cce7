"""The scaling study where nothing moves: grid and objects from the latents alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.sight_metrics import on_true_grid, score_sight
from dsrl_agent.experiments.plan.drawn_grids import ENV_ID, draw_grid
from dsrl_agent.experiments.studies.scaling_back_ends import network_maker
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_TOY = "shapes_grid:ShapesGrid-Toy-v0"
_FAMILY = "shapes_grid:ShapesGrid-{}-v0"
_PICTURES, _TEST_PICTURES = 16, 100


class _Stills(NamedTuple):
    env_id: str
    only: bool = False  # whether there is but one picture, with cell and border of its own


STILLS: Mapping[str, _Stills] = {
    "still: Figure 1.4": _Stills(_TOY, only=True),
    "still: 2 types": _Stills(ENV_ID),
    "still: 4 types": _Stills(_FAMILY.format("Types4")),
    "still: 8 types": _Stills(_FAMILY.format("Types8")),
    "still: 16 types": _Stills(_FAMILY.format("Types16")),
    "still: all white": _Stills(_FAMILY.format("White")),
    "still: noise .1": _Stills(_FAMILY.format("Noise")),
    "still: noise .3": _Stills(_FAMILY.format("HeavyNoise")),
    "still: texture": _Stills(_FAMILY.format("Texture")),
    "still: random colours": _Stills(_FAMILY.format("Colours")),
    "still: 90 % full": _Stills(_FAMILY.format("Dense")),
}
"""Kinds of still pictures by name; but for the first, worlds without an agent."""


def measure_stills(
    name: str, seed: int, device: str = "cpu", back_end: str = "default"
) -> dict[str, Any]:
    """Return the figures of a kind of still pictures.

    They are learned from 16 pictures and measured on 100 of worlds of the test split; where there
    is but one picture, on that one. Rows and columns are not told by a picture, so they are counted
    from the true grid's first.
    """
    kind = STILLS[name]
    frames, truths, world = _pictures(kind, seed, "train", _PICTURES)
    start = time.process_time()
    try:
        maker = network_maker(back_end, device)
        sight = StillSight.fit(frames, seed=seed, device=device, make_network=maker)
    except PerceptionError as error:
        nothing = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 0.0)
        return {**nothing, "frames": len(frames), "complaint": str(error)}
    seconds = time.process_time() - start
    if not kind.only:
        frames, truths, world = _pictures(kind, seed, "test", _TEST_PICTURES)
    facts = sight.symbols(frames).facts
    figures = score_sight(facts, truths, sight.grid, world)
    anew = on_true_grid(facts, sight.grid, world)
    figures["exact"] = score_sight(anew, truths, sight.grid, world)["exact"]
    learned = 1 if kind.only else _PICTURES
    described = {"cell": world["cell"], "border": str(list(world["border"]))}
    return {**described, **figures, "seconds": seconds, "frames": learned, "complaint": ""}


def _pictures(
    kind: _Stills, seed: int, split: str, count: int
) -> tuple[Frame, list[dict[str, Any]], dict[str, Any]]:
    drawn = {} if kind.only else {"agent": False, "split": split, **draw_grid(seed)}
    env = make_env(kind.env_id, drawn)
    spec: Any = env.get_wrapper_attr("world_spec")
    world = {"cell": spec.cell, "border": spec.border}
    streams = Streams(seed)
    numbers = range(1 if kind.only else count)
    shown = [env.reset(seed=streams.seed_for(f"stills, {split}", n)) for n in numbers]
    env.close()
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown], world
