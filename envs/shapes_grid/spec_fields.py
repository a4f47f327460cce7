"""Declare the fields of a world's spec, check each value, and derive quantities from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from shapes_grid import checks
from shapes_grid.errors import SpecError
from shapes_grid.shapes import MOST_PARTS, PALETTE, PRESSED, SHAPES, WALL, Role

Layout = Literal["random", "grid", "rooms", "board"]
Split = Literal["all", "train", "test"]
Colours = Literal["shape", "white", "random"]
Outlines = Literal["shape", "random"]
Controls = Literal["compass", "heading"]

COMPASS = ("left", "right", "up", "down")
"""The actions of an agent that moves into any direction without turning."""
HEADING = ("turn left", "turn right", "forward")
"""The actions of an agent that faces a direction."""


class Border(NamedTuple):
    """Pixels between the grid and the four edges of the frame."""

    top: int
    right: int
    bottom: int
    left: int


@dataclass(frozen=True)
class SpecFields:
    """The fields of `WorldSpec`, each valid by itself, and what follows from them.

    `WorldSpec` documents the fields and requires that they go together.
    """

    rows: int = 5
    cols: int = 5
    cell: int = 9
    border: tuple[int, int, int, int] = (3, 2, 2, 3)
    objects: Mapping[str, int | tuple[int, int]] = field(
        default_factory=lambda: {"circle": 4, "cross": 4}
    )
    rewards: Mapping[str, float] = field(default_factory=lambda: {"circle": -1.0, "cross": 1.0})
    roles: Mapping[str, Role] = field(default_factory=dict)
    movers: Mapping[str, float] = field(default_factory=dict)
    step_cost: float = 0.0
    step_limit: int | None = None
    layout: Layout = "random"
    board: str | None = None
    walls: tuple[tuple[int, int], ...] = ()
    agent: bool = True
    start: tuple[int, int] | None = None
    controls: Controls = "compass"
    colours: Colours = "shape"
    outlines: Outlines = "shape"
    palette: tuple[tuple[int, int, int], ...] = PALETTE
    parts: int = 1
    sizes: tuple[float, float] = (1.0, 1.0)
    jitter: int = 0
    texture: float = 0.0
    pattern: int = 0
    noise: float = 0.0
    shake: int = 0
    split: Split = "train"

    # Objects and rewards are dicts, so a spec cannot be hashed.
    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        # Values arrive from YAML, JSON and NumPy: keep own copies in plain types.
        for name, low in _LOWS.items():
            self._set(name, checks.require_int(name, getattr(self, name), low))
        if self.parts > MOST_PARTS:
            raise SpecError("parts", self.parts, f"from 1 to {MOST_PARTS}")
        self._set("border", _require_border(self.border))
        self._require_size()
        self._set_by_shape("objects", "counts", checks.require_count)
        self._set_by_shape("rewards", "numbers", checks.require_number)
        self._set_by_shape("roles", "roles", _require_role)
        self._set_by_shape("movers", "probabilities", _require_share)
        self._set("step_cost", checks.require_number("step_cost", self.step_cost))
        if self.step_limit is not None:
            self._set("step_limit", checks.require_int("step_limit", self.step_limit, 1))
        for name, choices in _CHOICES.items():
            checks.require_choice(name, getattr(self, name), get_args(choices))
        checks.require_bool("agent", self.agent)
        self._set("walls", self._require_cells("walls", self.walls))
        if self.start is not None:
            self._set("start", self._require_cells("start", [self.start])[0])
        for name in ("texture", "noise"):
            self._set(name, _require_share(name, getattr(self, name)))
        self._set("sizes", _require_sizes(self.sizes))
        self._set("palette", _require_palette(self.palette))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The shapes of this world in the order of `SHAPES`; a board cell holds 1 + the index."""
        named = {*self.objects, *self.rewards, *self.roles, *self.movers}
        if self.walls or self.layout == "rooms":
            named.add(WALL)
        if isinstance(self.board, str):  # boards may use parts of worlds that no field names
            parts = (name for name, shape in SHAPES.items() if shape.role != "object")
            named |= {name for name in parts if SHAPES[name].letter in self.board}
        if any(self.role(shape) == "switch" for shape in named):
            named.add(PRESSED)
        return tuple(shape for shape in SHAPES if shape in named)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions' names."""
        return COMPASS if self.controls == "compass" else HEADING

    @property
    def limit(self) -> int:
        """Steps after which an episode is truncated."""
        return self.rows * self.cols if self.step_limit is None else self.step_limit

    @property
    def frame_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an observation, in pixels."""
        top, right, bottom, left = self.border
        return top + self.rows * self.cell + bottom, left + self.cols * self.cell + right, 3

    @property
    def object_cells(self) -> tuple[tuple[int, int], ...]:
        """The cells on which objects may start, row by row."""
        step = 2 if self.layout == "grid" else 1
        cells = ((r, c) for r in range(0, self.rows, step) for c in range(0, self.cols, step))
        return tuple(cell for cell in cells if cell not in self.walls and cell != self.start)

    @property
    def is_varied(self) -> bool:
        """True if two objects of one shape may look different."""
        is_drawn = "random" in (self.colours, self.outlines)
        return is_drawn or self.jitter > 0 or self.sizes != (1.0, 1.0)

    @property
    def is_plain(self) -> bool:
        """True if the agent only walks, is blocked and touches, and nothing else happens."""
        only_touches = {self.role(kind) for kind in self.kinds} <= {"object", "lethal", "wall"}
        is_still = self.controls == "compass" and not self.movers
        return is_still and only_touches and not self.is_varied

    @property
    def needs_seed(self) -> bool:
        """True if anything is random after an episode has begun."""
        return bool(self.movers or self.noise or self.shake)

    def role(self, shape: str) -> Role:
        """Return the effect of touching a shape in this world."""
        return self.roles.get(shape, SHAPES[shape].role)

    def is_object(self, shape: str) -> bool:
        """Return whether a shape is an object to touch, lethal or not."""
        return self.role(shape) in ("object", "lethal")

    def parts_of(self, shape: str) -> int:
        """Return the number of colours of things of a shape; only objects have several."""
        return self.parts if self.is_object(shape) else 1

    def count_range(self, shape: str) -> tuple[int, int]:
        """Return the smallest and the largest number of things of a shape."""
        count = self.objects.get(shape, 0)
        return count if isinstance(count, tuple) else (count, count)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _set_by_shape(self, name: str, content: str, require: Any) -> None:
        values = checks.require_by_shape(name, getattr(self, name), content)
        self._set(name, {shape: require(f"{name}.{shape}", v) for shape, v in values.items()})

    def _require_size(self) -> None:
        """Refuse a grid or a frame that cannot be held, before anything goes over its cells."""
        if self.rows * self.cols > _MOST_CELLS:
            name = "rows" if self.rows >= self.cols else "cols"
            rule = f"fewer: a grid may have up to {_MOST_CELLS:,} cells in all"
            raise SpecError(name, getattr(self, name), rule)
        height, width, _ = self.frame_shape
        if height * width > _MOST_PIXELS:
            sides = {"cell": self.cell * max(self.rows, self.cols), "border": max(self.border)}
            name = max(sides, key=lambda side: sides[side])
            rule = f"less: a frame may have up to {_MOST_PIXELS:,} pixels in all"
            raise SpecError(name, getattr(self, name), rule)

    def _require_cells(self, name: str, cells: object) -> tuple[tuple[int, int], ...]:
        if not isinstance(cells, list | tuple):
            raise SpecError(name, cells, "a list of cells (row, column)")
        found = []
        for cell in cells:
            row, col = checks.require_pair(name, cell, "a cell (row, column)")
            place = (
                checks.require_int(f"{name}.row", row, 0),
                checks.require_int(f"{name}.col", col, 0),
            )
            if place[0] >= self.rows or place[1] >= self.cols:
                raise SpecError(name, place, f"inside the {self.rows} x {self.cols} grid")
            found.append(place)
        return tuple(dict.fromkeys(found))


_MOST_CELLS = 10_000  # 100 x 100: an episode begins in some 0.1 s
_MOST_PIXELS = 2**24  # 4,096 x 4,096: a frame takes 48 MiB, and some 2 s to draw
_LOWS = {"rows": 1, "cols": 1, "cell": 3, "parts": 1, "jitter": 0, "pattern": 0, "shake": 0}

_CHOICES: Mapping[str, Any] = {
    "layout": Layout,
    "controls": Controls,
    "colours": Colours,
    "outlines": Outlines,
    "split": Split,
}


def _require_border(border: object) -> Border:
    if not isinstance(border, list | tuple) or len(border) != 4:
        raise SpecError("border", border, "four whole numbers: top, right, bottom, left")
    sides = zip(Border._fields, border, strict=True)
    return Border(*(checks.require_int(f"border.{side}", pixels, 0) for side, pixels in sides))


def _require_role(name: str, value: object) -> Role:
    checks.require_choice(name, value, get_args(Role))
    role: Role = value  # type: ignore[assignment]
    return role


def _require_share(name: str, value: object) -> float:
    number = checks.require_number(name, value)
    if not 0 <= number <= 1:
        raise SpecError(name, value, "from 0 to 1")
    return number


def _require_sizes(sizes: object) -> tuple[float, float]:
    low, high = (
        checks.require_number("sizes", s)
        for s in checks.require_pair("sizes", sizes, "(low, high)")
    )
    if not 0.2 <= low <= high <= 2:
        raise SpecError("sizes", sizes, "(low, high) with 0.2 <= low <= high <= 2")
    return low, high


def _require_palette(palette: object) -> tuple[tuple[int, int, int], ...]:
    if not isinstance(palette, list | tuple) or not palette:
        raise SpecError("palette", palette, "a list of colours (red, green, blue)")
    return tuple(checks.require_colour("palette", colour) for colour in palette)
