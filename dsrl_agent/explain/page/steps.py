"""Lay out the moments of an episode: pictures, values, and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.explain.page.moments import Moment
from dsrl_agent.explain.page.overlay import Overlay, called_by, colour_of, overlay, way_of
from dsrl_agent.explain.reasons.reasons import Reasons
from dsrl_agent.explain.words.reasons_text import (
    NOTHING,
    choice_in_words,
    place_in_words,
    scene_in_words,
)
from dsrl_agent.records.pages import png_address
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.types import Floats, Frame

_BRIGHT = 255
_GAIN = 8  # the most that residuals are brightened: rounding alone stays dark


class Picture(NamedTuple):
    """A picture of a moment."""

    caption: str
    address: str
    width: int
    height: int


class Bar(NamedTuple):
    """The value of an action."""

    action: str
    text: str
    share: float  # of the largest value in the episode
    chosen: bool
    greedy: bool


class Cell(NamedTuple):
    """A part of an action's value."""

    text: str
    share: float  # of the largest value in the episode


class PartRow(NamedTuple):
    """The part of an object in each action's value."""

    name: str
    place: str
    colour: str  # class of its colour; empty for what is no object
    cells: tuple[Cell, ...]


class StepView(NamedTuple):
    """What a page shows of a moment."""

    number: int
    picture: Picture  # the frame
    others: tuple[Picture, ...]  # reconstruction and residual
    overlay: Overlay | None
    facts: int
    actions: tuple[str, ...]
    action: str  # the action taken; empty at the end
    reward: str
    total: str  # the return before the action
    bars: tuple[Bar, ...]
    parts: tuple[PartRow, ...]
    silent: int  # objects without a part
    scene: tuple[str, ...]
    choice: tuple[str, ...]


class Scales(NamedTuple):
    """The scales of moments that are shown together."""

    most: float  # the largest value
    gain: int  # by how much residuals are brightened


def step_views(
    agent: DSRL, moments: Sequence[Moment], names: TypeNames, most_bytes: int
) -> Iterator[StepView]:
    """Yield the views of moments until their pictures take more than a number of bytes."""
    scales = scales_of(moments)
    taken = 0
    for moment in moments:
        view = step_view(agent, moment, names, scales)
        taken += sum(len(each.address) for each in (view.picture, *view.others))
        if taken > most_bytes and moment.number > 0:
            return
        yield view


def scales_of(moments: Sequence[Moment]) -> Scales:
    """Return the scales that all moments are shown in."""
    found = [moment.why.values for moment in moments if moment.why is not None]
    most = max([float(np.abs(values).max()) for values in found if values.size] + [NOTHING])
    return Scales(most, _gain(moments))


def _gain(moments: Sequence[Moment]) -> int:
    """Return by how much residuals are brightened, a whole number."""
    redrawn = (moment.redrawing for moment in moments)
    peak = max((int(each.residual().max(initial=1)) for each in redrawn if each), default=1)
    return max(1, min(_GAIN, _BRIGHT // max(1, peak)))


def step_view(agent: DSRL, moment: Moment, names: TypeNames, scales: Scales) -> StepView:
    """Return the view of a moment."""
    most = scales.most
    why, own = moment.why, agent.front_end.agency.self_types
    parts = () if why is None else tuple(_part_rows(why, own, names, most))
    given = [] if why is None else why.parts
    return StepView(
        number=moment.number,
        picture=_picture("the frame, as the agent gets it", moment.frame),
        others=tuple(_others(moment, scales.gain)),
        overlay=_overlay(agent, moment, names),
        facts=len(moment.facts),
        actions=() if why is None else why.actions,
        action="" if why is None else why.actions[why.chosen],
        reward=f"{moment.reward:+z.2f}",
        total=f"{moment.total:+z.2f}",
        bars=() if why is None else tuple(_bars(why, most)),
        parts=parts,
        silent=sum(_is_silent(part.values) for part in given),
        scene=() if why is None else tuple(map(names.put_into, _scene(why))),
        choice=() if why is None else tuple(map(names.put_into, choice_in_words(why))),
    )


def _scene(why: Reasons) -> list[str]:
    return [line.removesuffix(" From there:") for line in scene_in_words(why)]


def _overlay(agent: DSRL, moment: Moment, names: TypeNames) -> Overlay | None:
    if agent.perception.grid is None:
        return None
    grid = agent.perception.grid.fitted(*moment.frame.shape[:2])
    agency = agent.front_end.agency
    way = None if moment.why is None else way_of(grid, moment.why, agency.effects(), names)
    return overlay(grid, moment.facts, agency.self_types, names, way)


def _others(moment: Moment, gain: int) -> Iterator[Picture]:
    if moment.redrawing is None:
        return
    seen, drawn = moment.redrawing.seen[0], moment.redrawing.drawn[0]
    if seen.shape != moment.frame.shape or (seen != moment.frame).any():
        yield _picture("what sight models of it", seen)
    yield _picture("reconstruction", drawn)
    bright = moment.redrawing.residual()[0].astype(np.int64) * gain
    times = f", {gain} times as bright" if gain > 1 else ""
    yield _picture(f"residual{times}; black is exact", bright.clip(0, _BRIGHT).astype(np.uint8))


def _picture(caption: str, frame: Frame) -> Picture:
    return Picture(caption, png_address(frame), frame.shape[1], frame.shape[0])


def _bars(why: Reasons, most: float) -> Iterator[Bar]:
    for number, (name, value) in enumerate(zip(why.actions, why.values, strict=True)):
        share = float(np.clip(value / most, -1.0, 1.0))
        yield Bar(name, _number(value), share, number == why.chosen, number in why.greedy)


def _part_rows(
    why: Reasons, own: frozenset[int], names: TypeNames, most: float
) -> Iterator[PartRow]:
    for part in why.parts:
        if part.values is not None and not _is_silent(part.values):
            name = called_by(part.fact.type, names)
            place = place_in_words(part.d_row, part.d_col)
            colour = colour_of(part.fact.type, own)
            yield PartRow(name, place, colour, tuple(_cells(part.values, most)))
    if not _is_silent(why.correction):
        yield PartRow(why.correction_name, "", "", tuple(_cells(why.correction, most)))


def _is_silent(values: Floats | None) -> bool:
    return values is None or not bool((np.abs(values) > NOTHING).any())


def _cells(values: Iterable[float], most: float) -> Iterator[Cell]:
    for value in values:
        yield Cell(_number(value), float(np.clip(value / most, -1.0, 1.0)))


def _number(value: float) -> str:
    return "·" if abs(value) < NOTHING else f"{value:+.3f}"
