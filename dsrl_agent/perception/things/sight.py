"""See by a generative model of things: the facts are the discretised latents of its scenes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.motion.stabilisation import camera_shifts, shifted
from dsrl_agent.perception.redrawing import Redrawing, as_frames
from dsrl_agent.perception.sight import Arrays, Fitting, Insight, Sight, SightFit
from dsrl_agent.perception.things.exemplars import drawn, pictures_of, recalled
from dsrl_agent.perception.things.learning import learn_things, loss_of, with_encoder
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.newcomers import Newcomers
from dsrl_agent.perception.things.other_floors import OtherFloor, other_floors
from dsrl_agent.perception.things.views import SHAPE, VIEWS, choose_view, first_numbers
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import CELL_SIDE, EMPTY, UNKNOWN, Floats32, Frame, Ints


class ThingsSight:
    """Sight by a model of things.

    Args:
        config: Settings of perception.
        grid: The grid.
        model: The model of things on that grid.
        numbers: `[K, P + 1]`: the type that facts have for each shape and colour; the last column
            is for colours that are none of the palette's, and 0 stands for none.
        view: The view of types that rewards chose.
        swing: The camera's largest offset from rest, in pixels (rows, columns).
    """

    kind: ClassVar[str] = "things"

    def __init__(
        self,
        config: PerceptionConfig,
        grid: Grid,
        model: ThingsModel,
        numbers: Ints,
        view: str,
        swing: tuple[int, int],
    ) -> None:
        self.config, self.grid, self.model = config, grid, model
        self.numbers, self.view, self.swing = numbers, view, swing
        self.newcomers = Newcomers(config.novelty)
        self._sizes: dict[tuple[int, int], ThingsModel] = {}

    @property
    def known(self) -> Ints:
        """The types of objects, ascending."""
        return np.unique(self.numbers[self.numbers != EMPTY])

    @property
    def insight(self) -> Insight:
        """The type of the agent, if it was seen to move, and whether places are read alone."""
        agent = self.model.agent
        own = [] if agent < 0 else self.numbers[agent].tolist()
        return Insight(frozenset(own) - {EMPTY}, by_place=not self.model.reach)

    def at_rest(self, frames: Frame) -> Frame:
        """Return frames shifted to where things explain them best."""
        if not any(self.swing):
            return frames
        model, tried = self._fitted(frames), np.array(camera_shifts(self.swing))
        costs = [model.nats(model.read(shifted(frames, shift))) for shift in tried]
        best = tried[np.argmin(costs, axis=0)]
        return np.stack([shifted(frame, shift) for frame, shift in zip(frames, best, strict=True)])

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type at each place of frames at rest, `[B, rows, cols]`."""
        model = self._fitted(frames)
        scene = model.read(frames)
        types = self._numbered(scene, model.unknown(scene))
        for floor in self._other_floors(frames, scene):
            types[floor.frames] = self._numbered(floor.scene, floor.unknown)
        own = self.grid.fitted(*frames.shape[1:3])
        return types if grid is None or grid == own else _on_grid(types, own, grid)

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        """Take the unknown things of frames; those seen often enough become types."""
        before = len(self.model.vocabularies)
        for frame, own in zip(frames, types, strict=True):
            places = np.argwhere(own == UNKNOWN)
            model, scene = self._on_floor_of(frame) if len(places) else (self.model, None)
            for new in self.newcomers.see(frame, places, model, scene):
                self._add(self.model.with_type(*new), next_number + self._count() - before)
        return self._count() - before

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""
        old = self.numbers.copy()
        for number, name in names.items():
            self.numbers[old == number] = name

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        """Return a drawn thing of each type, `[S, h, w, 4]`: coverage, and colour times it."""
        chosen = np.setdiff1d(self.known, list(but))
        return {int(number): drawn(self.model, self.numbers == number) for number in chosen}

    def recall(self, number: int, exemplars: Floats32) -> None:
        """Bring back a type that the fit lost; see `Sight`."""
        new = recalled(self.model, exemplars)
        if new is not None:
            self._add(self.model.with_type(*new), number)

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return a picture `uint8 [12, 12, 3]` of each type, as it stands on the floor."""
        return {
            int(number): pictures_of(self.model, self.numbers == number, CELL_SIDE)
            for number in self.known
        }

    def redrawn(self, frames: Frame) -> Redrawing:
        """Return frames `uint8 [B, H, W, 3]` at rest, and as their scenes draw them."""
        seen = self.at_rest(frames)
        model = self._fitted(seen)
        scene = model.read(seen)
        drawn = model.drawn(scene)
        floor = model.scenes.background
        bare = np.broadcast_to(floor, drawn.shape).copy()
        for other in self._other_floors(seen, scene):
            drawn[other.frames] = other.model.drawn(other.scene)
            bare[other.frames] = other.model.scenes.background
        grid = self.grid.fitted(*frames.shape[1:3])
        return Redrawing(seen, as_frames(drawn), as_frames(bare), grid, as_frames(floor))

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""
        own = {**self.model.arrays(), "types": self.numbers}
        return {"things": own, "newcomers": self.newcomers.arrays()}

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        return {"grid": asdict(self.grid), "swing": self.swing, "view": self.view}

    def _numbered(self, scene: Scene, unknown: NDArray[np.bool_]) -> Ints:
        """Return the types `[B, rows, cols]` that facts have for scenes."""
        types = np.where(scene.types < 0, EMPTY, self.numbers[scene.types, scene.tints])
        types[(scene.types >= 0) & (types == EMPTY)] = UNKNOWN
        types[unknown] = UNKNOWN
        return types

    def _other_floors(self, frames: Frame, scene: Scene) -> list[OtherFloor]:
        """Return the floors of frames that are not on the learned one."""
        return other_floors(frames, scene, self._fitted(frames), self.model.scenes.likelihood)

    def _on_floor_of(self, frame: Frame) -> tuple[ThingsModel, Scene]:
        """Return the model for the size and the floor of a frame `[H, W, 3]`, and its scene."""
        model = self._fitted(frame[None])
        scene = model.read(frame[None])
        floors = self._other_floors(frame[None], scene)
        return (floors[0].model, floors[0].scene) if floors else (model, scene)

    def _count(self) -> int:
        return len(self.model.vocabularies)

    def _fitted(self, frames: Frame) -> ThingsModel:
        """Return the model for the size of frames."""
        size = (frames.shape[1], frames.shape[2])
        if size == self.grid.frame:
            return self.model
        if size not in self._sizes:
            self._sizes[size] = self.model.fitted(self.grid.fitted(*size))
        return self._sizes[size]

    def _add(self, model: ThingsModel, number: int) -> None:
        """Take a model with a further type, which has a number in facts."""
        tints = len(model.scenes.hypotheses.palette)
        wide = np.full((len(self.numbers), tints + 1), EMPTY)
        old = self.numbers.shape[1] - 1
        wide[:, :old], wide[:, -1] = self.numbers[:, :old], self.numbers[:, -1]
        if self.view == SHAPE:  # a new colour makes no new type
            wide[:, old:] = self.numbers[:, -1:]
        self.numbers = np.vstack([wide, np.full((1, tints + 1), number)])
        self.model, self._sizes = model, {}


def learn_sight(
    evidence: Evidence,
    previous: Sight | None,
    fitting: Fitting,
    *,
    in_cells: bool = False,
    most_work: float | None = None,
) -> SightFit:
    """Learn a model of things; the view of types is kept from the sight in use before.

    `in_cells` says that nothing reaches out of its cell. Where another sight would do, `most_work`
    bounds the work.

    Raises:
        WorkError: It is too much work.
        PerceptionError: There is no thing.
    """
    fitting.report("back end", 0, 1, 0.0)
    things = fitting.config.things
    model = learn_things(evidence, things, in_cells=in_cells, most_work=most_work)
    rng = Streams(fitting.seed).get("encoder of things")
    model = with_encoder(model, evidence.transitions.after, rng, fitting.device)
    last = previous.view if isinstance(previous, ThingsSight) else SHAPE
    before = model.read(evidence.transitions.before) if evidence.rewards is not None else None
    view = last
    if before is not None:
        view = choose_view(evidence, before, model.agent, last, fitting.config.merging)
    tints = len(model.scenes.hypotheses.palette)
    numbers = first_numbers(view, len(model.vocabularies), tints, model.agent)
    sight = ThingsSight(
        fitting.config, evidence.grid, model, numbers, view=view, swing=evidence.swing
    )
    fitting.report("symbols", 0, 1, 0.0)
    return SightFit(sight, loss_of(model, evidence.transitions.after))


def load_sight(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> ThingsSight:
    """Restore from the arrays and the JSON data of a checkpoint."""
    grid = Grid(**{name: (int(value[0]), int(value[1])) for name, value in state["grid"].items()})
    own = dict(arrays["things"])
    numbers = np.array(own.pop("types"), np.int64)
    model = ThingsModel.load(own, grid, fitting.config.things, fitting.device)
    view = str(state["view"])
    assert view in VIEWS
    swing = (int(state["swing"][0]), int(state["swing"][1]))
    sight = ThingsSight(fitting.config, grid, model, numbers, view=view, swing=swing)
    sight.newcomers.load(arrays["newcomers"])
    return sight


def _on_grid(types: Ints, own: Grid, other: Grid) -> Ints:
    """Return types `[B, rows, cols]` at the places of another grid that their middles lie in."""
    moved = np.full((len(types), *other.shape), EMPTY)
    places = []
    for axis in (0, 1):
        middles = own.origin[axis] + (np.arange(own.shape[axis]) + 0.5) * own.pitch[axis]
        place = np.floor((middles - other.origin[axis]) / other.pitch[axis]).astype(np.int64)
        places.append(place)
    rows, cols = ((place >= 0) & (place < other.shape[k]) for k, place in enumerate(places))
    inner = types[:, rows][:, :, cols]
    moved[:, places[0][rows][:, None], places[1][cols][None]] = inner
    return moved
