"""What a world is: one frozen, validated description, with everything else derived from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from shapes_grid import board
from shapes_grid.checks import (
    nearest,
    require_bool,
    require_by_shape,
    require_choice,
    require_int,
    require_number,
)
from shapes_grid.errors import BoardError, SpecError
from shapes_grid.shapes import SHAPES

Layout = Literal["random", "grid", "board"]
Split = Literal["all", "train", "test"]
Colours = Literal["shape", "white"]


class Border(NamedTuple):
    """Pixels between the grid and the four edges of the frame."""

    top: int
    right: int
    bottom: int
    left: int


@dataclass(frozen=True)
class WorldSpec:
    """A world of `rows` x `cols` cells, in which an agent `+` touches objects and they vanish.

    Attributes:
        rows: Rows of the grid.
        cols: Columns of the grid.
        cell: Side of a cell in the observation, in pixels.
        border: Pixels around the grid in the observation: (top, right, bottom, left). The default
            puts the default grid into a 50 x 50 frame in which nothing is aligned by accident.
        objects: How many objects of each shape a world starts with.
        rewards: Reward for touching an object of each shape; a shape that is not named is worth 0.
        step_cost: Taken from the reward of every step.
        step_limit: Steps after which an episode is truncated; `None` means rows x cols.
        layout: Where objects start: `"random"` on any cells; `"grid"` on the cells whose row and
            column are both even (Garnelo et al. 2016's regular layout), shapes shuffled among
            them; `"board"` as drawn in `board`.
        board: The start in ASCII, for `layout="board"` (see `shapes_grid.board`).
        agent: Whether there is an agent. Without one nothing ever moves: a still picture.
        colours: `"shape"` gives each shape a colour of its own, `"white"` draws all alike.
        split: Which worlds `reset` draws from: one world in five, chosen by a hash of where
            everything stands, belongs to `"test"` and the others to `"train"`, so that the two
            never meet whatever the seeds; `"all"` draws from both. Boards are never split.
    """

    rows: int = 5
    cols: int = 5
    cell: int = 9
    border: tuple[int, int, int, int] = (3, 2, 2, 3)
    objects: Mapping[str, int] = field(default_factory=lambda: {"circle": 4, "cross": 4})
    rewards: Mapping[str, float] = field(default_factory=lambda: {"circle": -1.0, "cross": 1.0})
    step_cost: float = 0.0
    step_limit: int | None = None
    layout: Layout = "random"
    board: str | None = None
    agent: bool = True
    colours: Colours = "shape"
    split: Split = "train"

    # Objects and rewards are dicts, so a spec is no key.
    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        # Frozen, but values arrive from YAML, JSON and NumPy: own copies in plain types.
        for name, low in (("rows", 1), ("cols", 1), ("cell", 3)):
            self._set(name, require_int(name, getattr(self, name), low))
        self._set("border", _require_border(self.border))
        objects = require_by_shape("objects", self.objects, "counts")
        self._set("objects", {s: require_int(f"objects.{s}", n, 0) for s, n in objects.items()})
        rewards = require_by_shape("rewards", self.rewards, "numbers")
        self._set("rewards", {s: require_number(f"rewards.{s}", r) for s, r in rewards.items()})
        self._set("step_cost", require_number("step_cost", self.step_cost))
        if self.step_limit is not None:
            self._set("step_limit", require_int("step_limit", self.step_limit, 1))
        require_choice("layout", self.layout, get_args(Layout))
        require_bool("agent", self.agent)
        require_choice("colours", self.colours, get_args(Colours))
        require_choice("split", self.split, get_args(Split))
        if (self.board is not None) != (self.layout == "board"):
            raise SpecError("board", self.board, 'given exactly when layout is "board"')
        if self.board is None:
            self._require_room()
        else:
            self._require_fitting(self.board)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The shapes of this world in the order of `SHAPES`; a board cell holds 1 + the index."""
        named = set(self.objects) | set(self.rewards)
        return tuple(shape for shape in SHAPES if shape in named)

    @property
    def limit(self) -> int:
        """Steps after which an episode is truncated."""
        return self.rows * self.cols if self.step_limit is None else self.step_limit

    @property
    def frame_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an observation, in pixels."""
        border = Border(*self.border)
        height = border.top + self.rows * self.cell + border.bottom
        width = border.left + self.cols * self.cell + border.right
        return height, width, 3

    @property
    def object_cells(self) -> tuple[tuple[int, int], ...]:
        """The cells on which objects may start, row by row."""
        step = 2 if self.layout == "grid" else 1
        return tuple((r, c) for r in range(0, self.rows, step) for c in range(0, self.cols, step))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _require_room(self) -> None:
        count, cells = sum(self.objects.values()), len(self.object_cells)
        if count > cells or count + self.agent > self.rows * self.cols:
            room = min(cells, self.rows * self.cols - self.agent)
            raise SpecError(
                "objects",
                dict(self.objects),
                f"at most {room} objects in a {self.rows} x {self.cols} world with layout "
                f'"{self.layout}"{" and an agent" if self.agent else ""}, but these are {count}; '
                "ask for fewer objects or more rows and cols",
            )

    def _require_fitting(self, drawn: object) -> None:
        if not isinstance(drawn, str):
            raise SpecError("board", drawn, "text, one line for each row of cells")
        cells, agent = board.parse(drawn, self.kinds)
        if cells.shape != (self.rows, self.cols):
            raise BoardError(
                f"The board is {cells.shape[0]} x {cells.shape[1]}, but rows x cols is "
                f"{self.rows} x {self.cols}; make them equal."
            )
        if (agent is not None) != self.agent:
            raise BoardError(
                f"The board has {'an' if agent else 'no'} agent, but the spec's agent is "
                f"{self.agent}."
            )


def make_spec(spec: WorldSpec | None, fields: Mapping[str, Any]) -> WorldSpec:
    """Return the spec that fields describe, on top of a given one.

    Raises:
        SpecError: A field that does not exist, or a value that breaks its rule.
        BoardError: A board that cannot be read.
    """
    if spec is not None and not isinstance(spec, WorldSpec):
        raise SpecError("spec", spec, "a WorldSpec or None")
    known = [f.name for f in dataclasses.fields(WorldSpec)]
    for name, value in fields.items():
        if name not in known:
            raise SpecError(
                name,
                value,
                f"left out: a world has no field of that name{nearest(name, known)}, only "
                + ", ".join(known),
            )
    return dataclasses.replace(WorldSpec() if spec is None else spec, **fields)


def board_spec(spec: WorldSpec, drawn: str) -> WorldSpec:
    """Return the spec of the same world that starts from the given board."""
    return make_spec(spec, {"layout": "board", "board": drawn})


def start_spec(spec: WorldSpec, options: Mapping[str, Any] | None) -> WorldSpec:
    """Return the spec to begin from, as `reset(options=...)` says: its own, or that of a board.

    Raises:
        SpecError: The options are something else than `{"board": text}` or nothing.
        BoardError: A board that cannot be read.
    """
    if options is None:
        return spec
    if not isinstance(options, Mapping) or options.keys() - {"board"}:
        raise SpecError("options", options, 'None or {"board": text}')
    drawn = options.get("board")
    return spec if drawn is None else board_spec(spec, drawn)


def _require_border(border: object) -> Border:
    if not isinstance(border, list | tuple) or len(border) != 4:
        raise SpecError("border", border, "four whole numbers: top, right, bottom, left")
    sides = zip(Border._fields, border, strict=True)
    return Border(*(require_int(f"border.{side}", pixels, 0) for side, pixels in sides))
