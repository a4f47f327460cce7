"""Sprites, models and frames of things drawn by slices, whose pixels can be told by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Vocabulary
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.things.evidence.coverage import coverage_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.types import Floats32, Frame

SAMPLES = 2
HERE = Placement(1.0, 0, 0)
RED, GREEN, BLUE = (0.9, 0.1, 0.2), (0.1, 0.8, 0.1), (0.2, 0.3, 0.9)
GREY = 0.2
"""The level of the background."""


def floats(values: Sequence[object]) -> Floats32:
    return np.array(values, np.float32)


def box(canvas: Canvas, height: int, width: int) -> Floats32:
    """Return the sprite of a box of so many pixels."""
    sprite = np.zeros((canvas.side, canvas.side), np.float32)
    middle = canvas.side // 2
    down, right = (size * canvas.samples // 2 for size in (height, width))
    sprite[middle - down : middle + down, middle - right : middle + right] = 1
    return sprite


def cross(canvas: Canvas, size: int) -> Floats32:
    """Return the sprite of an upright cross with arms of 2 pixels."""
    return np.maximum(box(canvas, size, 2), box(canvas, 2, size))


class Boxes(NamedTuple):
    """A model of boxes on a grey floor, and what it was made of."""

    model: SceneModel
    canvas: Canvas
    words: tuple[Vocabulary, ...]


def boxes(
    windows: Windows,
    sizes: Sequence[tuple[int, int]],
    tints: Sequence[Sequence[int]],
    palette: Sequence[tuple[float, float, float]] = (RED, GREEN),
    places: Sequence[Placement] = (HERE,),
    free_tint: float = 30.0,
) -> Boxes:
    """Return a model of one type for each height and width in pixels."""
    canvas = Canvas(windows.size, SAMPLES)
    words = tuple(
        Vocabulary(box(canvas, *size), places, np.array(own))
        for size, own in zip(sizes, tints, strict=True)
    )
    background = np.full((*windows.frame, 3), GREY, np.float32)
    hypotheses = Hypotheses.of(canvas, words, floats(palette).reshape(-1, 3), free_tint)
    likelihood = Likelihood(noise=0.01, raster=0.02, presence=15.0)
    return Boxes(SceneModel(windows, background, hypotheses, likelihood), canvas, words)


def painted(
    windows: Windows, things: Sequence[tuple[int, int, int, int, Sequence[float]]]
) -> Frame:
    """Return a frame with boxes: row, column, height and width in pixels, and colour, in order."""
    rim = max(windows.pitch)
    height, width = windows.frame
    picture = np.full((height + 2 * rim, width + 2 * rim, 3), GREY)
    for row, col, tall, wide, colour in things:
        middles = (
            rim + windows.origin[i] + (row, col)[i] * windows.pitch[i] + windows.pitch[i] // 2
            for i in (0, 1)
        )
        top, left = (middle - size // 2 for middle, size in zip(middles, (tall, wide), strict=True))
        picture[top : top + tall, left : left + wide] = colour
    inner = picture[rim : rim + height, rim : rim + width]
    return np.asarray(np.rint(inner * 255), np.uint8)


def with_noise(frames: Frame, deviation: float, seed: int = 0) -> Frame:
    """Return frames with normal noise, 1 being the whole range."""
    noise = np.random.default_rng(seed).normal(0, 255 * deviation, frames.shape)
    return np.asarray(np.rint(frames + noise).clip(0, 255), np.uint8)


class Shown(NamedTuple):
    """A thing that a track shows."""

    sprite: Floats32
    place: Placement
    colour: tuple[float, float, float]


def tracks_of(
    canvas: Canvas, things: Sequence[Shown], noise: float = 0.0, frames: int = 1, seed: int = 0
) -> Tracks:
    """Return tracks of things on a grey floor, each averaged over some frames with noise."""
    rng = np.random.default_rng(seed)
    covers = np.stack([canvas.draw(each.sprite, each.place) for each in things])
    grounds = np.full((*covers.shape, 3), GREY, np.float32)
    colours = floats([each.colour for each in things])[:, None, None]
    contrasts = covers[..., None] * (colours - grounds)
    contrasts += rng.normal(0, noise / np.sqrt(frames), contrasts.shape)
    return Tracks(
        contrasts.astype(np.float32),
        grounds,
        np.ones(covers.shape, np.float32),
        np.full(len(things), frames),
        np.zeros(len(things), np.bool_),
        reach=False,
        whole=np.zeros(len(things), np.bool_),
    )


def fitter_of(canvas: Canvas, tracks: Tracks, noise: float = 0.0) -> TrackFitter:
    """Return a fitter of sprites to tracks."""
    things = ThingsThresholds()
    covered = coverage_of(tracks, noise, things.coverage)
    return TrackFitter(canvas, tracks, covered, things.sprites)
