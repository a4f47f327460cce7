"""The scaling study where nothing moves: grid and objects from the latents alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.benchmark.drawn import ENV_ID, draw_grid
from dsrl_agent.errors import PerceptionError
from dsrl_agent.spaces import make_env
from dsrl_agent.still import symbols_of_stills
from dsrl_agent.streams import Streams
from dsrl_agent.studies.scaling_measure import counted_anew, score
from dsrl_agent.types import Frame

_TOY = "shapes_grid:ShapesGrid-Toy-v0"
_FAMILY = "shapes_grid:ShapesGrid-{}-v0"
_PICTURES = 16


class _Stills(NamedTuple):
    env_id: str
    pictures: int = _PICTURES
    own: bool = False  # whether cell and border are the environment's own


STILLS: Mapping[str, _Stills] = {
    "still: Figure 1.4": _Stills(_TOY, 1, own=True),
    "still: 2 types": _Stills(ENV_ID),
    "still: 4 types": _Stills(_FAMILY.format("Types4")),
    "still: 8 types": _Stills(_FAMILY.format("Types8")),
    "still: all white": _Stills(_FAMILY.format("White")),
    "still: noise .1": _Stills(_FAMILY.format("Noise")),
    "still: texture": _Stills(_FAMILY.format("Texture")),
    "still: random colours": _Stills(_FAMILY.format("Colours")),
    "still: 90 % full": _Stills(_FAMILY.format("Dense")),
}
"""Kinds of still pictures by name; but for the first, 16 pictures of worlds without an agent."""


def measure_stills(name: str, seed: int, device: str = "cpu") -> dict[str, Any]:
    """Return the figures of a kind of still pictures, learned and measured on the same ones.

    Rows and columns are not told by a picture, so they are counted from the true grid's first.
    """
    kind = STILLS[name]
    frames, truths, world = _pictures(kind, seed)
    start = time.process_time()
    try:
        found = symbols_of_stills(frames, seed=seed, device=device)
    except PerceptionError as error:
        nothing = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 0.0)
        return {**nothing, "frames": len(frames), "complaint": str(error)}
    seconds = time.process_time() - start
    figures = score(found.facts, truths, found.grid, world)
    anew = counted_anew(found.facts, found.grid, world)
    figures["exact"] = score(anew, truths, found.grid, world)["exact"]
    described = {"cell": world["cell"], "border": str(list(world["border"]))}
    return {**described, **figures, "seconds": seconds, "frames": len(frames), "complaint": ""}


def _pictures(kind: _Stills, seed: int) -> tuple[Frame, list[dict[str, Any]], dict[str, Any]]:
    drawn = {} if kind.own else {"agent": False, "split": "test", **draw_grid(seed)}
    env = make_env(kind.env_id, drawn)
    spec: Any = env.get_wrapper_attr("world_spec")
    world = {"cell": spec.cell, "border": spec.border}
    streams = Streams(seed)
    shown = [env.reset(seed=streams.seed_for("stills", n)) for n in range(kind.pictures)]
    env.close()
    return np.stack([frame for frame, _ in shown]), [info["truth"] for _, info in shown], world
