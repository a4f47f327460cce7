"""Estimate the background from cells that the agent has just left, and the noise about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import BackgroundThresholds
from dsrl_agent.perception.motion.medians import median_of
from dsrl_agent.perception.things.evidence.film import FilmStrip
from dsrl_agent.perception.things.evidence.floors import (
    Floors,
    border_of,
    floors_of,
    residual_noise,
)
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits
_BATCH = 64  # frames worked on at once, to bound memory
_FRAMES = 300  # that give the first guess of the border


@dataclass(frozen=True)
class StaticBackground:
    """The background of frames."""

    picture: Floats32  # [H, W, 3] in [0, 1]
    noise: float  # standard deviation of pixels about it, 1 being the whole range


def find_background(
    film: FilmStrip, windows: Windows, thresholds: BackgroundThresholds
) -> StaticBackground:
    """Return the background: what cells show just after the agent has left them.

    A cell that was never left has the picture that comes nearest to the floor of the others, as
    long as that differs no more from it than floors do. Each picture is averaged over all frames
    that show it. Where noise is strong, all frames in which a cell is empty are averaged.
    """
    noise = _noise(film, thresholds.outlier)
    step = max(1, len(film.frames) // _FRAMES)
    picture = median_of(film.frames[::step]).astype(np.float32) * _LEVEL
    cells = _cells(picture[None], windows)
    shown = {place: _left(film, windows, place) for place in np.ndindex(*windows.shape)}
    floors = floors_of([own for own in shown.values() if len(own)], noise, thresholds)
    inner = np.zeros(picture.shape[:2], np.bool_)
    _cells(inner[None, ..., None], windows)[:] = True
    border = border_of(picture, inner, noise, thresholds)
    picture[~inner] = border.bared(picture[~inner], film.frames[:, ~inner], 0)
    still = ~_changed(film.frames)
    unchanged = np.asarray(_cells(still[None, ..., None], windows).all(axis=(0, 3, 4, 5)))
    for place, own in shown.items():
        # Of a cell that never changes, one picture tells as much as all.
        every = _every(film, windows, place)[: 1 if unchanged[place] else None]
        cells[(0, *place)] = floors.bared(_ground(own, every, floors), every, len(own))
    background = StaticBackground(picture, max(noise, float(_LEVEL) / 2))
    return averaged(film.frames, background, windows, thresholds)


def averaged(
    frames: Frame, background: StaticBackground, windows: Windows, thresholds: BackgroundThresholds
) -> StaticBackground:
    """Return the background averaged over frames in which a cell is empty, where noise is strong.

    Frames are `[B, H, W, 3]`.
    """
    if background.noise > thresholds.noisy * _LEVEL:
        for _ in range(thresholds.averagings):
            background = _averaged(frames, background, windows, thresholds)
    return background


def _changed(frames: Frame) -> NDArray[np.bool_]:
    """Return the pixels `[H, W]` that not all frames show alike."""
    changed = np.zeros(frames.shape[1:], np.bool_)
    for batch in _batches(frames):
        changed |= (batch != frames[0]).any(axis=0)
    return np.asarray(changed.any(axis=-1))


def _ground(own: Floats32, every: Frame, floors: Floors) -> Floats32:
    """Return the background of a cell, from its pictures `own` just after the agent left it.

    `every` `[F, h, w, 3]` are the pictures of the cell in all frames, or the one of all.
    """
    if len(every) == 1:
        picture: Floats32 = every[0] * _LEVEL
        is_unlike = np.square(picture - floors.usual).mean() > floors.unlike
        return floors.usual if is_unlike and not len(own) else picture
    if len(own) >= floors.thresholds.enough:
        return median_of(own).astype(np.float32)
    pictures = every * _LEVEL
    if len(own):
        like = np.median(own, axis=0)
    else:
        away = np.square(pictures - floors.usual).mean(axis=(1, 2, 3))
        if away.min() > floors.unlike:
            return floors.usual
        like = pictures[away.argmin()]
    near = np.square(pictures - like).mean(axis=(1, 2, 3)) < floors.same
    return median_of(pictures[near]).astype(np.float32) if near.any() else like


def _noise(film: FilmStrip, outlier: float) -> float:
    """Return the standard deviation of noise, from frames that follow each other."""
    follow = np.flatnonzero(film.episodes[1:] == film.episodes[:-1])
    some = follow[:: max(1, len(follow) // _BATCH)]
    before, after = film.frames[some], film.frames[some + 1]
    if 2 * np.count_nonzero(before != after) < before.size:
        return 0.0  # the median change is none, as in most large frames
    change = (after.astype(np.float32) - before) * _LEVEL
    return residual_noise(change, outlier) / float(np.sqrt(2))


def holds_thing(
    frames: Frame, background: StaticBackground, windows: Windows, thresholds: BackgroundThresholds
) -> NDArray[np.bool_]:
    """Return which cells' cores differ from the background, `[B, rows, cols]`."""
    rows, cols = windows.core(thresholds.core)
    ground = windows.of(background.picture[None])[0, :, :, rows, cols]
    variance = background.noise**2
    size = 3 * ground.shape[2] * ground.shape[3]
    limit = variance * (1 + thresholds.deviations * np.sqrt(2 / size))
    limit += thresholds.contrast**2 / 3
    holds = []
    for batch in _batches(frames):
        seen = windows.of(batch)[:, :, :, rows, cols] * _LEVEL
        holds.append(np.square(seen - ground).mean(axis=(3, 4, 5)) > limit)
    return np.concatenate(holds)


def _averaged(
    frames: Frame, background: StaticBackground, windows: Windows, thresholds: BackgroundThresholds
) -> StaticBackground:
    """Return the background averaged over all frames in which a cell is empty, and its noise."""
    holds = holds_thing(frames, background, windows, thresholds)
    picture, limit = background.picture, thresholds.outlier * background.noise
    total, count = np.zeros_like(picture), np.zeros((*picture.shape[:2], 1), np.float32)
    square = np.zeros((), np.float64)
    for start in range(0, len(frames), _BATCH):
        seen = frames[start : start + _BATCH] * _LEVEL
        away = seen - picture
        empty = np.ones(seen.shape[:3], np.bool_)
        _cells(empty[..., None], windows)[..., 0] = ~holds[start : start + _BATCH, :, :, None, None]
        fits = (empty & (np.abs(away).max(axis=3) < limit))[..., None]
        total, count = total + (seen * fits).sum(axis=0), count + fits.sum(axis=0)
        square += np.square(away * fits).sum(dtype=np.float64)
    noise = float(np.sqrt(square / max(1.0, 3 * float(count.sum()))))
    known = count >= thresholds.averaged
    return StaticBackground(np.where(known, total / np.maximum(count, 1), picture), noise)


def _left(film: FilmStrip, windows: Windows, place: tuple[int, ...]) -> Floats32:
    """Return the pictures `[N, h, w, 3]` of a cell in the frames in which it was just left."""
    own: Ints = np.flatnonzero(film.left[:, place[0], place[1]])
    return _every(film, windows, place)[own] * _LEVEL


def _every(film: FilmStrip, windows: Windows, place: tuple[int, ...]) -> Frame:
    """Return the pictures `uint8 [F, h, w, 3]` of a cell in all frames."""
    top, left = (windows.origin[i] + place[i] * windows.pitch[i] for i in (0, 1))
    height, width = windows.pitch
    return film.frames[:, top : top + height, left : left + width]


def _cells(images: NDArray[Any], windows: Windows) -> NDArray[Any]:
    """Return a writable view `[B, rows, cols, h, w, C]` of the cells in images `[B, H, W, C]`."""
    (top, left), (rows, cols), (height, width) = windows.origin, windows.shape, windows.pitch
    inner = images[:, top : top + rows * height, left : left + cols * width]
    shape = (len(images), rows, height, cols, width, images.shape[3])
    batch, down, right, channel = inner.strides
    strides = (batch, down * height, down, right * width, right, channel)
    view = np.lib.stride_tricks.as_strided(inner, shape, strides)
    return view.transpose(0, 1, 3, 2, 4, 5)


def _batches(frames: Frame) -> list[Frame]:
    return [frames[start : start + _BATCH] for start in range(0, len(frames), _BATCH)]
