"""List the registered worlds in one table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from shapes_grid.shapes import OBJECT_SHAPES

_MIXED: dict[str, Any] = {"circle": 4, "cross": 4}
_NEGATIVE: dict[str, Any] = {"objects": {"circle": 8}, "rewards": {"circle": -1.0}}
# Garcez, Dutra & Alonso 2018 (arXiv 1804.08597), as far as Dutra's public code shows its worlds
# (github.com/AimoreRRD/Reinforcement-Learning-Research, NEW_GAME.py): +1, -10, at most 10 steps.
_SRL_CS: dict[str, Any] = {
    "objects": {"circle": 0, "cross": 0},
    "rewards": {"circle": -10.0, "cross": 1.0},
    "step_limit": 10,
}
_ONE_CROSS: dict[str, Any] = {"rewards": {"cross": 1.0}}
_ROOMS: dict[str, Any] = {**_ONE_CROSS, "layout": "rooms", "rows": 5, "cols": 7, "step_limit": 70}


def _board(drawn: str, **fields: Any) -> dict[str, Any]:
    lines = drawn.split()
    size = {"rows": len(lines), "cols": len(lines[0]), "layout": "board", "board": drawn}
    # Small worlds get larger cells: SB3's CNN needs frames of at least 36 pixels.
    return {**_SRL_CS, **size, "cell": max(9, -(-36 // min(len(lines), len(lines[0])))), **fields}


def _shapes(count: int) -> dict[str, Any]:
    """Return fields with `count` shapes, half of them good: 8 objects, or one of each shape."""
    named = OBJECT_SHAPES[:count]
    each = max(1, 8 // count)
    rewards = {shape: -1.0 if i % 2 == 0 else 1.0 for i, shape in enumerate(named)}
    return {"objects": dict.fromkeys(named, each), "rewards": rewards}


_EVERYTHING: dict[str, Any] = {
    **_shapes(4),
    "cell": 12,
    "colours": "random",
    "sizes": (0.75, 1.0),
    "jitter": 1,
    "texture": 0.15,
    "noise": 0.1,
    "movers": {"square": 0.1},
}

# The difficulty ladder: one thing harder at a time, and everything at once.
_LADDER: dict[str, Any] = {
    "ShapesGrid-Noise-v0": {"noise": 0.1},
    "ShapesGrid-HeavyNoise-v0": {"noise": 0.3},
    "ShapesGrid-Texture-v0": {"texture": 0.3},
    "ShapesGrid-Colours-v0": {"colours": "random"},
    "ShapesGrid-Outlines-v0": {"outlines": "random"},
    "ShapesGrid-White-v0": {"colours": "white"},
    "ShapesGrid-Sizes-v0": {"sizes": (0.75, 1.0)},
    "ShapesGrid-Offsets-v0": {"jitter": 3, "cell": 12, "border": (5, 4, 4, 5)},
    "ShapesGrid-Overlap-v0": {"sizes": (1.4, 1.4)},
    "ShapesGrid-Shake-v0": {"shake": 1},
    "ShapesGrid-Dense-v0": {"objects": {"circle": 11, "cross": 11}},
    "ShapesGrid-Distractors-v0": {"objects": {**_MIXED, "square": 4}},
    "ShapesGrid-Movers-v0": {"movers": {"circle": 0.2, "cross": 0.2}},
    "ShapesGrid-Types4-v0": _shapes(4),
    "ShapesGrid-Types8-v0": _shapes(8),
    "ShapesGrid-Types16-v0": _shapes(16),
    "ShapesGrid-Large-v0": {"rows": 16, "cols": 16, "objects": {"circle": 40, "cross": 40}},
    "ShapesGrid-Everything-v0": _EVERYTHING,
}

# Beyond the ladder: several difficulties together, things of several colours, more types.
_BEYOND: dict[str, Any] = {
    "ShapesGrid-Parts2-v0": {"parts": 2},
    "ShapesGrid-Parts3-v0": {"parts": 3},
    "ShapesGrid-PartColours-v0": {"parts": 2, "colours": "random"},
    "ShapesGrid-Types32-v0": {**_shapes(32), "rows": 7, "cols": 7},
    "ShapesGrid-Everything8-v0": {**_EVERYTHING, **_shapes(8)},
    "ShapesGrid-Everything16-v0": {**_EVERYTHING, **_shapes(16)},
    "ShapesGrid-EverythingOverlap-v0": {**_EVERYTHING, "sizes": (1.2, 1.6), "jitter": 2},
}


IDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        # Garnelo et al. 2016: {negatives only, mixed} x {grid, random} layout.
        "ShapesGrid-v0": {},
        "ShapesGrid-MixedGrid-v0": {"layout": "grid"},
        "ShapesGrid-Negative-v0": _NEGATIVE,
        "ShapesGrid-NegativeGrid-v0": {**_NEGATIVE, "layout": "grid"},
        # Sherburn's Figure 1.4: a still picture of a circle and two squares on 2 x 2 places.
        "ShapesGrid-Toy-v0": {
            "rows": 2,
            "cols": 2,
            "cell": 18,
            "border": (2, 2, 2, 2),
            "objects": {"circle": 1, "square": 2},
            "rewards": {},
            "layout": "board",
            "board": "os\n.s",
            "agent": False,
        },
        # SRL+CS: its smallest world, its pattern, and random worlds of the pattern's size. By a
        # mistake the original drew no object into the agent's row and column; these worlds do.
        "ShapesGrid-Tiny-v0": _board(".x.\n+o."),
        "ShapesGrid-Pattern-v0": _board(
            "o.x.o.x\n.......\nx.o.x.o\n...+...\no.x.o.x\n.......\nx.o.x.o"
        ),
        "ShapesGrid-Random7-v0": {
            **_SRL_CS,
            "rows": 7,
            "cols": 7,
            "start": (3, 3),
            "objects": {"circle": 7, "cross": 7},
        },
        # Two worlds that differ by one exchange of objects, in the spirit of Dutra & Garcez 2017.
        # No source that we could read has their own two; these are worlds 8 and 9 of Dutra's code.
        "ShapesGrid-Twin1-v0": _board("x.x\n.+.\no.o"),
        "ShapesGrid-Twin2-v0": _board("o.x\n.+.\nx.o"),
        **_LADDER,
        **_BEYOND,
        # Mechanisms besides touching. In every world all objects can be reached.
        "ShapesGrid-Walls-v0": {"objects": {**_MIXED, "wall": 5}, "rows": 6, "cols": 6},
        "ShapesGrid-KeyDoor-v0": {**_ROOMS, "objects": {"cross": 1, "key": 1, "door": 1}},
        "ShapesGrid-Push-v0": {**_ROOMS, "objects": {"cross": 1, "box": 1}},
        "ShapesGrid-Switch-v0": {**_ROOMS, "objects": {"cross": 1, "switch": 1, "gate": 1}},
        "ShapesGrid-Lethal-v0": {"roles": {"circle": "lethal"}},
        "ShapesGrid-Heading-v0": {"controls": "heading", "step_limit": 50},
    }
)
"""The registered ids and the fields of `WorldSpec` that each changes."""

LADDER = tuple(_LADDER)
"""The rungs of the difficulty ladder: worlds that are harder to see than `ShapesGrid-v0`."""
