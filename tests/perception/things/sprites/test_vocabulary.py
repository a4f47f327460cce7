"""What types may look like: palette, tints, scales and offsets, and the agent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, RED, Shown, box, cross, fitter_of, tracks_of
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.hypotheses import Vocabulary
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.perception.things.sprites.discovery import discover
from dsrl_agent.perception.things.sprites.vocabulary import Vocabularies, shared, vocabularies

CANVAS = Canvas((14, 14), 3)
BOX, CROSS, BAR = box(CANVAS, 8, 8), cross(CANVAS, 8), box(CANVAS, 8, 4)
SETTINGS = ScenesThresholds()


def _words(things: list[Shown], agents: Sequence[int] = (), noise: float = 0.0) -> Vocabularies:
    """Return the vocabulary of things; tracks of some numbers are the agent's."""
    tracks = tracks_of(CANVAS, things, noise)
    tracks.agent[list(agents)] = True
    fitter = fitter_of(CANVAS, tracks, noise)
    return vocabularies(discover(fitter), fitter, tracks, noise, SETTINGS)


def _all(sprite: np.ndarray, scale: float = 1.0, times: int = 4) -> list[Shown]:
    colours = (RED, GREEN, BLUE)
    return [Shown(sprite, Placement(scale, 0, 0), colour) for colour in colours] * times


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_palette_has_each_colour_once(noise: float) -> None:
    words = _words(_all(CROSS), noise=noise)
    away = np.linalg.norm(words.palette[:, None] - np.array([RED, GREEN, BLUE])[None], axis=2)
    assert words.palette.shape == (3, 3)
    assert_array_equal(np.sort(away.argmin(axis=0)), [0, 1, 2])
    assert_allclose(away.min(axis=0), 0, atol=0.005 + 2 * noise)
    assert words.agent == -1


def test_a_type_of_one_colour_has_that_tint_alone() -> None:
    things = [*_all(CROSS), *[Shown(BAR, Placement(1.0, 0, 0), GREEN)] * 12]
    words = _words(things)
    (bar,) = (each for each in words.types if len(each.tints) == 1)
    (other,) = (each for each in words.types if len(each.tints) == 3)
    assert_allclose(words.palette[bar.tints[0]], GREEN, atol=0.02)
    assert other.sprite.sum() != bar.sprite.sum()


def test_a_colour_seen_once_is_none_of_the_palette() -> None:
    odd = Shown(CROSS, Placement(1.0, 0, 0), (0.9, 0.8, 0.9))
    words = _words([*_all(CROSS), odd])
    assert words.palette.shape == (3, 3)


def test_a_type_whose_colour_is_hard_to_tell_in_noise_has_one_tint() -> None:
    # Noise of 0.2 over 64 pixels: one colour up to 0.05 + 3 * 0.2 * sqrt(3 / 64) = 0.18.
    grey, outlier, between = (0.8, 0.8, 0.8), (0.8, 0.8, 0.6), (0.8, 0.8, 0.69)
    colours = [grey] * 12 + [outlier] + [between] * 8
    tracks = tracks_of(CANVAS, [Shown(BOX, Placement(1.0, 0, 0), each) for each in colours])
    fitter = fitter_of(CANVAS, tracks)
    words = vocabularies(discover(fitter), fitter, tracks, 0.2, SETTINGS)
    (word,) = words.types
    # The outlier gathers what lies nearer to it, but their mean is near grey.
    assert_allclose(words.palette, [(0.8, 0.8, 0.75)], atol=0.02)
    assert_array_equal(word.tints, [0])


def test_a_few_poor_tracks_in_another_colour_make_no_second_tint() -> None:
    colours = [GREEN] * 6 + [RED] * 2
    tracks = tracks_of(CANVAS, [Shown(BOX, Placement(1.0, 0, 0), each) for each in colours])
    tracks = tracks._replace(counts=np.array([20] * 6 + [1] * 2))
    fitter = fitter_of(CANVAS, tracks)
    (word,) = (words := vocabularies(discover(fitter), fitter, tracks, 0.0, SETTINGS)).types
    assert_allclose(words.palette[word.tints], [GREEN], atol=0.02)  # 120 of 122 frames


def test_the_agent_is_the_type_of_the_cells_that_it_is_known_to_be_in() -> None:
    things = [*_all(CROSS), *[Shown(BAR, Placement(1.0, 0, 0), RED)] * 6]
    words = _words(things, agents=[0, 12, 13])
    assert len(words.types[words.agent].tints) == 1


def test_offsets_between_those_seen_may_occur() -> None:
    things = [Shown(BOX, Placement(1.0, down, right), RED) for down, right in ((0, -2), (1, 1))]
    (word,) = _words(things * 5).types
    assert {(place.down, place.right) for place in word.placements} >= {
        (down, right) for down in (0, 1) for right in range(-2, 2)
    }
    assert {place.scale for place in word.placements} == {1.0}


def test_one_scale_is_kept_if_others_explain_no_better() -> None:
    (word,) = _words([Shown(BOX, Placement(1.0, 0, 0), RED)] * 10, noise=0.1).types
    assert {place.scale for place in word.placements} == {1.0}


def test_scales_between_those_seen_may_occur() -> None:
    (word,) = _words([*_all(BOX, 0.8), *_all(BOX, 1.0)]).types
    scales = sorted({place.scale for place in word.placements})
    assert len(scales) == 11
    assert_allclose(np.diff(scales), 0.02, atol=1e-6)
    assert scales[0] / scales[-1] == pytest.approx(0.8, abs=0.02)


def test_without_types_there_are_no_colours() -> None:
    words = _words([Shown(BOX, Placement(1.0, 0, 0), RED)])
    assert words.types == []
    assert words.palette.shape == (0, 3)
    assert words.agent == -1


def _word(*places: tuple[float, int, int]) -> Vocabulary:
    return Vocabulary(BOX, [Placement(*place) for place in places], np.array([0]))


def test_types_share_how_much_sizes_and_offsets_vary() -> None:
    varied = _word((0.8, -1, 0), (1.0, 2, 0))
    plain, agent = _word((0.9, 0, 3)), _word((1.0, 0, 0))
    scales = [0.7, 0.72, 0.8, 0.9, 1.0, 1.1]
    wide = shared([varied, agent, plain], 1, scales)
    assert wide[1] is agent
    # Sizes are 0.8 to 1 of the largest, about whichever size was seen: 0.72 to 1.125. Rows vary by
    # 2 about the middle; no type's columns vary.
    assert {place.scale for place in wide[2].placements} == {0.72, 0.8, 0.9, 1.0, 1.1}
    assert {place.down for place in wide[2].placements} == {-2, -1, 0, 1, 2}
    assert {place.right for place in wide[2].placements} == {3}
    assert {place.down for place in wide[0].placements} == {-2, -1, 0, 1, 2}


def test_where_nothing_varies_types_stay_as_they_are() -> None:
    plain = [_word((0.9, 0, 1)), _word((1.0, 0, 0))]
    assert shared(plain, -1, [0.8, 0.9, 1.0]) == plain
