"""Model contacts: changes that raise doubt, hopes, idle types, curiosity and inheritance."""

from __future__ import annotations

import json

import pytest
from drawings import RIGHT, TYPES, UP

from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.types import EDGE, FREE, GOING, HELD, UNKNOWN

X, O, WALL, BOX, KEY, DOOR = (TYPES[letter] for letter in "xo#bkd")  # noqa: E741
NEW = 30


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


def test_a_change_of_one_reward_raises_doubt_about_the_others() -> None:
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


def test_one_surprise_with_reading_errors_raises_no_doubt() -> None:
    model = met()
    for _ in range(3):
        touch(model, X, 1.0, 0.05)
    touch(model, X, -1.0, 0.05)
    assert (doubted(model), model.predict(before(X)).reward) == ([], 1.0)
    touch(model, X, -1.0, 0.05)
    assert doubted(model) == [(O, True), (KEY, True)]


def test_a_type_never_met_is_expected_to_give_the_best_known_reward() -> None:
    model = ContactModel()
    assert model.optimism == 1.0
    touch(model, O, -1.0)
    assert model.predict(before(NEW)) == Prediction(Effect(True, FREE), 1.0, False, False)
    touch(model, X, 0.25)
    assert model.predict(before(NEW)).reward == 0.25
    touch(model, FREE, -0.1)
    assert model.predict(before(EDGE)) == Prediction(Effect(False, EDGE), -0.1, False, True)


def test_an_idle_type_is_walked_over_unless_a_rule_asks_for_it() -> None:
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


def test_a_type_split_off_inherits_rules_and_rewards() -> None:
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


def test_the_last_200_contacts_of_a_type_are_kept() -> None:
    model = ContactModel()
    model.observe(before(WALL, EDGE), Effect(True, FREE), 0.0, False)
    for _ in range(200):
        model.observe(before(WALL), Effect(False, WALL), 0.0, False)
    (rule,) = model.rules(WALL)
    assert (rule.conditions, rule.times, rule.cases) == ((), 200, 200)


def test_a_good_type_that_seems_bad_is_tried_until_four_touches_agree() -> None:
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


PICK = 7  # an action that does not move the agent


def still() -> ContactModel:
    """Return a model in which four actions move the agent, and one does not."""
    return ContactModel(verbs=Verbs(frozenset(range(4))))


def test_actions_that_do_not_move_the_agent_have_rules_of_their_own() -> None:
    model = still()
    model.observe(before(KEY), Effect(False, KEY), 0.0, False)
    model.observe(before(KEY)._replace(action=PICK), Effect(False, FREE), 0.5, False)
    assert model.predict(before(KEY)).effect == Effect(False, KEY)
    assert model.predict(before(KEY)._replace(action=UP)).effect == Effect(False, KEY)
    picked = model.predict(before(KEY)._replace(action=PICK))
    assert picked == Prediction(Effect(False, FREE), 0.5, False, True)
    assert [rule.verb for rule in model.rules(KEY, PICK)] == [PICK]
    assert model.targets == [(GOING, KEY), (PICK, KEY)]
    # Of an action never tried on a type nothing is expected; going there is hoped for.
    assert model.predict(before(DOOR)._replace(action=PICK)).effect == Effect(False, DOOR)
    assert model.predict(before(DOOR)).reward == 0.5


def test_a_reward_that_depends_on_the_context_is_no_change_of_the_world() -> None:
    model, lit = still(), before(DOOR)._replace(action=PICK, came=(BOX,))
    dark = lit._replace(came=())
    for context, reward in ((dark, 0.0), (lit, 0.9), (dark, 0.0), (lit, 0.8)):
        model.observe(context, Effect(False, FREE), reward, True)
    assert model.predict(dark).reward == 0.0
    assert model.predict(lit).reward == pytest.approx(0.9)
    # One change alone is a change of the world.
    model = still()
    for context, reward in ((dark, 0.0), (dark, 0.0), (lit, 0.9)):
        model.observe(context, Effect(False, FREE), reward, True)
    assert model.predict(dark).reward == 0.9


def test_types_that_stay_when_entered_are_known() -> None:
    model = met()
    assert model.staying == frozenset()
    model.amend(before(KEY), Effect(True, FREE), Effect(True, KEY))
    assert model.staying == {KEY}


def test_a_model_is_saved_and_loaded_and_older_ones_are_read() -> None:
    model, lit = still(), before(DOOR)._replace(action=PICK, came=(BOX,))
    for context, reward in ((lit._replace(came=()), 0.0), (lit, 0.9)) * 2:
        model.observe(context, Effect(False, FREE), reward, True)
    text = json.dumps(model.state())
    loaded = ContactModel()
    loaded.load(json.loads(text))
    assert json.dumps(loaded.state()) == text
    assert loaded.predict(lit) == model.predict(lit)
    belief = met().belief(X, True)
    assert belief is not None
    older = {
        "noise": 0.001,
        "step": 1,
        "samples": [[[X, FREE, 0, RIGHT, []], [True, FREE, -4, []], 2]],
        "beliefs": [[X, True, *belief.state()]],
    }
    loaded.load(json.loads(json.dumps(older)))
    assert loaded.predict(before(X)) == Prediction(Effect(True, FREE), 1.0, False, True)


def test_contacts_with_unknown_objects_are_not_learned() -> None:
    model = ContactModel()
    model.observe(Context(UNKNOWN, FREE, 0, RIGHT, ()), Effect(True, FREE), 1.0, False)
    assert model.fronts == []


def test_a_type_whose_reward_depends_on_the_context_is_not_idle_by_misread_touches() -> None:
    """Two touches by mistake gave nothing; the rule that is believed gives something."""
    model = ContactModel()
    model.set_noise(0.05)
    for reward in (1.0, 1.0, 1.0, 0.0, 0.0):
        touch(model, X, reward, 0.05)
    target = (GOING, X)
    model._conditional.add(target)
    model._split_beliefs(target)
    model._forget_derived(target)
    assert [rule.effect.gives for rule in model.rules(X)] == [1]
    belief = model.belief(X, enters=True)
    assert belief is not None
    assert belief.is_firm(model.noise)
    assert X not in model.plain


def test_beliefs_split_by_the_sign_of_the_reward_replace_the_one_before() -> None:
    model = ContactModel()
    for reward in (1.0, 1.0, -1.0):
        touch(model, X, reward)
    assert [key.gives for key in model._beliefs] == [0]
    model._split_beliefs((GOING, X))
    assert sorted(key.gives for key in model._beliefs) == [-1, 1]


def test_the_side_of_a_split_that_was_believed_keeps_its_reward() -> None:
    """The other side was not met as such: as much as the best type known gives is expected."""
    model = ContactModel()
    touch(model, BOX, 2.0)
    for reward in (-0.25, 0.5, 0.5):
        touch(model, X, reward)
    model._split_beliefs((GOING, X))
    rewards = {key.gives: belief.reward for key, belief in model._beliefs.items() if key.front == X}
    assert rewards == {1: 0.5, -1: -2.0}


def test_putting_down_depends_on_the_thing_in_hand_alone() -> None:
    drop, other_key = 4, 31
    model = ContactModel(verbs=Verbs(moving=frozenset({RIGHT, UP})))
    bare = Context(FREE, FREE, 0, drop, ())
    for _ in range(3):
        model.observe(bare, Effect(False, FREE), 0.0, False)
    # A box was wrecked before a key was put down: the box has nothing to do with it.
    wrecked = bare._replace(taken=((BOX, 1), (KEY, 1)), held=KEY)
    model.observe(wrecked, Effect(False, HELD), 0.0, False)
    assert model.predict(bare._replace(held=other_key)).effect == Effect(False, HELD)
    assert model.predict(wrecked._replace(held=FREE)).effect == Effect(False, FREE)
    assert [rule.conditions for rule in model.rules(FREE, drop)] == [()]


def test_an_end_upon_a_thing_changes_what_is_expected_only_where_such_things_stay() -> None:
    model = met()
    expected = model.predict(before(KEY))
    model.leave_unseen(before(KEY), Effect(True, FREE))
    assert model.predict(before(KEY)) is expected  # nothing says that keys stay
    model.amend(before(KEY), Effect(True, FREE), Effect(True, KEY))  # of the key left first
    assert model.predict(before(KEY)).effect == Effect(True, KEY)
    touch(model, KEY, 0.0)
    touch(model, KEY, 0.0)
    assert model.predict(before(KEY)).effect == Effect(True, FREE)
    model.leave_unseen(before(KEY), Effect(True, FREE))  # of 4 keys, 3 may have stayed
    assert model.tries(KEY).times == 3


@pytest.mark.parametrize(
    ("front", "effect"),
    [
        (BOX, Effect(True, FREE, beyond=BOX)),  # pushed
        (O, Effect(False, O, flung=True)),
        (FREE, Effect(False, HELD)),  # put down
        (X, Effect(False, FREE)),  # fetched without being entered
        (DOOR, Effect(False, X)),  # it becomes what is good, and is not entered then
    ],
)
def test_ways_can_be_told_where_good_things_stay_until_they_are_entered(
    front: int, effect: Effect
) -> None:
    model = met()
    model.observe(before(KEY), Effect(True, FREE, remote=((WALL, FREE),)), 0.0, False)
    assert model.stays_in_place
    for _ in range(9):
        model.observe(before(front), effect, 0.0, False)
    assert not model.stays_in_place


def test_ways_cannot_be_told_where_what_is_alike_does_not_stay() -> None:
    model = met()
    model.resemble({NEW: BOX})
    for number in (BOX, NEW):
        model.observe(before(number), Effect(True, FREE), 0.0, False)
    assert model.stays_in_place
    assert model.general is not None
    for _ in range(9):
        model.general.observe(before(BOX), Effect(True, FREE, beyond=BOX), 0.0, False)
    assert not model.stays_in_place


def test_what_is_certain_depends_on_no_context() -> None:
    model = met()
    assert model.is_certain(GOING, X)
    assert not model.is_certain(GOING, NEW)  # never met
    for _ in range(4):
        model.observe(before(DOOR), Effect(False, DOOR), 0.0, False)
        model.observe(before(DOOR, k=1), Effect(True, FREE), 0.0, False)
    assert not model.is_certain(GOING, DOOR)
    model.resemble({NEW: X})
    assert not model.is_certain(GOING, X)
