"""The rungs of the scaling study: each has worlds to learn and to test in."""

from __future__ import annotations

import pytest

from dsrl_agent.experiments.studies.scaling_rungs import QUICK, RUNGS
from dsrl_agent.runtime.envs import make_env


@pytest.mark.parametrize("name", RUNGS)
def test_every_rung_has_worlds_to_learn_and_to_test_in(name: str) -> None:
    rung = RUNGS[name]
    world = rung.world(3)
    assert world == rung.world(3) != rung.world(4)
    for replaced in ({}, *rung.also.values()):
        env = make_env(rung.env_id, {**world, **replaced, "split": "test"})
        env.reset(seed=0)
        env.close()


def test_rungs_whose_objects_leave_their_cells_are_roomy() -> None:
    for name, rung in RUNGS.items():
        worlds = [rung.world(seed) for seed in range(50)]
        cells = {world["cell"] for world in worlds}
        least = min(pixels for world in worlds for pixels in world["border"])
        roomy = name in ("offsets 3 px", "everything")
        assert (min(cells), max(cells), least) == ((11, 14, 3) if roomy else (7, 13, 0))


def test_the_quick_rungs_are_rungs() -> None:
    assert set(QUICK) <= set(RUNGS)
