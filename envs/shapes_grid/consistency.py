"""Check that the fields of a spec go together and that its world has room for all things."""

from __future__ import annotations

from shapes_grid import board
from shapes_grid.board import Start
from shapes_grid.errors import BoardError, SpecError
from shapes_grid.shapes import Role
from shapes_grid.spec_fields import SpecFields

_WITHOUT_REWARD: tuple[Role, ...] = ("wall", "gate", "box", "pressed")
_IN_DOORWAYS: tuple[Role, ...] = ("door", "gate", "box")


def require_consistent(spec: SpecFields) -> None:
    """Refuse a spec whose fields contradict each other or ask for more than there is room for.

    Raises:
        SpecError: Fields that do not go together.
        BoardError: A board that cannot be read, or is of another size.
    """
    _require_shapes(spec)
    _require_start(spec)
    if spec.board is None:
        _require_room(spec)
    else:
        require_fitting(spec, read_board(spec, spec.board, "board"), "board")


def read_board(spec: SpecFields, drawn: object, name: str) -> Start:
    """Read a board of a world; `name` is the name of the setting in errors."""
    if not isinstance(drawn, str):
        raise SpecError(name, drawn, "text, one line for each row of cells")
    return board.parse(drawn, spec.kinds)


def require_fitting(spec: SpecFields, start: Start, name: str) -> None:
    """Refuse a start whose size or agent does not fit the spec."""
    if start.cells.shape != (spec.rows, spec.cols):
        raise BoardError(
            f"The {name} is {' x '.join(map(str, start.cells.shape))}, but rows x cols is "
            f"{spec.rows} x {spec.cols}; make them equal."
        )
    if (start.agent is not None) != spec.agent:
        raise BoardError(
            f"The {name} has {'an' if start.agent else 'no'} agent, but the spec's agent is "
            f"{spec.agent}."
        )
    if start.agent is not None and (start.agent[0] >= spec.rows or start.agent[1] >= spec.cols):
        raise BoardError(f"The {name} has its agent at {start.agent}, outside the grid.")
    if start.heading and spec.controls != "heading":
        raise BoardError(
            f'The {name} has an agent that faces a direction, but controls is "{spec.controls}"; '
            'draw it as "+".'
        )


def _require_shapes(spec: SpecFields) -> None:
    """Refuse objects that cannot be told apart, and values that shapes and roles do not allow."""
    if spec.colours != "shape" and spec.outlines == "random":
        rule = f'"shape" when colours is "{spec.colours}": nothing would tell the shapes'
        raise SpecError("outlines", "random", rule)
    if spec.parts > 1 and spec.colours == "white":
        raise SpecError("parts", spec.parts, '1 when colours is "white": nothing tells parts apart')
    if len(set(spec.palette)) < spec.parts:
        rule = f"at least {spec.parts} different colours, one for each of an object's parts"
        raise SpecError("palette", spec.palette, rule)
    for shape in spec.rewards:
        if spec.role(shape) in _WITHOUT_REWARD:
            rule = f"left out: a {spec.role(shape)} neither vanishes nor changes when touched"
            raise SpecError(f"rewards.{shape}", spec.rewards[shape], rule)
    for shape in spec.movers:
        if not spec.is_object(shape):
            rule = f"left out: only objects walk, and the {shape} is a {spec.role(shape)} here"
            raise SpecError(f"movers.{shape}", spec.movers[shape], rule)
    farthest = int((1.5 - spec.sizes[1] / 2) * spec.cell)
    if spec.jitter > farthest:
        rule = (
            f"at most {farthest} with cells of {spec.cell} pixels and sizes up to "
            f"{spec.sizes[1]:g}: objects reach no farther than into the cells beside theirs"
        )
        raise SpecError("jitter", spec.jitter, rule)


def _require_start(spec: SpecFields) -> None:
    """Refuse a start, walls or a board that the world or its layout do not allow."""
    if spec.start is not None and not spec.agent:
        raise SpecError("start", spec.start, "left out in a world without an agent")
    if spec.start in spec.walls:
        raise SpecError("start", spec.start, "a cell without a wall")
    if spec.layout in ("board", "rooms"):
        for name, unset in (("walls", ()), ("start", None)):
            if getattr(spec, name) != unset:
                raise SpecError(name, getattr(spec, name), f'left out with "{spec.layout}"')
    if (spec.board is not None) != (spec.layout == "board"):
        raise SpecError("board", spec.board, 'given exactly when layout is "board"')


def _require_room(spec: SpecFields) -> None:
    if spec.layout == "rooms":
        _require_rooms(spec)
        return
    cells = len(spec.object_cells)
    count = sum(spec.count_range(shape)[1] for shape in spec.objects)
    free = spec.rows * spec.cols - len(spec.walls) - spec.agent
    if count > min(cells, free):
        raise SpecError(
            "objects",
            dict(spec.objects),
            f"at most {min(cells, free)} objects in a {spec.rows} x {spec.cols} world with "
            f'layout "{spec.layout}"{" and an agent" if spec.agent else ""}, but these are '
            f"{count}; ask for fewer objects or more rows and cols",
        )


def _require_rooms(spec: SpecFields) -> None:
    if not spec.agent or spec.rows < 3 or spec.cols < 5:
        rule = "another one: rooms need an agent and 3 x 5 cells or more"
        raise SpecError("layout", "rooms", rule)
    broken = _broken_rule_of_rooms(spec)
    if broken is not None:
        raise SpecError("objects", dict(spec.objects), broken)


def _broken_rule_of_rooms(spec: SpecFields) -> str | None:
    """Return the rule of the rooms layout that the objects break, or `None`."""
    doorways = _most(spec, *_IN_DOORWAYS)
    if not 1 <= doorways <= spec.rows:
        return (
            f'1 to {spec.rows} doors, gates and boxes with layout "rooms", one for each '
            f"opening of the wall, but these are {doorways}"
        )
    ways: tuple[tuple[Role, ...], ...] = (("box",), ("door", "key"), ("gate", "switch"))
    if not any(all(_least(spec, role) for role in way) for way in ways):
        return (
            'with layout "rooms" at least a box, a door and a key, or a gate and a switch: '
            "otherwise no way leads from one room into the other"
        )
    # The narrowest room has two columns; the cells behind an opening stay free.
    near, far = 2 * spec.rows - 1, 2 * (spec.rows - doorways)
    if _most(spec, "key", "switch") > near or _most(spec, "object", "lethal") > far:
        return (
            f'at most {near} keys and switches and {far} others with layout "rooms" in '
            f"{spec.rows} rows; ask for fewer objects or more rows"
        )
    return 'without walls with layout "rooms"' if _most(spec, "wall") else None


def _least(spec: SpecFields, *roles: Role) -> int:
    return sum(spec.count_range(s)[0] for s in spec.objects if spec.role(s) in roles)


def _most(spec: SpecFields, *roles: Role) -> int:
    return sum(spec.count_range(s)[1] for s in spec.objects if spec.role(s) in roles)
