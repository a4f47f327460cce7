"""Provide grid worlds of shapes for Gymnasium.

>>> import gymnasium
>>> env = gymnasium.make("shapes_grid:ShapesGrid-v0")

Importing this package registers the ids of `IDS`.
"""

from __future__ import annotations

import gymnasium as gym

from shapes_grid.env import ShapesGridEnv
from shapes_grid.errors import BoardError, SpecError
from shapes_grid.ids import IDS
from shapes_grid.shapes import SHAPES
from shapes_grid.solver import Solution
from shapes_grid.spec import WorldSpec
from shapes_grid.spec_fields import COMPASS, Border
from shapes_grid.vector import ShapesGridVectorEnv

__all__ = [
    "ACTIONS",
    "IDS",
    "SHAPES",
    "BoardError",
    "Border",
    "ShapesGridEnv",
    "ShapesGridVectorEnv",
    "Solution",
    "SpecError",
    "WorldSpec",
]

ACTIONS = COMPASS
"""The names of the actions in worlds with `controls="compass"` (all ids but `-Heading`)."""

for _id, _fields in IDS.items():
    if _id not in gym.registry:
        gym.register(
            _id,
            entry_point=ShapesGridEnv,
            vector_entry_point=ShapesGridVectorEnv,
            kwargs=dict(_fields),
            # `step` itself checks actions and the order of calls, at a tenth of the wrappers' cost.
            disable_env_checker=True,
            order_enforce=False,
        )
