"""What throws are worth: they meet things where these will be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.aims import (
    Targets,
    aims_of,
    flight_steps,
    targets_of,
    throw_values,
)
from dsrl_agent.front_end.foresight.events import Events, Happening, Occasion
from dsrl_agent.front_end.foresight.shots import Throw
from dsrl_agent.front_end.foresight.tracks import Offset, ThingTrack, ahead_of
from dsrl_agent.front_end.foresight.walks import ThingWalks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import Fact, Floats

SHAPE, UP, RIGHT = (3, 4), (-1, 0), (0, 1)
TARGET, BLOCK, SHOT, AGENT, FIRE = 1, 2, 5, 9, 1
THROW = Throw(FIRE, SHOT, UP)  # appears above the agent, and goes on up
THRESHOLDS = ForesightThresholds()
ALL = np.arange(SHAPE[0] * SHAPE[1])


def known() -> tuple[ThingWalks, Events]:
    """Return what was learned: shots rise, targets go right, and a shot at either pays."""
    walks, events = ThingWalks(THRESHOLDS), Events(SHAPE, THRESHOLDS)
    for number, step in ((SHOT, UP), (TARGET, RIGHT)):
        for _ in range(4):
            track = ThingTrack(number, 1, 1, step, step)
            walks.observe(track, ahead_of(track, {}, SHAPE), step)
    for target, gain in ((TARGET, 1.0), (BLOCK, 2.0)):
        for _ in range(8):
            occasion = Occasion((0, 0, 1), [(SHOT, target)], [])
            events.observe(Occasion((0, 0, 1), [], []), Happening(False, False, 0.0))
            events.observe(occasion, Happening(False, False, gain))
    return walks, events


def watching(*facts: Fact, moving: int = 0) -> Watch:
    watch = Watch(SHAPE, 15, 8)
    watch.begin(facts, Fact(AGENT, 2, 0), {AGENT})
    watch.tracks = tuple(
        track._replace(last=RIGHT, before=RIGHT) if track.type == moving else track
        for track in watch.tracks
    )
    return watch


def still(place: tuple[int, int], gain: float, steps: int = 4) -> Targets:
    there: Floats = np.zeros((steps, *SHAPE))
    there[:, *place] = 1.0
    return Targets(there, gain * there)


def worths(targets: Targets, layers: int, throw: Throw = THROW, step: Offset = UP) -> Floats:
    """Return what a throw is worth from all places, `[layers, rows, columns]`."""
    return throw_values(throw, step, targets, layers, 0.5, ALL).reshape(layers, *SHAPE)


def test_a_thrown_thing_flies_until_the_edge() -> None:
    assert flight_steps(UP, watching()) == 4  # three rows, and the one it appears in
    assert flight_steps((0, 2), watching()) == 3


def test_a_throw_is_worth_the_discounted_gain_of_what_stands_in_its_way() -> None:
    worth = worths(still((0, 2), 3.0), 1)
    assert worth.shape == (1, 3, 4)
    assert worth[0, 2, 2] == 1.5  # it appears at row 1, and meets it a step later
    assert worth[0, 1, 2] == 3.0
    assert worth[0, 0, 2] == worth[0, 2, 1] == 0.0
    some = throw_values(THROW, UP, still((0, 2), 3.0), 1, 0.5, np.array([6, 10]))
    assert some.tolist() == [[3.0, 1.5]]


def test_the_first_thing_in_the_way_is_met() -> None:
    near, far = still((1, 2), 1.0), still((0, 2), 8.0)
    half = Targets(near.there / 2 + far.there, near.gains / 2 + far.gains)
    worth = worths(half, 1)
    assert worth[0, 2, 2] == pytest.approx(0.5 + 0.5 * 0.5 * 8.0)


def test_a_moving_thing_is_met_where_it_will_be() -> None:
    walks, events = known()
    watch = watching(Fact(TARGET, 0, 0), moving=TARGET)
    targets = targets_of(THROW, walks, events, watch, 4)
    assert targets is not None
    assert [tuple(np.argwhere(layer)[0]) for layer in targets.there] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (0, 3),
    ]
    worth = worths(targets, 2)
    gain = events.gain_of((SHOT, TARGET))
    # From the last row it comes to the first one in two steps, when the thing is in column 2.
    assert worth[0, 2] == pytest.approx([0.0, 0.0, gain / 2, 0.0])
    assert worth[1, 2] == pytest.approx([0.0, 0.0, 0.0, gain / 2])


def test_aims_are_those_of_the_actions_that_throw() -> None:
    walks, events = known()
    block = watching(Fact(BLOCK, 0, 1))
    aims = aims_of([THROW], walks, events, block, ALL, 2, 0.5)
    assert list(aims) == [FIRE]
    assert aims[FIRE].shape == (2, 12)
    assert aims[FIRE][0].reshape(SHAPE)[2] == pytest.approx(
        [0.0, events.gain_of((SHOT, BLOCK)) / 2, 0.0, 0.0]
    )
    assert not aims_of([THROW], walks, events, watching(), ALL, 2, 0.5)  # nothing to meet
    unmoved = Throw(FIRE, 7, UP)  # a thing that never moved
    assert not aims_of([unmoved], walks, events, block, ALL, 2, 0.5)


@given(seed=st.integers(0, 10_000), down=st.integers(-2, 2), right=st.integers(-2, 2))
def test_throws_are_worth_what_each_meets_on_its_way(seed: int, down: int, right: int) -> None:
    rng = np.random.default_rng(seed)
    throw = Throw(FIRE, SHOT, (int(rng.integers(-2, 3)), int(rng.integers(-2, 3))))
    there = rng.random((5, *SHAPE)) * (rng.random((5, *SHAPE)) < 0.3)
    targets = Targets(there, there * rng.random((5, *SHAPE)))
    worth = worths(targets, 2, throw, (down, right))
    for layer, row, col in np.ndindex(worth.shape):
        value, flying = 0.0, 1.0
        for flown in range(3):
            at = row + throw.offset[0] + flown * down, col + throw.offset[1] + flown * right
            if 0 <= at[0] < SHAPE[0] and 0 <= at[1] < SHAPE[1]:
                value += 0.5**flown * flying * targets.gains[layer + 1 + flown, *at]
                flying *= 1.0 - there[layer + 1 + flown, *at]
        assert worth[layer, row, col] == pytest.approx(value)
