"""Shapes-grid worlds for Gymnasium.

>>> import gymnasium
>>> env = gymnasium.make("shapes_grid:ShapesGrid-v0")

Importing this package registers the ids of `IDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import gymnasium as gym

from shapes_grid.env import ShapesGridEnv
from shapes_grid.errors import BoardError, SpecError
from shapes_grid.spec import Border, WorldSpec
from shapes_grid.vector import ShapesGridVectorEnv
from shapes_grid.world import ACTIONS

__all__ = [
    "ACTIONS",
    "IDS",
    "BoardError",
    "Border",
    "ShapesGridEnv",
    "ShapesGridVectorEnv",
    "SpecError",
    "WorldSpec",
]

_NEGATIVE: dict[str, Any] = {"objects": {"circle": 8}, "rewards": {"circle": -1.0}}

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
    }
)
"""The registered ids and what each changes in `WorldSpec`."""

for _id, _fields in IDS.items():
    if _id not in gym.registry:
        gym.register(
            _id,
            entry_point=ShapesGridEnv,
            vector_entry_point=ShapesGridVectorEnv,
            kwargs=dict(_fields),
        )
