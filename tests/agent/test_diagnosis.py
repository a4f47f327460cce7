"""The lines of an inspection, and the causes that it names."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest

from dsrl_agent.agent.diagnosis import describe, findings, told
from dsrl_agent.agent.inspection import ActionTries, FactFigures, FrameFigures, Inspection
from dsrl_agent.agent.self_check import AlikeEnds, Fruits
from dsrl_agent.config import AgentConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.tiling import Tiling

GRID = Grid((8, 8), (0, 0), (5, 5), (40, 40))
SHIFTED = Grid((8, 8), (2, 0), (4, 5), (40, 40))
TILING = Tiling(GRID, "", GRID, 1000.0, 4000.0, 1.8)
NO_TILING = Tiling(None, "Nothing recurs.", GRID, 3000.0, 4000.0, 1.03)
FRAMES = FrameFigures(90, (ActionTries(50, 20), ActionTries(50, 0)), 0.02, 90.0, TILING)
FACTS = FactFigures(
    grid=GRID,
    types=(1, 2, 3),
    agent=frozenset({2, 3}),
    alone=1.0,
    missing=0.0,
    moves={0: frozenset({(0, 1), (1, 0)})},
    reached={},
    turns=frozenset(),
    strangers={},
    explained=0.95,
)
GOOD = Inspection(FRAMES, FACTS, Counter({0.0: 98, 1.0: 2}), 2)
CONFIG = AgentConfig()


def causes(found: Inspection) -> list[str]:
    return [finding.cause for finding in findings(found, CONFIG)]


def test_an_inspection_shows_as_its_lines_and_warnings() -> None:
    wrong = dataclasses.replace(GOOD, facts=dataclasses.replace(FACTS, agent=frozenset()))
    said = told(wrong, CONFIG)
    lines = [*describe(wrong), *(f"warning: {each}" for each in findings(wrong, CONFIG))]
    assert repr(said).splitlines() == f"{said}".splitlines() == lines
    assert said == wrong
    assert repr(wrong) == "Inspection of 100 steps"


def with_facts(**changed: Any) -> Inspection:
    return dataclasses.replace(GOOD, facts=dataclasses.replace(FACTS, **changed))


def with_frames(**changed: Any) -> Inspection:
    return dataclasses.replace(GOOD, frames=dataclasses.replace(FRAMES, **changed))


@pytest.mark.parametrize(("ends", "warned"), [((10, 3), True), ((9, 3), False), ((10, 1), False)])
def test_ends_that_nothing_seen_decides_are_named(ends: tuple[int, int], warned: bool) -> None:
    found = causes(with_facts(ends=AlikeEnds(*ends)))
    said = [
        "Of 10 ends of episodes that looked alike before, 3 turned out otherwise than the rest: "
        "what decides may not be in the picture, such as a mission in words or something seen "
        "earlier"
    ]
    assert found == (said if warned else [])


@pytest.mark.parametrize(("fruit", "warned"), [((10, 4), True), ((10, 5), False), ((9, 0), False)])
def test_own_episodes_that_bring_nothing_good_are_told(
    fruit: tuple[int, int], warned: bool
) -> None:
    said = [
        "Only 4 of the agent's latest 10 episodes brought more than plain steps do: it does not "
        "know what is good, or does not get there"
    ]
    assert causes(with_facts(fruits=Fruits(*fruit), chosen=90)) == (said if warned else [])


@pytest.mark.parametrize(
    ("chosen", "said"),
    [(0, "100 random steps"), (90, "100 steps, 10 of them random"), (100, "100 steps")],
)
def test_steps_that_the_agent_chose_are_not_called_random(chosen: int, said: str) -> None:
    assert describe(with_facts(chosen=chosen))[0].startswith(f"play:    {said}, 90 different")


def test_what_is_told_and_not_read_is_named_last() -> None:
    found = dataclasses.replace(with_facts(agent=frozenset()), unread=("mission",))
    first, last = causes(found)
    assert first.startswith("No type responds to the actions")
    assert last == (
        "What is told as 'mission' changes from episode to episode and is not read, though it may "
        "decide what is good"
    )


def test_each_subject_has_a_line() -> None:
    assert describe(GOOD) == [
        "play:    100 random steps, 90 different frames, terminated 2 times; rewards 0 (98), 1 (2)",
        "grid:    5 x 5 cells of 8 x 8 pixels, the first at row 0, column 0; saves 3,000 bits "
        "(75%), another grid needs 1.8 times the bits",
        "kinds:   3 types; the agent is type 2, 3, seen once in 100% of frames",
        "actions: 0 right/down, 1 changes nothing (50 times)",
        "sense:   95% of steps are explained",
    ]
    assert findings(GOOD, CONFIG) == []


def test_what_stands_beside_the_board_is_said_to_be_left_out() -> None:
    board = Grid((8, 8), (8, 0), (4, 5), (40, 40))
    told = describe(with_frames(tiling=dataclasses.replace(TILING, grid=board, best=board)))[1]
    assert "the first at row 8, column 0, what is beside them left out; saves" in told


def test_what_an_action_does_is_said_by_the_surest_sign() -> None:
    found = with_facts(reached={1: Counter({(0, 1): 3, (2, 0): 1})}, strangers={7: 0.25})
    lines = describe(found)
    assert "actions: 0 right/down, 1 changes the cell right/(2, 0) of the agent" in lines
    assert "others:  what changes far from the agent: type 7 in 25% of steps" in lines
    assert "1 turns the agent" in describe(with_facts(turns=frozenset({1})))[3]
    hidden = with_frames(actions=(ActionTries(50, 20), ActionTries(50, 5)))
    assert "1 changes 5 of 50 frames" in describe(hidden)[3]


def test_without_facts_the_complaint_is_told() -> None:
    found = dataclasses.replace(GOOD, facts=None, complaint="Nothing moved.")
    assert describe(found)[-1] == "sight:   Nothing moved."
    assert causes(found) == ["The sight in use found nothing to see"]


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (with_frames(actions=(ActionTries(9, 0),)), "No action ever changed the frame"),
        (with_frames(restless=0.9), "90% of pixels change in an ordinary step: the view scrolls"),
        (with_frames(restless=0.9, step_levels=4.0), "by some 4 grey levels: the frames are noisy"),
        (with_frames(tiling=NO_TILING), "The frames show no clear grid of equal cells"),
        (with_facts(agent=frozenset(), alone=0.0), "No type responds to the actions"),
        (with_facts(alone=0.5, missing=0.5), "The agent is not seen in 50% of frames"),
        (with_facts(alone=0.5, missing=0.0), "Several agents are seen in 50% of frames"),
        (with_facts(moves={}), "No action takes type 2, 3 from cell to cell"),
        (
            with_facts(grid=Grid((8, 8), (2, 0), (4, 5), (40, 40))),
            "The sight in use works on cells",
        ),
        (with_facts(explained=0.5, types=tuple(range(30))), "30 types are many"),
        (with_facts(explained=0.5, strangers={7: 0.4}), "Type 7 changes far from the agent"),
        (with_facts(explained=0.5), "Only 50% of steps are explained, for no reason that is known"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_sign_names_its_cause(found: Inspection, cause: str) -> None:
    assert [each for each in causes(found) if cause in each]


def test_grids_that_share_their_lines_agree() -> None:
    assert causes(with_facts(grid=Grid((8, 8), (8, 16), (4, 3), (40, 40)))) == []
    assert causes(with_facts(grid=Grid((1, 1), (0, 0), (40, 40), (40, 40)))) == []


def test_many_types_or_movers_are_no_fault_where_all_is_explained() -> None:
    assert causes(with_facts(types=tuple(range(30)), strangers={7: 0.4})) == []


def test_a_finding_is_a_sentence_with_its_remedy() -> None:
    (finding,) = findings(with_frames(tiling=NO_TILING), CONFIG)
    assert str(finding).startswith("The frames show no clear grid of equal cells (the line")
    assert str(finding).endswith("--env.wrappers).")


def test_a_world_without_cells_is_told_once_and_without_advice_that_cannot_help() -> None:
    # Cut into cells, its frames take 6,000 bits in place of 4,000.
    worse = Tiling(None, "Nothing recurs.", GRID, 6000.0, 4000.0, 1.0)
    found = dataclasses.replace(with_frames(tiling=worse), facts=None, complaint="Nothing moved.")
    assert describe(found)[-1] == "sight:   nothing was found to see"
    (finding,) = findings(found, CONFIG)
    assert "cut into cells, its frames take 1.5 times the bits" in finding.cause
    assert finding.remedy.endswith("if it has none, no setting helps")
    assert "no clear grid" in causes(with_frames(tiling=worse))[0]  # another sight sees something


def test_the_grid_that_is_none_is_described() -> None:
    assert describe(with_frames(tiling=NO_TILING))[1] == (
        "grid:    none. Nothing recurs. The best would be 5 x 5 cells of 8 x 8 pixels."
    )
    alone = dataclasses.replace(TILING, sharpness=float("inf"))
    assert describe(with_frames(tiling=alone))[1].endswith("saves 3,000 bits (75%)")
    nothing = Tiling(None, "All pixels have one colour.", None, 0.0, 0.0, 0.0)
    assert describe(with_frames(tiling=nothing))[1] == "grid:    none. All pixels have one colour."
