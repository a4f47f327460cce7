"""Define the rungs of the scaling study: worlds that each make sight harder in one respect.

Every seed draws its own cell size and border, as in the main benchmark. The agent is told neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dsrl_agent.experiments.plan.drawn_grids import ENV_ID, draw_grid
from dsrl_agent.runtime.rng import Streams

_FAMILY = "shapes_grid:ShapesGrid-{}-v0"
_FOUR = ("circle", "cross", "square", "triangle")  # the types of "everything"
_ROOM = 3  # pixels: the least border where objects leave the middle of their cells


@dataclass(frozen=True)
class Rung:
    """A set of worlds, and further rungs that are measured with the weights learned here.

    Objects that leave the middle of their cells need room: cells then have 11-14 pixels and borders
    3-7, in place of 7-13 and 0-7.
    """

    env_id: str = ENV_ID
    kwargs: Mapping[str, Any] = field(default_factory=dict)  # without cell and border
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # their changed keywords
    roomy: bool = False

    def world(self, seed: int) -> dict[str, Any]:
        """Return the environment's keywords for a seed."""
        if not self.roomy:
            return {**self.kwargs, **draw_grid(seed)}
        rng = Streams(seed).get("roomy world")
        border = [int(pixels) for pixels in rng.integers(_ROOM, 8, 4)]
        return {**self.kwargs, "cell": int(rng.integers(11, 15)), "border": border}


def _grid(side: int, each: int, shapes: Sequence[str] = ("circle", "cross")) -> dict[str, Any]:
    return {"rows": side, "cols": side, "objects": dict.fromkeys(shapes, each)}


def _family(name: str, **fields: Any) -> Rung:
    return Rung(_FAMILY.format(name), **fields)


RUNGS: Mapping[str, Rung] = MappingProxyType(
    {
        "2 types": Rung(
            also={
                "2 types, in 2x2": _grid(2, 1),
                "2 types, in 9x9": _grid(9, 12),
                "2 types, in 16x16": _grid(16, 40),
                "2 types, in 32x32": _grid(32, 160),
            }
        ),
        "4 types": _family("Types4"),
        "8 types": _family("Types8"),
        "16 types": _family("Types16"),
        "learned in 16x16": _family("Large"),
        "noise .1": _family("Noise"),
        "noise .3": _family("HeavyNoise"),
        "texture": _family("Texture"),
        "80 % full": Rung(kwargs={"objects": {"circle": 10, "cross": 10}}),
        "90 % full": _family("Dense"),
        "random colours": _family("Colours"),
        "colour-coded": _family("Outlines"),
        "all white": _family("White"),
        "sizes .75-1": _family("Sizes"),
        "sizes, all white": _family("Sizes", kwargs={"colours": "white"}),
        "offsets 3 px": _family("Offsets", roomy=True),
        "shaken 1 px": _family("Shake"),
        "movers": _family("Movers"),
        "overlap": _family("Overlap"),
        "everything": _family("Everything", roomy=True),
        # Difficulties together, more types, objects of several colours, other floors.
        "overlap, sizes 1-1.8, white": _family(
            "Overlap", kwargs={"sizes": (1.0, 1.8), "colours": "white"}, roomy=True
        ),
        "overlap, 90 % full": _family("Overlap", kwargs={"objects": {"circle": 11, "cross": 11}}),
        "everything + overlap": _family(
            "EverythingOverlap",
            also={"everything + overlap, in 16x16": _grid(16, 20, _FOUR)},
            roomy=True,
        ),
        "everything, 8 types": _family("Everything8", roomy=True),
        "everything, 16 types": _family("Everything16", roomy=True),
        "2 colours a shape": _family("Parts2"),
        "3 colours a shape": _family("Parts3"),
        "2 random colours a shape": _family("PartColours"),
        "32 types": _family("Types32"),
        "texture, floor 2": _family(
            "Texture",
            kwargs={"pattern": 1},
            also={
                "floor 2, seen on floor 3": {"pattern": 2},
                "floor 2, seen on floor 4": {"pattern": 3},
                "floor 2, seen on a plain floor": {"texture": 0.0},
            },
        ),
    }
)
"""The rungs by name."""

QUICK = ("2 types", "random colours")
"""The rungs of `--quick`."""
