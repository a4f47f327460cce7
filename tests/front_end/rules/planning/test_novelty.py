"""Prices of what has not been tried, worked out by hand from the settings."""

from __future__ import annotations

import math
from collections import Counter

from drawings import RIGHT, TYPES, board

from dsrl_agent.config import ExplorationPrices
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.board import SinceStart
from dsrl_agent.front_end.rules.planning.novelty import Novelty, Puzzle, puzzle_of
from dsrl_agent.types import EDGE, FREE

X, O, WALL, KEY = (TYPES[letter] for letter in "xo#k")  # noqa: E741
PICK, DROP = 7, 8
PRICES = ExplorationPrices()


def model() -> ContactModel:
    """Return a model in which actions 0 to 3 move the agent."""
    return ContactModel(verbs=Verbs(frozenset(range(4))))


def at(front: int, action: int = RIGHT, beyond: int = FREE, **more: object) -> Context:
    return Context(front, beyond, 0, action, ())._replace(**more)  # type: ignore[arg-type]


def price(
    known: ContactModel, context: Context, prices: ExplorationPrices = PRICES
) -> float | None:
    return Novelty(known, PRICES).price(context, known.predict(context))


def test_what_was_never_tried_costs_its_way_alone() -> None:
    assert price(model(), at(KEY, PICK)) == 0.0
    assert price(model(), at(KEY)) == 0.0
    assert price(model(), at(EDGE, PICK)) is None


def test_going_for_what_blocked_the_way_is_worth_a_try_in_other_circumstances() -> None:
    known = model()
    known.observe(at(WALL), Effect(False, WALL), 0.0, False)
    known.observe(at(X), Effect(True, FREE), 1.0, False)
    assert price(known, at(WALL)) is None
    assert price(known, at(WALL, beyond=X)) == PRICES.in_hand
    assert price(known, at(WALL, taken=((KEY, 1),))) == PRICES.in_hand
    assert price(known, at(X, beyond=X)) is None  # it is known to be good


def test_going_for_what_is_not_believed_yet_costs_its_way_alone() -> None:
    known = model()
    known.set_noise(0.05)
    known.observe(at(O), Effect(True, FREE), 0.0, False)  # one touch is too few where sight errs
    assert price(known, at(O)) == 0.0


def test_what_ends_badly_is_tried_again_once_others_were_taken_to_the_last() -> None:
    known = model()
    known.observe(at(X), Effect(True, FREE), 1.0, False)
    known.observe(at(O), Effect(True, FREE), -1.0, True)
    assert price(known, at(O)) is None
    taken = at(O, taken=((X, 1),))
    assert price(known, taken) is None  # more of them are there, which are good
    after = taken._replace(gone=(X,))
    assert price(known, after) == PRICES.bad
    known.observe(after, Effect(True, FREE), -1.0, True)
    assert price(known, after) is None
    assert price(known, at(O, taken=((X, 1), (KEY, 1)), gone=(X, KEY))) == PRICES.bad
    known.observe(at(KEY), Effect(True, FREE), -1.0, False)
    assert price(known, at(KEY, taken=((X, 1),), gone=(X,))) is None  # it does not end anything


def test_what_was_good_once_and_is_outvoted_is_not_known_to_be_good() -> None:
    known, taken = model(), ((KEY, 1),)
    known.observe(at(X, taken=taken), Effect(True, FREE), 1.0, True)  # as a third key was in hand
    for _ in range(3):
        known.observe(at(X, taken=taken), Effect(False, X), -0.1, False)
    assert max(known.gains) == 1.0
    assert price(known, at(X, taken=taken)) is None
    assert price(known, at(X, taken=taken, gone=(KEY,))) == PRICES.bad
    assert price(known, at(X, taken=((KEY, 1), (O, 1)))) == PRICES.bad
    known.observe(at(O), Effect(True, FREE), 1.0, False)  # now another is
    assert price(known, at(X, taken=taken, gone=(KEY,))) is None


def test_an_action_without_effect_is_tried_again_in_other_states_of_affairs() -> None:
    known = model()
    known.observe(at(WALL, PICK), Effect(False, WALL), 0.0, False)
    idle = PRICES.idle_each  # it was tried on one type and never did anything
    assert price(known, at(WALL, PICK, held=KEY)) == PRICES.in_hand + idle
    assert price(known, at(WALL, PICK, came=(X,))) == PRICES.affairs + idle
    assert price(known, at(WALL, PICK)) == PRICES.again + PRICES.again_each + idle
    known.observe(at(KEY, PICK), Effect(False, FREE), 0.0, False)
    assert price(known, at(WALL, PICK, held=KEY)) == PRICES.in_hand  # it does something
    assert price(known, at(KEY, PICK)) is None  # what it does is known


def test_what_was_tried_is_tried_again_where_nothing_is_left_of_other_types() -> None:
    known = model()
    known.observe(at(WALL), Effect(False, WALL), 0.0, False)
    known.observe(at(WALL, PICK), Effect(False, WALL), 0.0, False)
    taken = ((KEY, 2),)
    for action in (RIGHT, PICK):
        known.observe(at(WALL, action, taken=taken), Effect(False, WALL), 0.0, False)
    assert price(known, at(WALL, gone=(KEY,), taken=taken)) == PRICES.in_hand
    idle = PRICES.idle_each
    assert price(known, at(WALL, PICK, gone=(KEY,), taken=taken)) == PRICES.affairs + idle
    assert price(known, at(WALL, gone=(WALL, O))) is None  # one is in front, one hidden perhaps


def test_a_scene_is_worth_bringing_about_in_which_nothing_is_left_of_a_type() -> None:
    known = model()
    known.observe(at(FREE), Effect(True, FREE), 0.0, False)
    assert Novelty(known, PRICES).scene(board("+.."), SinceStart()) is None
    cleared, after = SinceStart(gone=(KEY,)), board("+..", taken="kk")
    assert Novelty(known, PRICES).scene(after, cleared) == PRICES.affairs
    assert Novelty(known, PRICES, fresh=True).scene(after, cleared) is None  # to be settled
    assert Novelty(known, PRICES).scene(board("+.."), cleared) is None  # it may be hidden
    known.observe(at(FREE, gone=(KEY,), taken=((KEY, 1),)), Effect(True, FREE), 0.0, False)
    assert Novelty(known, PRICES).scene(after, cleared) is None


def test_an_action_on_an_empty_cell_is_tried_once_with_something_in_hand() -> None:
    known = model()
    known.observe(at(FREE, DROP), Effect(False, FREE), 0.0, False)
    penalty = PRICES.idle_each
    assert price(known, at(FREE, DROP, came=(X,))) is None
    assert price(known, at(FREE, DROP, held=KEY)) == PRICES.in_hand + penalty
    known.observe(at(FREE, DROP, held=X), Effect(False, FREE), 0.0, False)
    assert price(known, at(FREE, DROP, held=KEY)) is None


def test_a_bad_contact_is_not_repeated_in_the_same_state_of_affairs() -> None:
    known = model()
    known.observe(at(O, PICK), Effect(False, O), 0.0, True)  # an end without gain
    # As long as nothing good is known, nothing is lost by it.
    assert price(known, at(O, PICK)) == PRICES.bad + PRICES.again_each
    assert Novelty(known, fresh=True).price(at(O, PICK), known.predict(at(O, PICK))) is None
    assert price(known, at(O, PICK, came=(X,))) == PRICES.bad
    known.observe(at(WALL, PICK), Effect(False, WALL), -1.0, False)
    assert price(known, at(WALL, PICK)) is None
    assert price(known, at(WALL, PICK, came=(X,))) == PRICES.bad
    known.observe(at(KEY), Effect(True, FREE), -1.0, False)
    assert price(known, at(KEY)) is price(known, at(KEY, taken=((KEY, 1),))) is None
    assert price(known, at(KEY, taken=((O, 1),))) == PRICES.bad
    known.observe(at(X), Effect(True, FREE), 1.0, False)
    assert price(known, at(WALL, PICK, came=(X,))) is None  # something good is known
    assert price(known, at(O, PICK)) is price(known, at(KEY, taken=((O, 1),))) is None


def test_only_what_was_bad_in_a_state_of_affairs_is_known_to_be_bad_in_it() -> None:
    """A sword slays one monster without harm; whether it slays another is to be found out."""
    known = model()
    known.observe(at(O), Effect(False, O), -1.0, True)
    known.observe(at(O, taken=((KEY, 1),)), Effect(True, FREE), 0.0, False)
    after = at(O, taken=((O, 1), (KEY, 1)))  # the sword counts as used up, so harm is expected
    assert known.predict(after).reward == -1.0
    assert price(known, after) == PRICES.bad
    assert price(known, at(O, taken=((O, 1),))) is None


def test_what_was_good_in_this_state_of_affairs_is_tried_again_as_often_as_it_was_good() -> None:
    known = model()
    known.observe(at(O, PICK, came=(X,)), Effect(False, O), 1.0, True)
    known.observe(at(O, PICK), Effect(False, O), 0.0, True)  # now believed: an end without gain
    # It was tried twice, and what ever was good at no cost is tried when nothing else is left.
    assert price(known, at(O, PICK)) == PRICES.bad + 2 * PRICES.again_each
    assert price(known, at(O, PICK, came=(X,))) == PRICES.affairs
    for _ in range(2):
        known.observe(at(O, PICK, came=(X,)), Effect(False, O), 0.0, True)
    assert price(known, at(O, PICK, came=(X,))) == PRICES.bad + 4 * PRICES.again_each


def test_a_type_like_one_that_was_tried_is_priced_as_that_one() -> None:
    known, red = model(), 20
    known.resemble({red: KEY})
    known.observe(at(KEY, PICK, held=X), Effect(False, KEY), 0.0, False)
    assert price(known, at(red, PICK)) == PRICES.in_hand + PRICES.idle_each
    assert price(known, at(red, DROP)) == 0.0


def test_a_type_like_one_that_ends_the_episode_is_tried_late_but_not_never() -> None:
    known, red = model(), 20
    known.resemble({red: KEY})
    known.observe(at(KEY, PICK), Effect(False, FREE), 0.0, True)
    assert price(known, at(KEY, PICK)) == PRICES.bad + PRICES.again_each
    assert price(known, at(red, PICK)) == PRICES.affairs


def test_actions_that_wreck_are_tried_last() -> None:
    known = model()
    known.verbs = Verbs(frozenset(range(4)), takers=frozenset([PICK]))
    known.observe(at(KEY, DROP), Effect(False, FREE), 0.0, False)
    assert price(known, at(WALL, DROP)) == PRICES.wreck
    assert price(known, at(WALL, PICK)) == 0.0


def test_an_unknown_reach_is_priced_by_its_tries_beside_the_same_things() -> None:
    drawn = board(".k. .+. ...")
    assert puzzle_of(drawn, PICK) == (0, PICK, FREE, (FREE, KEY))
    tried = Counter({puzzle_of(drawn, PICK): 2})
    novelty = Novelty(model(), PRICES, tried)
    assert novelty.unknown(drawn, PICK) == PRICES.unknown + 2 * PRICES.unknown_each
    assert novelty.unknown(board("... .+. ..."), PICK) == PRICES.unknown
    idle = Novelty(model(), PRICES, tried, idle=frozenset([PICK]))
    assert idle.unknown(board("... .+. ..."), PICK) == PRICES.unknown + PRICES.idle_each


def test_the_same_deed_at_the_same_place_costs_more_each_time() -> None:
    novelty = Novelty(model(), PRICES, deeds=Counter({(PICK, 4, 0, FREE): 3}))
    assert novelty.repeated((PICK, 4, 0, FREE)) == 3 * PRICES.repeat
    assert novelty.repeated((PICK, 4, 0, KEY)) == 0.0


def test_a_loss_that_may_have_been_misread_is_tried_again_while_nothing_good_is_known() -> None:
    known = model()
    known.observe(at(O), Effect(True, FREE), -1.0, False)
    assert price(known, at(O)) is None  # without reading errors one touch is enough
    known.set_noise(0.05)
    assert price(known, at(O)) == PRICES.bad
    known.observe(at(O), Effect(True, FREE), -1.0, False)
    assert price(known, at(O)) is None  # two touches agree
    known.observe(at(X), Effect(True, FREE), -1.0, False)
    assert price(known, at(X)) == PRICES.bad
    known.observe(at(KEY), Effect(True, FREE), 1.0, False)
    assert price(known, at(X)) is None  # something good is known


def test_fresh_prices_leave_out_what_was_tried_alike() -> None:
    known = model()
    known.observe(at(WALL, PICK), Effect(False, WALL), 0.0, False)
    tried = at(WALL, PICK)
    fresh = Novelty(known, PRICES, fresh=True)
    assert fresh.price(tried, known.predict(tried)) is None
    armed = at(WALL, PICK, held=KEY)
    assert fresh.price(armed, known.predict(armed)) == price(known, armed)
    drawn = board("+x")
    puzzle = puzzle_of(drawn, DROP)
    assert fresh.unknown(drawn, DROP) == PRICES.unknown
    tried_here = Novelty(known, PRICES, Counter({puzzle: 1}), fresh=True)
    assert tried_here.unknown(drawn, DROP) == math.inf
    elsewhere: Counter[Puzzle] = Counter(
        {(9, DROP, FREE, (place,)): 1 for place in range(4)}
    )  # as `idle_tries`
    for idle, expected in ((frozenset([DROP]), math.inf), (frozenset[int](), PRICES.unknown)):
        tired = Novelty(known, PRICES, elsewhere, idle=idle, fresh=True)
        assert tired.unknown(drawn, DROP) == expected
