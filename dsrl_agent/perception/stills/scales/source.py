"""The pixels that pictures had before they were enlarged."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.perception.stills.scales.interpolated import InterpolatedLines
from dsrl_agent.perception.stills.scales.repeated import RepeatedLines
from dsrl_agent.types import Floats, Frame

SourceAxis = RepeatedLines | InterpolatedLines | None
"""How the lines along one axis were made from fewer; None if they were not."""


class SourcePixels(NamedTuple):
    """The pixels that pictures had before they were enlarged, along one axis or both."""

    frame: tuple[int, int]  # height and width of the pictures
    rows: SourceAxis = None
    columns: SourceAxis = None

    @classmethod
    def of(cls, frames: Frame, thresholds: StillGridThresholds) -> Self:
        """Return the pixels of pictures `uint8 [N, H, W, 3]`: all of them if nothing is to undo."""
        height, width = frames.shape[1:3]
        rows, columns = axes = _axes(frames)
        down: SourceAxis
        right: SourceAxis
        down, right = (RepeatedLines.searched(lines, thresholds) for lines in axes)
        # Pictures are mostly enlarged alike along both axes, so that less shows it along the other.
        if down is None and right is not None:
            down = RepeatedLines.of_number(rows, round(height * right.count / width))
        elif right is None and down is not None:
            right = RepeatedLines.of_number(columns, round(width * down.count / height))
        if down is None:
            down = InterpolatedLines.searched(rows, thresholds)
        if right is None:
            right = InterpolatedLines.searched(columns, thresholds)
        if right is None and down is not None:
            # Programs enlarge from side to side first, and round and cut off what comes out: of
            # that, the rows as they were, columns are sums.
            _, columns = _axes(cls((height, width), down).restored(frames))
            right = InterpolatedLines.searched(columns, thresholds)
        return cls((height, width), down, right)

    @classmethod
    def of_size(
        cls, frames: Frame, size: tuple[int, int], thresholds: StillGridThresholds
    ) -> Self | None:
        """Return pixels of this height and width if pictures `[N, H, W, 3]` are these, enlarged."""
        source = cls((frames.shape[1], frames.shape[2]))
        if min(np.subtract(source.frame, size)) <= 0:
            return None

        def of_number(lines: Frame, count: int) -> SourceAxis:
            smooth = InterpolatedLines.of_number(lines, count, thresholds)
            return smooth or RepeatedLines.of_number(lines, count)

        source = source._replace(rows=of_number(_axes(frames)[0], size[0]))
        columns = _axes(source.restored(frames))[1]
        source = source._replace(columns=of_number(columns, size[1]))
        return source if source.size == size else None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures as they were."""
        height, width = (
            given if axis is None else axis.count
            for given, axis in zip(self.frame, (self.rows, self.columns), strict=True)
        )
        return height, width

    @property
    def is_enlarged(self) -> bool:
        """Whether the pictures have more pixels than these."""
        return self.size != self.frame

    def restored(self, frames: Frame) -> Frame:
        """Return pictures `uint8 [N, H, W, 3]` as they were, `[N, h, w, 3]`."""
        if not self.is_enlarged:
            return frames
        pixels: Frame | Floats = frames
        for along, axis in ((1, self.rows), (2, self.columns)):
            if axis is not None:
                lines = np.moveaxis(pixels, along, 0)
                own = axis.restored(lines.reshape(len(lines), -1))
                pixels = np.moveaxis(own.reshape(-1, *lines.shape[1:]), 0, along)
        return np.asarray(np.rint(pixels).clip(0, 255), np.uint8)

    def enlarged(self, grid: StillGrid) -> StillGrid:
        """Return the grid of pictures as they were, in pixels of the pictures given."""
        pairs = zip(self.frame, self.size, strict=True)
        rows, columns = (
            CellLines(given / had * lines.pitch, given / had * lines.origin, lines.cells)
            for (given, had), lines in zip(pairs, (grid.rows, grid.columns), strict=True)
        )
        return grid._replace(rows=rows, columns=columns, frame=self.frame)


def _axes(frames: Frame) -> tuple[Frame, Frame]:
    """Return pictures `[N, H, W, 3]` as rows `[H, N, W, 3]` and as columns `[W, N, H, 3]`."""
    return np.moveaxis(frames, 1, 0), np.moveaxis(frames, 2, 0)
