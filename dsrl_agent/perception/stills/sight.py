"""Symbols of still pictures: where nothing moves, the latents alone find the grid and the objects.

A first network, whose latent map is finer than any grid, learns the pictures at all shifts. Where
its latents stand out from what most of the picture looks like, there is an object: the objects'
centres give the grid, and what stands out in each of its cells tells which are empty. A second
network then learns the cells, and their spectra become types.

The picture tells no border of the world: rows and columns are counted from the first that holds
an object.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.back_end import CELL_LAYERS, FINE_LAYERS, BackEnd, Latents, Layer
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.errors import ObservationError, PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.symbols import Codebook, facts_of, fit_codebook
from dsrl_agent.types import CELL_SIDE, EMPTY, Facts, Floats, Floats32, Frame, Ints

_STRIDE = 4  # of the fine network
_MARGIN = 2 * _STRIDE  # the picture is continued so far beyond its edges
_BEHIND = 0.5  # pixels by which the middle of what is seen lies after the pixel it stands for
_USUAL = 0.05  # the quantile of salience that a picture's usual look has, noise included
_CANDIDATES, _DENSE = 400, 0.05  # places compared by how near that share of all are
_COPIES = 50  # of each spectrum, spread as wide as what the decoder cannot tell apart
_SPREAD = 0.1  # of the posterior's width
_FINE_BETA = 0.5  # times what is configured: sharper posteriors, objects stand out further
_CELL_BETA = 4.0  # times what is configured: of few pictures, noise would be learned as well
_SHORTEST_PERIOD, _STEP = 4.0, 0.05  # pixels: cells are no smaller than the fine network's stride
_OFF, _BIN = 0.75, 0.25  # pixels: by how far objects are off their lines, and a step thereof
_NEARLY = 0.9  # times the best fit: a longer period that fits so well is the period
_SMALLEST, _LARGEST = 1.5, 12.0  # object scales searched, in pixels: radius / sqrt(2)


MakeNetwork = Callable[[BackEndConfig, int, Sequence[Layer]], BackEnd]
"""Makes a network from its settings, a seed and its layers."""


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


class StillSight:
    """Sight of one kind of still pictures, all of one size and with one grid.

    Args:
        frames: `uint8 [N, H, W, 3]` to learn from; one is enough.
        config: Settings of the networks.
        seed: Seeds them.
        device: Where they run.
        make_network: Makes the two networks in place of the agent's own.

    Attributes:
        grid: The grid found.
        codebook: The types found.

    Raises:
        PerceptionError: Nothing stands out, or too little to tell a grid from.
    """

    def __init__(
        self,
        frames: Frame,
        config: BackEndConfig | None = None,
        seed: int = 0,
        device: str = "auto",
        make_network: MakeNetwork | None = None,
    ) -> None:
        config = config or BackEndConfig()
        make = make_network or (
            lambda settings, own, layers: BackEnd(3, settings, own, device, layers)
        )
        finer = dataclasses.replace(config, beta=_FINE_BETA * config.beta)
        self._fine = make(finer, seed, FINE_LAYERS)
        shifted = _shifts(frames)
        self._fine.fit(len(shifted), lambda chosen: shifted[chosen], config.steps)
        salience = self.salience(frames)
        found = [_centres(each) for each in np.maximum(salience - _otsu(salience), 0.0)]
        self.grid = _grid_of(np.concatenate(found) + _BEHIND, (frames.shape[1], frames.shape[2]))
        usual = float(np.quantile(salience, _USUAL))
        self._limit = _widest_gap(_of_cells(salience, self.grid), usual)
        plainer = dataclasses.replace(config, beta=_CELL_BETA * config.beta)
        self._cells = make(plainer, seed, CELL_LAYERS)
        images, bare = self.grid.resample(frames, CELL_SIDE), self._bare(salience)
        self._cells.fit(len(images), lambda chosen: images[chosen], config.steps)
        self.codebook = _codebook(self._cells.encode(images), bare, seed)

    def salience(self, frames: Frame) -> Floats:
        """Return how far the latents of each pixel stand out, `[N, H, W]`, in posterior widths."""
        return np.stack([_salience(self._fine, frame) for frame in frames])

    def symbols(self, frames: Frame) -> StillSymbols:
        """Return what is in pictures, those learned from or others of their kind.

        Raises:
            ObservationError: They have another size than those learned from.
        """
        if frames.shape[1:3] != self.grid.frame:
            raise ObservationError(
                f"The pictures are of {frames.shape[1]} x {frames.shape[2]} pixels, but those "
                f"learned from were of {self.grid.frame[0]} x {self.grid.frame[1]}; give pictures "
                "of one size."
            )
        salience = self.salience(frames)
        spectra = self._cells.encode(self.grid.resample(frames, CELL_SIDE)).mean
        types = np.where(self._bare(salience), EMPTY, self.codebook.classify(spectra))
        facts = [facts_of(each) for each in types]
        return StillSymbols(facts, self.grid, salience, self.codebook)

    def _bare(self, salience: Floats) -> NDArray[np.bool_]:
        """Return whether cells stand out so little that they are empty, `[N, rows, cols]`."""
        return np.asarray(_of_cells(salience, self.grid) <= self._limit, np.bool_)


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
    return StillSight(frames, config, seed, device).symbols(frames)


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
    # A whole number of pixels leaves it half a pixel behind.
    start = _MARGIN - 1
    dense = dense[start : start + frame.shape[0], start : start + frame.shape[1]]
    spread = np.exp(0.5 * latents.log_variance).mean(axis=(0, 1, 2))
    scaled = dense / spread
    away = scaled - _densest(scaled.reshape(-1, count))
    return np.asarray(np.sqrt(np.square(away).mean(axis=2)), np.float64)


def _densest(points: Floats32) -> Floats32:
    """Return where points `[N, K]` lie densest: what most of a picture looks like.

    Its median does, too, but where objects take half of the room it is the look of nothing.
    """
    some = points[:: max(1, len(points) // _CANDIDATES)]
    squares = np.square(points).sum(axis=1)
    away = np.square(some).sum(axis=1)[:, None] - 2 * some @ points.T + squares  # [C, N]
    few = max(1, int(_DENSE * len(points)))
    densest = away[np.partition(away, few, axis=1)[:, few].argmin()]
    return np.asarray(points[np.argpartition(densest, few)[:few]].mean(axis=0))


def _otsu(values: Floats) -> float:
    """Return the threshold that parts values into the two tightest groups (Otsu 1979)."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * middles)
    both = (below > 0) & (above > 0)
    if not both.any():  # all values are one
        return float(values.max())
    below, above, sums_below, ends = below[both], above[both], sums[:-1][both], edges[1:-1][both]
    between = below * above * (sums_below / below - (sums[-1] - sums_below) / above) ** 2
    return float(ends[np.argmax(between)])


def _centres(standing_out: Floats) -> Floats:
    """Return the middles `[M, 2]` of blobs of what stands out, 0 where nothing does.

    Blobs are found at the scale that answers strongest (Lindeberg 1998); the middle of one is the
    centre of its mass.
    """
    best_answer, best = -1.0, np.empty((0, 2), np.int64)
    if not standing_out.any():
        return best.astype(np.float64)
    best_scale = _SMALLEST
    for scale in np.arange(_SMALLEST, _LARGEST, 0.25):
        answer = -(scale**2) * ndimage.gaussian_laplace(standing_out, scale)
        peaks = (ndimage.maximum_filter(answer, size=3) == answer) & (answer > answer.max() / 2)
        if answer[peaks].mean() > best_answer:
            best_answer, best = float(answer[peaks].mean()), np.argwhere(peaks)
            best_scale = float(scale)
    # A blob's radius is the scale times the square root of two.
    reach = int(np.ceil(best_scale * np.sqrt(2.0)))
    return np.array([_centre_of_mass(standing_out, peak, reach) for peak in best])


def _centre_of_mass(standing_out: Floats, peak: Ints, reach: int) -> Floats:
    first = np.maximum(peak - reach, 0)
    last = peak + reach + 1
    inside = standing_out[first[0] : last[0], first[1] : last[1]]
    if not inside.any():
        return peak.astype(np.float64)
    return np.asarray(ndimage.center_of_mass(inside) + first, np.float64)


def _grid_of(centres: Floats, frame: tuple[int, int]) -> Grid:
    if not len(centres):
        raise PerceptionError(
            "Nothing stands out in these pictures, so no object was found; give pictures with "
            "objects on a background."
        )
    periods = [_period(centres[:, axis]) for axis in (0, 1)]
    known = [period for period in periods if period is not None]
    if not known:
        raise PerceptionError(
            "The objects found in these pictures stand in one row and one column, which tells no "
            "cell size; give pictures with several objects."
        )
    # Cells may be taken for square where one axis shows a single line of objects.
    axes = [
        _axis_of(centres[:, axis], period or known[0], side)
        for axis, (period, side) in enumerate(zip(periods, frame, strict=True))
    ]
    pitch, origin, cells = zip(*axes, strict=True)
    return Grid((pitch[0], pitch[1]), (origin[0], origin[1]), (cells[0], cells[1]), frame)


def _period(positions: Floats) -> float | None:
    """Return the distance at whose multiples positions stand; `None` if they show one line alone.

    It is the longest whose lines they stand about as close to as to those of any: a part of it has
    lines at all the same places, and more. What stands in no line, such as two halves of one
    object, only makes all lines worse.
    """
    span = float(positions.max() - positions.min())
    periods = np.arange(_SHORTEST_PERIOD, span + _STEP, _STEP)
    if not len(periods):
        return None
    fits = np.array([_in_line(positions, period) for period in periods])
    best = int(np.flatnonzero(fits >= _NEARLY * fits.max()).max())
    while best and fits[best - 1] > fits[best]:  # the peak whose far side this is
        best -= 1
    return float(periods[best])


def _in_line(positions: Floats, period: float) -> float:
    """Return how close positions stand to the best lines of a period: 1 if on them, down to 0."""
    count = round(period / _BIN)
    folded = np.bincount(np.floor(positions % period / period * count).astype(int) % count)
    folded = np.pad(folded.astype(np.float64), (0, count - len(folded)))
    near = ndimage.gaussian_filter1d(folded, _OFF / _BIN, mode="wrap").max()
    return float(near * np.sqrt(2 * np.pi) * _OFF / _BIN / len(positions))


def _axis_of(positions: Floats, period: float, side: int) -> tuple[int, int, int]:
    """Return pitch, origin and number of cells along one axis."""
    phase = np.angle(np.exp(2j * np.pi * positions / period).mean())
    numbers, apart = _numbered(positions, period, phase / (2 * np.pi) * period)
    aligned = apart <= period / 4
    numbers, positions = numbers[aligned], positions[aligned]
    numbers -= numbers.min()
    # The least squares line through (number, position): steadier than the period's peak.
    several = numbers.max() > 0
    fitted = np.polyfit(numbers, positions, 1) if several else (period, positions.mean())
    pitch, first = round(float(fitted[0])), float(fitted[1])
    cells = int(numbers.max()) + 1
    # Pixels are counted at their middles: a cell of 9 centred on pixel 4 begins at 0.
    origin = round(first - (pitch - 1) / 2)
    # A pixel beyond the edge is a mistake of the fit; more is a line that holds no whole cell.
    while cells > 1 and origin < -1:
        origin, cells = origin + pitch, cells - 1
    while cells > 1 and origin + cells * pitch > side + 1:
        cells -= 1
    return pitch, int(np.clip(origin, 0, max(0, side - cells * pitch))), cells


def _numbered(positions: Floats, period: float, first: float) -> tuple[Ints, Floats]:
    """Return the line that each position is nearest to, and how far it is from it."""
    numbers = np.rint((positions - first) / period)
    return numbers.astype(np.int64), np.abs(positions - first - numbers * period)


def _of_cells(salience: Floats, grid: Grid) -> Floats:
    """Return the mean salience of each cell, `[N, rows, cols]`."""
    (top, left), (high, wide), (rows, cols) = grid.origin, grid.pitch, grid.shape
    inside = salience[:, top : top + rows * high, left : left + cols * wide]
    return np.asarray(inside.reshape(-1, rows, high, cols, wide).mean(axis=(2, 4)))


def _widest_gap(values: Floats, least: float) -> float:
    """Return the middle of the widest gap between values.

    What stands out the least, a picture's usual look, is one of them: so it may be that every cell
    is full.
    """
    ordered = np.sort(np.append(values, least))
    widest = int(np.argmax(np.diff(ordered)))
    return float(ordered[widest : widest + 2].mean())


def _codebook(latents: Latents, bare: NDArray[np.bool_], seed: int) -> Codebook:
    """Return the types of cells `[N, rows, cols]`, of which some are bare."""
    count = latents.mean.shape[-1]
    spectra = latents.mean.reshape(-1, count).astype(np.float64)
    widths = np.exp(0.5 * latents.log_variance.reshape(spectra.shape)).astype(np.float64)
    # A handful of spectra is no sample to choose a mixture by: each stands for all that the
    # decoder could not tell from it.
    noise = np.random.default_rng(seed).standard_normal((_COPIES, *spectra.shape))
    return fit_codebook(
        (spectra + _SPREAD * widths * noise).reshape(-1, count),
        np.tile(widths, (_COPIES, 1)),
        np.tile(bare.ravel(), _COPIES),
        PerceptionConfig().max_types,
        seed,
    )
