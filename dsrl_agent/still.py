"""Symbols of still pictures: where nothing moves, the latents alone find the grid and the objects.

A first network, whose latent map is finer than any grid, learns the pictures at all shifts. Where
its latents stand out from what most of the picture looks like, there is an object; the objects'
centres give the grid. A second network then learns the cells, and their spectra become types.

The picture tells no border of the world: rows and columns are counted from the first that holds
an object.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.back_end import CELL_SIDE, FINE_LAYERS, BackEnd
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.grid import Grid
from dsrl_agent.symbols import Codebook, facts_of, fit_codebook
from dsrl_agent.types import Facts, Floats, Floats32, Frame, Ints

_STRIDE = 4  # of the fine network
_MARGIN = 2 * _STRIDE  # the picture is continued so far beyond its edges
_COPIES = 50  # of each spectrum, spread as wide as what the decoder cannot tell apart
_SPREAD = 0.1  # of the posterior's width
_SMALLEST, _LARGEST = 1.5, 12.0  # object scales searched, in pixels: radius / sqrt(2)


class StillSymbols(NamedTuple):
    """What was found in still pictures.

    Attributes:
        facts: The facts of each picture.
        grid: The grid that all share.
        salience: `[N, H, W]`: how far each pixel's latents stand out, in posterior widths.
        codebook: The types.
    """

    facts: list[Facts]
    grid: Grid
    salience: Floats
    codebook: Codebook


def symbols_of_stills(
    frames: Frame, config: BackEndConfig | None = None, seed: int = 0, device: str = "auto"
) -> StillSymbols:
    """Find the symbols of pictures of one kind of world.

    Args:
        frames: `uint8 [N, H, W, 3]`; one is enough.
        config: Settings of the networks.
        seed: Seeds them.
        device: Where they run.

    Raises:
        PerceptionError: Nothing stands out, or too little to tell a grid from.
    """
    config = config or BackEndConfig()
    fine = BackEnd(3, config, seed, device, FINE_LAYERS)
    shifted = _shifts(frames)
    fine.fit(len(shifted), lambda chosen: shifted[chosen], config.steps)
    salience = np.stack([_salience(fine, frame) for frame in frames])
    centres = [_centres(each) for each in salience > _otsu(salience)]
    grid = _grid_of(np.concatenate(centres), (frames.shape[1], frames.shape[2]))
    facts, codebook = _types(frames, centres, grid, config, seed, device)
    return StillSymbols(facts, grid, salience, codebook)


def _to_images(frames: Frame) -> Floats32:
    images = frames.astype(np.float32).transpose(0, 3, 1, 2) / np.float32(255.0)
    return np.ascontiguousarray(images, np.float32)


def _padded(frames: Frame) -> Floats32:
    """Return images continued beyond their edges so that every shift by up to 4 fits."""
    beyond = (_MARGIN, _MARGIN + _STRIDE)
    return np.pad(_to_images(frames), ((0, 0), (0, 0), beyond, beyond), mode="edge")


def _shifts(frames: Frame) -> Floats32:
    """Return the pictures at all 4 x 4 shifts: `[16 N, 3, H', W']`."""
    images = _padded(frames)
    height, width = (side // _STRIDE * _STRIDE - _STRIDE for side in images.shape[2:])
    return np.concatenate(
        [
            images[:, :, row : row + height, col : col + width]
            for row in range(_STRIDE)
            for col in range(_STRIDE)
        ]
    )


def _salience(fine: BackEnd, frame: Frame) -> Floats:
    """Return how far the latents around each pixel are from the picture's usual ones, `[H, W]`."""
    latents = fine.encode(_shifts(frame[None]))
    _, height, width, count = latents.mean.shape
    # [4, 4, h, w, K] -> [4 h, 4 w, K]: the shifts' latent maps, interleaved, give one per pixel.
    dense = latents.mean.reshape(_STRIDE, _STRIDE, height, width, count)
    dense = dense.transpose(2, 0, 3, 1, 4).reshape(_STRIDE * height, _STRIDE * width, count)
    # The middle of what a place sees lies 1.5 pixels after its corner; the margin came before it.
    start = _MARGIN - 1
    dense = dense[start : start + frame.shape[0], start : start + frame.shape[1]]
    usual = np.median(dense, axis=(0, 1))
    spread = np.exp(0.5 * latents.log_variance).mean(axis=(0, 1, 2))
    return np.asarray(np.sqrt(np.square((dense - usual) / spread).mean(axis=2)), np.float64)


def _otsu(values: Floats) -> float:
    """Return the threshold that parts values into the two tightest groups (Otsu 1979)."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * middles)
    between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    return float(edges[1:-1][np.argmax(between)])


def _centres(mask: NDArray[np.bool_]) -> Floats:
    """Return the middles `[M, 2]` of blobs.

    Blobs are found at the scale that answers strongest (Lindeberg 1998); the middle of one is the
    centre of its mass.
    """
    best_answer, best = -1.0, np.empty((0, 2))
    if not mask.any():
        return best
    best_scale = _SMALLEST
    for scale in np.arange(_SMALLEST, _LARGEST, 0.25):
        answer = -(scale**2) * ndimage.gaussian_laplace(mask.astype(np.float64), scale)
        peaks = (ndimage.maximum_filter(answer, size=3) == answer) & (answer > answer.max() / 2)
        if answer[peaks].mean() > best_answer:
            best_answer, best = float(answer[peaks].mean()), np.argwhere(peaks).astype(np.float64)
            best_scale = float(scale)
    # A blob's radius is the scale times the square root of two.
    reach = int(np.ceil(best_scale * np.sqrt(2.0)))
    return np.array([_centre_of_mass(mask, peak.astype(int), reach) for peak in best])


def _centre_of_mass(mask: NDArray[np.bool_], peak: Ints, reach: int) -> Floats:
    first = np.maximum(peak - reach, 0)
    last = peak + reach + 1
    inside = np.argwhere(mask[first[0] : last[0], first[1] : last[1]])
    return np.asarray(inside.mean(axis=0) + first if len(inside) else peak, np.float64)


def _grid_of(centres: Floats, frame: tuple[int, int]) -> Grid:
    if not len(centres):
        raise PerceptionError(
            "Nothing stands out in these pictures, so no object was found; give pictures with "
            "objects on a background."
        )
    lines = [_lines(centres[:, axis]) for axis in (0, 1)]
    gaps = [np.diff(line) for line in lines]
    known = [float(gap.min()) for gap in gaps if len(gap)]
    if not known:
        raise PerceptionError(
            "Only one object was found in these pictures, which tells no cell size; give pictures "
            "with several objects."
        )
    # Cells may be taken for square where one axis shows a single line of objects.
    axes = [
        _axis_of(line, float(gap.min()) if len(gap) else known[0], side)
        for line, gap, side in zip(lines, gaps, frame, strict=True)
    ]
    pitch, origin, cells = zip(*axes, strict=True)
    return Grid((pitch[0], pitch[1]), (origin[0], origin[1]), (cells[0], cells[1]), frame)


def _axis_of(line: Floats, gap: float, side: int) -> tuple[int, int, int]:
    """Return pitch, origin and number of cells of the lines along one axis."""
    numbers = np.rint((line - line[0]) / gap)
    # The least squares line through (number, position): steadier than any one gap.
    fitted = np.polyfit(numbers, line, 1) if len(line) > 1 else np.array([gap, line[0]])
    pitch, first = round(float(fitted[0])), float(fitted[1])
    cells = int(numbers[-1]) + 1
    # Pixels are counted at their middles: a cell of 9 centred on pixel 4 begins at 0.
    origin = round(first - (pitch - 1) / 2)
    return pitch, int(np.clip(origin, 0, max(0, side - cells * pitch))), cells


def _lines(positions: Floats) -> Floats:
    """Return the middles of groups of positions: the rows or columns that hold objects."""
    ordered = np.sort(positions)
    gaps = np.diff(ordered)
    # Within a line positions differ by a pixel or two, between lines by a cell or more.
    breaks = np.flatnonzero(gaps > max(2.0, gaps.max(initial=0.0) / 3)) + 1
    return np.array([part.mean() for part in np.split(ordered, breaks)])


def _types(
    frames: Frame,
    centres: list[Floats],
    grid: Grid,
    config: BackEndConfig,
    seed: int,
    device: str,
) -> tuple[list[Facts], Codebook]:
    images = grid.resample(frames, CELL_SIDE)
    cells = BackEnd(3, config, seed, device)
    cells.fit(len(images), lambda chosen: images[chosen], config.steps)
    latents = cells.encode(images)
    bare = np.ones(latents.mean.shape[:3], np.bool_)
    for number, found in enumerate(centres):
        places = (found - grid.origin) // grid.pitch
        row, col = places.astype(int).T
        bare[number, row.clip(0, grid.shape[0] - 1), col.clip(0, grid.shape[1] - 1)] = False
    spectra = latents.mean.reshape(-1, config.latents).astype(np.float64)
    widths = np.exp(0.5 * latents.log_variance.reshape(spectra.shape)).astype(np.float64)
    # A handful of spectra is no sample to choose a mixture by: each stands for all that the
    # decoder could not tell from it.
    noise = np.random.default_rng(seed).standard_normal((_COPIES, *spectra.shape))
    copies = (spectra + _SPREAD * widths * noise).reshape(-1, config.latents)
    codebook = fit_codebook(
        copies,
        np.tile(widths, (_COPIES, 1)),
        np.tile(bare.ravel(), _COPIES),
        PerceptionConfig().max_types,
        seed,
    )
    types: Ints = codebook.classify(latents.mean)
    return [facts_of(each) for each in types], codebook
