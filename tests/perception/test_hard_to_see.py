"""Perception end to end where looks, places or the camera vary: learned from random play."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.studies.scaling_measure import Film, film
from dsrl_agent.perception.perception import Perception
from dsrl_agent.types import UNKNOWN

BACK_END = BackEndConfig(steps=150, refit_steps=20)
ENV = "shapes_grid:ShapesGrid-v0"
OFF_GRID = {"jitter": 3, "cell": 12, "border": (5, 4, 4, 5)}

pytestmark = pytest.mark.usefixtures("one_thread")


def learned(world: dict[str, Any], frames: int, rewarded: bool = True) -> tuple[Perception, Film]:
    seen = film(ENV, world, frames, 0, "learn")
    made = Perception(PerceptionConfig(), BACK_END, 0, "cpu")
    made.learn(seen.motion, None, seen.rewards if rewarded else None)
    return made, film(ENV, {**world, "split": "test"}, 100, 0, "test")


def exact(perception: Perception, unseen: Film) -> float:
    return exact_share(perception.facts(unseen.motion.before), unseen.truths)


@pytest.mark.parametrize("chance", ["colours", "outlines"])
def test_one_setting_finds_whether_shape_or_colour_is_the_type(chance: str) -> None:
    palette = [(230, 159, 0), (0, 114, 178), (0, 158, 115)]
    world = {chance: "random", "palette": palette if chance == "colours" else palette[:1]}
    perception, unseen = learned(world, 300)
    assert len(perception.require_codebook().known) == 3
    assert exact(perception, unseen) == 1.0


@pytest.mark.slow
def test_a_known_shape_is_recognised_in_an_unseen_colour() -> None:
    colours = {"colours": "random", "palette": [(230, 159, 0), (0, 114, 178), (0, 158, 115)]}
    perception, _ = learned(colours, 300)
    unseen = [(204, 121, 167), (240, 228, 66)]
    other = film(ENV, {**colours, "palette": unseen, "split": "test"}, 60, 0, "test")
    assert exact(perception, other) == 1.0
    assert exact(restored(perception), other) == 1.0
    stranger = {**colours, "objects": {"circle": 3, "cross": 3, "triangle": 1}, "split": "test"}
    shown = film(ENV, stranger, 20, 0, "test").motion.before
    types = [fact.type for facts in perception.facts(shown) for fact in facts]
    assert types.count(UNKNOWN) == 20  # the triangles


def test_a_known_shape_is_recognised_in_white_without_evidence_about_colour() -> None:
    perception, _ = learned({}, 60)
    other = film(ENV, {"colours": "white", "split": "test"}, 60, 0, "test")
    assert exact(perception, other) == 1.0
    types = [fact.type for facts in perception.facts(other.motion.before) for fact in facts]
    assert UNKNOWN not in types  # nor is the agent


def test_without_rewards_every_appearance_is_a_type() -> None:
    perception, _ = learned({"outlines": "random"}, 300, rewarded=False)
    assert len(perception.require_codebook().known) == 5  # two shapes in two colours, the agent


@pytest.mark.slow
def test_a_shaken_camera_is_stabilised_and_a_checkpoint_keeps_the_shake() -> None:
    perception, unseen = learned({"shake": 1}, 200)
    assert exact(perception, unseen) >= 0.98
    assert restored(perception).facts(unseen.motion.before) == perception.facts(
        unseen.motion.before
    )


@pytest.fixture(scope="module")
def off_grid() -> tuple[Perception, Film]:
    return learned(OFF_GRID, 300)


@pytest.mark.slow
def test_objects_off_the_grid_are_found(off_grid: tuple[Perception, Film]) -> None:
    perception, unseen = off_grid
    assert exact(perception, unseen) >= 0.98
    assert perception.state()["grid"]["origin"] == (5, 5)


@pytest.mark.slow
def test_off_the_grid_a_checkpoint_sees_the_same_and_a_refit_keeps_the_names(
    off_grid: tuple[Perception, Film],
) -> None:
    perception, unseen = off_grid
    before = perception.facts(unseen.motion.before)
    again = restored(perception)
    assert again.facts(unseen.motion.before) == before
    seen = film(ENV, OFF_GRID, 300, 1, "learn")
    again.learn(seen.motion, None, seen.rewards)
    after = again.facts(unseen.motion.before)
    assert np.mean([a == b for a, b in zip(before, after, strict=True)]) >= 0.9


def restored(original: Perception) -> Perception:
    made = Perception(PerceptionConfig(), BACK_END, 77, "cpu")
    made.load(original.arrays(), original.state())
    return made
