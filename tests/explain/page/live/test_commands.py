"""Commands of a page, and the answers in words."""

from __future__ import annotations

from typing import Any

import pytest
from live_sessions import session_of

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.commands import COMMANDS, carry_out

pytestmark = pytest.mark.usefixtures("one_thread")


def edit(do: str, *place: int, **more: Any) -> dict[str, Any]:
    return {"do": do, "place": list(place), **more}


def test_edits_and_questions_are_answered_in_words() -> None:
    session = session_of()
    (first,) = carry_out(session, {"do": "edit", "edit": edit("remove", 3, 3)})
    assert first.startswith("The type 3 at [3, 3] is gone. It still goes right (worth +")
    asked = {"do": "what_if", "edit": edit("move", 1, 2, to=[1, 0])}
    said = carry_out(session, asked)
    assert said[0].startswith("If the type 3 from [1, 2] were at [1, 0], it would go left (worth ")
    assert said[0].endswith("instead of right.")
    assert said[-1].startswith("If the ") or said[-1].startswith("No change")
    same = carry_out(session, {"do": "what_if", "edit": edit("remove", 2, 0)})
    assert same[0].startswith("If the disc at [2, 0] were not there, it would still go right")
    alike = carry_out(session, {"do": "what_if", "edit": edit("remove", 1, 2)})
    assert alike[0].endswith("were not there, all actions would be alike to it.")
    (put,) = carry_out(session, {"do": "edit", "edit": edit("put", 0, 0, what="circle")})
    assert put.startswith("A circle is at [0, 0]. It still goes right")
    assert session.steps_back == 2


def test_steps_there_and_back() -> None:
    session = session_of()
    carry_out(session, {"do": "edit", "edit": edit("remove", 3, 3)})
    assert carry_out(session, {"do": "step"}) == ["It went right: reward +1.00."]
    assert carry_out(session, {"do": "back"}) == ["Back to before the last step or edit."]
    assert carry_out(session, {"do": "step", "action": 0}) == [
        "By hand it went left: reward +0.00."
    ]
    assert carry_out(session, {"do": "new"}) == ["Another world: episode 2."]


def test_why_not_compares_actions() -> None:
    session = session_of()
    carry_out(session, {"do": "edit", "edit": edit("remove", 3, 3)})
    said = carry_out(session, {"do": "why_not", "action": 0})
    assert said[0].startswith("Going left is worth +")
    assert "less than right." in said[0]
    assert said[1].startswith("From there: It plans to go left, ")
    assert "as much as any action" in carry_out(session, {"do": "why_not", "action": 1})[0]


def test_beliefs_are_revised_and_restored() -> None:
    session = session_of()
    carry_out(session, {"do": "edit", "edit": edit("remove", 3, 3)})
    (key,) = (one.key for one in session.revisable if "touching type 3" in one.says)
    revise = {"do": "revise", "key": key, "name": "reward", "value": -2}
    (said,) = carry_out(session, revise)
    assert said.startswith("It believes so now, until the server stops. ")
    assert session.decision.why.values[1] < 0.0
    assert carry_out(session, {"do": "restore"}) == ["It believes again what it has learned."]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({}, "None is no command; there are step, back"),
        ({"do": ["step"]}, "no command"),
        ({"do": "save"}, "'save' is no command"),
        ({"do": "step", "action": "up"}, "must be a whole number"),
        ({"do": "step", "action": 9}, "no action 9"),
        ({"do": "step", "action": -1}, "no action -1"),
        ({"do": "why_not", "action": 9}, "one of 0 to 3"),
        ({"do": "why_not"}, "one of 0 to 3"),
        ({"do": "edit"}, "lacks 'edit'"),
        ({"do": "what_if", "edit": []}, "lacks 'edit'"),
        ({"do": "revise", "key": 3}, "no belief '3'"),
    ],
)
def test_what_is_no_command_is_refused(command: Any, words: str) -> None:
    session = session_of("flat")
    with pytest.raises(ConfigError, match=words):
        carry_out(session, command)
    assert session.steps_back == 0
    assert set(COMMANDS) == {
        "step", "back", "new", "edit", "what_if", "why_not", "revise", "restore",
    }  # fmt: skip
