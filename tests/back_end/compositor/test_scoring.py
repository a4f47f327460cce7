"""The change of the squared residual by a thing, against residuals worked out one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from drawn_boxes import HERE, SAMPLES, box, floats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Vocabulary
from dsrl_agent.back_end.compositor.scoring import (
    OTHER_TINT,
    Match,
    best_hypotheses,
    best_types,
)
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
    return Hypotheses.of(canvas, _words(canvas), PALETTE, free_tint)


def _one_type(free_tint: float, kind: int = 0) -> Hypotheses:
    canvas = Canvas((4, 4), SAMPLES)
    return Hypotheses.of(canvas, _words(canvas)[kind : kind + 1], PALETTE, free_tint)


def _words(canvas: Canvas) -> list[Vocabulary]:
    places = [HERE, Placement(0.9, 1, 0), Placement(1.1, 0, -1)]
    return [
        Vocabulary(box(canvas, 2, 2), places, np.array([0, 2])),
        Vocabulary(box(canvas, 4, 2), places[:2], np.array([1])),
    ]


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


def _nats(place: Place, hypotheses: Hypotheses, precision: float) -> dict[tuple[int, int], float]:
    """Return the nats of all templates in the tints of their types, against nothing."""
    nothing = float(np.square(place.rest).sum())
    return {
        (template, int(tint)): hypotheses.costs[kind]
        + precision * (place.left(hypotheses.templates[template], PALETTE[tint]) - nothing)
        for kind, part in enumerate(hypotheses.parts)
        for template in range(part.start, part.stop)
        for tint in hypotheses.tints[kind]
    }


@given(seed=st.integers(0, 10_000), negligible=st.sampled_from([0.5, 20.0, 1e6]))
def test_the_best_hypothesis_is_that_of_all_residuals_worked_out(
    seed: int, negligible: float
) -> None:
    hypotheses, place = _hypotheses(free_tint=1e6), _place(seed)
    nats = _nats(place, hypotheses, 20.0)
    match = _match(place, hypotheses)
    got = best_hypotheses(match, hypotheses, 20.0, negligible)
    assert_allclose(got.nats, [min(nats.values())], rtol=1e-3, atol=1e-3)
    chosen = (int(got.templates[0]), int(got.tints[0]))
    assert_allclose(nats[chosen], min(nats.values()), atol=1e-3)
    kind = int(got.types[0])
    assert kind == hypotheses.types[chosen[0]]
    assert_allclose(got.saved * 20, [nats[chosen] - hypotheses.costs[kind]], atol=1e-3)
    assert_array_equal(got.colours[0], PALETTE[chosen[1]])


@given(seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
def test_the_best_type_has_the_most_probable_hypotheses_together(seeds: list[int]) -> None:
    hypotheses = _hypotheses(free_tint=1e6)
    matches = [_match(_place(seed), hypotheses) for seed in seeds]
    parts: list[Any] = [np.concatenate(part) for part in zip(*matches, strict=True)]
    got = best_types(Match(*parts), hypotheses, 20.0, 20.0)
    for number, seed in enumerate(seeds):
        nats = _nats(_place(seed), hypotheses, 20.0)
        own = [
            np.array([value for (template, _), value in nats.items() if _is_in(template, part)])
            for part in hypotheses.parts
        ]
        summed = [-np.log(np.exp(-each).sum()) for each in own]
        assert_allclose(got.summed[number], min(summed), rtol=1e-3, atol=1e-3)
        best = own[int(got.types[number])]
        assert_allclose(got.nats[number], best.min(), rtol=1e-3, atol=1e-3)


def _is_in(number: int, part: slice) -> bool:
    return bool(part.start <= number < part.stop)


@given(seed=st.integers(0, 10_000))
def test_a_free_colour_leaves_least(seed: int) -> None:
    hypotheses, place = _one_type(free_tint=0.0), _place(seed)
    nothing = float(np.square(place.rest).sum())
    got = best_types(_match(place, hypotheses), hypotheses, 1.0, 20.0)
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
    hypotheses = [_one_type(free_tint=cost) for cost in (0.0, 7.0)]
    below = np.zeros((4, 4, 3))
    rest = hypotheses[0].templates[0][..., None] * thing
    match = _match(Place(rest, np.ones((4, 4)), below), hypotheses[0])
    cheap, dear = (best_types(match, each, 1000.0, 20.0) for each in hypotheses)
    assert_allclose(dear.nats - cheap.nats, [7.0], rtol=1e-4)
    assert_array_equal([cheap.tints, dear.tints], [[OTHER_TINT], [OTHER_TINT]])
    assert_allclose(cheap.colours, [thing], atol=1e-5)
    # 4 pixels of 3 channels at 0.5: the squared residual falls by 3, and 2 x 3 hypotheses may
    # stand here.
    assert_allclose(cheap.nats, [-3000 + np.log(6)], rtol=1e-5)


def test_a_colour_too_dear_is_one_of_the_palette() -> None:
    hypotheses = _hypotheses(free_tint=1e9)
    rest = hypotheses.templates[0][..., None] * floats([0.85, 0.15, 0.2])
    match = _match(Place(rest, np.ones((4, 4)), np.zeros((4, 4, 3))), hypotheses)
    got = best_hypotheses(match, hypotheses, 1000.0, 20.0)
    assert_array_equal(got.tints, [0])


@pytest.mark.parametrize("kind", [0, 1])
def test_a_type_of_one_tint_has_no_other(kind: int) -> None:
    hypotheses = _one_type(free_tint=0.0, kind=kind)
    rest = hypotheses.templates[0][..., None] * floats([0.5, 0.5, 0.5])
    match = _match(Place(rest, np.ones((4, 4)), np.zeros((4, 4, 3))), hypotheses)
    got = best_types(match, hypotheses, 1000.0, 20.0)
    assert (got.tints[0] == OTHER_TINT) == (kind == 0)


def test_a_bound_far_below_every_colour_does_no_harm() -> None:
    # The first template alone would fit exactly, in a colour that its type does not have: its bound
    # is 3,000 nats lower than that of the second, which is the one that fits in a tint.
    hypotheses = Hypotheses(
        np.ones((2, 1, 1), np.float32),
        np.array([0, 1]),
        [HERE, HERE],
        [np.array([0]), np.array([1])],
        floats([(1, 1, 1), (0, 0, 1)]),
        1e6,
    )
    towards = floats([[[0, 0], [0, 0], [-20, 2]]])  # [1, 3, 2]
    match = Match(towards, floats([[0, 0]]), floats([[1, 1]]))
    for best in (best_hypotheses, best_types):
        got = best(match, hypotheses, 10.0, 20.0)
        assert_array_equal(got.types, [1])
        # -2 x 2 + 1 saved, and 2 types to choose from.
        assert_allclose(got.nats, [-30 + np.log(2)], rtol=1e-5)
        assert_allclose(got.summed, got.nats, rtol=1e-5)
