"""Find the grid of a world from its frames alone, by description length.

The grid is the tiling that makes the frames shortest to describe: cells in which the same few
pictures come again and again (Rissanen 1978). Nothing needs to move, and it does not matter what
moves. Pixel lines propose pitches along each axis; in two dimensions the description length decides
among them and among all origins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.description import FrameDescriptions, Lattice
from dsrl_agent.perception.tiling.hashing import Codes, colour_codes
from dsrl_agent.perception.tiling.lines import LineGrid, distinct_lines, line_grids
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
        bits_second: The same with the best grid whose pitches are neither multiples nor fractions
            of the best tiling's; infinite if there is none.
    """

    grid: Grid | None
    complaint: str
    best: Grid | None
    bits: float
    bits_without: float
    bits_second: float

    @property
    def share(self) -> float:
        """Return the share of the bits without a grid that the frames take with the best tiling."""
        return self.bits / self.bits_without if self.bits_without else 1.0

    @property
    def sharpness(self) -> float:
        """Return how many times the bits of the best tiling another grid takes."""
        return self.bits_second / self.bits if self.bits else 1.0


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
    factor = whole_factor(frames)
    codes = _sample(frames[:, ::factor, ::factor], thresholds.most_pixels)
    if (codes == codes.flat[0]).all():
        return Tiling(None, "All pixels of all frames have one colour.", None, 0.0, 0.0, 0.0)
    described = FrameDescriptions(codes, factor, thresholds)
    tried = _search(described, factor, thresholds)
    if not tried:
        complaint = "The frames are too small to hold two cells along each axis."
        return Tiling(None, complaint, None, 0.0, described.bits_without, 0.0)
    return _judged(tried, described.bits_without, factor, frames.shape[1:3], thresholds)


def _judged(
    tried: dict[Lattice, float],
    bits_without: float,
    factor: int,
    size: tuple[int, ...],
    thresholds: TilingThresholds,
) -> Tiling:
    best = min(tried, key=lambda lattice: tried[lattice])
    others = [bits for lattice, bits in tried.items() if not _related(lattice.pitch, best.pitch)]
    bits, second = tried[best], min(others, default=float("inf"))
    grid = _grid(best, factor, (size[0], size[1]))
    found = Tiling(None, "", grid, bits, bits_without, second)
    complaint = _complaint(found, thresholds)
    return Tiling(None if complaint else grid, complaint, grid, bits, bits_without, second)


def _complaint(found: Tiling, thresholds: TilingThresholds) -> str:
    """Return why the best tiling is no grid, or nothing."""
    if found.share > thresholds.most_share:
        return (
            f"Cut into cells, the frames take {found.share:.2f} times the bits that they take "
            f"pixel by pixel; with a grid they take at most {thresholds.most_share:g} times as "
            "many (perception.tiling.most_share)."
        )
    if found.sharpness < thresholds.least_sharpness:
        return (
            f"Cells of another size explain the frames almost as well: {found.sharpness:.2f} times "
            f"the bits of the best; beside a grid they take at least "
            f"{thresholds.least_sharpness:g} times as many (perception.tiling.least_sharpness)."
        )
    return ""


def _related(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether pitches are multiples or fractions of others, along both axes."""
    return all(max(pair) % min(pair) == 0 for pair in zip(one, other, strict=True))


def _sample(frames: Frame, most_pixels: int) -> Codes:
    """Return the colours `[N, H, W]` of as many distinct frames as may be looked at together."""
    distinct = {hash(frame.tobytes()): index for index, frame in enumerate(frames)}
    chosen = np.array(sorted(distinct.values()))
    most = max(1, most_pixels // (frames.shape[1] * frames.shape[2]))
    if len(chosen) > most:
        chosen = chosen[np.linspace(0, len(chosen) - 1, most).astype(np.int64)]
    return colour_codes(frames[chosen])


def _search(
    described: FrameDescriptions, factor: int, thresholds: TilingThresholds
) -> dict[Lattice, float]:
    """Return the description lengths of all tilings tried."""
    tried: dict[Lattice, float] = {}
    proposals = [_proposals(described, axis, factor, thresholds) for axis in (0, 1)]
    for lattice in _pairs(proposals, thresholds.proposals):
        tried[lattice] = described.bits(lattice)
    leaders: dict[tuple[int, int], Lattice] = {}
    for lattice in sorted(tried, key=lambda one: tried[one]):
        leaders.setdefault(lattice.pitch, lattice)
    for leader in list(leaders.values())[: thresholds.refined]:
        _try_origins(leader, described, tried)
    return tried


def _proposals(
    described: FrameDescriptions, axis: int, factor: int, thresholds: TilingThresholds
) -> list[tuple[LineGrid, LineGrid]]:
    """Return the two best origins of every pitch along an axis, the best pitches first."""
    side = described.size[axis]
    least = max(1, -(-thresholds.least_pitch // factor), -(-side // thresholds.most_cells))
    lines = []
    for pictures in (described.codes, described.difference):
        along = np.moveaxis(pictures, 1 + axis, 2).reshape(-1, side)
        lines.append(distinct_lines(np.ascontiguousarray(along), thresholds.lines // 2))
    pitches = range(least, side // 2 + 1)
    found = line_grids(np.concatenate(lines), pitches, thresholds.entry_bits)
    return sorted(found, key=lambda origins: origins[0].bits)


def _pairs(
    proposals: Sequence[Sequence[tuple[LineGrid, LineGrid]]], most: int
) -> Iterable[Lattice]:
    """Yield pairs of the best pitches along both axes, and of those with square cells."""
    origins = [{grids[0].pitch: grids for grids in along} for along in proposals]
    best = [[grids[0].pitch for grids in along[:most]] for along in proposals]
    square = {(p, p) for along in best for p in along if p in origins[0] and p in origins[1]}
    for rows, columns in sorted(square | set(product(*best))):
        for top, left in product(set(origins[0][rows]), set(origins[1][columns])):
            yield Lattice((rows, columns), (top.origin, left.origin))


def _try_origins(
    leader: Lattice, described: FrameDescriptions, tried: dict[Lattice, float]
) -> None:
    """Try every origin along one axis at a time, twice, from the best of these pitches on."""
    (rows, columns), (top, left) = leader
    for _ in range(2):
        for lattice in (Lattice(leader.pitch, (row, left)) for row in range(rows)):
            tried[lattice] = tried.get(lattice) or described.bits(lattice)
        top = min(range(rows), key=lambda row: tried[Lattice(leader.pitch, (row, left))])
        for lattice in (Lattice(leader.pitch, (top, column)) for column in range(columns)):
            tried[lattice] = tried.get(lattice) or described.bits(lattice)
        left = min(range(columns), key=lambda col: tried[Lattice(leader.pitch, (top, col))])


def _grid(lattice: Lattice, factor: int, size: tuple[int, int]) -> Grid:
    """Return the grid of the whole cells within frames of a size."""
    (rows, columns), (top, left) = lattice
    pitch, origin = (rows * factor, columns * factor), (top * factor, left * factor)
    shape = ((size[0] - origin[0]) // pitch[0], (size[1] - origin[1]) // pitch[1])
    return Grid(pitch, origin, shape, size)
