"""Register the sights that come with the agent, and choose between them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from dsrl_agent.config import BackEndKind, PerceptionConfig
from dsrl_agent.config.back_end import COMPOSITOR
from dsrl_agent.errors import DSRLWarning, PerceptionError, WorkError
from dsrl_agent.perception.cell_sight import fit_cells, learn_cells, load_cells
from dsrl_agent.perception.codebook_sight import CodebookSight, merged
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.motion.stabilisation import stabilise
from dsrl_agent.perception.off_grid.sight import (
    OffGridSight,
    fit_off_grid,
    learn_off_grid_sight,
    load_off_grid,
)
from dsrl_agent.perception.redrawing import redrawing
from dsrl_agent.perception.sight import (
    Arrays,
    Fitting,
    Sight,
    SightFit,
    SightKind,
    register_sight,
    sight_kind,
)
from dsrl_agent.perception.things.evidence.recentring import gather_centred
from dsrl_agent.perception.things.sight import ThingsSight, learn_sight
from dsrl_agent.perception.things.sight import load_sight as load_things
from dsrl_agent.perception.tiles.confusion import (
    confuses,
    contacts_of,
    takes_for_floor,
    takes_unlike_for_alike,
)
from dsrl_agent.perception.tiles.evidence import TileEvidence, gather_tiles, tiles_on
from dsrl_agent.perception.tiles.sight import TileSight, learn_tiles, load_tiles
from dsrl_agent.perception.tiling.divided import bits_per_pixel
from dsrl_agent.types import UNKNOWN, Floats, Frame, FrameTransitions

AUTO, SPECTRA = "auto", "spectra"
"""The choice between `tiles` and `things`, and the one between `cells` and `off_grid`."""


class PlainEvidence(NamedTuple):
    """Shapes on a plain floor: what motion tells, and what their tiles tell."""

    motion: Evidence
    tiles: TileEvidence

    @property
    def transitions(self) -> FrameTransitions:
        """The transitions, with the camera's motion taken out."""
        return self.motion.transitions

    @property
    def grid(self) -> Grid:
        """The grid that motion shows."""
        return self.motion.grid


def gather_auto(
    transitions: FrameTransitions, rewards: Floats | None, config: PerceptionConfig
) -> Evidence | TileEvidence | PlainEvidence:
    """Gather the evidence of tiles where tiles suffice, otherwise that of motion.

    Shapes on a plain floor are left to motion, as equal shapes may differ in colour and size. They
    are tiles as well if motion is misled, or if nothing is known to have moved in as many frames as
    the agent may be without sight. Cells of no whole number of pixels are tiles if motion shows
    none, or the same ones rounded.

    Raises:
        PerceptionError: There are no tiles, and nothing moved.
    """
    try:
        tiles = gather_tiles(transitions, rewards, config)
    except PerceptionError:
        return gather_centred(transitions, rewards, config)
    suffices, plain = tiles.suffices(config.tiles), tiles.lesson.plain_floor
    divided = isinstance(tiles.grid, DividedGrid)
    beside = tiles.grid != tiles.grid.whole()  # what changes beside the board misleads motion
    # Of a shaken camera, each offset of a cell is another tile, but few at first.
    if (
        suffices
        and not divided
        and (beside or not (plain or _is_shaken(transitions, tiles.grid, config)))
    ):
        return tiles
    try:
        centred = gather_centred(transitions, rewards, config)
    except PerceptionError:
        if suffices and (divided or len(transitions.actions) >= config.frames):
            return tiles
        raise
    if suffices and not plain and _rounds(centred.grid, tiles.grid):
        return tiles
    if not plain or divided:
        return centred
    if suffices and (
        _is_misled(centred, transitions, tiles.grid, config)
        or _is_shifted(centred, tiles.grid, config)
    ):
        return tiles
    return PlainEvidence(centred, tiles)


def _is_shaken(transitions: FrameTransitions, tiles: Grid, config: PerceptionConfig) -> bool:
    """Return whether the camera shakes: at rest, frames cut into these cells take fewer bits.

    They take more if things that move together were taken for the camera.
    """
    still = stabilise(transitions, config.camera)
    if not any(still.swing):
        return False
    shown = _some(transitions.after, config), _some(still.transitions.after, config)
    shaken, rests = (bits_per_pixel(frames, tiles, config.tiling.divided) for frames in shown)
    return rests < shaken


def _is_misled(
    motion: Evidence, transitions: FrameTransitions, tiles: Grid, config: PerceptionConfig
) -> bool:
    """Return whether motion found what the tiles of a grid rule out.

    It takes steps over several cells for cells, as of what slides, and things that move together
    for a shaken camera.
    """
    far = any(step >= 2 * side for step, side in zip(motion.grid.pitch, tiles.pitch, strict=True))
    return far or (any(motion.swing) and not _is_shaken(transitions, tiles, config))


def _is_shifted(motion: Evidence, tiles: Grid, config: PerceptionConfig) -> bool:
    """Return whether motion found the cells of the tiles, but where they cut what is drawn.

    An agent that is not drawn in the middle of its cell misleads it.
    """
    if motion.grid.pitch != tiles.pitch:
        return False
    frames = _some(motion.transitions.after, config)
    grids = (motion.grid, tiles)
    moved, shown = (bits_per_pixel(frames, grid, config.tiling.divided) for grid in grids)
    return moved >= config.tiles.shifted * shown


def _rounds(motion: Grid, divided: Grid) -> bool:
    """Return whether motion found the cells of a divided grid, in whole numbers of pixels."""
    pairs = zip(motion.pitch, divided.exact_pitch, strict=True)
    whole = all(float(size).is_integer() for size in divided.exact_pitch)
    return not whole and all(abs(one - other) < 1.0 for one, other in pairs)


def learn_auto(
    evidence: Evidence | TileEvidence | PlainEvidence, previous: Sight | None, fitting: Fitting
) -> SightFit:
    """Learn to see tiles, or things, by what the evidence is of.

    A sight of tiles is kept as long as tiles suffice, though the frames alone do not show their
    grid. Shapes on a plain floor make the choice final where there are as many frames as the agent
    may be without sight. They are seen as tiles where a sight of things confuses tiles.
    """
    if isinstance(previous, TileSight) and not isinstance(evidence, TileEvidence):
        grid = previous.grid.fitted(*evidence.transitions.after.shape[1:3])
        kept = tiles_on(grid, evidence.transitions, fitting.config)
        if kept.suffices(fitting.config.tiles) and not kept.lesson.plain_floor:
            evidence = kept
    if isinstance(evidence, TileEvidence):
        return learn_tiles(evidence, previous, fitting)
    if isinstance(evidence, Evidence):
        return learn_sight(evidence, previous, fitting)
    enough = len(evidence.transitions.actions) >= fitting.config.frames
    learned = _learn_plain(evidence, previous, fitting)
    return learned._replace(final=learned.final or enough)


def _learn_plain(evidence: PlainEvidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Learn to see shapes on a plain floor: as things, or as tiles where things are confused.

    Tiles are many types, but better than no sight where things would take too much work.
    """
    suffices = evidence.tiles.suffices(fitting.config.tiles)
    # Only the fit of things is worth telling of.
    quiet = fitting._replace(progress=None)
    try:
        in_cells = evidence.tiles.stays_in_cells(fitting.config.tiles)
        most_work = fitting.config.tiles.most_work if suffices else None
        things = learn_sight(
            evidence.motion, previous, fitting, in_cells=in_cells, most_work=most_work
        )
    except WorkError as error:
        tiles = learn_tiles(evidence.tiles, previous, quiet)
        text = f"{str(error).removesuffix('.')}; cells are seen as {tiles.sight.known.size} tiles"
        warnings.warn(text, DSRLWarning, stacklevel=2)
        return tiles._replace(final=True)  # of more frames it is more work still
    except PerceptionError:
        if suffices:
            return learn_tiles(evidence.tiles, previous, quiet)
        raise
    if not suffices:
        return things
    tiles = learn_tiles(evidence.tiles, previous, quiet)
    if len(things.sight.known) > len(tiles.sight.known):  # things are to join tiles, not to divide
        return tiles
    frames = _some(evidence.transitions.after, fitting.config)
    seen = things.sight.types(frames, tiles.sight.grid), tiles.sight.types(frames)
    own = evidence.tiles.lesson.reader.agent_types
    before, actions, after = evidence.transitions
    met = contacts_of(tiles.sight.types(before), actions, tiles.sight.types(after), own)
    if takes_unlike_for_alike(*seen, met, fitting.config.tiles):
        return tiles
    # Things that reach out of their cells show tiles beside them that are nothing of their own.
    if not things.sight.insight.by_place and takes_for_floor(*seen):
        return things
    return tiles if confuses(*seen, own) else things


def learn_spectra(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Learn to see cells, or objects off the grid where that takes fewer types.

    A sight of objects off the grid is kept as long as objects stand off the grid.
    """
    return merged(_choose(evidence, previous, fitting), evidence, previous)


def _choose(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    if isinstance(previous, OffGridSight):
        back_end = previous.parts.back_end
        kept = fit_off_grid(evidence, back_end, back_end.config.refit_steps, fitting)
        if kept is not None:
            return kept
    cells = fit_cells(evidence, previous, fitting)
    if len(cells.sight.known) <= fitting.config.off_grid.few_types:
        return cells
    assert isinstance(cells.sight, CodebookSight)
    steps = cells.sight.parts.back_end.config.steps
    off_grid = fit_off_grid(evidence, None, steps, fitting)
    if off_grid is None or len(off_grid.sight.known) >= len(cells.sight.known):
        return cells
    return off_grid


def sight_for(name: str, back_end: BackEndKind) -> str:
    """Return the sight that a setting stands for, given the kind of back end.

    A back end that encodes cells as spectra needs a sight of spectra.
    """
    return SPECTRA if name == AUTO and back_end != COMPOSITOR else name


def knows(sight: Sight, frames: Frame, config: PerceptionConfig) -> bool:
    """Return whether a sight knows nearly all things in frames `uint8 [B, H, W, 3]`."""
    some = _some(frames, config)
    return _unknown_share(sight, sight.at_rest(some)) <= config.most_unknown


def is_worse(new: Sight, last: Sight, frames: Frame, config: PerceptionConfig) -> bool:
    """Return whether a sight is worse than the last on frames `uint8 [B, H, W, 3]` at rest.

    It is if it has lost the agent, as then nothing can be told of what acts do. It also is if more
    is unknown to it, and what it draws is farther from the frames: this is told of sights of one
    kind and grid that can redraw.
    """
    if last.insight.agent_types and not new.insight.agent_types:
        return True
    if new.kind != last.kind or new.grid != last.grid:
        return False
    some = _some(frames, config)
    if _unknown_share(new, some) <= _unknown_share(last, some) + config.most_unknown:
        return False
    drawn = [redrawing(each, some) for each in (new, last)]
    left = [float(each.residual().mean()) for each in drawn if each is not None]
    return len(left) == 2 and left[0] > left[1]


def _unknown_share(sight: Sight, frames: Frame) -> float:
    return float((sight.types(frames) == UNKNOWN).mean())


def _some(frames: Frame, config: PerceptionConfig) -> Frame:
    return frames[:: max(1, len(frames) // config.looked_at)]


def load_sight(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> Sight:
    """Restore a sight from the arrays and the JSON data of a checkpoint.

    Checkpoints of revision 7a99ea7 do not name the sight; the file `looks` tells it.
    """
    name = state.get("sight") or (OffGridSight.kind if "looks" in arrays else "cells")
    return sight_kind(name).load(arrays, state, fitting)


register_sight("cells", SightKind(learn_cells, load_cells))
register_sight("off_grid", SightKind(learn_off_grid_sight, load_off_grid))
register_sight(SPECTRA, SightKind(learn_spectra, load_cells))
register_sight(TileSight.kind, SightKind(learn_tiles, load_tiles, gather_tiles))
register_sight(ThingsSight.kind, SightKind(learn_sight, load_things, gather_centred))
register_sight(AUTO, SightKind(learn_auto, load_cells, gather_auto))
