"""Describe a world by one frozen, validated record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapes_grid.checks import nearest
from shapes_grid.consistency import require_consistent
from shapes_grid.errors import SpecError
from shapes_grid.spec_fields import SpecFields


@dataclass(frozen=True)
class WorldSpec(SpecFields):
    """A world of `rows` x `cols` cells, in which an agent `+` touches objects and they vanish.

    Attributes:
        rows: Rows of the grid.
        cols: Columns of the grid.
        cell: Side of a cell in the observation, in pixels.
        border: Pixels around the grid in the observation: (top, right, bottom, left). The default
            puts the default grid into a 50 x 50 frame in which nothing is aligned by accident.
        objects: The number of things of each shape at the start: a number, or a range (low, high)
            to draw it from, both included.
        rewards: Reward for touching a thing of each shape, 0 for shapes that are not named. Walls,
            gates and boxes have no reward, because a touch neither removes nor changes them.
        roles: The effect of touching a shape, where it differs from `SHAPES`: `"object"` vanishes;
            `"lethal"` vanishes and ends the episode; `"wall"` blocks; `"box"` is pushed onto an
            empty cell or blocks; `"key"` is carried from then on and no longer visible;
            `"door"` blocks unless a key is carried, which it takes; `"gate"` blocks until a
            `"switch"` anywhere is stepped on, which stays as `pressed`.
        movers: The probability that a thing of a shape walks in a step, to one of the four cells
            beside it if that is empty.
        step_cost: Taken from the reward of every step.
        step_limit: Steps after which an episode is truncated; `None` means rows x cols.
        layout: The placement of things at the start. `"random"`: on any cells, drawn until no wall
            encloses anything. `"grid"`: shuffled on the cells whose row and column are both even
            (Garnelo et al. 2016's regular layout). `"rooms"`: in two rooms divided by a wall, the
            agent, keys and switches in one and the objects in the other, with each door, gate or
            box in an opening of the wall (see `shapes_grid.layouts`). `"board"`: as in `board`.
        board: The start in ASCII, for `layout="board"` (see `shapes_grid.board`).
        walls: Cells (row, column) of walls that stand in every world.
        agent: Whether the world has an agent. Without an agent nothing moves: a still picture.
        start: The cell (row, column) where the agent starts; `None` draws it.
        controls: `"compass"` has an action for each direction; with `"heading"` the agent faces a
            direction, turns left or right and goes forward.
        colours: `"shape"` gives each shape a colour of its own, `"white"` draws all alike,
            `"random"` draws a colour from `palette` for every object: only its outline tells.
        outlines: `"shape"` draws objects as their shapes; `"random"` draws an outline for every
            object among the world's shapes of objects: only its colour tells.
        palette: The colours (red, green, blue) that `colours="random"` draws from.
        parts: The number of parts of an object that have a colour of their own, 1 to 3, from the
            upper left to the lower right. The first part has the object's usual colour. The others
            have colours of `palette`: always the same for a shape, or with `colours="random"` drawn
            for every object, each part's another.
        sizes: Each object's size is drawn from (low, high), 1 being its usual size; above about
            1.2 shapes reach into the cells beside theirs and overlap.
        jitter: Largest distance in pixels of an object from its cell's centre, drawn per axis. With
            its size the object must not reach beyond the cells beside its own.
        texture: Contrast of the floor's pattern, the same in every episode; 0 is plain, 1 full.
        pattern: The number of the floor's pattern; patterns of different numbers are independent.
        noise: Standard deviation of Gaussian noise on every pixel and frame; 1 is full contrast.
        shake: Largest shift in pixels of every frame as a whole, drawn per axis.
        split: The worlds that `reset` draws from. One world in five, chosen by a hash of all
            positions, belongs to `"test"`, the others to `"train"`, so that the two are disjoint
            for all seeds. `"all"` draws from both. Boards are never split.
    """

    # Objects and rewards are dicts, so a spec cannot be hashed.
    __hash__ = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_consistent(self)


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
            rule = f"left out: a world has no field of that name{nearest(name, known)}, only "
            raise SpecError(name, value, rule + ", ".join(known))
    return dataclasses.replace(WorldSpec() if spec is None else spec, **fields)
