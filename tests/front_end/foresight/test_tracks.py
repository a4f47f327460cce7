"""Matching of things between frames: their steps, their ages, and what is in front of them."""

from __future__ import annotations

from dsrl_agent.front_end.foresight.tracks import (
    Ahead,
    Offset,
    ThingTrack,
    ahead_of,
    around,
    begun,
    followed,
    labels_of,
)
from dsrl_agent.types import EDGE, FREE, UNMOVED, Fact

BALL, CAR, AGENT = 1, 2, 9
SHAPE = (5, 5)


def go(tracks: tuple[ThingTrack, ...], *facts: Fact) -> tuple[ThingTrack, ...]:
    return followed(tracks, tuple(sorted(facts)), {AGENT}, SHAPE, 15).tracks


def test_the_first_frame_gives_a_track_to_each_thing_but_the_agent() -> None:
    facts = (Fact(BALL, 1, 1), Fact(AGENT, 4, 2))
    assert begun(facts, {AGENT}) == (ThingTrack(BALL, 1, 1),)
    assert labels_of(facts, {AGENT}) == {(1, 1): BALL}


def test_a_track_knows_its_latest_two_steps() -> None:
    tracks = go(go((ThingTrack(BALL, 0, 0),), Fact(BALL, 1, 1)), Fact(BALL, 1, 2))
    assert tracks == (ThingTrack(BALL, 1, 2, last=(0, 1), before=(1, 1), age=1, dwell=1),)


def test_a_thing_that_stands_grows_older_and_its_dwell_is_kept_when_it_steps() -> None:
    tracks = go((ThingTrack(CAR, 2, 2, (0, 1), (0, 1)),), Fact(CAR, 2, 2))
    assert tracks[0].age == 2
    tracks = go(go(tracks, Fact(CAR, 2, 2)), Fact(CAR, 2, 3))
    assert (tracks[0].age, tracks[0].dwell) == (1, 3)


def test_a_row_of_things_that_goes_on_together_is_matched_as_one() -> None:
    tracks = tuple(ThingTrack(CAR, 0, col) for col in (1, 2, 3))
    matching = followed(tracks, tuple(Fact(CAR, 0, col) for col in (0, 1, 2)), set(), SHAPE, 15)
    assert {step for _, step in matching.steps} == {(0, -1)}
    assert matching.new == ()


def test_two_things_in_a_file_keep_their_steps() -> None:
    tracks = (ThingTrack(BALL, 2, 0, (-1, 0)), ThingTrack(BALL, 3, 0, (-1, 0)))
    matching = followed(tracks, (Fact(BALL, 1, 0), Fact(BALL, 2, 0)), set(), SHAPE, 15)
    assert [step for _, step in matching.steps] == [(-1, 0), (-1, 0)]


def test_a_thing_that_leaves_at_an_edge_is_found_at_the_other() -> None:
    tracks = go((ThingTrack(CAR, 2, 4, (0, 1)),), Fact(CAR, 2, 0))
    assert tracks == (ThingTrack(CAR, 2, 0, (0, 1), (0, 1), 1, 1),)
    assert around((0, -4), SHAPE) == (0, 1)
    assert around((0, 2), SHAPE) == (0, 2)


def test_a_thing_seen_no_more_and_one_that_comes_up_are_told() -> None:
    matching = followed((ThingTrack(BALL, 0, 0),), (Fact(CAR, 4, 4),), set(), SHAPE, 15)
    assert matching.steps == ((ThingTrack(BALL, 0, 0), None),)
    assert matching.new == matching.tracks == (ThingTrack(CAR, 4, 4),)


def test_a_thing_in_front_of_another_inherits_the_motion() -> None:
    both = 3
    _, track = go((ThingTrack(BALL, 1, 1, (1, 1), (0, 1)),), Fact(both, 2, 2))
    assert (track.type, track.last, track.before) == (both, (1, 1), (1, 1))


def test_a_thing_that_another_hides_goes_on_unseen_and_comes_out_again() -> None:
    both, falling = 3, ThingTrack(BALL, 0, 0, (1, 0), (1, 0))
    rising = ThingTrack(CAR, 2, 0, (-1, 0), (-1, 0))
    matching = followed((falling, rising), (Fact(both, 1, 0),), set(), SHAPE, 15)
    assert dict(matching.steps) == {falling: (1, 0), rising: (-1, 0)}
    assert [track.type for track in matching.tracks] == [BALL, CAR, both]
    out = followed(matching.tracks, (Fact(BALL, 2, 0), Fact(CAR, 0, 0)), set(), SHAPE, 15)
    assert [(track.type, *track.place, track.last) for track in out.tracks] == [
        (BALL, 2, 0, (1, 0)),
        (CAR, 0, 0, (-1, 0)),
    ]
    assert out.new == ()


def test_what_does_not_come_out_again_is_gone() -> None:
    both, falling = 3, ThingTrack(BALL, 0, 0, (1, 0))
    hidden = followed((falling,), (Fact(both, 1, 0),), set(), SHAPE, 15).tracks
    after = followed(hidden, (Fact(both, 1, 0),), set(), SHAPE, 15)
    assert [track.type for track in after.tracks] == [both]


def test_a_thing_that_stood_is_hidden_where_it_stands() -> None:
    both, stood = 3, ThingTrack(CAR, 2, 2, (0, 1), (0, 1), age=4)
    tracks = followed((stood,), (Fact(both, 2, 2),), set(), SHAPE, 15).tracks
    assert tracks[0] == stood._replace(age=5)


def test_what_is_ahead_and_how_far_the_edges_are() -> None:
    ball = ThingTrack(BALL, 3, 3, (1, 1))
    assert ahead_of(ball, {(4, 4): CAR}, SHAPE) == Ahead(CAR, 1, 1)
    assert ahead_of(ball._replace(row=4), {}, SHAPE) == Ahead(EDGE, 0, 1)
    assert ahead_of(ball._replace(row=0, col=0), {}, SHAPE) == Ahead(FREE, 2, 2)
    assert ahead_of(ThingTrack(BALL, 0, 0), {(0, 0): CAR}, SHAPE) == Ahead(FREE)


def test_a_step_and_a_stand() -> None:
    still: Offset = UNMOVED
    assert ThingTrack(BALL, 0, 0, age=3).moved(still, SHAPE, 3).age == 3
