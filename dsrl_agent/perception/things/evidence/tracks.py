"""Follow things that stand still, and average their pictures over the frames in which they do."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.windows import Windows, most_beside
from dsrl_agent.config.things import StandingThresholds
from dsrl_agent.perception.things.evidence.background import StaticBackground
from dsrl_agent.perception.things.evidence.film import FilmStrip
from dsrl_agent.perception.things.evidence.ink import cut_off, shown_alone
from dsrl_agent.types import Floats, Floats32, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits


class StandingTrack(NamedTuple):
    """A thing that stands in one cell while nothing changes there."""

    row: int
    col: int
    frames: Ints  # the frames that are averaged
    isolated: bool  # whether nothing stands around it in these frames
    never_alone: bool  # whether something stands around it in all frames of its run


class Tracks(NamedTuple):
    """Pictures of T things, each averaged over the frames in which it stands still."""

    contrasts: Floats32  # [T, h, w, 3]: the window minus the background
    grounds: Floats32  # [T, h, w, 3]: the background there
    weights: Floats32  # [T, h, w]: 1 for pixels that show the thing, else 0
    counts: Ints  # [T]: number of frames averaged
    agent: NDArray[np.bool_]  # [T]: whether the agent is known to be in the cell
    reach: bool  # whether things reach out of their cells
    whole: NDArray[np.bool_]  # [T]: whether the thing is known to be seen as a whole


def find_tracks(
    film: FilmStrip,
    holds: NDArray[np.bool_],
    background: StaticBackground,
    windows: Windows,
    thresholds: StandingThresholds,
    least_reach: int | None = 0,
) -> Tracks:
    """Return the pictures of all things that stand still for a frame or more.

    `holds` `[F, rows, cols]` tells which cells hold a thing. If things reach out of their cells,
    those are taken that are seen whole, as nothing stands around them or touches them, and their
    whole windows count but for others' ink. In crowded worlds, where these are few, all are taken,
    without what others around them reach. Things reach out by at least `least_reach` pixels; with
    `None` they are known not to.
    """
    found = _runs(film, holds, background, windows, thresholds)
    crowded = _longest([each for each in found if not each.isolated], thresholds.most)
    chosen, tracks = _whole(found, film, background, windows, thresholds)
    reach = 0
    if least_reach is not None:
        reach = max(_reach(tracks, background, windows, thresholds), least_reach)
    if not reach:
        chosen, tracks = crowded, _pictures(crowded, film, background, windows)
        tracks.weights[(slice(None), *windows.own)] = 1
    elif np.count_nonzero(~tracks.agent) <= thresholds.enough * len(crowded):
        chosen, tracks = crowded, _pictures(crowded, film, background, windows)
        tracks.whole[:] = False
        tracks.weights[:] = _visible(crowded, holds, windows, reach)
    return tracks._replace(agent=_agents(chosen, film), reach=reach > 0)


def _agents(chosen: list[StandingTrack], film: FilmStrip) -> NDArray[np.bool_]:
    """Return which tracks are known to be of the agent."""
    stands = [film.stands[each.frames, each.row, each.col].any() for each in chosen]
    return np.array(stands, np.bool_)


def _whole(
    found: list[StandingTrack],
    film: FilmStrip,
    background: StaticBackground,
    windows: Windows,
    thresholds: StandingThresholds,
) -> tuple[list[StandingTrack], Tracks]:
    """Return the tracks of things seen whole, and their pictures.

    Nothing stands around these, or their ink touches no other; the frame's edge cuts none off.
    """
    alone = [each for each in found if each.isolated]
    beside = _longest([each for each in found if each.never_alone], thresholds.most)
    tracks = _pictures([*alone, *beside], film, background, windows)
    count, own = len(alone), [(each.row, each.col) for each in [*alone, *beside]]
    inside = windows.inside()[tuple(np.array(own, np.int64).reshape(-1, 2).T)]
    spread = background.noise / np.sqrt(tracks.counts)
    tracks.weights[:count] = inside[:count]
    tracks.weights[count:] = shown_alone(
        tracks.contrasts[count:], spread[count:], windows, thresholds
    )
    tracks.weights[cut_off(tracks.contrasts, spread, inside, windows, thresholds)] = 0
    kept = np.flatnonzero(tracks.weights.any(axis=(1, 2)))
    chosen = [[*alone, *beside][number] for number in kept]
    parts = {name: part[kept] for name, part in tracks._asdict().items() if name != "reach"}
    return chosen, tracks._replace(**{**parts, "agent": _agents(chosen, film)})


def _visible(
    chosen: list[StandingTrack], holds: NDArray[np.bool_], windows: Windows, reach: int
) -> Floats32:
    """Return which pixels of tracks' windows nothing but their things can reach, `[T, h, w]`.

    Things reach `reach` pixels out of their cells.
    """
    inside = windows.inside()
    weights = np.stack([inside[each.row, each.col] for each in chosen])
    (height, width), rim = windows.pitch, windows.margin
    padded = np.pad(holds, ((0, 0), (1, 1), (1, 1)))
    for number, (row, col, frames, *_) in enumerate(chosen):
        near = np.asarray(padded[frames, row : row + 3, col : col + 3].any(axis=0))
        near[1, 1] = False
        for down, right in np.argwhere(near) - 1:
            top, left = rim + down * height - reach, rim + right * width - reach
            rows = slice(max(0, top), max(0, top + height + 2 * reach))
            cols = slice(max(0, left), max(0, left + width + 2 * reach))
            weights[number, rows, cols] = 0
    return weights


def _runs(
    film: FilmStrip,
    holds: NDArray[np.bool_],
    background: StaticBackground,
    windows: Windows,
    thresholds: StandingThresholds,
) -> list[StandingTrack]:
    """Return the runs of frames in which a cell holds a thing and does not change.

    Each run is given twice: with all frames, and with those in which nothing stands around it.
    """
    cuts = _changes(film, background, windows, thresholds)
    crowded, found = most_beside(holds), []
    held = np.pad(holds.cumsum(axis=0), ((1, 0), (0, 0), (0, 0)))  # before each frame
    for row, col in np.ndindex(*windows.shape):
        ends = [0, *(np.flatnonzero(cuts[:, row, col]) + 1).tolist(), len(film.frames)]
        before = held[ends, row, col].tolist()
        for (start, stop), (first, last) in zip(pairwise(ends), pairwise(before), strict=True):
            if last - first < thresholds.occupied * (stop - start):
                continue
            frames = np.arange(start, stop)
            alone = frames[~crowded[start:stop, row, col]]
            found.append(StandingTrack(row, col, frames, False, not len(alone)))
            if len(alone):
                found.append(StandingTrack(row, col, alone, True, False))
    return found


def _changes(
    film: FilmStrip, background: StaticBackground, windows: Windows, thresholds: StandingThresholds
) -> NDArray[np.bool_]:
    """Return which cells change from a frame to the next one, `[F - 1, rows, cols]`."""
    rows, cols = windows.own
    height, width = windows.pitch
    size = 3 * height * width
    limit = 2 * background.noise**2 * (1 + thresholds.deviations * np.sqrt(2 / size))
    limit += thresholds.contrast**2 / 3
    cells = windows.of(film.frames)[:, :, :, rows, cols]
    # Cells of equal pixels, most of them without noise, are not compared further.
    changes = (cells[1:] != cells[:-1]).any(axis=(3, 4, 5))
    for number in np.flatnonzero(changes.any(axis=(1, 2))).tolist():
        own = changes[number].copy()
        before, after = (np.asarray(cells[number + step][own] * _LEVEL) for step in (0, 1))
        changes[number, own] = np.square(after - before).mean(axis=(1, 2, 3)) > limit
    cuts = film.episodes[1:] != film.episodes[:-1]
    return np.asarray(changes | cuts[:, None, None])


def _pictures(
    chosen: list[StandingTrack], film: FilmStrip, background: StaticBackground, windows: Windows
) -> Tracks:
    """Return the mean windows of tracks seen whole; the weights are to be set."""
    frames = windows.of(film.frames)
    ground = windows.of(background.picture[None])[0]
    size = (len(chosen), *windows.size, 3)
    contrasts, grounds = np.empty(size, np.float32), np.empty(size, np.float32)
    for number, (row, col, own, *_) in enumerate(chosen):
        grounds[number] = ground[row, col]
        mean = frames[own, row, col].mean(axis=0, dtype=np.float32)
        contrasts[number] = mean * _LEVEL - grounds[number]
    counts = np.array([len(track.frames) for track in chosen], np.int64)
    weights, ones = np.zeros(size[:3], np.float32), np.ones(len(chosen), np.bool_)
    return Tracks(contrasts, grounds, weights, counts, agent=~ones, reach=False, whole=ones)


def _reach(
    whole: Tracks, background: StaticBackground, windows: Windows, thresholds: StandingThresholds
) -> int:
    """Return by how many pixels things that are seen whole reach out of their cells."""
    if not len(whole.counts) or not windows.margin:
        return 0
    spread = background.noise * np.sqrt(3 / whole.counts)
    limit: Floats = thresholds.ink + thresholds.ink_deviations * spread
    ink = np.square(whole.contrasts).sum(axis=3) > np.square(limit)[:, None, None]
    ink &= whole.weights > 0
    rim = windows.margin
    sides = (
        ink[:, :rim][:, ::-1],
        ink[:, -rim:],
        ink[:, :, :rim][:, :, ::-1].transpose(0, 2, 1),
        ink[:, :, -rim:].transpose(0, 2, 1),
    )
    fars = []
    for side in sides:
        rows = side.sum(axis=2) > 1  # [T, rim], from the cell outwards
        fars.append(np.where(rows.any(axis=1), rim - rows[:, ::-1].argmax(axis=1), 0))
    # The agent moves, so that most tracks may be its own.
    parts = [far[own] for far in fars for own in (whole.agent, ~whole.agent) if own.any()]
    return max(_common_reach(part, thresholds) for part in parts)


def _common_reach(far: Ints, thresholds: StandingThresholds) -> int:
    """Return the pixels that tracks `[T]` reach out by, but for the rarest; 0 if few do."""
    if np.count_nonzero(far) < max(thresholds.fewest, thresholds.reach * len(far)):
        return 0
    return max(1, int(np.quantile(far, 1 - thresholds.reach)))


def _longest(found: list[StandingTrack], most: int) -> list[StandingTrack]:
    """Return at most `most` tracks, the longest, in their order."""
    if len(found) <= most:
        return found
    lengths = np.array([len(track.frames) for track in found])
    return [found[number] for number in np.sort(np.argsort(-lengths, kind="stable")[:most])]
