"""The change of the squared residual by a thing, against residuals worked out one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from drawn_boxes import HERE, SAMPLES, box, floats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Vocabulary
from dsrl_agent.back_end.compositor.scoring import OTHER_TINT, Match, score
from dsrl_agent.types import Floats

PALETTE = floats([(0.9, 0.1, 0.2), (0.1, 0.8, 0.3), (0.2, 0.2, 0.7)])


class Place(NamedTuple):
    """One place: what a thing has to explain, and what lies above and below it."""

    rest: Floats  # [h, w, 3]
    light: Floats  # [h, w]
    below: Floats  # [h, w, 3]

    def left(self, cover: Floats, colour: Floats) -> float:
        """Return the squared residual with a thing."""
        shown = (self.light * cover)[..., None] * (colour - self.below)
        return float(np.square(self.rest - shown).sum())


def _hypotheses(free_tint: float = 10.0) -> Hypotheses:
    canvas = Canvas((4, 4), SAMPLES)
    places = [HERE, Placement(0.9, 1, 0), Placement(1.1, 0, -1)]
    words = [
        Vocabulary(box(canvas, 2, 2), places, np.array([0, 2])),
        Vocabulary(box(canvas, 4, 2), places[:2], np.array([1])),
    ]
    return Hypotheses.of(canvas, words, PALETTE, free_tint)


def _place(seed: int) -> Place:
    rng = np.random.default_rng(seed)
    return Place(rng.normal(0, 0.3, (4, 4, 3)), rng.random((4, 4)), rng.random((4, 4, 3)))


def _match(place: Place, hypotheses: Hypotheses) -> Match:
    """Return the sums of the module's first lines."""
    a = hypotheses.templates.reshape(len(hypotheses.templates), -1)
    through = (place.light[..., None] * place.rest).reshape(-1, 3)
    below, square = place.below.reshape(-1, 3), np.square(place.light).reshape(-1)
    beneath = square[:, None] * below
    towards = through.T @ a.T + beneath.T @ np.square(a).T
    crossed = 2 * (through * below).sum(1) @ a.T + (beneath * below).sum(1) @ np.square(a).T
    sizes = square @ np.square(a).T
    return Match(*(np.asarray(part[None], np.float32) for part in (towards, crossed, sizes)))


@given(seed=st.integers(0, 10_000), kind=st.integers(0, 1))
def test_the_best_hypothesis_is_that_of_all_residuals_worked_out(seed: int, kind: int) -> None:
    hypotheses, place = _hypotheses(free_tint=1e6), _place(seed)
    nothing = float(np.square(place.rest).sum())
    part = hypotheses.parts[kind]
    saved = {
        (template, int(tint)): place.left(hypotheses.templates[template], PALETTE[tint]) - nothing
        for template in range(part.start, part.stop)
        for tint in hypotheses.tints[kind]
    }
    nats = 20.0 * np.array(list(saved.values())) + hypotheses.costs[kind]
    got = score(_match(place, hypotheses), hypotheses, kind, precision=20.0)
    assert_allclose(got.nats, [nats.min()], rtol=1e-3, atol=1e-3)
    assert_allclose(got.summed, [-np.log(np.exp(-nats).sum())], rtol=1e-3, atol=1e-3)
    chosen = (int(got.templates[0]), int(got.tints[0]))
    assert_allclose(saved[chosen], min(saved.values()), atol=1e-3)
    assert_allclose(got.saved, [saved[chosen]], atol=1e-3)
    assert_array_equal(got.colours[0], PALETTE[chosen[1]])


@given(seed=st.integers(0, 10_000))
def test_a_free_colour_leaves_least(seed: int) -> None:
    hypotheses, place = _hypotheses(free_tint=0.0), _place(seed)
    nothing = float(np.square(place.rest).sum())
    got = score(_match(place, hypotheses), hypotheses, 0, precision=1.0)
    assert_array_equal(got.tints, [OTHER_TINT])  # a colour of the palette leaves no less
    cover, own = hypotheses.templates[got.templates[0]], got.colours[0].astype(float)
    assert own.min() >= 0
    assert own.max() <= 1
    least = place.left(cover, own)
    assert_allclose(least - nothing, got.saved[0], atol=1e-3)
    for channel in range(3):
        for step in (-0.02, 0.02):
            other = own.copy()
            other[channel] = np.clip(other[channel] + step, 0, 1)
            assert place.left(cover, other) >= least - 1e-4


def test_a_free_colour_costs_more() -> None:
    thing = floats([0.5, 0.5, 0.5])  # none of the palette's
    hypotheses = [_hypotheses(free_tint=cost) for cost in (0.0, 7.0)]
    below = np.zeros((4, 4, 3))
    rest = hypotheses[0].templates[0][..., None] * thing
    match = _match(Place(rest, np.ones((4, 4)), below), hypotheses[0])
    cheap, dear = (score(match, each, 0, precision=1000.0) for each in hypotheses)
    assert_allclose(dear.nats - cheap.nats, [7.0], rtol=1e-4)
    assert_array_equal([cheap.tints, dear.tints], [[OTHER_TINT], [OTHER_TINT]])
    assert_allclose(cheap.colours, [thing], atol=1e-5)
    # 4 pixels of 3 channels at 0.5: the squared residual falls by 3, and 2 x 3 hypotheses of 2
    # types may stand here.
    assert_allclose(cheap.nats, [-3000 + np.log(12)], rtol=1e-5)


def test_a_colour_too_dear_is_one_of_the_palette() -> None:
    hypotheses = _hypotheses(free_tint=1e9)
    rest = hypotheses.templates[0][..., None] * floats([0.85, 0.15, 0.2])
    match = _match(Place(rest, np.ones((4, 4)), np.zeros((4, 4, 3))), hypotheses)
    got = score(match, hypotheses, 0, precision=1000.0)
    assert_array_equal(got.tints, [0])


@pytest.mark.parametrize("kind", [0, 1])
def test_a_type_of_one_tint_has_no_other(kind: int) -> None:
    hypotheses = _hypotheses(free_tint=0.0)
    rest = hypotheses.templates[0][..., None] * floats([0.5, 0.5, 0.5])
    match = _match(Place(rest, np.ones((4, 4)), np.zeros((4, 4, 3))), hypotheses)
    got = score(match, hypotheses, kind, precision=1000.0)
    assert (got.tints[0] == OTHER_TINT) == (kind == 0)
