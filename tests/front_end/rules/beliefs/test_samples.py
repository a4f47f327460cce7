"""Samples of contacts: stored by verb and type, summarised by what was tried."""

from __future__ import annotations

import json

from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.samples import ContactSamples
from dsrl_agent.types import FREE, GOING

KEY, DOOR = 1, 2
MOVE, PICK, DONE = 0, 4, 5
BLOCKED = Effect(False, DOOR)


def stored() -> ContactSamples:
    samples = ContactSamples(3, Verbs(frozenset([MOVE])))
    for action, front, effect in (
        (MOVE, DOOR, BLOCKED),
        (PICK, KEY, Effect(False, FREE)),
        (PICK, DOOR, BLOCKED),
        (DONE, DOOR, BLOCKED),
        (DONE, KEY, Effect(False, KEY)),
    ):
        samples._add(Context(front, FREE, 0, action, ()), effect, 1)
    return samples


def test_samples_are_kept_by_verb_and_type() -> None:
    samples = stored()
    assert samples.fronts == [KEY, DOOR]
    assert samples.targets == [(PICK, KEY), (DONE, KEY), (GOING, DOOR), (PICK, DOOR), (DONE, DOOR)]
    assert samples.tries(DOOR).times == 1
    assert samples.tries(KEY).times == 0  # of going for it


def test_an_action_that_never_had_an_effect_is_known_by_the_types_it_was_tried_on() -> None:
    samples = stored()
    assert samples.idle_types(DONE) == 2
    assert samples.idle_types(PICK) == 0
    assert samples.wrecks(PICK)
    assert not samples.wrecks(DONE)


def test_the_oldest_samples_make_room() -> None:
    samples, context = stored(), Context(DOOR, KEY, 0, MOVE, ())
    samples._add(context, BLOCKED, 3)
    samples._forget_tries((GOING, DOOR))
    assert samples.tries(DOOR).beyond == {KEY}  # of the four the oldest is gone


def test_what_was_never_seen_again_is_taken_to_stay_as_soon_as_another_was_seen_to_stay() -> None:
    samples = stored()
    last, seen = (Context(DOOR, beyond, 0, MOVE, ()) for beyond in (FREE, KEY))
    gone, stays = Effect(True, FREE), Effect(True, DOOR)
    samples._add(last, gone, 1)
    samples._take_unseen(last, gone)
    assert (last, gone) in samples._samples[GOING, DOOR]
    samples._add(seen, gone, 1)
    samples._replace(seen, gone, stays)
    assert samples._samples[GOING, DOOR] == {
        (Context(DOOR, FREE, 0, MOVE, ()), BLOCKED): 1,
        (seen, stays): 1,
        (last, stays): 1,
    }
    samples._add(last, gone, 1)
    samples._take_unseen(last, gone)  # now it is known at once
    assert (last, gone) not in samples._samples[GOING, DOOR]


def test_one_thing_seen_where_another_had_gone_does_not_make_all_stay() -> None:
    samples = ContactSamples(most=50)
    gone, stays = Effect(True, FREE), Effect(True, DOOR)
    seen, last = (Context(DOOR, beyond, 0, MOVE, ()) for beyond in (KEY, FREE))

    def kept() -> tuple[int, int, int]:
        counts = samples._samples[GOING, DOOR]
        return (
            counts.get((seen, gone), 0),
            counts.get((seen, stays), 0),
            counts.get((last, gone), 0),
        )

    def end(times: int) -> bool:
        for _ in range(times):
            samples._add(last, gone, 1)
            changed = samples._take_unseen(last, gone)
        return changed

    samples._add(seen, gone, 5)
    assert not end(9)
    samples._replace(seen, gone, stays)  # something walked into the cell that the agent left
    assert kept() == (4, 1, 9)
    for _ in range(2):
        samples._replace(seen, gone, stays)
    assert kept() == (2, 3, 0)  # by now most that were seen again had stayed
    assert end(1)
    assert kept() == (2, 3, 0)
    stored_and_back = ContactSamples(most=50)
    stored_and_back._samples, stored_and_back._effects = samples._samples, samples._effects
    stored_and_back._load_unseen(json.loads(json.dumps(samples._unseen_state())))
    samples = stored_and_back
    samples._add(seen, gone, 1)  # as many of each: what was believed is kept
    assert end(1)
    assert kept() == (3, 3, 0)
    samples._add(seen, gone, 1)
    assert end(1)
    assert kept() == (4, 3, 12)


def test_only_as_many_cells_never_seen_again_are_remembered_as_samples() -> None:
    samples, gone = stored(), Effect(True, FREE)
    for beyond in range(9):
        samples._take_unseen(Context(DOOR, beyond, 0, MOVE, ()), gone)
    beyonds = [context.beyond for context, _ in samples._unseen[GOING, DOOR]]
    assert beyonds == [6, 7, 8]  # the latest three, as `stored` keeps three samples
