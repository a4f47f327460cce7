"""Understanding of the actions: when it changes, and what is saved of it."""

from __future__ import annotations

import json

from drawings import LEFT, RIGHT, round_trip

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.rules.understanding import Understanding
from dsrl_agent.types import Transition


def after(tape: list[Transition], num_actions: int = 5) -> tuple[Understanding, list[bool]]:
    understanding = Understanding(num_actions, FrontEndConfig())
    same = [understanding.observe(tape[: n + 1], tape[n : n + 1]) for n in range(len(tape))]
    return understanding, same


def test_it_says_when_contacts_must_be_booked_anew() -> None:
    understanding, same = after([*round_trip(), *round_trip()])
    assert False in same[:4]  # the agent has been found, and what its actions do
    assert same[4:] == [True] * 4
    assert understanding.reaches(0, RIGHT)
    assert not understanding.reaches(0, 4)
    assert understanding.idle == {4}
    assert not understanding.turns


def test_an_action_by_which_a_thing_was_taken_that_is_put_down_takes() -> None:
    tape = [*round_trip(), *round_trip()]
    understanding, _ = after(tape)
    assert understanding.verbs.takes(4)  # as long as none is known to
    understanding.learn_taking(4)
    assert not understanding.observe([*tape, tape[-1]], tape[-1:])  # contacts are to be booked anew
    assert understanding.verbs.takers == {4}
    assert not understanding.verbs.takes(3)
    assert not understanding.verbs.takes(LEFT)


def test_it_is_saved_and_loaded_and_an_older_version_has_nothing_saved() -> None:
    understanding, _ = after(round_trip())
    understanding.learn_taking(4)
    saved = json.loads(json.dumps([understanding.agency.state(), understanding.state()]))
    loaded = Understanding(5, FrontEndConfig())
    loaded.load(*saved)
    assert loaded.state() == understanding.state()
    assert loaded.effects == understanding.effects
    older = Understanding(5, FrontEndConfig())
    older.load(saved[0], {})
    assert older.effects == understanding.agency.effects()
