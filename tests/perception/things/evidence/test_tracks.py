"""Things that stand still, averaged over the frames in which they do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from walked_floors import AGENT, THING, Walk, walk

from dsrl_agent.config.things import StandingThresholds, ThingsThresholds
from dsrl_agent.perception.things.evidence.background import StaticBackground, holds_thing
from dsrl_agent.perception.things.evidence.film import FilmStrip, film_of
from dsrl_agent.perception.things.evidence.tracks import Tracks, find_tracks
from dsrl_agent.perception.things.evidence.windows import windows_of

SETTINGS = ThingsThresholds()


def _tracks(play: Walk, thresholds: StandingThresholds = SETTINGS.standing) -> Tracks:
    windows = windows_of(play.evidence.grid, SETTINGS)
    film = film_of(play.evidence)
    noise = max(play.evidence.trail.noise, 0.5 / 255)
    ground = StaticBackground(play.floor, noise)
    holds = holds_thing(film.frames, ground, windows, SETTINGS.background)
    return find_tracks(film, holds, ground, windows, thresholds)


def _boxes(tracks: Tracks) -> np.ndarray:
    """Return which tracks are of things, not of the agent."""
    middle = (tracks.contrasts + tracks.grounds)[:, 7, 7]
    return np.asarray(np.abs(middle - np.array(THING)).max(axis=1) < 0.02)


def _film(play: Walk) -> FilmStrip:
    return film_of(play.evidence)


def test_a_thing_that_stands_is_one_track_of_all_frames_of_its_episode() -> None:
    # Three boxes stand in each of two episodes of 20 steps, 21 frames.
    tracks = _tracks(walk(40))
    assert_array_equal(np.sort(tracks.counts[~tracks.agent]), [21] * 6)
    assert tracks.counts[tracks.agent].sum() == 42
    assert not tracks.reach


def test_contrasts_are_those_of_the_thing_with_the_floor() -> None:
    tracks = _tracks(walk(40))
    for agent, colour in ((True, AGENT), (False, THING)):
        own = tracks.agent == agent
        shown = tracks.contrasts[own] + tracks.grounds[own]
        inked = np.abs(tracks.contrasts[own]).max(axis=3) > 0.1
        assert (inked.sum(axis=(1, 2)) >= 12).all()
        middle = shown[:, 6:8, 6:8].reshape(-1, 3)
        assert_allclose(middle, np.tile(colour, (len(middle), 1)), atol=1.1 / 255)


def test_only_the_cells_own_pixels_count_if_nothing_reaches_out() -> None:
    tracks = _tracks(walk(40))
    assert_array_equal(tracks.weights.sum(axis=(1, 2)), [64] * len(tracks.counts))
    assert (tracks.weights[:, 3:11, 3:11] == 1).all()


def test_averaging_divides_the_noise() -> None:
    play = walk(40, noise=0.1)
    tracks = _tracks(play)
    long = tracks.counts == 21
    assert long.sum() >= 5
    plain = np.abs(tracks.contrasts[long][:, 3, 3:11])  # the cell's first row shows the floor
    assert float(np.sqrt(np.square(plain).mean())) == pytest.approx(0.1 / 21**0.5, rel=0.2)


def test_things_that_reach_out_are_told_by_those_that_nothing_stands_around() -> None:
    play = walk(600, kinds=[(4, 12)], count=2, shape=(5, 6))
    tracks = _tracks(play)
    assert tracks.reach
    shown = (np.abs(tracks.contrasts).max(axis=3) > 0.1) & (tracks.weights > 0)
    whole = _boxes(tracks) & (tracks.weights.sum(axis=(1, 2)) >= 14 * 14 - 14)
    assert whole.any()
    assert_array_equal(np.unique(shown[whole].sum(axis=(1, 2))), [48])


def test_things_that_touch_nothing_are_seen_whole_in_a_crowd() -> None:
    # Boxes of 12 x 4 pixels touch those above and below, and are 4 pixels from those beside.
    play = walk(60, kinds=[(12, 4)], count=9, shape=(4, 5))
    tracks = _tracks(play)
    assert tracks.reach
    assert tracks.whole.all()
    shown = (np.abs(tracks.contrasts).max(axis=3) > 0.1) & (tracks.weights > 0)
    assert_array_equal(np.unique(shown[_boxes(tracks)].sum(axis=(1, 2))), [48])
    assert (tracks.weights[_boxes(tracks)].sum(axis=(1, 2)) < 14 * 14).any()  # others stand there


def test_what_others_reach_does_not_count_in_a_crowd() -> None:
    play = walk(200, kinds=[(4, 12)], count=7, shape=(4, 5))
    tracks = _tracks(play, StandingThresholds(enough=1.0))  # few stand alone
    assert tracks.reach
    shown = (np.abs(tracks.contrasts).max(axis=3) > 0.1) & (tracks.weights > 0)
    # Of the boxes beside, which begin 6 pixels from the window's middle, nothing is left.
    tall = shown.any(axis=2).sum(axis=1)
    assert (tall[_boxes(tracks)] == 4).all()


def test_the_longest_tracks_are_taken_if_there_are_many() -> None:
    play = walk(60)
    tracks = _tracks(play, StandingThresholds(most=5))
    assert_array_equal(tracks.counts, [21] * 5)


def test_the_agent_is_known_where_it_moved() -> None:
    play = walk(40)
    tracks, film = _tracks(play), _film(play)
    moved = film.stands.any(axis=(1, 2)).sum()
    assert 0 < tracks.counts[tracks.agent].sum() <= 42
    assert moved <= 42
