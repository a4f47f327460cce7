"""Models and tracks of boxes whose left and right halves have a colour each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from drawn_boxes import GREY, HERE, SAMPLES, box, floats

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Vocabulary
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import SpritesThresholds, ThingsThresholds
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.types import Floats32

SETTINGS = ThingsThresholds(sprites=SpritesThresholds(samples=2))
Colour = tuple[float, float, float]


def halves(canvas: Canvas) -> Floats32:
    """Return the share of the left and of the right half of a canvas, `[2, side, side]`."""
    left = np.zeros((canvas.side, canvas.side), np.float32)
    left[:, : canvas.side // 2] = 1
    return np.stack([left, 1 - left])


def halved_words(
    canvas: Canvas,
    sizes: Sequence[tuple[int, int]],
    tints: Sequence[int],
    places: Sequence[Placement] = (HERE,),
) -> tuple[Vocabulary, ...]:
    """Return types of boxes of two halves, each height and width in pixels."""
    shares = halves(canvas)
    return tuple(Vocabulary(box(canvas, *size), places, np.array(tints), shares) for size in sizes)


def halved_model(
    windows: Windows,
    sizes: Sequence[tuple[int, int]],
    palette: Sequence[Colour],
    plain: Sequence[tuple[int, int]] = (),
    reach: bool = False,
) -> ThingsModel:
    """Return a model of boxes of two halves, and of plain ones of one colour each."""
    canvas = Canvas(windows.size, SAMPLES)
    tints = np.arange(len(palette))
    words = (
        *halved_words(canvas, sizes, list(tints)),
        *(Vocabulary(box(canvas, *size), [HERE], tints) for size in plain),
    )
    background = np.full((*windows.frame, 3), GREY, np.float32)
    hypotheses = Hypotheses.of(canvas, words, floats(palette), 30.0)
    scenes = SceneModel(windows, background, hypotheses, Likelihood(0.01, 0.02, 15.0))
    return ThingsModel(scenes, words, agent=-1, reach=reach, limit=0.05, thresholds=SETTINGS)


def halved_tracks(
    canvas: Canvas, size: tuple[int, int], pairs: Sequence[tuple[Colour, Colour]]
) -> Tracks:
    """Return tracks of a box whose halves have colours, on a grey floor."""
    cover = canvas.draw(box(canvas, *size), HERE)
    masks = np.stack([canvas.draw(box(canvas, *size) * part, HERE) for part in halves(canvas)])
    shown = np.einsum("phw,tpc->thwc", masks, floats(pairs))
    contrasts = (shown - cover[..., None] * np.float32(GREY)).astype(np.float32)
    count = len(pairs)
    none = np.zeros(count, np.bool_)
    return Tracks(
        contrasts,
        np.full_like(contrasts, GREY),
        np.ones(contrasts.shape[:3], np.float32),
        np.ones(count, np.int64),
        none,
        reach=False,
        whole=none,
    )
