"""A running agent at a board: steps, ways back, edits, revisions, questions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_sessions import KINDS, facts_of, session_of, type_at

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import Edit
from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.front_end.relations import greedy_actions

pytestmark = pytest.mark.usefixtures("one_thread")

RIGHT = 1


def greedy_of(session: LiveSession) -> list[int]:
    """Return the greedy actions on what is seen, asked of the front end itself."""
    front_end, board = session.agent.front_end, session.point.board
    episode = front_end.begin(session.agent.perception.shape_of(board.frame))
    front_end.decide(board.facts, episode, np.random.default_rng(0), 0.0)
    return [int(of) for of in greedy_actions(front_end.values(board.facts, episode).values)]


@pytest.mark.parametrize("editor", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_after_an_edit_it_does_what_its_front_end_says(kind: str, editor: bool) -> None:
    session = session_of(kind, editor=editor)
    assert session.decision.action in greedy_of(session)
    for edit in (
        Edit("move", (1, 2), (1, 0)),
        Edit("remove", (3, 3)),
        Edit("move", (2, 0), (0, 1)),
    ):
        session.edit(edit)
        assert session.decision.action in greedy_of(session)
        assert session.agent.facts(session.point.board.frame) == facts_of(session)


def test_an_edit_changes_the_action() -> None:
    session = session_of()
    session.edit(Edit("remove", (3, 3)))
    assert session.decision.action == RIGHT
    session.edit(Edit("move", (1, 2), (1, 0)))
    assert session.decision.action == 0  # left


@pytest.mark.parametrize("editor", [True, False])
def test_going_back_leads_to_what_was(editor: bool) -> None:
    session = session_of(editor=editor)
    seen = []
    for _ in range(3):
        seen.append((session.point, session.decision.action))
        session.step()
    session.edit(Edit("move", (2, 0), (0, 0)))
    assert session.steps_back == 4
    session.back()
    for point, action in reversed(seen):
        session.back()
        assert session.point is point
        assert session.decision.action == action
    first = session.point.board.frame
    session.step()
    session.back()
    np.testing.assert_array_equal(session.world.back_to(session.point.mark), first)
    with pytest.raises(ConfigError, match="nothing to go back to"):
        session.back()


@pytest.mark.parametrize("editor", [True, False])
def test_what_if_changes_nothing(editor: bool) -> None:
    session = session_of(editor=editor)
    session.edit(Edit("remove", (3, 3)))
    point, decision = session.point, session.decision
    found = session.what_if(Edit("move", (1, 2), (1, 0)))
    assert (found.now.action, found.then.action) == (1, 0)
    assert session.point is point
    assert session.decision is decision
    session.step()
    assert session.point.reward == 1.0  # the cross is where it was


@pytest.mark.parametrize("kind", KINDS)
def test_a_revised_belief_is_acted_on_and_taken_back(kind: str) -> None:
    session = session_of(kind)
    before = session.decision.why.values.tolist()
    cross = type_at(session, 1, 2)
    for belief in session.revisable:
        about = belief.says.partition(":")[0].partition(",")[0]
        if about.endswith(f"type {cross}") or about == "this scene":
            names = {field.name for field in belief.fields}
            session.revise(belief.key, "right" if "right" in names else "reward", -3.0)
    assert session.revisions > 0
    assert session.decision.why.values[RIGHT] < before[RIGHT]
    assert session.decision.action in greedy_of(session)
    session.restore()
    assert session.decision.why.values.tolist() == before


def test_an_unknown_belief_is_refused() -> None:
    with pytest.raises(ConfigError, match="no belief 'x' on this board"):
        session_of().revise("x", "reward", 1.0)


def test_a_step_by_hand_is_the_one_taken_and_the_agent_follows() -> None:
    session = session_of()
    assert session.decision.action != 3
    session.step(3)
    memory: Any = session.point.memory
    assert (session.point.number, memory.action) == (1, 3)
    assert type_at(session, 2, 1) == next(iter(session.agent.front_end.agency.self_types))
    assert session.decision.action in greedy_of(session)
    with pytest.raises(ConfigError, match="no action 4"):
        session.step(4)


def test_the_episode_ends_and_another_begins() -> None:
    session = session_of(rewards={"cross": 1.0, "circle": -1.0})
    for _ in range(12):
        if session.point.ended:
            break
        session.step()
    assert session.point.ended == "finished"
    assert session.point.total == 2.0
    with pytest.raises(ConfigError, match="over \\(finished\\)"):
        session.step()
    session.edit(Edit("put", (0, 0), None, "cross"))  # and it goes on
    assert session.point.ended == ""
    session.new_world()
    assert (session.episode, session.steps_back, session.point.total) == (1, 0, 0.0)


def test_at_the_time_limit_there_is_nothing_to_edit() -> None:
    session = session_of(step_limit=1)
    session.step(0)
    assert session.point.ended == "out of time"
    with pytest.raises(ConfigError, match="go back a step to edit"):
        session.edit(Edit("remove", (2, 0)))
    session.back()
    session.edit(Edit("remove", (2, 0)))


def test_sessions_of_a_seed_are_alike() -> None:
    one, other = session_of("flat"), session_of("flat")
    for _ in range(4):
        assert one.decision.action == other.decision.action
        one.step()
        other.step()


def test_what_was_taken_is_remembered_after_an_edit() -> None:
    session = session_of()
    session.edit(Edit("remove", (3, 3)))
    cross = type_at(session, 1, 2)
    session.edit(Edit("put", (0, 0), None, "cross"))
    session.step(RIGHT)
    session.edit(Edit("remove", (2, 0)))
    memory: Any = session.decision.memory
    assert dict(memory.scene.board.taken) == {cross: 1}
