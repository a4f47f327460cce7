"""Sprites divided into parts by the inks of their tracks."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, HERE, RED, SAMPLES, box, floats
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import Colour, halved_tracks, halves

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.things.evidence.inks import Inked, inks_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.sprites.discovery import discover
from dsrl_agent.perception.things.sprites.fitting import Fits, TrackFitter
from dsrl_agent.perception.things.sprites.parts import part_colours, placed, shares_of
from dsrl_agent.perception.things.sprites.vocabulary import vocabularies
from dsrl_agent.types import Floats32

CANVAS, SETTINGS = Canvas((12, 12), SAMPLES), ThingsThresholds()
PAIRS: list[tuple[Colour, Colour]] = [
    (one, other) for one in (RED, GREEN, BLUE) for other in (RED, GREEN, BLUE) if one != other
]


def _fitted(tracks: Tracks) -> tuple[TrackFitter, Inked]:
    inked = inks_of(tracks, 0.0, SETTINGS.coverage, SETTINGS.parts)
    return TrackFitter(CANVAS, tracks, inked.covered, SETTINGS.sprites), inked


def _shares(pairs: list[tuple[Colour, Colour]]) -> Floats32 | None:
    """Return the shares of a sprite of 6 x 4 pixels, from tracks whose halves have colours."""
    fitter, inked = _fitted(halved_tracks(CANVAS, (6, 4), pairs))
    sprite, chosen = box(CANVAS, 6, 4), np.arange(len(pairs))
    return shares_of(sprite, chosen, fitter.fit(sprite, chosen), fitter, inked)


def test_a_sprite_stands_in_windows_where_its_tracks_have_their_middles() -> None:
    fitter, _ = _fitted(halved_tracks(CANVAS, (6, 4), PAIRS[:2]))
    fitter.middles = np.array([[1, -2], [0, 3]])
    fits = Fits(np.zeros(2), np.zeros(2), [HERE, Placement(0.8, 1, 1)], np.ones(2))
    assert placed(fitter, fits, np.arange(2)) == [Placement(1.0, 1, -2), Placement(0.8, 1, 4)]


@pytest.mark.parametrize("pairs", [PAIRS, [*PAIRS[::-1], (RED, RED)]])
def test_halves_are_parts_whatever_the_order_of_their_inks(
    pairs: list[tuple[Colour, Colour]],
) -> None:
    shares = _shares(pairs)
    assert shares is not None
    within = box(CANVAS, 6, 4) > 0
    expected = halves(CANVAS)
    if shares[0][within].round() @ expected[0][within] < 1:
        expected = expected[::-1]  # parts of one size are in either order
    assert_allclose(shares[:, within], expected[:, within], atol=0.05)
    assert_allclose(shares.sum(axis=0), 1, atol=1e-5)


def test_a_sprite_of_one_colour_has_one_part() -> None:
    assert _shares([(RED, RED)] * 3 + [(RED, GREEN)]) is None


def test_colours_of_parts_solve_the_normal_equations() -> None:
    tracks = halved_tracks(CANVAS, (6, 4), [(RED, GREEN)])
    masks = np.stack([CANVAS.draw(box(CANVAS, 6, 4) * part, HERE) for part in halves(CANVAS)])
    colours, errors = part_colours(masks, tracks._replace(counts=np.array([4])), 0, 0.1)
    assert_allclose(colours, [RED, GREEN], atol=1e-5)
    # 12 pixels and 4 frames: 0.1 * sqrt(3 / 12 / 4) in 3 channels together.
    assert_allclose(errors, [0.025, 0.025], rtol=1e-4)


def test_a_type_of_parts_has_the_tints_of_all_of_them() -> None:
    pairs = [*PAIRS, *PAIRS]
    fitter, inked = _fitted(tracks := halved_tracks(CANVAS, (6, 4), pairs))
    words = vocabularies(discover(fitter), fitter, tracks, 0.0, SETTINGS.scenes, inked)
    (one,) = words.types
    assert one.number_of_parts == 2
    assert_array_equal(one.tints, [0, 1, 2])
    away = np.linalg.norm(words.palette[:, None] - floats([RED, GREEN, BLUE]), axis=2)
    assert_allclose(away.min(axis=0), 0, atol=0.02)
    assert GREY not in words.palette
