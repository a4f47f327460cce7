"""The page of a session, and what changes on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from live_sessions import KINDS, session_of
from pages import faults_of, needs_node, scripts_of, syntax_error

from dsrl_agent.explain.page.live.edits import Edit
from dsrl_agent.explain.page.live.view import live_page, live_state

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_well_formed_and_its_parts_are(kind: str) -> None:
    session = session_of(kind)
    page = live_page(session, "a <run>", "worlds & more", 0)
    assert faults_of(page) == []
    assert "<title>Inside the run a &lt;run&gt;, live</title>" in page
    state = live_state(session, [])
    for part in ("step", "revisable", "beliefs"):
        assert faults_of(state[part]) == []
    json.dumps(state)


def test_the_state_says_what_is_seen_and_done() -> None:
    session = session_of()
    state = live_state(session, ["said"], seen=None)
    assert state["said"] == ["said"]
    assert state["cells"]["2,0"] == "disc"
    assert state["lattice"] == {"rows": [3, 11, 19, 27, 35], "cols": [3, 11, 19, 27, 35]}
    assert state["action"] == session.decision.action
    assert state["values"] == session.decision.why.values.tolist()
    assert f"<em>{session.decision.why.actions[state['action']]}</em> next" in state["step"]
    assert state["step"].count('<g class="box') == 4


def test_beliefs_are_sent_when_they_have_changed() -> None:
    session = session_of()
    assert "beliefs" in live_state(session, [])
    assert "beliefs" not in live_state(session, [], seen=0)
    belief = session.revisable[-1]
    session.revise(belief.key, "reward", 0.5)
    assert "+0.50" in live_state(session, [], seen=0)["beliefs"]


def test_after_the_end_no_action_is_shown() -> None:
    session = session_of(step_limit=1)
    session.step(0)
    state = live_state(session, [], seen=0)
    assert (state["ended"], state["action"]) == ("out of time", None)
    assert "the end" in state["step"]


def test_tools_name_what_can_be_put() -> None:
    world = live_page(session_of(), "r", "e", 0)
    assert re.findall(r'name="thing" value="(\w+)"', world) == ["circle", "cross"]
    session = session_of(editor=False)
    session.edit(Edit("remove", (2, 0)))
    pixels = live_page(session, "r", "e", 0)
    assert re.findall(r'name="thing" value="(\w+)"', pixels) == ["2", "3"]
    assert "<span>disc</span>" in pixels
    assert "This world cannot be edited itself" in pixels


@needs_node
def test_scripts_have_no_syntax_error(tmp_path: Path) -> None:
    (script,) = scripts_of(live_page(session_of(), "r", "e", 0))
    assert syntax_error(script, tmp_path) == ""
