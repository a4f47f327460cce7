"""Steps of things, by their circumstances, and where they are foreseen."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence

import pytest

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.tracks import Ahead, Place, ThingTrack, ahead_of
from dsrl_agent.front_end.foresight.walks import Guess, ThingWalks
from dsrl_agent.types import FREE, UNMOVED

BALL, CAR, WALL = 1, 2, 3
SHAPE = (5, 5)
OPEN = Ahead(FREE)


def learned() -> ThingWalks:
    """A car that steps right whenever it has stood for two frames."""
    walks = ThingWalks(ForesightThresholds())
    for _ in range(3):
        walks.observe(ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 2, 2), OPEN, (0, 1))
        walks.observe(ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 1, 2), OPEN, UNMOVED)
    return walks


def foreseen(
    walks: ThingWalks, track: ThingTrack, board: dict[Place, int], layers: int
) -> Sequence[Sequence[Guess]]:
    walks.go_on(board, SHAPE)
    future, now = walks.foresee(track, layers)
    return [list(future.guesses(layer)) for layer in range(now, now + layers)]


def test_how_long_a_thing_has_stood_decides() -> None:
    walks, car = learned(), ThingTrack(CAR, 0, 1, (0, 1), (0, 1), 1, 2)
    assert walks.chances(car, OPEN) == [(UNMOVED, 1.0)]
    assert walks.chances(car._replace(age=2), OPEN) == [((0, 1), 1.0)]
    assert walks.movers == {CAR}
    assert walks.usual(CAR) == (0, 1)


def test_a_thing_that_never_moved_is_not_counted() -> None:
    walks = ThingWalks(ForesightThresholds())
    walks.observe(ThingTrack(WALL, 0, 0), OPEN, UNMOVED)
    assert walks.movers == set()
    assert walks.state()["counts"] == []
    assert walks.usual(WALL) == UNMOVED


def test_circumstances_met_too_seldom_give_way_to_wider_ones() -> None:
    walks = learned()
    walks.observe(ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 2, 2), Ahead(WALL), None)
    (likeliest, *_) = walks.chances(ThingTrack(CAR, 0, 1, (0, 1), (0, 1), 2, 2), Ahead(WALL))
    assert likeliest[0] == (0, 1)  # one time is too few; of all steps of cars most went right


def test_without_experience_a_thing_goes_on_as_it_did() -> None:
    walks = ThingWalks(ForesightThresholds())
    assert walks.chances(ThingTrack(BALL, 0, 0, (1, 1)), OPEN) == [((1, 1), 1.0)]
    assert walks.chances(ThingTrack(BALL, 0, 0, (1, 1), age=4), OPEN) == [(UNMOVED, 1.0)]


def test_places_are_foreseen_layer_by_layer() -> None:
    car = ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 1, 2)
    places = [[divmod(at.cell, SHAPE[1]) for _, at in of] for of in foreseen(learned(), car, {}, 4)]
    assert places == [[(0, 0)], [(0, 0)], [(0, 1)], [(0, 1)]]


def test_two_ways_are_foreseen_with_their_chances() -> None:
    walks = ThingWalks(ForesightThresholds())
    for step in ((1, 0), (0, 1), (1, 0)):
        walks.observe(ThingTrack(BALL, 0, 0, (1, 0)), OPEN, step)
    now, then = foreseen(walks, ThingTrack(BALL, 0, 0, (1, 0)), {}, 2)
    ((chance, at),) = now
    assert (chance, at.cell, at.manner.of, at.step) == (
        1.0,
        0,
        ThingTrack(BALL, 0, 0, (1, 0)),
        (1, 0),
    )
    assert [divmod(at.cell, SHAPE[1]) for _, at in then] == [(1, 0), (0, 1)]
    assert [chance for chance, _ in then] == pytest.approx([2 / 3, 1 / 3])


def test_what_is_foreseen_follows_what_is_learned_and_the_board() -> None:
    walks, ball = ThingWalks(ForesightThresholds()), ThingTrack(BALL, 2, 2, (1, 0))

    def places(board: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
        return [divmod(at.cell, SHAPE[1]) for _, at in list(foreseen(walks, ball, board, 2))[1]]

    assert places({}) == places({(3, 2): WALL}) == [(3, 2)]
    for _ in range(9):
        walks.observe(ball, OPEN, (0, 1))
    assert places({}) == [(2, 3)]
    for _ in range(2):
        walks.observe(ball, Ahead(WALL), UNMOVED)
    assert places({(3, 2): WALL}) == [(2, 2)]
    assert places({}) == [(2, 3)]
    other = ThingWalks(ForesightThresholds())
    other.load(walks.state())
    walks.load(ThingWalks(ForesightThresholds()).state())
    assert places({(3, 2): WALL}) == [(3, 2)]  # nothing is known any more
    walks = other
    assert places({(3, 2): WALL}) == [(2, 2)]


def test_the_likeliest_places_are_kept() -> None:
    walks = ThingWalks(ForesightThresholds(guesses=2))
    for step, times in (((1, 0), 2), ((0, 1), 4), ((0, -1), 3)):
        for _ in range(times):
            walks.observe(ThingTrack(BALL, 2, 2, (1, 0)), OPEN, step)
    _, then = foreseen(walks, ThingTrack(BALL, 2, 2, (1, 0)), {}, 2)
    assert [(divmod(at.cell, SHAPE[1]), round(9 * chance)) for chance, at in then] == [
        ((2, 3), 4),
        ((2, 1), 3),
    ]


def test_where_a_thing_goes_for_sure_its_future_goes_on() -> None:
    walks, car = learned(), ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 1, 2)
    walks.go_on({}, SHAPE)
    future, now = walks.foresee(car, 4)
    assert (now, future.layers) == (0, 4)
    later = walks.foresee(car.moved(UNMOVED, SHAPE, 15), 4)
    assert later == (future, 1)
    assert future.layers == 5
    assert future.cells == [0, 0, 1, 1, 2]
    version = walks.version
    walks.go_on({(4, 4): WALL}, SHAPE)  # another board
    assert walks.version > version
    assert walks.foresee(car, 2)[0] is not future


def test_where_it_may_go_otherwise_its_future_is_another() -> None:
    walks, ball = ThingWalks(ForesightThresholds()), ThingTrack(BALL, 0, 0, (1, 0))
    for step in ((1, 0), (0, 1), (1, 0)):
        walks.observe(ball, OPEN, step)
    walks.go_on({}, SHAPE)
    future, _ = walks.foresee(ball, 3)
    then, now = walks.foresee(ball.moved((1, 0), SHAPE, 15), 3)
    assert then is not future
    assert now == 0
    assert next(then.guesses(0))[0] == 1.0


def test_the_future_is_forgotten_where_it_holds_too_much() -> None:
    walks, car = learned(), ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 1, 2)
    small = ThingWalks(ForesightThresholds(circumstances=8))
    small.load(walks.state())
    small.go_on({}, SHAPE)
    first, _ = small.foresee(car, 4)
    assert small.foresee(car, 4)[0] is not first
    assert small.foresee(car, 4)[0].cells == first.cells == [0, 0, 1, 1]


def test_copies_foresee_anew() -> None:
    """A ball that falls for 3,000 steps: no recursion may go through them all."""
    walks, ball = ThingWalks(ForesightThresholds()), ThingTrack(BALL, 0, 0, (1, 0))
    walks.go_on({}, (4000, 1))
    future, _ = walks.foresee(ball, 3000)
    copied = copy.deepcopy(walks)
    copied.go_on({}, (4000, 1))
    again, _ = copied.foresee(ball, 3000)
    assert again is not future
    assert again.cells == future.cells == list(range(3000))


def test_things_are_spread_one_after_the_other() -> None:
    """By hand: a car that goes on in every second step, and a ball that goes down or right."""
    walks, ball = learned(), ThingTrack(BALL, 1, 1, (1, 0))
    for step in ((1, 0), (0, 1), (1, 0)):
        walks.observe(ball, OPEN, step)
    walks.go_on({}, SHAPE)
    numbers, chances, counts = walks.spread([ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 2, 2), ball], 2)
    assert numbers.tolist() == [0, 25 + 1, 6, 25 + 11, 25 + 7]  # 25 cells in a step
    assert chances == pytest.approx([1.0, 1.0, 1.0, 2 / 3, 1 / 3])
    assert counts == [2, 3]
    assert walks.spread([ThingTrack(BALL, 4, 4, (1, 0))], 1).numbers.tolist() == [24]


def test_what_moves_hinders_nothing_and_the_board_is_not_left() -> None:
    walks = learned()
    assert walks.still({(0, 0): CAR, (1, 1): WALL}) == {(1, 1): WALL}
    layers = list(foreseen(walks, ThingTrack(BALL, 4, 4, (1, 0)), {}, 2))
    assert layers[1] == []


def test_a_checkpoint_keeps_all() -> None:
    walks, again = learned(), ThingWalks(ForesightThresholds())
    walks.observe(
        ThingTrack(CAR, 0, 4, (0, 1)), ahead_of(ThingTrack(CAR, 0, 4, (0, 1)), {}, SHAPE), None
    )
    again.load(json.loads(json.dumps(walks.state())))
    assert again.state() == walks.state()
    assert again.chances(ThingTrack(CAR, 0, 1, (0, 1), (0, 1), 2, 2), OPEN) == [((0, 1), 1.0)]


def test_circumstances_that_were_met_seldom_make_room() -> None:
    walks = ThingWalks(ForesightThresholds(circumstances=12))
    often = ThingTrack(CAR, 0, 0, (0, 1), (0, 1), 2, 2)
    for age in range(3, 40):  # each new age adds three circumstances
        for track in (often, often._replace(age=age)):
            walks.observe(track, OPEN, (0, 1))
        assert len(walks.state()["counts"]) <= 12
    assert walks.chances(often, OPEN) == [((0, 1), 1.0)]
    assert walks.usual(CAR) == (0, 1)
    kept = [key for key, of in walks.state()["counts"] if of == [[(0, 1), 37]]]
    assert [len(key) for key in kept] == [8, 7, 6]  # those of the track that came often
