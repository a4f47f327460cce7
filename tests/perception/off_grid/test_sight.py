"""Sight of objects off the grid, learned from random play."""

from __future__ import annotations

import numpy as np
import pytest
from seen_worlds import ENV, OFF_GRID, exact, learned, restored, scenes, world

from dsrl_agent import DSRL
from dsrl_agent.config import AgentConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.studies.scaling_measure import RandomPlay, film
from dsrl_agent.perception.off_grid.sight import OffGridSight
from dsrl_agent.perception.perception import Perception

JITTER = {"jitter": 3, "cell": 12, "border": (5, 4, 4, 5)}

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def off_grid() -> tuple[Perception, RandomPlay]:
    return learned(JITTER, 300)


@pytest.mark.slow
def test_objects_off_the_grid_are_found(off_grid: tuple[Perception, RandomPlay]) -> None:
    perception, unseen = off_grid
    assert exact(perception, unseen) >= 0.98
    assert perception.state()["grid"]["origin"] == (5, 5)
    assert perception.state()["sight"] == "off_grid"
    assert isinstance(perception.sight, OffGridSight)
    assert perception.sight.exemplars(unseen.motion.before, ()) == {}


@pytest.mark.slow
def test_off_the_grid_a_checkpoint_sees_the_same_and_a_refit_keeps_the_names(
    off_grid: tuple[Perception, RandomPlay],
) -> None:
    perception, unseen = off_grid
    before = perception.facts(unseen.motion.before)
    again = restored(perception)
    assert again.facts(unseen.motion.before) == before
    seen = film(ENV, JITTER, 300, 1, "learn")
    again.learn(seen.motion, None, seen.rewards)
    after = again.facts(unseen.motion.before)
    assert np.mean([a == b for a, b in zip(before, after, strict=True)]) >= 0.9


@pytest.mark.slow
def test_off_the_grid_too_a_shape_first_met_later_is_a_type_within_ten_sightings() -> None:
    settings = PerceptionConfig(sight="spectra", refit_growth=0.0)
    config = AgentConfig(settings, front_end=FrontEndConfig(replay=0))
    perception = DSRL(world(OFF_GRID, circle=4, cross=4), config, seed=0).learn(200).perception
    assert perception.grid is not None
    old_frames, old_truths = scenes(world(OFF_GRID, circle=4, cross=4))
    assert exact_share(perception.facts(old_frames), old_truths) == 1.0
    known = perception.known
    frames, truths = scenes(world(OFF_GRID, circle=3, cross=3, star=2))
    shown = 0
    while len(perception.known) == len(known):
        perception.watch((), 0, frames[shown])
        shown += 1
    assert 2 * shown <= 10  # two stars in every frame
    assert exact_share(perception.facts(frames), truths) > 0.95
    assert exact_share(perception.facts(old_frames), old_truths) == 1.0
