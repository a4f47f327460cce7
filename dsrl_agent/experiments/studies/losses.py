"""`dsrl study losses`: compare two losses, as Figures 2.1-2.3 (after Doersch 2016, Figure 3).

One reconstruction of a digit is shifted by half a pixel and looks like the digit. The other has a
gap in its stroke and does not. The Euclidean distance (section 2.3.1) prefers the gap; the binary
cross-entropy (2.3.2) prefers the shift.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.autoencoders import load_or_download
from dsrl_agent.experiments.studies.options import LossesOptions
from dsrl_agent.experiments.studies.page import Page, study_folder
from dsrl_agent.records import RunFolder
from dsrl_agent.types import Floats

CLIPS = (1e-7, 1e-3, 1e-2)
"""Least distances of a reconstruction's pixels from 0 and 1. The first is Keras's, the thesis's."""

_NEARER = 0.9  # the gap's share of the shift's Euclidean distance, at most
_SIDE, _FINE = 28, 8  # pixels; the factor by which a drawn digit is drawn larger, then reduced
_STROKES = ((7, 6), (20, 6), (11, 22))  # a seven
_WIDTH = 2.5


class Pair(NamedTuple):
    """Two reconstructions of a digit, `[28, 28]` in [0, 1].

    Attributes:
        shifted: The digit half a pixel lower and further right, which people find more similar.
        broken: The digit with a square gap, which is nearer in Euclidean distance.
    """

    shifted: Floats
    broken: Floats


def study(options: LossesOptions) -> str:
    """Measure both losses on both reconstructions; return the page's text and path."""
    if options.data is None and not options.download:
        digit, digits, name = drawn_digit(), None, "a drawn seven (no MNIST folder was named)"
    else:
        mnist = load_or_download(options.data, options.download)
        digit = mnist.test_images[options.digit] / 255.0
        digits = mnist.test_images[: options.digits] / 255.0
        name = f"MNIST's test image {options.digit}, a {mnist.test_labels[options.digit]}"
    with study_folder("losses", options) as folder:
        return _page(folder, digit, digits, name).write()


def euclidean(image: Floats, reconstruction: Floats) -> float:
    """Return the Euclidean distance (section 2.3.1) of two images."""
    return float(np.sqrt(np.square(image - reconstruction).sum()))


def cross_entropy(image: Floats, reconstruction: Floats, clip: float) -> float:
    """Return the binary cross-entropy (section 2.3.2), summed over pixels, in nats.

    Args:
        image: In [0, 1].
        reconstruction: In [0, 1], of the same shape.
        clip: Least distance of the reconstruction from 0 and 1.
    """
    kept = np.clip(reconstruction, clip, 1 - clip)
    return float(-(image * np.log(kept) + (1 - image) * np.log1p(-kept)).sum())


def shift_half(image: Floats) -> Floats:
    """Return an image moved by half a pixel down and right: each pixel is the mean of four."""
    padded = np.pad(image, ((1, 0), (1, 0)))
    return (padded[1:, 1:] + padded[1:, :-1] + padded[:-1, 1:] + padded[:-1, :-1]) / 4


def break_stroke(image: Floats, limit: float) -> Floats:
    """Return an image with the square gap of the largest Euclidean distance below a limit."""
    best, best_distance = image, 0.0
    height, width = image.shape
    # A gap's distance is the norm of the pixels in it, summed by cumulative sums.
    total = np.pad(np.square(image).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    for side in range(1, min(height, width) + 1):
        taken = np.sqrt(
            np.maximum(
                total[side:, side:]
                - total[:-side, side:]
                - total[side:, :-side]
                + total[:-side, :-side],
                0.0,
            )
        )
        taken[taken >= limit] = 0.0
        if taken.max() > best_distance:
            best_distance = float(taken.max())
            row, col = np.unravel_index(int(taken.argmax()), taken.shape)
            best = image.copy()
            best[row : row + side, col : col + side] = 0.0
    return best


def reconstructions(digit: Floats) -> Pair:
    """Return the two reconstructions of a digit `[28, 28]` in [0, 1]."""
    shifted = shift_half(digit)
    return Pair(shifted, break_stroke(digit, _NEARER * euclidean(digit, shifted)))


def drawn_digit() -> Floats:
    """Draw a seven, `[28, 28]` in [0, 1], which stands in for MNIST."""
    large = Image.new("L", (_SIDE * _FINE, _SIDE * _FINE))
    points = [(x * _FINE, y * _FINE) for x, y in _STROKES]
    ImageDraw.Draw(large).line(points, fill=255, width=round(_WIDTH * _FINE), joint="curve")
    small = large.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float64) / 255.0


def _page(folder: RunFolder, digit: Floats, digits: Floats | None, name: str) -> Page:
    page = Page(folder, "Euclidean distance and binary cross-entropy (Sherburn 2017, 2.3)")
    pair = reconstructions(digit)
    images = {"the digit itself": digit, "shifted by half a pixel": pair.shifted}
    images["with a gap"] = pair.broken
    heads = ["reconstruction", "Euclidean distance", *(f"BCE, clip {clip:g}" for clip in CLIPS)]
    rows = []
    for label, image in images.items():
        entropies = [cross_entropy(digit, image, clip) for clip in CLIPS]
        figures = {"euclidean": euclidean(digit, image)}
        figures |= {f"bce_{clip:g}": value for clip, value in zip(CLIPS, entropies, strict=True)}
        folder.log("losses", 0, {"reconstruction": label, **figures})
        rows.append([label, f"{figures['euclidean']:.2f}", *(f"{e:.1f}" for e in entropies)])
    page.say(f"Of {name}.")
    page.say(Table(heads, rows))
    page.say(
        f"The gap is the square one that takes most while its Euclidean distance is below "
        f"{_NEARER:g} of the shift's. BCE is in nats, summed over pixels; a reconstruction's "
        "pixels are clipped to [clip, 1 - clip]."
    )
    if digits is not None:
        page.say(_over_many(folder, digits))
    page.show("losses", "As Figures 2.1-2.3: the digit and its reconstructions.", _figure(images))
    return page


def _over_many(folder: RunFolder, digits: Floats) -> Table:
    """Return a table of the shares of digits for which each loss prefers a reconstruction."""
    votes = []
    for digit in digits:
        pair = reconstructions(digit)
        nearer = euclidean(digit, pair.broken) < euclidean(digit, pair.shifted)
        lower = [
            cross_entropy(digit, pair.shifted, clip) < cross_entropy(digit, pair.broken, clip)
            for clip in CLIPS
        ]
        votes.append([nearer, *lower])
    shares = np.mean(votes, axis=0)
    names = ["euclidean_prefers_gap", *(f"bce_{clip:g}_prefers_shift" for clip in CLIPS)]
    folder.log("many", len(digits), dict(zip(names, map(float, shares), strict=True)))
    rows = [["Euclidean distance", "the gap (by construction)", f"{shares[0]:.3f}"]]
    rows += [
        [f"BCE, clip {clip:g}", "the shift", f"{share:.3f}"]
        for clip, share in zip(CLIPS, shares[1:], strict=True)
    ]
    return Table(["loss", "prefers", f"share of {len(digits)} digits"], rows)


def _figure(images: dict[str, Floats]) -> Figure:
    figure = Figure(figsize=(6, 2.3), dpi=100, layout="constrained")
    for axes, (label, image) in zip(figure.subplots(1, len(images)), images.items(), strict=True):
        axes.imshow(image, cmap="gray", vmin=0, vmax=1)
        axes.set_title(label, fontsize=9)
        axes.set_axis_off()
    return figure
