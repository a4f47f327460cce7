"""Bring pictures of an agent's world to the size of its frames, and doubt what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli.pictures import resized
from dsrl_agent.perception.redrawing import Redrawing, explained, redrawing
from dsrl_agent.perception.stills.scales.source import SourcePixels
from dsrl_agent.types import Fact, Facts, Frame

_ROUNDING = 1  # pixels by which rounding may change the shorter side of a scaled picture


class FittedPicture(NamedTuple):
    """A picture as the agent sees it best."""

    frame: Frame  # uint8 [H, W, 3]
    remarks: tuple[str, ...]  # what was done to the picture, and what speaks against its facts


class _Reading(NamedTuple):
    """What an agent makes of a frame; the lower, the less doubtful."""

    lost: bool  # whether the agent, whose appearance is known, is not seen exactly once
    doubtful: float  # of the things, the share of those of no type known or not explained
    unknown: int  # things of no type known
    things: int
    poor: int = 0  # things that explain too little of what stands out in their cells
    missed: int = 0  # cells in which something stands out as things do, but none is seen
    rest: float = 0.0  # share of what stands out that is not explained


def fitted(name: str, picture: Frame, agent: DSRL) -> FittedPicture:
    """Return a picture `uint8 [H, W, 3]` as it is, or at the size of the frames learned from.

    A picture of the same shape in another size may show a larger world, or the same one enlarged or
    shrunk. The reading that leaves less unknown is taken.
    """
    grid = agent.perception.grid
    size = None if grid is None else grid.frame
    frame, reading, remarks = picture, _read(agent, picture), list[str]()
    if size is not None and _is_scaled(picture.shape[:2], size):
        source = SourcePixels.of_size(picture[None], size, agent.config.perception.tiling.stills)
        brought = resized(picture, size) if source is None else source.restored(picture[None])[0]
        other = _read(agent, brought)
        if other < reading:
            frame, reading = brought, other
            remarks.append(
                f"{name} has {picture.shape[0]} x {picture.shape[1]} pixels, and is brought to the "
                f"{size[0]} x {size[1]} of the frames learned from"
            )
    least = agent.config.perception.stills.explained
    return FittedPicture(frame, (*remarks, *_doubts(name, reading, size, least)))


def _is_scaled(size: tuple[int, ...], whole: tuple[int, int]) -> bool:
    """Say whether a size is another one times some factor, but for rounding."""
    along = 0 if whole[0] <= whole[1] else 1  # the shorter side
    expected = size[1 - along] * whole[along] / whole[1 - along]
    return size != whole and abs(size[along] - expected) <= _ROUNDING


def _read(agent: DSRL, frame: Frame) -> _Reading:
    """Return what an agent makes of a frame; it learns nothing from it."""
    perception, agency = deepcopy(agent.perception), agent.front_end.knowledge().agency
    known = {*perception.known}  # sight may make types of what it meets for the first time
    facts: Facts = perception.facts(frame[None])[0]
    new = {fact for fact in facts if fact.type not in known}
    redrawn = redrawing(perception, frame[None])
    lost = agency.self_type is not None and agency.find(facts) is None
    count, things = len(facts), max(len(facts), 1)
    if redrawn is None:
        return _Reading(lost, len(new) / things, len(new), count)
    least = agent.config.perception.stills.explained
    poor, missed, rest = _unexplained(redrawn, facts, least)
    doubtful = (len(new | poor) + missed) / things
    return _Reading(lost, doubtful, len(new), count, len(poor), missed, rest)


def _unexplained(redrawn: Redrawing, facts: Facts, least: float) -> tuple[set[Fact], int, float]:
    """Return the things that explain too little, the cells with things missed, and what is left."""
    found = redrawn.energies()
    cells = explained(found.standing_in, found.rest_in)[0]
    poor = {fact for fact in facts if cells[fact.row, fact.col] < least}
    seen = np.zeros(cells.shape, np.bool_)
    for fact in facts:
        seen[fact.row, fact.col] = True
    missed = 0
    if facts:
        usual = float(np.median(found.standing_in[0][seen]))
        missed = int((found.rest_in[0][~seen] > (1.0 - least) * usual).sum())
    return poor, missed, 1.0 - float(explained(found.standing, found.rest)[0])


def _doubts(
    name: str, reading: _Reading, size: tuple[int, int] | None, least: float
) -> Iterator[str]:
    """Yield a warning if something speaks against the facts of a picture."""
    faults, unknown, poor = [], reading.unknown, reading.poor
    if unknown:
        faults.append(f"{unknown} of {reading.things} things in it have no type known")
    if poor:
        faults.append(
            f"{poor} of {reading.things} things in it explain less than {least:.0%} of what stands "
            "out in their cells"
        )
    if reading.missed:
        faults.append(f"{reading.missed} more cells hold something that is not seen as a thing")
    if reading.rest > 1.0 - least:
        faults.append(f"{reading.rest:.0%} of what stands out in it is not explained")
    if reading.lost:
        faults.append("the agent is not seen exactly once")
    like = "" if size is None else f" of {size[0]} x {size[1]} pixels"
    if faults:
        *first, last = faults
        told = f"{', '.join(first)}, and {last}" if first else last
        yield (
            f"warning: what the agent has learned to see does not explain {name}: {told}, so what "
            f"follows may be wrong. Give a frame of its world{like}, or the whole frame enlarged "
            "or shrunk, in its own colours."
        )
