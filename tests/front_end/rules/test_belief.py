"""What touching something gives: when it is believed to have changed, and what is doubted then."""

from __future__ import annotations

import pytest
from drawings import RIGHT, TYPES

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rules.belief import Belief
from dsrl_agent.front_end.rules.contact import Context, Effect
from dsrl_agent.front_end.rules.model import ContactModel, Prediction
from dsrl_agent.types import EDGE, FREE

X, O, WALL, BOX, KEY, DOOR = (TYPES[letter] for letter in "xo#bkd")  # noqa: E741
NEW = 30


def firm(reward: float = 1.0, times: int = 9) -> Belief:
    return Belief(reward, agreeing=times, touches=times, confirmed=times)


def take(belief: Belief, noise: float, *rewards: float) -> list[bool]:
    """Let it observe rewards; return whether each changed it."""
    return [belief.observe(reward, False, 100 + i, noise) for i, reward in enumerate(rewards)]


@pytest.mark.parametrize(
    ("noise", "surprises"),
    [
        (0.001, 1),  # 0.0005 < 0.001
        (0.0019, 1),  # 0.00095
        (0.002, 2),  # 0.001, not less; 0.000001
        (0.05, 2),  # 0.025; 0.025^2 = 0.000625
        (0.1, 3),  # 0.05; 0.05^2 = 0.0025; 0.05^3 = 0.000125
        (0.2, 4),  # 0.1; 0.01; 0.1^3 = 0.001000..02 in floating point; 0.0001
        (0.5, 5),  # 0.25; 0.0625; 0.0156; 0.0039; 0.25^5 = 0.00098
    ],
)
def test_so_many_surprises_that_agree_are_a_change(noise: float, surprises: int) -> None:
    assert RulesThresholds().change_rate == 0.001
    belief = firm()
    assert take(belief, noise, *surprises * [-1.0]) == [False] * (surprises - 1) + [True]
    assert (belief.reward, belief.agreeing, belief.touches) == (-1.0, surprises, surprises)
    assert belief.surprises == []
    assert belief.changed == belief.confirmed == 99 + surprises


def test_surprises_that_disagree_are_none_that_agree() -> None:
    belief = firm()
    assert take(belief, 0.05, -1.0, 2.0, -1.0, 3.0, 3.0) == 4 * [False] + [True]
    assert (belief.reward, belief.agreeing) == (3.0, 2)


def test_what_was_believed_comes_again_and_the_surprises_are_forgotten() -> None:
    belief = firm()
    assert take(belief, 0.05, -1.0, 1.0, -1.0, 1.0 + 1e-9) == 4 * [False]
    assert (belief.reward, belief.agreeing, belief.touches) == (1.0, 11, 13)
    assert (belief.surprises, belief.confirmed) == ([], 103)


def test_a_belief_that_rests_on_less_than_the_surprises_gives_way() -> None:
    # At noise 0.1 it would take three, but one touch stands against two; nothing has changed.
    belief = firm(times=1)
    assert take(belief, 0.1, -1.0, -1.0) == [False, False]
    assert (belief.reward, belief.agreeing, belief.changed) == (-1.0, 2, -1)


def test_it_is_firm_after_two_touches_or_one_where_sight_does_not_err() -> None:
    for noise, times, expected in [(0.001, 1, True), (0.05, 1, False), (0.05, 2, True)]:
        assert firm(times=times).is_firm(noise) is expected
    doubted = firm()
    doubted.doubted = True
    assert not doubted.is_firm(0.001)


def test_after_a_change_it_takes_four_touches_where_sight_errs() -> None:
    for noise, firm_at in [(0.001, 1), (0.05, 4)]:
        belief = firm(times=9)
        assert not belief.is_questioned(noise)
        changes = take(belief, noise, -1.0, -1.0)
        assert any(changes)
        questioned = []
        for _ in range(4):
            questioned.append((belief.agreeing, belief.is_questioned(noise)))
            take(belief, noise, -1.0)
        assert all(doubt == (touches < firm_at) for touches, doubt in questioned)
        assert {doubt for _, doubt in questioned} == ({False} if firm_at == 1 else {True, False})


def test_what_was_good_and_seems_bad_is_tried_until_enough_touches_say_so() -> None:
    model = ContactModel()
    for _ in range(9):
        touch(model, X, 1.0, noise=0.05)
        touch(model, FREE, 0.0, noise=0.05)
    for _ in range(2):  # as two errors of sight in a row make it seem
        touch(model, X, -1.0, noise=0.05)
    assert model.predict(before(X)).reward == model.optimism > 0.0
    for _ in range(2):
        touch(model, X, -1.0, noise=0.05)
    assert model.predict(before(X)).reward == -1.0


def test_most_touches_end_the_episode_or_do_not() -> None:
    belief = firm(times=0)
    for ends, expected in [(True, True), (False, False), (True, True), (False, False)]:
        belief.observe(1.0, ends, 1, 0.05)
        assert belief.ends is expected
    # After a change the latest touch alone says whether it ends.
    belief = Belief(1.0, agreeing=3, touches=3, ended=3)
    belief.observe(-1.0, False, 1, 0.001)
    assert not belief.ends
    belief = Belief(1.0, agreeing=3, touches=3, ended=3)
    belief.observe(-1.0, True, 1, 0.001)
    assert belief.ends


# In the model.


def touch(model: ContactModel, kind: int, reward: float, noise: float = 0.001) -> None:
    model.set_noise(noise)
    model.observe(before(kind), Effect(True, FREE), reward, False)


def before(front: int, beyond: int = FREE, **taken: int) -> Context:
    had = tuple(sorted((TYPES[letter], times) for letter, times in taken.items()))
    return Context(front, beyond, 0, RIGHT, had)


def doubted(model: ContactModel) -> list[tuple[int, bool]]:
    found = []
    for front in model.fronts:
        for enters in (True, False):
            belief = model.belief(front, enters)
            if belief is not None and belief.doubted:
                found.append((front, enters))
    return found


def met() -> ContactModel:
    """Return a model that has met nothing, x for +1, o for -1, a key for 0 and a wall."""
    model = ContactModel()
    touch(model, FREE, 0.0)
    touch(model, KEY, 0.0)
    touch(model, X, 1.0)
    touch(model, O, -1.0)
    model.observe(before(WALL), Effect(False, WALL), 0.0, False)
    return model


def test_where_one_thing_has_changed_the_others_are_to_be_tried_again() -> None:
    model = met()
    touch(model, X, 1.0)
    assert doubted(model) == []
    touch(model, X, -1.0)
    # Not what holds it up, and not plain steps, of which there are too many to try.
    assert doubted(model) == [(O, True), (KEY, True)]
    # As nothing that gives anything is known now, they are worth 1 in hope.
    assert model.predict(before(O)) == Prediction(Effect(True, FREE), 1.0, False, False)
    assert model.predict(before(X)) == Prediction(Effect(True, FREE), -1.0, False, True)
    touch(model, KEY, 0.0)
    assert doubted(model) == [(O, True)]
    # This too has changed; x had changed since o was last confirmed, so it was the same change.
    touch(model, O, 1.0)
    assert doubted(model) == [(KEY, True)]
    assert model.predict(before(O)) == Prediction(Effect(True, FREE), 1.0, False, True)
    # With the next change, of x after it was confirmed, both others are doubted.
    touch(model, X, -1.0)
    touch(model, X, 2.0)
    assert doubted(model) == [(O, True), (KEY, True)]
    assert model.predict(before(O)).reward == 2.0


def test_one_surprise_where_sight_errs_spreads_no_doubt() -> None:
    model = met()
    for _ in range(3):
        touch(model, X, 1.0, 0.05)
    touch(model, X, -1.0, 0.05)
    assert (doubted(model), model.predict(before(X)).reward) == ([], 1.0)
    touch(model, X, -1.0, 0.05)
    assert doubted(model) == [(O, True), (KEY, True)]


def test_what_was_never_met_is_worth_the_best_that_is_known() -> None:
    model = ContactModel()
    assert model.optimism == 1.0
    touch(model, O, -1.0)
    assert model.predict(before(NEW)) == Prediction(Effect(True, FREE), 1.0, False, False)
    touch(model, X, 0.25)
    assert model.predict(before(NEW)).reward == 0.25
    touch(model, FREE, -0.1)
    assert model.predict(before(EDGE)) == Prediction(Effect(False, EDGE), -0.1, False, True)


def test_what_does_nothing_is_as_good_as_nothing_unless_some_rule_asks_for_it() -> None:
    model = met()
    assert model.plain == {FREE, KEY}
    model.observe(before(DOOR), Effect(False, DOOR), 0.0, False)
    assert model.plain == {FREE, KEY}
    model.observe(before(DOOR, k=1), Effect(True, FREE), 0.0, False)
    assert model.plain == {FREE}  # keys open doors
    touch(model, BOX, 0.0, 0.05)
    assert BOX not in model.plain  # one touch is too few where sight errs
    touch(model, BOX, 0.0, 0.05)
    assert BOX in model.plain
    model.observe(before(KEY), Effect(True, FREE, KEY), 0.0, False)
    assert KEY not in model.plain


def test_curious_is_what_may_open_a_way() -> None:
    model = met()
    assert not any(model.is_curious(before(front)) for front in (EDGE, FREE, X, O, KEY))
    assert not model.is_curious(before(WALL))
    assert model.is_curious(before(WALL, beyond=X))  # never tried with this beyond it
    assert model.is_curious(before(WALL, k=1))  # nor with a key
    model.observe(before(WALL, k=1), Effect(False, WALL), 0.0, False)
    assert not model.is_curious(before(WALL, k=2))
    assert not model.is_curious(before(X, k=1))  # it was never in the way
    touch(model, X, -1.0)
    assert model.is_curious(before(O))  # what is doubted


def test_a_type_split_off_begins_with_what_is_known_of_the_other() -> None:
    model = met()
    model.observe(before(BOX), Effect(True, FREE, BOX), 0.5, False)
    model.inherit(NEW, BOX)
    assert model.predict(before(NEW)) == Prediction(Effect(True, FREE, NEW), 0.5, False, True)
    model.inherit(NEW + 1, WALL)
    assert model.predict(before(NEW + 1)).effect == Effect(False, NEW + 1)
    # Each goes its own way from there, and what is known is not overwritten.
    touch(model, NEW, -2.0)
    belief = model.belief(BOX, True)
    assert belief is not None
    assert belief.reward == 0.5
    model.inherit(X, O)
    assert model.predict(before(X)).reward == 1.0
    model.inherit(NEW + 2, NEW + 3)
    assert NEW + 2 not in model.fronts


def test_of_one_type_the_last_two_hundred_contacts_are_kept() -> None:
    model = ContactModel()
    model.observe(before(WALL, EDGE), Effect(True, FREE), 0.0, False)
    for _ in range(200):
        model.observe(before(WALL), Effect(False, WALL), 0.0, False)
    (rule,) = model.rules(WALL)
    assert (rule.conditions, rule.times, rule.cases) == ((), 200, 200)
