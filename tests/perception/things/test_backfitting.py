"""Background and sprites fitted anew to whole frames, and types that prove to be one or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_boxes import GREEN, GREY, HERE, RED, Boxes, boxes, painted
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.composition import Order
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.back_end.compositor.scenes import read_scenes
from dsrl_agent.config.things import BackgroundThresholds, SpritesThresholds, ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.backfitting import backfitted, uncovered, without_chance
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.types import Frame

SETTINGS = ThingsThresholds(sprites=SpritesThresholds(samples=2))
WINDOWS = windows_of(Grid((6, 6), (2, 1), (3, 4), (22, 26)), SETTINGS)
WIDE, TALL = (4, 10), (10, 4)


def _frames(count: int = 12) -> Frame:
    """Return frames with wide and tall bars that overlap."""
    rng, frames = np.random.default_rng(0), []
    for _ in range(count):
        cells = [divmod(int(n), 4) for n in np.sort(rng.permutation(12)[:5])]
        kinds = rng.integers(2, size=5)
        frames.append(
            painted(
                WINDOWS,
                [
                    (*cell, *(TALL if kind else WIDE), GREEN if kind else RED)
                    for cell, kind in zip(cells, kinds, strict=True)
                ],
            )
        )
    return np.stack(frames)


def _model(known: Boxes, agent: int = -1) -> ThingsModel:
    return ThingsModel(
        known.model, known.words, agent=agent, reach=True, limit=0.05, thresholds=SETTINGS
    )


def test_the_background_is_what_no_thing_covers() -> None:
    known = boxes(WINDOWS, [WIDE, TALL], [[0], [1]])
    frames, truth = _frames(), np.full((22, 26, 3), GREY)
    wrong = known.model.background.copy()
    wrong[3:5, 3:5] += 0.1  # a stain that scenes do not mind
    model = replace(known.model, background=wrong)
    found = uncovered(model, frames, read_scenes(frames, known.model), BackgroundThresholds())
    assert_allclose(found, truth, atol=0.003)


def test_where_things_always_stand_the_background_stays_as_it_was() -> None:
    known = boxes(WINDOWS, [WIDE], [[0]])
    frames = np.repeat(painted(WINDOWS, [(1, 1, *WIDE, RED)])[None], 3, axis=0)
    known.model.background[12, 10] = 0.7
    found = uncovered(known.model, frames, read_scenes(frames, known.model), BackgroundThresholds())
    assert_allclose(found[12, 10], 0.7, atol=1e-6)


def test_pixels_that_too_few_frames_show_keep_their_background() -> None:
    known = boxes(WINDOWS, [WIDE], [[0]])
    frames, blank = _frames()[:3].copy(), known.model.background
    frames[:, 0, 0] = 200  # what no scene explains may be a thing
    scene = read_scenes(frames, known.model)
    seen = (uncovered(known.model, frames, scene, BackgroundThresholds(shown=n)) for n in (3, 4))
    enough, too_few = seen
    assert_allclose(enough[0, 0], 200 / 255, atol=0.01)
    assert_array_equal(too_few[0, 0], blank[0, 0])


def test_sprites_are_fitted_to_what_others_leave_of_them() -> None:
    known = boxes(WINDOWS, [WIDE, TALL], [[0], [1]])
    rough = [word._replace(sprite=word.sprite.copy()) for word in known.words]
    middle = known.canvas.side // 2
    rough[0].sprite[middle - 4 : middle + 4, middle + 4 :] = 0.3  # the right end is not known
    hypotheses = known.model.hypotheses
    guess = Hypotheses.of(known.canvas, rough, hypotheses.palette, hypotheses.free_tint)
    model = replace(
        _model(known),
        scenes=replace(known.model, hypotheses=guess),
        vocabularies=tuple(rough),
    )
    fitted = backfitted(model, _frames(30))
    for word, truth in zip(fitted.vocabularies, known.words, strict=True):
        drawn = known.canvas.draw(word.sprite, HERE)
        assert_allclose(drawn, known.canvas.draw(truth.sprite, HERE), atol=0.05)


def test_a_type_that_nothing_is_of_goes_and_the_agent_keeps_its_place() -> None:
    known = boxes(WINDOWS, [(2, 2), WIDE, TALL], [[0], [0], [1]])
    model = _model(known, agent=2)
    model = replace(model, scenes=model.scenes.with_order(Order(True, 2)))
    fitted = backfitted(model, _frames())
    assert len(fitted.vocabularies) == 2
    assert fitted.agent == 1
    assert fitted.scenes.order == Order(True, 1)


def test_the_agent_stays_though_nothing_is_seen_of_it() -> None:
    known = boxes(WINDOWS, [(2, 2), WIDE, TALL], [[0], [0], [1]])
    fitted = backfitted(_model(known, agent=0), _frames())
    assert (len(fitted.vocabularies), fitted.agent) == (3, 0)


def test_twins_become_one_type_with_the_places_of_both() -> None:
    known = boxes(WINDOWS, [WIDE, WIDE, TALL], [[0], [0], [1]])
    moved = [Placement(1.0, 0, 0), Placement(0.7, 1, 0)]
    words = (known.words[0], known.words[1]._replace(placements=moved), known.words[2])
    hypotheses = known.model.hypotheses
    doubled = Hypotheses.of(known.canvas, words, hypotheses.palette, hypotheses.free_tint)
    model = replace(
        _model(known, agent=1),
        scenes=replace(known.model, hypotheses=doubled),
        vocabularies=words,
    )
    fitted = backfitted(model, _frames())
    assert len(fitted.vocabularies) == 2
    assert fitted.agent == 0
    assert fitted.vocabularies[0].placements == sorted(moved)
    assert_array_equal([*fitted.scenes.hypotheses.types], [0, 0, 1])


def test_medians_of_few_noisy_frames_differ_by_chance() -> None:
    levels = np.array([0.4, 0.4, 0.5, 0.6, 0.6, 0.0], np.float32)
    picture = np.repeat(levels, 3).reshape(1, 6, 3)
    before = np.full((1, 6, 3), 0.7, np.float32)
    counts = np.repeat([4, 4, 4, 4, 4, 0], 3).reshape(1, 6, 3)
    found = without_chance(picture, before, counts, noise=0.1)
    # Chance has a variance of pi / 2 * 0.1 ** 2 / 4 = 0.0039, pixels of 4 * 0.01 / 5 = 0.008.
    share = (0.008 - 0.00393) / 0.008
    expected = [0.5 - 0.1 * share] * 2 + [0.5] + [0.5 + 0.1 * share] * 2 + [0.7]
    assert_allclose(found[0, :, 0], expected, atol=1e-3)
    assert_allclose(without_chance(picture, before, counts, 0.0)[0, :5], picture[0, :5])
