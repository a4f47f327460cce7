"""Thresholds of the grid by description length."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class TilingThresholds:
    """The grid that makes frames shortest to describe as tiles.

    Attributes:
        least_pitch: Smallest pitch searched, in pixels. Not searched.
        most_cells: Most rows or columns of a grid. The largest of the worlds tried has 25; picture
            elements of an enlarged picture are more.
        most_pixels: Pixels of all frames that are looked at together, which bounds memory (16 bytes
            a pixel) and time.
        lines: Distinct lines of pixels that propose pitches along one axis. 160 and 128 were tried
            and proposed the same grids.
        colour_frames: Frames that tell how many bits a pixel costs. Not searched.
        proposals: Pitches of each axis that are looked at in both dimensions. 6 and 8 were tried;
            8 found the same grids.
        refined: Pairs of pitches for which every origin is tried. Not searched.
        entry_bits: Cost of an entry in the dictionary of tiles besides its pixels, in bits.
            Not searched.
        most_share: A grid takes at most this share of the bits that frames take without one. In 78
            sets of frames of worlds with a grid the share was at most 0.77.
        least_sharpness: The best grid whose pitches are neither multiples nor fractions of those
            found takes at least this many times the bits. In worlds with a grid the figure was at
            least 1.21, in worlds without one at most 1.10.
    """

    least_pitch: int = 4
    most_cells: int = 64
    most_pixels: int = 6_000_000
    lines: int = 128
    colour_frames: int = 4
    proposals: int = 8
    refined: int = 3
    entry_bits: float = 8.0
    most_share: float = 0.85
    least_sharpness: float = 1.15

    def __post_init__(self) -> None:
        require_fields("perception.tiling", self, shares=("most_share",))
