"""The table of registered worlds."""

from __future__ import annotations

import gymnasium as gym
import pytest

from shapes_grid import ShapesGridEnv, ShapesGridVectorEnv
from shapes_grid.ids import IDS, LADDER


@pytest.mark.parametrize("name", IDS)
def test_every_id_is_registered_for_one_world_and_for_many(name: str) -> None:
    registered = gym.registry[name]
    assert registered.entry_point is ShapesGridEnv
    assert registered.vector_entry_point is ShapesGridVectorEnv
    assert registered.kwargs == IDS[name]
    many = gym.make_vec(name, num_envs=2, vectorization_mode="vector_entry_point")
    assert isinstance(many.unwrapped, ShapesGridVectorEnv)
    single = gym.make(name).unwrapped
    assert isinstance(single, ShapesGridEnv)
    assert many.unwrapped.world_spec == single.world_spec


def test_all_registered_worlds_are_named_in_the_table() -> None:
    assert {name for name in gym.registry if name.startswith("ShapesGrid")} == set(IDS)


def test_the_ladder_names_registered_worlds_once() -> None:
    assert set(LADDER) < set(IDS)
    assert len(set(LADDER)) == len(LADDER) == 18
    assert "ShapesGrid-Everything16-v0" not in LADDER  # nor are the worlds beyond it
    assert "ShapesGrid-v0" not in LADDER  # the world that the rungs make harder
