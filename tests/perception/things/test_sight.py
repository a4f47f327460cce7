"""The sight of things, through perception, in small worlds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from equality import assert_equal
from numpy.testing import assert_array_equal
from seen_worlds import BACK_END, ENV, exact
from seen_worlds import restored as copy

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.experiments.studies.scaling_measure import RandomPlay, film
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.things.sight import ThingsSight
from dsrl_agent.perception.things.views import COLOUR
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import EMPTY, UNKNOWN, Frame

WORLD: dict[str, Any] = {"cell": 10, "border": (3, 4, 2, 5)}
CONFIG = PerceptionConfig(sight="things")


def _learned(
    world: dict[str, Any], frames: int = 200, rewarded: bool = True
) -> tuple[Perception, RandomPlay]:
    seen = film(ENV, world, frames, 0, "learn")
    made = Perception(CONFIG, BACK_END, 0, "cpu")
    made.learn(seen.motion, None, seen.rewards if rewarded else None)
    return made, film(ENV, {**world, "split": "test"}, 60, 0, "test")


def _sight(perception: Perception) -> ThingsSight:
    assert isinstance(perception.sight, ThingsSight)
    return perception.sight


def _frame(**world: Any) -> Frame:
    frame, _ = make_env(ENV, {**WORLD, **world}).reset(seed=0)
    return np.asarray(frame)


@pytest.fixture(scope="module")
def learned() -> tuple[Perception, RandomPlay]:
    return _learned(WORLD)


@pytest.fixture
def seeing(learned: tuple[Perception, RandomPlay]) -> Perception:
    """A copy that a test may change."""
    return copy(learned[0])


def test_facts_are_exact_in_boards_never_seen(learned: tuple[Perception, RandomPlay]) -> None:
    perception, unseen = learned
    assert exact(perception, unseen) == 1.0
    assert len(perception.known) == 3
    assert len(perception.agent_types) == 1
    assert perception.grid == Grid((10, 10), (3, 5), (5, 5), (55, 59))


@pytest.mark.parametrize("size", [(2, 7), (9, 9)])
def test_facts_are_exact_in_frames_of_another_size(
    seeing: Perception, size: tuple[int, int]
) -> None:
    world = {**WORLD, "rows": size[0], "cols": size[1], "objects": {"circle": 3, "cross": 2}}
    unseen = film(ENV, world, 20, 0, "test")
    assert exact(seeing, unseen) == 1.0
    assert seeing.shape_of(unseen.motion.before[0]) == size


def test_a_checkpoint_restores_everything_bit_for_bit(seeing: Perception) -> None:
    frame = _frame(objects={"star": 1, "cross": 1})
    seeing.watch((), 0, frame)
    state = json.loads(json.dumps(seeing.state()))
    again = Perception(CONFIG, BACK_END, 1, "cpu")
    again.load(seeing.arrays(), state)
    assert_equal(again.arrays(), seeing.arrays())
    assert_equal(json.loads(json.dumps(again.state())), state)
    assert again.facts(frame[None]) == seeing.facts(frame[None])
    one, other = again.watch((), 0, frame), seeing.watch((), 0, frame)
    assert one == other


def test_a_refit_keeps_the_names_of_types(seeing: Perception) -> None:
    unseen = film(ENV, {**WORLD, "split": "test"}, 40, 3, "test")
    before = seeing.facts(unseen.motion.before)
    seen = film(ENV, WORLD, 220, 5, "learn")
    seeing.learn(seen.motion, None, seen.rewards)
    assert seeing.facts(unseen.motion.before) == before
    assert seeing.fits == 2


def test_a_shape_that_came_later_becomes_a_type(seeing: Perception) -> None:
    known, changes = seeing.known, []
    for seed in range(12):
        frame, _ = make_env(ENV, {**WORLD, "objects": {"star": 1, "cross": 2}}).reset(seed=seed)
        sighting = seeing.watch((), 0, np.asarray(frame))
        types = {fact.type for fact in sighting.facts}
        assert not types - {*seeing.known, UNKNOWN}
        if sighting.change is not None:
            changes.append(seed)
    assert len(changes) == 1
    (new,) = set(seeing.known) - set(known)
    assert new == max(known) + 1
    assert [fact.type for fact in sighting.facts].count(new) == 1
    # What was added lasts through a checkpoint and a refit without it.
    again = copy(seeing)
    assert again.facts(frame[None]) == [sighting.facts]
    seen = film(ENV, WORLD, 200, 6, "learn")
    again.learn(seen.motion, None, seen.rewards)
    assert again.facts(frame[None]) == [sighting.facts]


TEXTURE = {"texture": 0.3, "pattern": 1}


def test_facts_are_exact_on_another_floor_in_batches_and_frame_by_frame(
    seeing: Perception,
) -> None:
    unseen = film(ENV, {**WORLD, **TEXTURE, "split": "test"}, 30, 0, "test")
    assert exact(seeing, unseen) == 1.0
    frames = unseen.motion.before
    alone = [seeing.facts(frame[None])[0] for frame in frames]
    assert alone == seeing.facts(frames)
    redrawing = seeing.redrawn(frames[:4])
    assert redrawing is not None
    away = np.abs(redrawing.drawn.astype(np.int64) - redrawing.seen)
    assert float(away.mean()) < 1.5  # levels


def test_other_floors_bring_no_types_but_those_of_things(seeing: Perception) -> None:
    known, seen = seeing.known, film(ENV, {**WORLD, **TEXTURE}, 20, 0, "test")
    for frame in seen.motion.before:
        assert seeing.watch((), 0, frame).change is None
    assert seeing.known == known
    for seed in range(12):
        objects = {"star": 1, "cross": 2}
        frame, _ = make_env(ENV, {**WORLD, **TEXTURE, "objects": objects}).reset(seed=seed)
        sighting = seeing.watch((), 0, np.asarray(frame))
    (new,) = set(seeing.known) - set(known)
    assert [fact.type for fact in sighting.facts].count(new) == 1
    assert len(sighting.facts) == 4


def test_pictures_show_the_types_on_the_floor(seeing: Perception) -> None:
    pictures = seeing.pictures()
    assert sorted(pictures) == seeing.known
    for one in pictures.values():
        assert one.shape == (12, 12, 3)
        assert one.dtype == np.uint8
        assert int(one.max()) - int(one.min()) > 30


def test_a_shaken_camera_is_brought_to_rest() -> None:
    perception, unseen = _learned({**WORLD, "shake": 1}, 300)
    sight = _sight(perception)
    assert any(sight.swing)
    assert exact(perception, unseen) >= 0.95
    still = film(ENV, {**WORLD, "split": "test"}, 3, 0, "test").motion.before
    moved = np.roll(still, (1, -1), axis=(1, 2))
    assert perception.facts(moved) == perception.facts(still)


def test_a_still_camera_leaves_frames_as_they_are(seeing: Perception) -> None:
    frame = _frame()[None]
    assert _sight(seeing).at_rest(frame) is frame


def test_types_are_given_on_another_grid(seeing: Perception) -> None:
    frame, sight = _frame()[None], _sight(seeing)
    own = sight.types(frame)
    part = sight.grid.part(slice(1, 4), slice(0, 5))
    assert_array_equal(sight.types(frame, part), own[:, 1:4])
    off = Grid(sight.grid.pitch, (1, 7), sight.grid.shape, sight.grid.frame)
    assert_array_equal(sight.types(frame, off), own)
    wider = Grid(sight.grid.pitch, (3 - 10, 5), (6, 5), sight.grid.frame)
    assert_array_equal(sight.types(frame, wider)[:, 1:], own)
    assert (sight.types(frame, wider)[:, 0] == EMPTY).all()


def test_rewards_choose_colour_where_shapes_are_drawn_at_random() -> None:
    world = {
        **WORLD,
        "outlines": "random",
        "rewards": {"circle": -1.0, "cross": 1.0},
    }
    perception, unseen = _learned(world, 400)
    assert _sight(perception).view == COLOUR
    assert exact(perception, unseen) == 1.0


def test_types_are_renumbered(seeing: Perception) -> None:
    sight, frame = _sight(seeing), _frame()[None]
    one, two = (int(number) for number in sight.known[:2])
    before = sight.types(frame)
    sight.renumber({one: 40, two: one})
    after = sight.types(frame)
    assert_array_equal(after == 40, before == one)
    assert_array_equal(after == one, before == two)
