"""Bad input: each is refused with an error that names the field, its value and the rule."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from gymnasium.error import InvalidAction, ResetNeeded

from shapes_grid import BoardError, ShapesGridEnv, ShapesGridVectorEnv, SpecError, WorldSpec
from shapes_grid.layouts import split_of

Maker = Callable[..., Any]
SHAPE_NAMES = "circle, cross, square, triangle, diamond, ring, star, frame, bar, pillar, heart"

SPEC_ERRORS: list[tuple[dict[str, Any], str]] = [
    # An unknown field, near to a known one and near to none.
    (
        {"rowz": 3},
        "rowz is 3, but it must be left out: a world has no field of that name (did you mean "
        '"rows"?), only rows, cols, cell, border, objects, rewards, step_cost, step_limit, layout, '
        "board, agent, colours, split.",
    ),
    (
        {"gravity": 9.8},
        "gravity is 9.8, but it must be left out: a world has no field of that name, only rows,",
    ),
    # Sizes.
    ({"rows": 0}, "rows is 0, but it must be at least 1."),
    ({"cols": -2}, "cols is -2, but it must be at least 1."),
    ({"cell": 2}, "cell is 2, but it must be at least 3."),
    ({"step_limit": 0}, "step_limit is 0, but it must be at least 1."),
    ({"rows": True}, "rows is True, but it must be a whole number."),
    ({"cols": np.bool_(True)}, "cols is np.True_, but it must be a whole number."),
    ({"cols": 5.0}, "cols is 5.0, but it must be a whole number."),
    ({"cell": "9"}, "cell is '9', but it must be a whole number."),
    ({"rows": np.array([5, 5])}, "rows is array([5, 5]), but it must be a whole number."),
    ({"step_limit": 2.5}, "step_limit is 2.5, but it must be a whole number."),
    # Borders.
    (
        {"border": (1, 2, 3)},
        "border is (1, 2, 3), but it must be four whole numbers: top, right, bottom, left.",
    ),
    ({"border": 3}, "border is 3, but it must be four whole numbers: top, right, bottom, left."),
    ({"border": "abcd"}, "border is 'abcd', but it must be four whole numbers"),
    ({"border": None}, "border is None, but it must be four whole numbers"),
    ({"border": (1, -1, 1, 1)}, "border.right is -1, but it must be at least 0."),
    ({"border": (1, 1, 1, 0.5)}, "border.left is 0.5, but it must be a whole number."),
    # Objects and rewards.
    (
        {"objects": {"circle": 25}},
        "objects is {'circle': 25}, but it must be at most 24 objects in a 5 x 5 world with layout "
        '"random" and an agent, but these are 25; ask for fewer objects or more rows and cols.',
    ),
    (
        {"objects": {"circle": 10}, "layout": "grid"},
        "objects is {'circle': 10}, but it must be at most 9 objects in a 5 x 5 world with layout "
        '"grid" and an agent, but these are 10;',
    ),
    (
        {"objects": {"cross": 26}, "agent": False},
        "objects is {'cross': 26}, but it must be at most 25 objects in a 5 x 5 world with layout "
        '"random", but these are 26;',
    ),
    (
        {"objects": {"circel": 1}},
        f"objects is 'circel', but it must be a shape (did you mean \"circle\"?): {SHAPE_NAMES},",
    ),
    ({"objects": {"plus": 1}}, "objects is 'plus', but it must be a shape"),
    ({"objects": {1: 1}}, f"objects is 1, but it must be a shape: {SHAPE_NAMES},"),
    ({"objects": {"circle": -1}}, "objects.circle is -1, but it must be at least 0."),
    ({"objects": {"circle": 1.0}}, "objects.circle is 1.0, but it must be a whole number."),
    (
        {"objects": ["circle"]},
        "objects is ['circle'], but it must be a mapping from shapes to counts.",
    ),
    ({"objects": None}, "objects is None, but it must be a mapping from shapes to counts."),
    (
        {"rewards": {"squire": 1.0}},
        f"rewards is 'squire', but it must be a shape (did you mean \"square\"?): {SHAPE_NAMES},",
    ),
    ({"rewards": 1.0}, "rewards is 1.0, but it must be a mapping from shapes to numbers."),
    (
        {"rewards": {"circle": float("nan")}},
        "rewards.circle is nan, but it must be a finite number.",
    ),
    (
        {"rewards": {"circle": float("-inf")}},
        "rewards.circle is -inf, but it must be a finite number.",
    ),
    ({"rewards": {"cross": "1"}}, "rewards.cross is '1', but it must be a finite number."),
    ({"rewards": {"cross": True}}, "rewards.cross is True, but it must be a finite number."),
    ({"rewards": {"cross": None}}, "rewards.cross is None, but it must be a finite number."),
    ({"rewards": {"cross": 10**400}}, ", but it must be a finite number."),
    ({"step_cost": float("inf")}, "step_cost is inf, but it must be a finite number."),
    ({"step_cost": "free"}, "step_cost is 'free', but it must be a finite number."),
    # Choices.
    (
        {"layout": "circle"},
        'layout is \'circle\', but it must be one of "random", "grid", "board".',
    ),
    ({"split": "validation"}, 'split is \'validation\', but it must be one of "all", "train",'),
    ({"colours": ["white"]}, 'colours is [\'white\'], but it must be one of "shape", "white".'),
    ({"agent": "no"}, "agent is 'no', but it must be True or False."),
    ({"agent": 1}, "agent is 1, but it must be True or False."),
    # Boards that come or stay away when they should not.
    ({"board": "+"}, "board is '+', but it must be given exactly when layout is \"board\"."),
    ({"layout": "board"}, 'board is None, but it must be given exactly when layout is "board".'),
    (
        {"layout": "board", "board": ["+"]},
        "board is ['+'], but it must be text, one line for each row of cells.",
    ),
    ({"spec": {"rows": 3}}, "spec is {'rows': 3}, but it must be a WorldSpec or None."),
]

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


@pytest.mark.parametrize(("fields", "message"), SPEC_ERRORS)
def test_spec(make: Maker, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        make(**fields)


@pytest.mark.parametrize(("board", "message"), BOARD_ERRORS)
def test_board_of_the_spec(make: Maker, board: str, message: str) -> None:
    with pytest.raises(BoardError, match=re.escape(message)):
        make(rows=2, cols=3, layout="board", board=board)


@pytest.mark.parametrize(("board", "message"), BOARD_ERRORS)
def test_board_of_a_reset(make: Maker, board: str, message: str) -> None:
    env = make(rows=2, cols=3, objects={"cross": 1})
    with pytest.raises(BoardError, match=re.escape(message)):
        env.reset(options={"board": board})


def test_board_with_an_agent_where_there_is_none(make: Maker) -> None:
    with pytest.raises(BoardError, match="has an agent, but the spec's agent is False"):
        make(rows=1, cols=2, layout="board", board="+x", agent=False)


def test_board_of_a_world_without_shapes(make: Maker) -> None:
    with pytest.raises(BoardError, match=re.escape("is not a shape of this world (it has none);")):
        make(rows=1, cols=2, objects={}, rewards={}, layout="board", board="+x")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bord": "+"}, "options is {'bord': '+'}, but it must be None or {\"board\": text}."),
        (["board"], "options is ['board'], but it must be None or {\"board\": text}."),
        ({"board": 3}, "board is 3, but it must be text, one line for each row of cells."),
    ],
)
def test_reset_options(make: Maker, options: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        make().reset(options=options)


def test_reset_options_that_ask_for_nothing_pass(make: Maker) -> None:
    plain, _ = make().reset(seed=0)
    for options in (None, {}, {"board": None}):
        np.testing.assert_array_equal(make().reset(seed=0, options=options)[0], plain)


def test_a_split_without_worlds(make: Maker) -> None:
    fields: dict[str, Any] = {"rows": 1, "cols": 1, "objects": {}}
    only = split_of(np.zeros((1, 1), np.int8), (0, 0))  # there is a single world
    empty = "train" if only == "test" else "test"
    make(split=only, **fields).reset(seed=0)
    message = f'split is {empty!r}, but it must be "all" for this spec: none of 1000 worlds drawn'
    with pytest.raises(SpecError, match=re.escape(message)):
        make(split=empty, **fields).reset(seed=0)


def test_errors_survive_the_way_between_processes() -> None:
    with pytest.raises(SpecError) as caught:
        WorldSpec(rows=0)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.name, again.value) == (str(caught.value), "rows", 0)


@pytest.mark.parametrize("mode", ["rgb", "", "RGB_ARRAY"])
def test_render_mode(mode: str) -> None:
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
def test_action(action: Any) -> None:
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
def test_vector_actions(actions: Any, message: str) -> None:
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
def test_number_of_worlds(count: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        ShapesGridVectorEnv(count)


def test_number_of_seeds() -> None:
    message = "seed is [1, 2, 3], but it must be one seed for each of 2 worlds."
    with pytest.raises(ValueError, match=re.escape(message)):
        ShapesGridVectorEnv(2).reset(seed=[1, 2, 3])


def test_step_before_reset() -> None:
    with pytest.raises(ResetNeeded, match="has not begun; call reset\\(\\) first"):
        ShapesGridEnv().step(0)
    with pytest.raises(ResetNeeded, match="No episode has begun; call reset\\(\\) first"):
        ShapesGridVectorEnv(1).step(np.array([0]))


def test_step_after_the_end() -> None:
    env = ShapesGridEnv(step_limit=1)
    env.reset(seed=0)
    assert env.step(0)[3]
    with pytest.raises(ResetNeeded, match="The episode has ended"):
        env.step(0)
    env.reset()
    env.step(0)


@pytest.mark.parametrize("mode", ["rgb_array", "ansi", "human"])
def test_render_before_reset(mode: str) -> None:
    with pytest.raises(ResetNeeded, match="nothing to draw; call reset\\(\\) first"):
        ShapesGridEnv(render_mode=mode).render()
