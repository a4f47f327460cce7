"""Bring pictures of an agent's world to the size of its frames, and doubt what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.cli.pictures import resized
from dsrl_agent.types import UNKNOWN, Frame

_ROUNDING = 1  # pixels by which rounding may change the shorter side of a scaled picture


class FittedPicture(NamedTuple):
    """A picture as the agent sees it best."""

    frame: Frame  # uint8 [H, W, 3]
    remarks: tuple[str, ...]  # what was done to the picture, and what speaks against its facts


class _Reading(NamedTuple):
    """What an agent makes of a frame; the lower, the less doubtful."""

    lost: bool  # whether the agent, whose appearance is known, is not seen exactly once
    share: float  # of the things, those of no type known
    unknown: int  # their number
    things: int


def fitted(name: str, picture: Frame, agent: DSRL) -> FittedPicture:
    """Return a picture `uint8 [H, W, 3]` as it is, or at the size of the frames learned from.

    A picture of the same shape in another size may show a larger world, or the same one enlarged or
    shrunk. The reading that leaves less unknown is taken.
    """
    grid = agent.perception.grid
    size = None if grid is None else grid.frame
    frame, reading, remarks = picture, _read(agent, picture), list[str]()
    if size is not None and _is_scaled(picture.shape[:2], size):
        brought = resized(picture, size)
        other = _read(agent, brought)
        if other < reading:
            frame, reading = brought, other
            remarks.append(
                f"{name} has {picture.shape[0]} x {picture.shape[1]} pixels, and is brought to the "
                f"{size[0]} x {size[1]} of the frames learned from"
            )
    return FittedPicture(frame, (*remarks, *_doubts(name, reading, size)))


def _is_scaled(size: tuple[int, ...], whole: tuple[int, int]) -> bool:
    """Say whether a size is another one times some factor, but for rounding."""
    along = 0 if whole[0] <= whole[1] else 1  # the shorter side
    expected = size[1 - along] * whole[along] / whole[1 - along]
    return size != whole and abs(size[along] - expected) <= _ROUNDING


def _read(agent: DSRL, frame: Frame) -> _Reading:
    facts, agency = agent.facts(frame), agent.front_end.knowledge().agency
    unknown = sum(fact.type == UNKNOWN for fact in facts)
    lost = agency.self_type is not None and agency.find(facts) is None
    return _Reading(lost, unknown / max(len(facts), 1), unknown, len(facts))


def _doubts(name: str, reading: _Reading, size: tuple[int, int] | None) -> Iterator[str]:
    """Yield a warning if something speaks against the facts of a picture."""
    faults = []
    if reading.unknown:
        faults.append(f"{reading.unknown} of {reading.things} things in it have no type known")
    if reading.lost:
        faults.append("the agent is not seen exactly once")
    like = "" if size is None else f" of {size[0]} x {size[1]} pixels"
    if faults:
        yield (
            f"warning: what the agent has learned to see does not explain {name}: "
            f"{', and '.join(faults)}, so what follows may be wrong. Give a frame of its world"
            f"{like}, or the whole frame enlarged or shrunk."
        )
