"""Types merged by rewards and recognised by likeness, learned from random play."""

from __future__ import annotations

import numpy as np
import pytest
from equality import assert_equal
from seen_worlds import ENV, exact, learned, restored

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.perception.codebook_sight import (
    CodebookSight,
    previous_back_end,
    previous_likeness,
)
from dsrl_agent.types import UNKNOWN

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.slow
@pytest.mark.parametrize("chance", ["colours", "outlines"])
def test_one_setting_finds_whether_shape_or_colour_is_the_type(chance: str) -> None:
    palette = [(230, 159, 0), (0, 114, 178), (0, 158, 115)]
    world = {chance: "random", "palette": palette if chance == "colours" else palette[:1]}
    perception, unseen = learned(world, 300)
    assert len(perception.known) == 3
    assert exact(perception, unseen) == 1.0


@pytest.mark.slow
def test_a_known_shape_is_recognised_in_an_unseen_colour() -> None:
    colours = {"colours": "random", "palette": [(230, 159, 0), (0, 114, 178), (0, 158, 115)]}
    perception, _ = learned(colours, 300)
    unseen = [(204, 121, 167), (240, 228, 66)]
    other = film(ENV, {**colours, "palette": unseen, "split": "test"}, 60, 0, "test")
    assert exact(perception, other) == 1.0
    assert exact(restored(perception), other) == 1.0
    novel = {**colours, "objects": {"circle": 3, "cross": 3, "triangle": 1}, "split": "test"}
    shown = film(ENV, novel, 20, 0, "test").motion.before
    types = [fact.type for facts in perception.facts(shown) for fact in facts]
    assert types.count(UNKNOWN) == 20  # the triangles


@pytest.mark.slow
def test_a_known_shape_is_recognised_in_white_without_evidence_about_colour() -> None:
    perception, _ = learned({}, 60)
    other = film(ENV, {"colours": "white", "split": "test"}, 60, 0, "test")
    assert exact(perception, other) == 1.0
    types = [fact.type for facts in perception.facts(other.motion.before) for fact in facts]
    assert UNKNOWN not in types  # nor is the agent


@pytest.mark.slow
def test_views_that_must_gather_all_objects_merge_nothing() -> None:
    strict = PerceptionConfig(merging=MergingThresholds(gathered=1.0))
    perception, _ = learned({"outlines": "random"}, 300, config=strict)
    assert len(perception.known) == 5  # two shapes in two colours, the agent


def test_without_rewards_every_appearance_is_a_type() -> None:
    perception, unseen = learned({"outlines": "random"}, 300, rewarded=False)
    assert len(perception.known) == 5  # two shapes in two colours, the agent
    # A sight hands on its back end, but no likeness where no rewards were given.
    sight = perception.sight
    assert isinstance(sight, CodebookSight)
    assert previous_back_end(sight) is sight.parts.back_end
    assert previous_likeness(sight) is None
    assert previous_likeness(None) is None
    assert previous_back_end(None) is None
    # It is restored with all its parts.
    again = restored(perception)
    assert_equal(again.arrays(), perception.arrays())
    assert again.facts(unseen.motion.before) == perception.facts(unseen.motion.before)
    assert np.array_equal(list(again.pictures()), perception.known)
