"""Find the symbols of still pictures by a generative model of things.

Contrast with the floor gives the grid. Pictures are brought to cells of whole pixels, so that cells
of any size are seen alike. The model of things then learns sprites from them, and reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from dsrl_agent.back_end.compositor.composition import draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.cells import StillCells, StillSymbols
from dsrl_agent.perception.stills.crowded.isolated import told_apart
from dsrl_agent.perception.stills.learning import learn_stills
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.sprites.type_counts import TypeCounts, things_apart
from dsrl_agent.types import EMPTY, UNKNOWN, Facts, Floats, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits


class _Learned(NamedTuple):
    """The pictures learned from, as they were read when types were counted."""

    small: Frame  # [N, H, W, 3], brought to whole cells
    scene: Scene


@dataclass(frozen=True)
class StillSight:
    """Sight of one kind of still pictures, all of one size and with one grid."""

    cells: StillCells
    model: ThingsModel  # of pictures brought to whole cells
    alternatives: tuple[int, ...] = ()  # other numbers of types that explain few pictures as well
    learned: _Learned | None = field(default=None, repr=False, compare=False)
    thresholds: StillsThresholds = field(default_factory=StillsThresholds)
    grids: StillGridThresholds = field(default_factory=StillGridThresholds)
    agreed: bool = True  # whether things weighed one by one have the types that were read

    @classmethod
    def fit(
        cls,
        frames: Frame,
        perception: PerceptionConfig | None = None,
        report: Callable[[str], None] = lambda phase: None,
    ) -> Self:
        """Learn to see still pictures `uint8 [N, H, W, 3]`; one is enough.

        `report` is called with the name of each phase before the phase begins.

        Raises:
            PerceptionError: Nothing stands out, or too little to fit a grid to.
        """
        config = perception or PerceptionConfig()
        report("finding the grid")
        cells = StillCells.find(frames, config)
        report("learning the types of things")
        small = cells.brought(frames)
        model = learn_stills(small, cells.grid, config)
        learned = _Learned(small, model.read(small))
        others, agreed = _weighed(learned, model, cells, config)
        return cls(cells, model, others, learned, config.stills, config.tiling.stills, agreed)

    def symbols(self, frames: Frame) -> StillSymbols:
        """Return the symbols of pictures, those learned from or others of their kind.

        Raises:
            ObservationError: Their size is not that of the pictures learned from.
        """
        small = self.cells.brought(frames)
        scene = self._read(small)
        types = np.where(scene.types < 0, EMPTY, 1 + scene.types)
        types[self.model.unknown(scene)] = UNKNOWN
        facts, grid = self.cells.counted(types)
        return StillSymbols(
            facts,
            grid,
            self._explained(small, scene),
            self.alternatives,
            clear=self.cells.found.clear,
            colours=self._coloured(types, scene),
            unlike=self._unlike(types, scene),
            told_apart=[
                told_apart(frame, own, grid, self.grids)
                for frame, own in zip(frames, facts, strict=True)
            ],
        )

    def _coloured(self, types: Ints, scene: Scene) -> list[Facts] | None:
        """Return the facts of types `[N, rows, cols]` by colour, None if things have several."""
        if self.model.scenes.hypotheses.masks is not None:
            return None
        levels = np.rint(scene.colours * 255).clip(0, 255).astype(np.int64)
        colours = 1 + levels @ np.array([2**16, 2**8, 1])
        known = np.where(types == UNKNOWN, UNKNOWN, colours)
        return self.cells.counted(np.where(types == EMPTY, EMPTY, known))[0]

    def _unlike(self, types: Ints, scene: Scene) -> list[Facts]:
        """Return the facts of types `[N, rows, cols]` of which the type explains too little.

        A thing of a rare size may leave much, too. It is of its type if all things, weighed one by
        one, agree with what was read.
        """
        if self.agreed:
            return [()] * len(types)
        known = (types != EMPTY) & (types != UNKNOWN)
        left = np.ma.array(self.model.left_share(scene), mask=~known)
        middle = np.ma.median(left.reshape(len(left), -1), axis=1)  # type: ignore[no-untyped-call]
        usual = np.asarray(middle.filled(0.0))
        limit = np.maximum(1 - self.thresholds.explained, self.thresholds.outlying * usual)
        poor = known & (left.data > limit[:, None, None])
        # All things are counted, so that rows and columns begin where those of the facts do.
        facts = self.cells.counted(types)[0]
        marked = self.cells.counted(np.where(types == EMPTY, EMPTY, 1 + poor))[0]
        places = [{fact[1:] for fact in each if fact.type > 1} for each in marked]
        return [
            tuple(fact for fact in each if fact[1:] in own)
            for each, own in zip(facts, places, strict=True)
        ]

    def _read(self, small: Frame) -> Scene:
        """Return the scenes of pictures brought to whole cells; those learned from are known."""
        if self.learned is not None and np.array_equal(small, self.learned.small):
            return self.learned.scene
        return self.model.read(small)

    def _explained(self, small: Frame, scene: Scene) -> Floats:
        """Return the share of contrast beyond noise that scenes explain, `[N]`."""
        scenes = self.model.scenes
        seen = small * _LEVEL
        noise = scenes.likelihood.noise
        there, left = (
            _beyond_noise(np.asarray(seen - drawn, np.float64), noise)
            for drawn in (scenes.background, draw_scenes(scene, scenes))
        )
        # A picture without contrast has nothing to explain.
        share = np.where(there > 0, left / np.maximum(there, 1e-9), 0.0)
        return np.asarray(1 - share.clip(0, 1))


def _weighed(
    learned: _Learned, model: ThingsModel, cells: StillCells, config: PerceptionConfig
) -> tuple[tuple[int, ...], bool]:
    """Return other numbers of types that the things of pictures may be of; none if there are many.

    Many things tell their types by themselves. The second result is whether as many things are of
    each type when types are told by things alone.
    """
    types = learned.scene.types
    found, things = np.unique(types[types >= 0], return_counts=True)
    if not 1 < things.sum() <= config.stills.most_things:
        return (), True
    counts = TypeCounts.of(things_apart(learned.small, model))
    others = counts.alternatives(len(found), config.stills, cells.misplaced(config.stills))
    own = counts.things.get(len(found), ())
    # Things that are not seen whole are not weighed.
    agreed = sum(own) != things.sum() or list(own) == sorted(things.tolist())
    return tuple(others), agreed


def _beyond_noise(rest: Floats, noise: float) -> Floats:
    """Return the energy of pictures `[N, H, W, 3]` beyond white noise of a standard deviation.

    Noise of one pixel tells nothing of the next. What two pixels beside each other share is no
    noise, however much of it was taken for noise.
    """
    beyond = np.square(rest).sum(axis=(1, 2, 3), dtype=np.float64) - rest[0].size * noise**2
    beside = (rest[:, :, 1:] * rest[:, :, :-1]).sum(axis=(1, 2, 3), dtype=np.float64)
    below = (rest[:, 1:] * rest[:, :-1]).sum(axis=(1, 2, 3), dtype=np.float64)
    return np.asarray(np.maximum(beyond, np.minimum(beside, below)))
