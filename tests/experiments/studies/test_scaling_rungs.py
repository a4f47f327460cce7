"""The rungs of the scaling study: each has worlds to learn and to test in."""

from __future__ import annotations

import zlib

import pytest

from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.experiments.studies.scaling_rungs import QUICK, RUNGS
from dsrl_agent.runtime.envs import make_env

FRAMES = {  # of revision 35f4d5b, by rung: CRC-32 of the frames of `drawn`
    "2 types": 1892728281,
    "4 types": 680021948,
    "8 types": 3207757670,
    "16 types": 1538896973,
    "learned in 16x16": 932911028,
    "noise .1": 4244584303,
    "noise .3": 3018638543,
    "texture": 196315042,
    "80 % full": 1571871899,
    "90 % full": 2372875109,
    "random colours": 2596951652,
    "colour-coded": 1251435039,
    "all white": 4270488281,
    "sizes .75-1": 2386989292,
    "sizes, all white": 3652005536,
    "offsets 3 px": 3826375789,
    "shaken 1 px": 3811846750,
    "movers": 3343775471,
    "overlap": 790821047,
    "everything": 2264002623,
}


def drawn(name: str) -> int:
    """Return the CRC-32 of 6 steps of seed 3 in the worlds that a rung learns and tests in."""
    rung, found = RUNGS[name], 0
    for replaced in ({}, *rung.also.values()):
        for split, stream in (("train", "learn"), ("test", "test")):
            world = {**rung.world(3), **replaced, "split": split}
            motion = film(rung.env_id, world, 6, 3, stream).motion
            for frames in (motion.before, motion.after):
                found = zlib.crc32(frames.tobytes(), found)
    return found


@pytest.mark.parametrize("name", FRAMES)
def test_the_worlds_of_a_seed_are_those_of_committed_results(name: str) -> None:
    assert drawn(name) == FRAMES[name]


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
        roomy = name in ("offsets 3 px", "overlap, sizes 1-1.8, white") or "everything" in name
        assert (min(cells), max(cells), least) == ((11, 14, 3) if roomy else (7, 13, 0))


def test_floors_of_other_patterns_are_seen_with_the_weights_of_one() -> None:
    rung = RUNGS["texture, floor 2"]
    world = rung.world(0)
    floors = {name: {**world, **changed} for name, changed in rung.also.items()}
    assert [floor["pattern"] for floor in floors.values()] == [2, 3, 1]
    assert floors["floor 2, seen on a plain floor"]["texture"] == 0


def test_the_quick_rungs_are_rungs() -> None:
    assert set(QUICK) <= set(RUNGS)
