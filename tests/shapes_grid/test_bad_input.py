"""Bad input: each is refused with an error that names the field, its value and the rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from gymnasium.error import InvalidAction, ResetNeeded

from shapes_grid import BoardError, ShapesGridEnv, ShapesGridVectorEnv, SpecError
from shapes_grid.board import Start
from shapes_grid.layouts import in_test_split

Maker = Callable[..., Any]
BOARD_ERRORS: list[tuple[str, str]] = [
    (
        "..+\n..",
        "Line 1 of the board, '..', has 2 cells, but the first line has 3; every line needs the "
        "same number.",
    ),
    (
        "..+\n.?x",
        "'?' at row 1, column 1 of the board means nothing; known are '.' and '+', 'o', 'x', 's',",
    ),
    ("+..\n..+", "The board has agents at (0, 0) and (1, 2); draw one."),
    (
        "..+\n.s.",
        "The square at row 1, column 1 is not a shape of this world (circle, cross); name it in "
        "objects or rewards.",
    ),
    ("..+", "The board is 1 x 3, but rows x cols is 2 x 3; make them equal."),
    ("...\n..x", "The board has no agent, but the spec's agent is True."),
    (" \n ", "The board is empty; draw at least one cell, such as '+'."),
]


@pytest.fixture(params=[ShapesGridEnv, ShapesGridVectorEnv])
def make(request: pytest.FixtureRequest) -> Maker:
    """Make the single and the vector environment in turn: both refuse the same."""
    maker: Maker = request.param
    return maker


@pytest.mark.parametrize(("board", "message"), BOARD_ERRORS)
def test_a_bad_board_of_the_spec_is_refused(make: Maker, board: str, message: str) -> None:
    with pytest.raises(BoardError, match=re.escape(message)):
        make(rows=2, cols=3, layout="board", board=board)


@pytest.mark.parametrize(("board", "message"), BOARD_ERRORS)
def test_a_bad_board_of_a_reset_is_refused(make: Maker, board: str, message: str) -> None:
    env = make(rows=2, cols=3, objects={"cross": 1})
    with pytest.raises(BoardError, match=re.escape(message)):
        env.reset(options={"board": board})


def test_a_board_with_an_agent_is_refused_in_a_world_without(make: Maker) -> None:
    with pytest.raises(BoardError, match="has an agent, but the spec's agent is False"):
        make(rows=1, cols=2, layout="board", board="+x", agent=False)


def test_a_board_is_refused_in_a_world_without_its_shapes(make: Maker) -> None:
    with pytest.raises(BoardError, match=re.escape("is not a shape of this world (it has none);")):
        make(rows=1, cols=2, objects={}, rewards={}, layout="board", board="+x")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"bord": "+"},
            "options is {'bord': '+'}, but it must be None, {\"board\": text} or "
            '{"truth": a truth}.',
        ),
        (["board"], 'options is [\'board\'], but it must be None, {"board": text} or {"truth":'),
        ({"board": 3}, "options.board is 3, but it must be text, one line for each row of cells."),
        ({"truth": "x"}, "options.truth is 'x', but it must be what info[\"truth\"] said."),
        ({"truth": {}}, 'options.truth is {}, but it must be what info["truth"] said.'),
        (
            {"board": "+", "truth": {}},
            "options is {'board': '+', 'truth': {}}, but it must be a board or a truth, not both.",
        ),
    ],
)
def test_bad_reset_options_are_refused(make: Maker, options: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        make().reset(options=options)


def test_empty_reset_options_are_accepted(make: Maker) -> None:
    plain, _ = make().reset(seed=0)
    for options in (None, {}, {"board": None}, {"truth": None}, {"board": None, "truth": None}):
        np.testing.assert_array_equal(make().reset(seed=0, options=options)[0], plain)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        (
            {"rows": 4},
            BoardError,
            "The truth is 5 x 5, but rows x cols is 4 x 5; make them equal.",
        ),
        ({"agent": False}, BoardError, "The truth has an agent, but the spec's agent is False."),
        (
            {"objects": {"star": 1}, "rewards": {}},
            SpecError,
            "options.truth.kinds is ('circle', 'cross'), but it must be ('star',), as here.",
        ),
        (
            {"rewards": {"circle": -1.0, "cross": 9.0}},
            SpecError,
            "options.truth.rewards is (-1.0, 1.0), but it must be (-1.0, 9.0), as here.",
        ),
        (
            {"step_cost": 0.5},
            SpecError,
            "options.truth.step_cost is 0.0, but it must be 0.5, as here.",
        ),
        ({"jitter": 1}, BoardError, "The truth is of a world with other settings;"),
        ({"step_limit": 10}, BoardError, "The truth is of a world with other settings;"),
    ],
)
def test_a_truth_of_another_world_is_refused(
    make: Maker, fields: dict[str, Any], error: type[Exception], message: str
) -> None:
    truth = ShapesGridEnv().reset(seed=0)[1]["truth"]
    env = make(**fields)
    with pytest.raises(error, match=re.escape(message)):
        env.reset(seed=0, options={"truth": truth})


def test_a_truth_without_its_agent_is_refused(make: Maker) -> None:
    truth = ShapesGridEnv().reset(seed=0)[1]["truth"] | {"agent": None}
    with pytest.raises(BoardError, match="The truth has no agent, but the spec's agent is True"):
        make().reset(options={"truth": truth})


def test_a_truth_without_steps_left_is_refused(make: Maker) -> None:
    env = ShapesGridEnv(step_limit=1)
    env.reset(seed=0)
    truth = env.step(0)[4]["truth"]
    message = "options.truth.steps_left is 0, but it must be at least 1."
    with pytest.raises(SpecError, match=re.escape(message)):
        make(step_limit=1).reset(options={"truth": truth})


def changed_cell(truth: dict[str, Any], code: int) -> dict[str, Any]:
    cells = truth["cells"].copy()
    cells[truth["agent"][0] - 1, 0] = code
    return {**truth, "cells": cells}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda truth: {**truth, "agent": (7, 7)},
        lambda truth: {**truth, "agent": (-1, 0)},
        lambda truth: {**truth, "agent": "ab"},
        lambda truth: {**truth, "agent": 3},
        lambda truth: {**truth, "heading": 7},
        lambda truth: {**truth, "heading": "north"},
        lambda truth: {**truth, "steps_left": "all"},
        lambda truth: {**truth, "steps_left": 2.5},
        lambda truth: {**truth, "cells": "x"},
        lambda truth: changed_cell(truth, 9),
        lambda truth: changed_cell(truth, -1),
        lambda truth: {**truth, "looks": truth["looks"][:2]},
        lambda truth: {**truth, "looks": truth["looks"] + 10**6},
        lambda truth: {**truth, "seed": "x"},
    ],
    ids=range(14),
)
def test_a_malformed_truth_is_refused(make: Maker, spoil: Callable[..., Any]) -> None:
    fields: dict[str, Any] = {"controls": "heading", "jitter": 1, "movers": {"circle": 0.5}}
    env = ShapesGridEnv(**fields)
    truth = env.reset(options={"board": "o....\n..^..\n.....\nx....\n....."})[1]["truth"]
    make(**fields).reset(options={"truth": truth})
    with pytest.raises((SpecError, BoardError)):
        make(**fields).reset(options={"truth": spoil(truth)})


@pytest.mark.parametrize("facing", ">v<")
def test_a_facing_agent_is_refused_in_a_compass_world(make: Maker, facing: str) -> None:
    drawn = f"{facing}.x"
    with pytest.raises(BoardError):
        make(rows=1, cols=3, layout="board", board=drawn)
    with pytest.raises(BoardError):
        make(rows=1, cols=3, objects={}).reset(options={"board": drawn})


def test_a_board_of_a_reset_needs_shapes_that_fields_name(make: Maker) -> None:
    make(rows=1, cols=3, layout="board", board="+#x").reset(options={"board": "+x#"})
    message = "The wall at row 0, column 1 is not a shape of this world (circle, cross);"
    with pytest.raises(BoardError, match=re.escape(message)):
        make(rows=1, cols=3, objects={}).reset(options={"board": "+#x"})


@pytest.mark.parametrize("split", ["all", "train"])
def test_walls_that_always_enclose_something_are_refused(make: Maker, split: str) -> None:
    env = make(walls=((0, 1), (1, 0)), objects={}, split=split)
    with pytest.raises(SpecError, match="walls"):
        env.reset(seed=0)


def test_a_split_without_worlds_is_refused(make: Maker) -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 1, "objects": {}}
    is_test = in_test_split(Start(np.zeros((1, 1), np.int8), (0, 0)))  # there is a single world
    only, empty = ("test", "train") if is_test else ("train", "test")
    make(split=only, **fields).reset(seed=0)
    message = f'split is {empty!r}, but it must be "all" for this spec: none of 1000 worlds drawn'
    with pytest.raises(SpecError, match=re.escape(message)):
        make(split=empty, **fields).reset(seed=0)


@pytest.mark.parametrize("mode", ["rgb", "", "RGB_ARRAY"])
def test_an_unknown_render_mode_is_refused(mode: str) -> None:
    message = (
        f'render_mode is {mode!r}, but it must be None or one of "human", "rgb_array", "ansi".'
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        ShapesGridEnv(render_mode=mode)


def test_vectors_are_not_rendered() -> None:
    with pytest.raises(ValueError, match="render_mode is 'rgb_array', but it must be None"):
        ShapesGridVectorEnv(2, render_mode="rgb_array")


@pytest.mark.parametrize(
    "action",
    [4, -1, 1.0, True, np.True_, np.array(True), np.float64(2), "left", None, np.array([1])],
    ids=repr,
)
def test_a_bad_action_is_refused(action: Any) -> None:
    env = ShapesGridEnv()
    env.reset(seed=0)
    message = (
        f"The action is {action!r}, but it must be a whole number: 0 left, 1 right, 2 up, 3 down."
    )
    with pytest.raises(InvalidAction, match=re.escape(message)):
        env.step(action)
    assert env.step(0)[4]["truth"]["steps_left"] == 24  # the refused action was no step


@pytest.mark.parametrize("action", [3, np.int64(3), np.uint8(3), np.array(3)], ids=repr)
def test_whole_numbers_of_any_type_are_actions(action: Any) -> None:
    env = ShapesGridEnv(rows=2, cols=1, objects={"cross": 1}, render_mode="ansi")
    env.reset(options={"board": "+\n."})
    env.step(action)
    assert env.render() == ".\n+"


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([0], "The actions are int64 of shape (1,), but they must be whole numbers of shape (2,)."),
        (
            [[0, 1]],
            "The actions are int64 of shape (1, 2), but they must be whole numbers of shape",
        ),
        (0, "The actions are int64 of shape (), but they must be whole numbers of shape (2,)."),
        ([0.0, 1.0], "The actions are float64 of shape (2,), but they must be whole numbers"),
        ([True, False], "The actions are bool of shape (2,), but they must be whole numbers"),
        ([0, 4], "The actions are [0, 4], but each must be one of: 0 left, 1 right, 2 up, 3 down."),
        ([-1, 0], "The actions are [-1, 0], but each must be one of: 0 left, 1 right, 2 up,"),
    ],
)
def test_bad_vector_actions_are_refused(actions: Any, message: str) -> None:
    envs = ShapesGridVectorEnv(2)
    envs.reset(seed=0)
    with pytest.raises(InvalidAction, match=re.escape(message)):
        envs.step(np.array(actions))


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (0, "num_envs is 0, but it must be at least 1."),
        (-3, "num_envs is -3, but it must be at least 1."),
        (2.0, "num_envs is 2.0, but it must be a whole number."),
        (True, "num_envs is True, but it must be a whole number."),
    ],
)
def test_a_bad_number_of_worlds_is_refused(count: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        ShapesGridVectorEnv(count)


@pytest.mark.parametrize("value", [1, 0, None, "yes", np.True_], ids=repr)
def test_a_copy_that_is_no_boolean_is_refused(value: Any) -> None:
    message = f"copy is {value!r}, but it must be True or False."
    with pytest.raises(SpecError, match=re.escape(message)):
        ShapesGridVectorEnv(2, copy=value)


def test_headings_have_three_actions() -> None:
    rule = "0 turn left, 1 turn right, 2 forward."
    env, envs = ShapesGridEnv(controls="heading"), ShapesGridVectorEnv(2, controls="heading")
    env.reset(seed=0)
    envs.reset(seed=0)
    with pytest.raises(InvalidAction, match=re.escape(f"must be a whole number: {rule}")):
        env.step(3)
    with pytest.raises(InvalidAction, match=re.escape(f"each must be one of: {rule}")):
        envs.step(np.array([0, 3]))


def test_a_wrong_number_of_seeds_is_refused() -> None:
    message = "seed is [1, 2, 3], but it must be one seed for each of 2 worlds."
    with pytest.raises(ValueError, match=re.escape(message)):
        ShapesGridVectorEnv(2).reset(seed=[1, 2, 3])


def test_a_step_before_reset_is_refused() -> None:
    with pytest.raises(ResetNeeded, match="has not begun; call reset\\(\\) first"):
        ShapesGridEnv().step(0)
    with pytest.raises(ResetNeeded, match="No episode has begun; call reset\\(\\) first"):
        ShapesGridVectorEnv(1).step(np.array([0]))


def test_a_step_after_the_end_is_refused() -> None:
    env = ShapesGridEnv(step_limit=1)
    env.reset(seed=0)
    assert env.step(0)[3]
    with pytest.raises(ResetNeeded, match="The episode has ended"):
        env.step(0)
    env.reset()
    env.step(0)


@pytest.mark.parametrize("mode", ["rgb_array", "ansi", "human"])
def test_rendering_before_reset_is_refused(mode: str) -> None:
    with pytest.raises(ResetNeeded, match="nothing to draw; call reset\\(\\) first"):
        ShapesGridEnv(render_mode=mode).render()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rows": 10**9}, "rows is 1000000000, but it must be fewer: a grid may have up to 10,000"),
        ({"rows": 5, "cols": 9999}, "cols is 9999, but it must be fewer"),
        (
            {"cell": 10**9},
            "cell is 1000000000, but it must be less: a frame may have up to 16,777,216",
        ),
        ({"border": [10**9, 0, 0, 0]}, "border is .*, but it must be less"),
    ],
)
def test_a_world_that_cannot_be_held_is_refused_at_once(
    make: Maker, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        make(**fields)
