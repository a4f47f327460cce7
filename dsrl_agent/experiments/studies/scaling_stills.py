"""Measure sight of still pictures: grid and objects from pictures alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np

from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.evaluation.sight_metrics import (
    exact_share,
    on_true_grid,
    score_naming,
    score_sight,
)
from dsrl_agent.experiments.studies.area import area_weights
from dsrl_agent.experiments.studies.scaling_back_ends import STRUCTURED, SightSettings
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS, Rung
from dsrl_agent.perception.stills.cells import StillSymbols
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.perception.stills.spectra import StillSpectra
from dsrl_agent.runtime.envs import View, make_env
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_TOY = "shapes_grid:ShapesGrid-Toy-v0"
_PICTURES, _TEST_PICTURES = 16, 100
_SIDES = (5, 8, 9, 12, 15, 16, 18, 24, 40)  # pixels of a cell
_FIRST = ("2 types", "4 types", "8 types", "16 types", "all white")
_NEXT = ("noise .1", "noise .3", "texture", "random colours", "90 % full")
_UNSEEN = ("shaken 1 px", "movers")  # rungs that single pictures do not tell from others
_RUNGS = (*_FIRST, *_NEXT, *(name for name in RUNGS if name not in (*_FIRST, *_NEXT, *_UNSEEN)))

UNDECIDABLE: Mapping[str, str] = MappingProxyType(
    {
        "still: colour-coded": "nothing in a picture tells whether shape or colour is the type. "
        "Sight tells both, and types are taken by shape",
    }
)
"""Why the types of a set cannot be told from its pictures, by the set's name."""

NOTHING = dict.fromkeys(
    ("precision", "recall", "f1", "ari", "v_measure", "exact", "lenient_exact", "types_share"), 0.0
)
"""The figures of sight that found no grid."""


class StillReader(Protocol):
    """Has learned still pictures, and reads others of their kind."""

    def symbols(self, frames: Frame) -> StillSymbols:
        """Return the symbols of pictures `uint8 [N, H, W, 3]`."""


def _spectra(frames: Frame, settings: SightSettings, seed: int, device: str) -> StillReader:
    return StillSpectra.fit(frames, settings.back_end, seed, device, settings.perception)


def _things(frames: Frame, settings: SightSettings, seed: int, device: str) -> StillReader:
    return StillSight.fit(frames, settings.perception)


STILL_SIGHTS: Mapping[str, Callable[[Frame, SightSettings, int, str], StillReader]] = {
    "auto": _spectra,
    STRUCTURED: _things,
}
"""How each kind of sight learns still pictures, from settings, a seed and a device."""


class StillPictures(NamedTuple):
    """First frames of a rung's worlds without their agent, or one frame of an environment."""

    rung: Rung
    changed: Mapping[str, Any] = MappingProxyType({})  # keywords, in place of the seed's own
    pictures: int = _PICTURES  # to learn from
    factors: tuple[float, float] = (1.0, 1.0)  # by which pictures are enlarged, down and right
    only: bool = False  # one picture, with the environment's cell size and border

    def world(self, seed: int, split: str) -> dict[str, Any]:
        """Return the environment's keywords for a seed."""
        if self.only:
            return {}
        return {"agent": False, "split": split, **self.rung.world(seed), **self.changed}


def _sized(**fields: Any) -> StillPictures:
    return StillPictures(RUNGS["2 types"], **fields)


STILLS: Mapping[str, StillPictures] = {
    "still: Figure 1.4": StillPictures(Rung(_TOY), pictures=1, only=True),
    **{f"still: {name}": StillPictures(RUNGS[name]) for name in _RUNGS},
    "still: one picture": _sized(pictures=1),
    **{f"still: {side} px": _sized(changed={"cell": side}) for side in _SIDES},
    **{f"still: x {factor:g}": _sized(factors=(factor, factor)) for factor in (1.25, 1.5)},
    "still: cells 1.5 times as wide as high": _sized(factors=(1.0, 1.5)),
    "still: cells 1.3 times as high as wide": _sized(factors=(1.3, 1.0)),
}
"""Sets of still pictures by name: the thesis's Figure 1.4, then worlds without an agent.

Those of one number of pixels a cell show the same boards; so do those enlarged or stretched.
"""


def measure_stills(
    name: str, settings: SightSettings, seed: int, device: str = "cpu"
) -> dict[str, Any]:
    """Return the figures of a set of still pictures.

    The agent learns from 16 pictures, or one, and is measured on 100 of worlds of the test split;
    where there is one picture only, on that one. A picture does not show where the world ends, so
    `exact` counts rows and columns from the true grid's first. The seed decides worlds and weights.

    Raises:
        ConfigError: The sight in the settings does not learn from still pictures.
    """
    stills, sights = STILLS[name], ", ".join(STILL_SIGHTS)
    learn = STILL_SIGHTS.get(settings.perception.sight)
    if learn is None:
        raise ConfigError(
            f"perception.sight is {settings.perception.sight!r}, which does not learn from still "
            f"pictures; take one of {sights}, or rungs in which something moves."
        )
    frames, truths, world = pictures_of(stills, seed, "train", stills.pictures)
    start = time.process_time()
    try:
        sight = learn(frames, settings, seed, device)
    except PerceptionError as error:
        return {**NOTHING, "frames": len(frames), "complaint": str(error)}
    seconds = time.process_time() - start
    if not stills.only:
        frames, truths, world = pictures_of(stills, seed, "test", _TEST_PICTURES)
    start = time.process_time()
    seen = sight.symbols(frames)
    facts, grid = seen.facts, seen.grid
    batch_ms = 1000 * (time.process_time() - start) / len(frames)
    figures = score_sight(facts, truths, grid, world)
    anew = on_true_grid(facts, grid, world)
    figures["exact"] = score_sight(anew, truths, grid, world)["exact"]
    figures |= score_naming(anew, truths)
    if name in UNDECIDABLE and seen.colours is not None:
        figures["colour_exact"] = exact_share(on_true_grid(seen.colours, grid, world), truths)
    described = {"cell": world["cell"], "border": str(list(world["border"]))}
    spent = {"seconds": seconds, "batch_ms": batch_ms, "frames": stills.pictures}
    return {**described, **figures, **spent, "complaint": ""}


def pictures_of(
    stills: StillPictures, seed: int, split: str, count: int
) -> tuple[Frame, list[dict[str, Any]], dict[str, Any]]:
    """Return pictures `uint8 [N, H, W, 3]`, their truths, and `cell` and `border` of their grid.

    Cells that are not square have a pair (height, width) as `cell`.
    """
    world = stills.world(seed, split)
    env = make_env(stills.rung.env_id, world, view=View())  # frames as they are, however large
    spec: Any = env.get_wrapper_attr("world_spec")
    streams = Streams(seed)
    numbers = range(1 if stills.only else count)
    shown = [env.reset(seed=streams.seed_for(f"stills, {split}", n)) for n in numbers]
    env.close()
    frames = np.stack([frame for frame, _ in shown])
    grid = {"cell": spec.cell, "border": spec.border}
    larger, grid = _enlarged(frames, grid, stills.factors)
    return larger, [info["truth"] for _, info in shown], grid


def _enlarged(
    frames: Frame, world: dict[str, Any], factors: tuple[float, float]
) -> tuple[Frame, dict[str, Any]]:
    """Resample frames `[N, H, W, 3]` to a multiple of their size, and describe their grid.

    Sizes are rounded to whole pixels, so the factors of the description are those of the sizes.
    """
    if factors == (1.0, 1.0):
        return frames, world
    sizes = frames.shape[1:3]
    height, width = (round(size * factor) for size, factor in zip(sizes, factors, strict=True))
    larger = np.einsum(
        "ph,nhwc,qw->npqc", area_weights(sizes[0], height), frames, area_weights(sizes[1], width),
        optimize=True,
    )  # fmt: skip
    down, right = height / sizes[0], width / sizes[1]
    sides = [side * by for side, by in zip(world["border"], (down, right) * 2, strict=True)]
    cell = world["cell"]
    grid = {"cell": (cell * down, cell * right), "border": tuple(sides)}
    return np.rint(larger).astype(np.uint8), grid
