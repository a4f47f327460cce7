"""Specs that describe no world: each is refused, naming the field, its value and the rule."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shapes_grid import ShapesGridEnv, ShapesGridVectorEnv, SpecError, WorldSpec

Maker = Callable[..., Any]
SHAPE_NAMES = "circle, cross, square, triangle, diamond, ring, star, frame, bar, pillar, heart"

ROOMS_TOO_SMALL = (
    "layout is 'rooms', but it must be another one: rooms need an agent and 3 x 5 cells or more."
)
NO_WAY = (
    'but it must be with layout "rooms" at least a box, a door and a key, or a gate and a switch: '
    "otherwise no way leads from one room into the other."
)

SPEC_ERRORS: list[tuple[dict[str, Any], str]] = [
    # An unknown field, near to a known one and near to none.
    (
        {"rowz": 3},
        "rowz is 3, but it must be left out: a world has no field of that name (did you mean "
        '"rows"?), only rows, cols, cell, border, objects, rewards, roles, movers, step_cost, '
        "step_limit, layout, board, walls, agent, start, controls, colours, outlines, palette, "
        "parts, sizes, jitter, texture, pattern, noise, shake, split.",
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
        'layout is \'circle\', but it must be one of "random", "grid", "rooms", "board".',
    ),
    ({"split": "validation"}, 'split is \'validation\', but it must be one of "all", "train",'),
    (
        {"colours": ["white"]},
        'colours is [\'white\'], but it must be one of "shape", "white", "random".',
    ),
    ({"outlines": "none"}, 'outlines is \'none\', but it must be one of "shape", "random".'),
    ({"controls": "tank"}, 'controls is \'tank\', but it must be one of "compass", "heading".'),
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
    # How many of a shape.
    (
        {"objects": {"circle": (3, 2)}},
        "objects.circle is (3, 2), but it must be (low, high) with low <= high.",
    ),
    ({"objects": {"circle": (1, 2, 3)}}, "objects.circle is (1, 2, 3), but it must be (low, high)"),
    ({"objects": {"circle": [1]}}, "objects.circle is [1], but it must be (low, high)."),
    ({"objects": {"circle": (-1, 2)}}, "objects.circle is -1, but it must be at least 0."),
    ({"objects": {"circle": (1, 2.5)}}, "objects.circle is 2.5, but it must be a whole number."),
    ({"objects": {"circle": "12"}}, "objects.circle is '12', but it must be a whole number."),
    (
        {"objects": {"circle": (20, 25)}},  # the largest number is what must find room
        "objects is {'circle': (20, 25)}, but it must be at most 24 objects in a 5 x 5 world",
    ),
    (
        {"objects": {"circle": 23}, "walls": ((0, 0), (0, 1))},
        "objects is {'circle': 23}, but it must be at most 22 objects in a 5 x 5 world",
    ),
    (
        {"objects": {"circle": 9}, "layout": "grid", "start": (0, 0)},
        "objects is {'circle': 9}, but it must be at most 8 objects in a 5 x 5 world with layout "
        '"grid" and an agent, but these are 9;',
    ),
    # Roles, and what they rule out.
    (
        {"roles": {"circle": "lava"}},
        'roles.circle is \'lava\', but it must be one of "object", "lethal", "wall", "box", "key", '
        '"door", "gate", "switch", "pressed".',
    ),
    ({"roles": {"circle": None}}, 'roles.circle is None, but it must be one of "object", "lethal"'),
    ({"roles": {"circle": ["wall"]}}, "roles.circle is ['wall'], but it must be one of"),
    (
        {"roles": {"circel": "wall"}},
        "roles is 'circel', but it must be a shape (did you mean \"circle\"?): circle, cross,",
    ),
    ({"roles": "wall"}, "roles is 'wall', but it must be a mapping from shapes to roles."),
    (
        {"rewards": {"wall": 1.0}},
        "rewards.wall is 1.0, but it must be left out: a wall neither vanishes nor changes when "
        "touched.",
    ),
    ({"rewards": {"gate": -1}}, "rewards.gate is -1.0, but it must be left out: a gate neither"),
    ({"rewards": {"box": 0}}, "rewards.box is 0.0, but it must be left out: a box neither"),
    (
        {"roles": {"star": "wall"}, "rewards": {"star": 1.0}},
        "rewards.star is 1.0, but it must be left out: a wall neither",
    ),
    # Movers.
    (
        {"movers": {"wall": 0.5}},
        "movers.wall is 0.5, but it must be left out: only objects walk, and the wall is a wall "
        "here.",
    ),
    (
        {"roles": {"star": "key"}, "movers": {"star": 0.5}},
        "movers.star is 0.5, but it must be left out: only objects walk, and the star is a key",
    ),
    ({"movers": {"circle": 1.5}}, "movers.circle is 1.5, but it must be from 0 to 1."),
    ({"movers": {"circle": -0.1}}, "movers.circle is -0.1, but it must be from 0 to 1."),
    ({"movers": {"circle": "often"}}, "movers.circle is 'often', but it must be a finite number."),
    ({"movers": {"plus": 0.5}}, "movers is 'plus', but it must be a shape: circle, cross,"),
    ({"movers": 0.5}, "movers is 0.5, but it must be a mapping from shapes to probabilities."),
    # Cells.
    ({"walls": ((5, 0),)}, "walls is (5, 0), but it must be inside the 5 x 5 grid."),
    ({"walls": [[0, 4], [0, 5]]}, "walls is (0, 5), but it must be inside the 5 x 5 grid."),
    ({"walls": ((-1, 0),)}, "walls.row is -1, but it must be at least 0."),
    ({"walls": ((0, 0.5),)}, "walls.col is 0.5, but it must be a whole number."),
    ({"walls": ((0,),)}, "walls is (0,), but it must be a cell (row, column)."),
    ({"walls": (0, 1)}, "walls is 0, but it must be a cell (row, column)."),
    ({"walls": None}, "walls is None, but it must be a list of cells (row, column)."),
    ({"start": (5, 5)}, "start is (5, 5), but it must be inside the 5 x 5 grid."),
    ({"start": (1, -1)}, "start.col is -1, but it must be at least 0."),
    ({"start": (1, 2, 3)}, "start is (1, 2, 3), but it must be a cell (row, column)."),
    ({"start": 3}, "start is 3, but it must be a cell (row, column)."),
    (
        {"start": (0, 0), "agent": False},
        "start is (0, 0), but it must be left out in a world without an agent.",
    ),
    (
        {"start": [2, 1], "walls": [[0, 0], [2, 1]]},
        "start is (2, 1), but it must be a cell without a wall.",
    ),
    # Appearances.
    (
        {"outlines": "random", "colours": "random"},
        'outlines is \'random\', but it must be "shape" when colours is "random": nothing would',
    ),
    (
        {"outlines": "random", "colours": "white"},
        'outlines is \'random\', but it must be "shape" when colours is "white": nothing would',
    ),
    ({"palette": ()}, "palette is (), but it must be a list of colours (red, green, blue)."),
    ({"palette": "red"}, "palette is 'red', but it must be a list of colours (red, green, blue)."),
    ({"palette": ((1, 2),)}, "palette is (1, 2), but it must be a colour (red, green, blue)."),
    ({"palette": (1, 2, 3)}, "palette is 1, but it must be a colour (red, green, blue)."),
    (
        {"palette": ((9, 9, 9), (1, 2, 256))},
        "palette is (1, 2, 256), but it must be a colour (red, green, blue) of parts from 0 to 255",
    ),
    ({"palette": ((1, 2, -1),)}, "palette is -1, but it must be at least 0."),
    ({"palette": ((1, 2, 0.5),)}, "palette is 0.5, but it must be a whole number."),
    ({"sizes": (0.1, 1)}, "sizes is (0.1, 1), but it must be (low, high) with 0.2 <= low <= high"),
    ({"sizes": (1, 2.5)}, "sizes is (1, 2.5), but it must be (low, high) with 0.2 <= low <= high"),
    ({"sizes": (1.5, 1)}, "sizes is (1.5, 1), but it must be (low, high) with 0.2 <= low <= high"),
    ({"sizes": 1.0}, "sizes is 1.0, but it must be (low, high)."),
    ({"sizes": (1, float("nan"))}, "sizes is nan, but it must be a finite number."),
    ({"jitter": -1}, "jitter is -1, but it must be at least 0."),
    ({"jitter": 0.5}, "jitter is 0.5, but it must be a whole number."),
    ({"shake": -2}, "shake is -2, but it must be at least 0."),
    ({"shake": 1.5}, "shake is 1.5, but it must be a whole number."),
    ({"noise": 1.5}, "noise is 1.5, but it must be from 0 to 1."),
    ({"noise": -0.1}, "noise is -0.1, but it must be from 0 to 1."),
    ({"noise": True}, "noise is True, but it must be a finite number."),
    ({"texture": 1.01}, "texture is 1.01, but it must be from 0 to 1."),
    ({"texture": "wood"}, "texture is 'wood', but it must be a finite number."),
    # Rooms: big enough, with a way from one into the other, and not too full.
    *(
        ({"layout": "rooms", "objects": {"box": 1}, **fields}, ROOMS_TOO_SMALL)
        for fields in ({"rows": 2}, {"cols": 4}, {"agent": False})
    ),
    (
        {"layout": "rooms"},
        "objects is {'circle': 4, 'cross': 4}, but it must be 1 to 5 doors, gates and boxes with "
        'layout "rooms", one for each opening of the wall, but these are 0.',
    ),
    (
        {"layout": "rooms", "objects": {"box": 3, "door": (1, 3), "key": 1}},
        'but it must be 1 to 5 doors, gates and boxes with layout "rooms", one for each opening '
        "of the wall, but these are 6.",
    ),
    *(
        ({"layout": "rooms", "objects": objects}, f"objects is {objects!r}, {NO_WAY}")
        for objects in (
            {"door": 1},
            {"gate": 1},
            {"door": 1, "switch": 1},
            {"gate": 1, "key": 1},
            {"box": (0, 1)},
            {"door": 1, "key": (0, 1)},
        )
    ),
    *(
        (
            {"layout": "rooms", "objects": objects},
            f"objects is {objects!r}, but it must be at most 9 keys and switches and 8 others with "
            'layout "rooms" in 5 rows; ask for fewer objects or more rows.',
        )
        for objects in ({"box": 1, "cross": 9}, {"box": 1, "key": 7, "switch": 3})
    ),
    (
        {"layout": "rooms", "objects": {"box": 1, "wall": 1}},
        "objects is {'box': 1, 'wall': 1}, but it must be without walls with layout \"rooms\".",
    ),
    (
        {"layout": "rooms", "objects": {"box": 1}, "walls": ((0, 0),)},
        'walls is ((0, 0),), but it must be left out with "rooms".',
    ),
    (
        {"layout": "board", "board": "+x", "rows": 1, "cols": 2, "start": (0, 0)},
        'start is (0, 0), but it must be left out with "board".',
    ),
]


@pytest.fixture(params=[ShapesGridEnv, ShapesGridVectorEnv])
def make(request: pytest.FixtureRequest) -> Maker:
    """Make the single and the vector environment in turn: both refuse the same."""
    maker: Maker = request.param
    return maker


@pytest.mark.parametrize(("fields", "message"), SPEC_ERRORS)
def test_a_bad_spec_is_refused(make: Maker, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        make(**fields)


def test_errors_can_be_pickled() -> None:
    with pytest.raises(SpecError) as caught:
        WorldSpec(rows=0)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.name, again.value) == (str(caught.value), "rows", 0)
