"""Sights forced by a setting, and the choice between them."""

from __future__ import annotations

from typing import Any

import pytest
from seen_worlds import ENV, exact, learned, restored

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.perception.cell_sight import CellSight
from dsrl_agent.perception.kinds import AUTO, load_sight
from dsrl_agent.perception.off_grid.sight import OffGridSight
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.sight import sight_kind

pytestmark = pytest.mark.usefixtures("one_thread")

JITTER: dict[str, Any] = {"jitter": 3, "cell": 12, "border": (5, 4, 4, 5)}


def quick(world: dict[str, Any], config: PerceptionConfig, steps: int = 20) -> Perception:
    """Learn from little play; objects are not seen exactly."""
    seen = film(ENV, world, 100, 0, "learn")
    made = Perception(config, BackEndConfig(steps=steps, refit_steps=5), 0, "cpu")
    made.learn(seen.motion, None, seen.rewards)
    return made


def test_the_sights_that_come_with_the_agent_are_registered() -> None:
    for name in ("cells", "off_grid", "tiles", AUTO):
        assert callable(sight_kind(name).learn)
    assert PerceptionConfig().sight == AUTO


@pytest.mark.slow
def test_cells_can_be_forced_where_objects_stand_off_the_grid() -> None:
    perception = quick(JITTER, PerceptionConfig(sight="cells"))
    assert isinstance(perception.sight, CellSight)
    assert perception.state()["sight"] == "cells"


@pytest.mark.slow
def test_cells_see_a_world_on_the_grid_exactly_and_are_restored() -> None:
    perception, unseen = learned({}, 100, config=PerceptionConfig(sight="cells"))
    assert exact(perception, unseen) == 1.0
    assert isinstance(restored(perception).sight, CellSight)
    assert exact(restored(perception), unseen) == 1.0


def test_off_grid_is_refused_where_objects_stand_on_the_grid() -> None:
    remedy = (
        r"No isolated object stands off the grid.*leave perception\.sight at auto, or take cells"
    )
    with pytest.raises(PerceptionError, match=remedy):
        quick({}, PerceptionConfig(sight="off_grid"))


@pytest.mark.slow
def test_off_grid_can_be_forced_where_cells_have_as_few_types() -> None:
    never_doubt_cells = OffGridThresholds(few_types=32)
    auto = quick(JITTER, PerceptionConfig(off_grid=never_doubt_cells))
    assert isinstance(auto.sight, CellSight)
    config = PerceptionConfig(sight="off_grid", off_grid=never_doubt_cells)
    perception, unseen = learned(JITTER, 300, config=config)
    assert isinstance(perception.sight, OffGridSight)
    assert exact(perception, unseen) >= 0.98
    # A refit goes on with the back end of the fit before.
    back_end = perception.sight.parts.back_end
    seen = film(ENV, JITTER, 300, 1, "learn")
    perception.learn(seen.motion, None, seen.rewards)
    assert isinstance(perception.sight, OffGridSight)
    assert perception.sight.parts.back_end is back_end
    assert exact(perception, unseen) >= 0.95


def test_a_checkpoint_without_a_name_is_told_by_its_files() -> None:
    # Checkpoints of revision 7a99ea7 name no sight; objects off the grid have the file `looks`.
    perception = quick({}, PerceptionConfig(sight="cells"), steps=2)
    state = {**perception.state()}
    del state["sight"]
    made = Perception(PerceptionConfig(), BackEndConfig(), 0, "cpu")
    made.load(perception.arrays(), state)
    assert isinstance(made.sight, CellSight)
    with pytest.raises(KeyError):  # the templates are missing
        made.load({**perception.arrays(), "looks": {}}, state)
    assert callable(load_sight)
