"""Find the grid of a world from its frames alone, by description length.

The grid is the tiling that makes the frames shortest to describe: cells in which the same few
pictures come again and again (Rissanen 1978). Nothing needs to move, and it does not matter what
moves. Pixel lines propose pitches along each axis; in two dimensions the description length decides
among them and among all origins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.board import board_of, without_bands
from dsrl_agent.perception.tiling.description import FrameDescriptions, Lattice
from dsrl_agent.perception.tiling.divided import bits_per_pixel, find_divided
from dsrl_agent.perception.tiling.hashing import Codes, colour_codes
from dsrl_agent.perception.tiling.noise import denoised, nearly_whole_factor, noise_of
from dsrl_agent.perception.tiling.search import TilingSearch
from dsrl_agent.runtime.whole_factor import whole_factor
from dsrl_agent.types import Frame


@dataclass(frozen=True, slots=True)
class Tiling:
    """The tiling with the shortest description, and how sure it is.

    Attributes:
        grid: The grid, or None if the frames show none.
        complaint: Why there is no grid; empty if there is one.
        best: The best tiling's grid, right or not; None if no pitch could be tried.
        bits: Description length of the distinct frames with the best tiling, in bits.
        bits_without: The same without a grid, pixel by pixel.
        sharpness: How many times as many bits another grid takes, one whose pitches are neither
            multiples nor fractions of the best tiling's; infinite if there is none.
    """

    grid: Grid | None
    complaint: str
    best: Grid | None
    bits: float
    bits_without: float
    sharpness: float

    @property
    def share(self) -> float:
        """Return the share of the bits without a grid that the frames take with the best tiling."""
        return self.bits / self.bits_without if self.bits_without else 1.0

    @property
    def bits_second(self) -> float:
        """Return the bits of the best grid of other cells; infinite if there is none."""
        return self.bits * self.sharpness


def find_tiling(frames: Frame, thresholds: TilingThresholds) -> Tiling:
    """Return the tiling of frames `uint8 [N, H, W, 3]` with the shortest description.

    Equal frames count once. The grid has the cells that lie wholly within the frame.

    Raises:
        ObservationError: There is no frame, or the frames are no RGB images of bytes.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not frames.size:
        raise ObservationError(
            f"frames are {frames.dtype} {list(frames.shape)}, but a grid is found in at least one "
            "RGB frame: uint8 [N, H, W, 3]."
        )
    sigma = noise_of(frames, thresholds.noise)
    tiling = search_tilings(frames, sigma, thresholds)[0]
    if tiling.grid is not None and _fills(tiling.grid):
        return tiling
    found = _divided(frames, tiling, thresholds)
    if found.grid is None or (found is tiling and tiling.share > thresholds.usual_share):
        # Under noise no board is looked for: that would take as long again as all else.
        calm = sigma < thresholds.noise.least
        return (_of_board(frames, thresholds) if calm else None) or found
    return found


def _of_board(frames: Frame, thresholds: TilingThresholds) -> Tiling | None:
    """Return the best tiling of a board that has something else beside it; None without one."""
    size = (frames.shape[1], frames.shape[2])
    few = frames[:: max(1, len(frames) // thresholds.board.frames)]
    best: Tiling | None = None
    for rows, cols in without_bands(size, thresholds.board):
        part_of_few = few[:, rows, cols]
        sigma = noise_of(part_of_few, thresholds.noise)
        part = search_tilings(part_of_few, sigma, thresholds)[0]
        usual = best.share if best else thresholds.usual_share
        if part.grid is None or part.share > usual:
            continue
        origin = (part.grid.origin[0] + rows.start, part.grid.origin[1] + cols.start)
        found = Grid(part.grid.pitch, origin, part.grid.shape, size)
        board = board_of(few, found, thresholds.board)
        best = best if board is None else replace(part, grid=board, best=board)
    return best


def _divided(frames: Frame, tiling: Tiling, thresholds: TilingThresholds) -> Tiling:
    """Return a grid of cells of no whole number of pixels, or what was found without one.

    Where both are grids, the one decides whose cells show less that is new, pixel by pixel.
    """
    found = find_divided(frames, thresholds.least_pitch, thresholds.divided)
    if found is None:
        return tiling
    if tiling.grid is not None:
        grids = (tiling.grid, found.grid)
        whole, divided = (bits_per_pixel(frames, grid, thresholds.divided) for grid in grids)
        if whole <= divided:
            return tiling
    if found.grid.exact_pitch == found.grid.pitch:
        # The same cells as those of a whole number of pixels, which need not be resampled.
        plain = Grid(found.grid.pitch, found.grid.origin, found.grid.shape, found.grid.frame)
        return replace(tiling, grid=plain, complaint="", best=plain)
    return Tiling(found.grid, "", found.grid, found.bits, found.bits_alone, found.sharpness)


def _fills(grid: Grid) -> bool:
    """Return whether the cells go from edge to edge of the frame."""
    covered = tuple(cells * side for cells, side in zip(grid.shape, grid.pitch, strict=True))
    return grid.origin == (0, 0) and covered == grid.frame


def search_tilings(
    frames: Frame, sigma: float, thresholds: TilingThresholds
) -> tuple[Tiling, TilingSearch | None, int]:
    """Return the best tiling, all that were tried, and the whole factor of the frames.

    `sigma` is the standard deviation of their noise, in levels. The search is None where nothing
    could be tried; `find_tiling` says what frames are.
    """
    factor, codes = _reduced(frames, sigma, thresholds)
    if (codes == codes.flat[0]).all():
        complaint = "All pixels of all frames have one colour, but for noise."
        return Tiling(None, complaint, None, 0.0, 0.0, 1.0), None, factor
    described = FrameDescriptions(codes, factor, thresholds)
    search = TilingSearch(described, factor, thresholds)
    without = described.bits_without
    if not search.tried:
        complaint = "The frames are too small to hold two cells along each axis."
        return Tiling(None, complaint, None, 0.0, without, 1.0), None, factor
    best = search.best()
    grid = _grid(best, factor, (frames.shape[1], frames.shape[2]))
    found = Tiling(grid, "", grid, search.bits(best), without, search.sharpness(best))
    complaint = _complaint(found, thresholds)
    judged = replace(found, grid=None, complaint=complaint) if complaint else found
    return judged, search, factor


def _complaint(found: Tiling, thresholds: TilingThresholds) -> str:
    """Return why the best tiling is no grid, or nothing."""
    beyond = max(0.0, found.share - thresholds.usual_share)
    needed = thresholds.least_sharpness + thresholds.share_slope * beyond
    if found.sharpness >= needed:
        return ""
    return (
        f"Cut into cells, the frames take {found.share:.2f} times the bits that they take pixel by "
        f"pixel, and cells of another size take {found.sharpness:.2f} times the bits of the best; "
        f"with a grid they would take at least {needed:.2f} times as many "
        "(perception.tiling.least_sharpness)."
    )


def _reduced(frames: Frame, sigma: float, thresholds: TilingThresholds) -> tuple[int, Codes]:
    """Return the whole factor of frames, and the colours of some of them, reduced by it."""
    if sigma < thresholds.noise.least:
        factor = whole_factor(frames)
        return factor, colour_codes(_sample(frames[:, ::factor, ::factor], thresholds.most_pixels))
    codes = denoised(_sample(frames, thresholds.most_pixels), sigma, thresholds.noise)
    factor = nearly_whole_factor(codes, thresholds.noise)
    middle = factor // 2
    return factor, codes[:, middle::factor, middle::factor]


def _sample(frames: Frame, most_pixels: int) -> Frame:
    """Return as many distinct frames as may be looked at together."""
    distinct = {hash(frame.tobytes()): index for index, frame in enumerate(frames)}
    chosen = np.array(sorted(distinct.values()))
    most = max(1, most_pixels // (frames.shape[1] * frames.shape[2]))
    if len(chosen) > most:
        chosen = chosen[np.linspace(0, len(chosen) - 1, most).astype(np.int64)]
    return np.asarray(frames[chosen])


def _grid(lattice: Lattice, factor: int, size: tuple[int, int]) -> Grid:
    """Return the grid of the whole cells within frames of a size."""
    (rows, columns), (top, left) = lattice
    pitch, origin = (rows * factor, columns * factor), (top * factor, left * factor)
    shape = ((size[0] - origin[0]) // pitch[0], (size[1] - origin[1]) // pitch[1])
    return Grid(pitch, origin, shape, size)
