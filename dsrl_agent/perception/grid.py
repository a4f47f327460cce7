"""Describe a grid of cells in pixels, and resample its cells."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import PerceptionError
from dsrl_agent.types import Floats32, Frame, Ints


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells are, in pixels of a frame."""

    pitch: tuple[int, int]  # height and width of a cell
    origin: tuple[int, int]  # top and left edge of cell (0, 0)
    shape: tuple[int, int]  # rows and columns
    frame: tuple[int, int]  # height and width of the frames that it was found on

    @property
    def tile(self) -> tuple[int, int]:
        """Height and width of the picture of a cell that `cut` returns."""
        return self.pitch

    @property
    def exact_pitch(self) -> tuple[float, float]:
        """Height and width of a cell, which need not be whole numbers of pixels."""
        return self.pitch

    def fitted(self, height: int, width: int) -> Grid:
        """Return the same grid for frames of another size: as many whole cells as fit."""
        if (height, width) == self.frame:
            return self
        rows = (height - self.origin[0]) // self.pitch[0]
        cols = (width - self.origin[1]) // self.pitch[1]
        if rows < 1 or cols < 1:
            raise PerceptionError(
                f"A frame of {height} x {width} pixels has no room for one cell of "
                f"{self.pitch[0]} x {self.pitch[1]} pixels at {self.origin}; give larger frames."
            )
        return Grid(self.pitch, self.origin, (rows, cols), (height, width))

    def whole(self) -> Grid:
        """Return the grid that goes on to the frame's edges: all whole cells that fit in it."""
        origin = (self.origin[0] % self.pitch[0], self.origin[1] % self.pitch[1])
        rows = (self.frame[0] - origin[0]) // self.pitch[0]
        cols = (self.frame[1] - origin[1]) // self.pitch[1]
        return Grid(self.pitch, origin, (rows, cols), self.frame)

    def part(self, rows: slice, cols: slice) -> Grid:
        """Return the grid of some neighbouring rows and columns of this one."""
        top = self.origin[0] + rows.start * self.pitch[0]
        left = self.origin[1] + cols.start * self.pitch[1]
        shape = (rows.stop - rows.start, cols.stop - cols.start)
        return Grid(self.pitch, (top, left), shape, self.frame)

    def cut(self, frame: Frame) -> Frame:
        """Cut a frame `uint8 [H, W, 3]` into tiles `uint8 [places, *tile, 3]`, row by row."""
        tiles: Frame = self.cut_all(frame[None])[0]
        return tiles

    def cut_all(self, frames: Frame) -> Frame:
        """Cut frames `uint8 [B, H, W, 3]` into tiles `uint8 [B, places, *tile, 3]`."""
        cells = self.pixels(frames).transpose(0, 1, 3, 2, 4, 5)
        return np.ascontiguousarray(cells.reshape(len(frames), -1, *self.pitch, 3))

    def resample(self, frames: Frame | Floats32, side: int) -> Floats32:
        """Bring the cells of frames `[B, H, W, C]`, 0-255, to `side` x `side` pixels each.

        Returns `float32 [B, C, rows * side, cols * side]` in [0, 1]: each pixel is the mean of
        those it covers, and none reaches into the neighbouring cell.
        """
        (rows, cols), (height, width) = self.shape, self.pitch
        count, channels = frames.shape[0], frames.shape[3]
        vertical, horizontal = _coverage(height, side), _coverage(width, side)
        (top, left), inner = self.origin, (channels * rows, height, cols * width)
        images = np.empty((count, channels, rows * side, cols * side), np.float32)
        # Cell by cell: a product with the whole frame's matrix is mostly a product with zeros.
        # Frame by frame, what is worked on stays in the processor's cache.
        for image, frame in zip(images, frames, strict=True):
            part = frame[top : top + rows * height, left : left + cols * width].transpose(2, 0, 1)
            tall = np.matmul(vertical, part.astype(np.float32, "C").reshape(inner))
            image[:] = (tall.reshape(-1, width) @ horizontal.T).reshape(image.shape)
        return np.asarray(images / np.float32(255.0))

    def resample_at(self, frames: Frame, places: Ints, side: int) -> Floats32:
        """Bring one cell `[2]` of each frame to `side` x `side` pixels: `[B, C, side, side]`."""
        cells = self.pixels(frames)[np.arange(len(frames)), places[:, 0], :, places[:, 1]]
        return self.alone().resample(cells, side)

    def pixels(self, frames: NDArray[Any]) -> NDArray[Any]:
        """Return the cells of frames `[B, H, W, 3]`, a view `[B, rows, height, cols, width, 3]`."""
        (top, left), (rows, cols), (height, width) = self.origin, self.shape, self.pitch
        inner = frames[:, top : top + rows * height, left : left + cols * width]
        return inner.reshape(len(frames), rows, height, cols, width, frames.shape[3])

    def alone(self) -> Grid:
        """Return the grid of one cell that fills its frame."""
        return Grid(self.pitch, (0, 0), (1, 1), self.pitch)

    def cell(self, row: int, col: int) -> tuple[slice, slice]:
        """Return the pixels of a cell, as slices of a frame's rows and columns."""
        top, left = self.origin[0] + row * self.pitch[0], self.origin[1] + col * self.pitch[1]
        return slice(top, top + self.pitch[0]), slice(left, left + self.pitch[1])

    def painted_over(
        self, frame: Frame, taken: Set[tuple[int, int]], removed: Set[tuple[int, int]]
    ) -> Frame:
        """Return a copy of a frame with the cells in `removed` painted over.

        The paint is the first cell that is not in `taken`, or else the frame's median colour.
        """
        free = (place for place in np.ndindex(*self.shape) if place not in taken)
        empty = next(free, None)
        paint = np.median(frame, axis=(0, 1), keepdims=True).astype(np.uint8)
        if empty is not None:
            paint = frame[self.cell(*empty)]
        copy = frame.copy()
        for place in removed:
            self.paint(copy, place, paint)
        return copy

    def paint(self, frame: Frame, place: tuple[int, int], picture: NDArray[Any]) -> None:
        """Paint a picture `[height, width, 3]` of a cell, or a colour `[1, 1, 3]`, into it."""
        frame[self.cell(*place)] = picture


@dataclass(frozen=True, slots=True)
class DividedGrid(Grid):
    """Cells that divide a frame from edge to edge, of no whole number of pixels each.

    `pitch` is rounded. Pictures of cells are resampled to half the pitch, since what a cell shows
    depends on where the lines of pixels cut it.
    """

    @classmethod
    def of(cls, shape: tuple[int, int], frame: tuple[int, int]) -> DividedGrid:
        """Return the grid of so many rows and columns in frames of a size."""
        height, width = (round(size / count) for size, count in zip(frame, shape, strict=True))
        return cls((height, width), (0, 0), shape, frame)

    @property
    def tile(self) -> tuple[int, int]:
        """Height and width of the picture of a cell that `cut` returns."""
        height, width = (max(2, int(pitch / 2)) for pitch in self.exact_pitch)
        return height, width

    @property
    def exact_pitch(self) -> tuple[float, float]:
        """Height and width of a cell in pixels."""
        return self.frame[0] / self.shape[0], self.frame[1] / self.shape[1]

    def fitted(self, height: int, width: int) -> Grid:
        """Return the grid for frames of another size: as many cells as come nearest."""
        if (height, width) == self.frame:
            return self
        high, wide = self.exact_pitch
        rows, cols = max(1, round(height / high)), max(1, round(width / wide))
        return DividedGrid(self.pitch, self.origin, (rows, cols), (height, width))

    def whole(self) -> Grid:
        """Return this grid, which goes to the frame's edges."""
        return self

    def cell(self, row: int, col: int) -> tuple[slice, slice]:
        """Return the pixels of a cell, as slices of a frame's rows and columns."""
        high, wide = self.exact_pitch
        return (
            slice(round(row * high), round((row + 1) * high)),
            slice(round(col * wide), round((col + 1) * wide)),
        )

    def paint(self, frame: Frame, place: tuple[int, int], picture: NDArray[Any]) -> None:
        """Paint a picture `[height, width, 3]` of any size into a cell, by nearest pixels."""
        cell = frame[self.cell(*place)]
        lines = (np.arange(cell.shape[i]) * picture.shape[i] // cell.shape[i] for i in (0, 1))
        cell[...] = picture[np.ix_(*lines)]

    def cut_all(self, frames: Frame) -> Frame:
        """Resample the cells of frames to tiles `uint8 [B, places, *tile, 3]`."""
        height, width = self.tile
        cells = self._resampled(frames.astype(np.float32), height, width)
        rounded = np.rint(cells).astype(np.uint8)
        return np.ascontiguousarray(rounded.reshape(len(frames), -1, height, width, 3))

    def resample(self, frames: Frame | Floats32, side: int) -> Floats32:
        """Bring the cells of frames to `side` x `side` pixels each, as `Grid.resample` does."""
        cells = self._resampled(frames.astype(np.float32), side, side)  # [B, R, C, s, s, channels]
        images = cells.transpose(0, 5, 1, 3, 2, 4)
        count, channels, rows, _, cols, _ = images.shape
        return np.asarray(
            images.reshape(count, channels, rows * side, cols * side) / np.float32(255.0)
        )

    def resample_at(self, frames: Frame, places: Ints, side: int) -> Floats32:
        """Bring one cell of each frame to `side` x `side` pixels, as `Grid.resample_at` does."""
        cells = self._resampled(frames.astype(np.float32), side, side)
        chosen = cells[np.arange(len(frames)), places[:, 0], places[:, 1]].transpose(0, 3, 1, 2)
        return np.asarray(chosen / np.float32(255.0))

    def _resampled(self, frames: Floats32, height: int, width: int) -> Floats32:
        """Return cells `[B, rows, cols, height, width, channels]`; each value is a mean."""
        (rows, cols), count, channels = self.shape, frames.shape[0], frames.shape[3]
        tall = np.tensordot(_coverage(self.frame[0], rows * height), frames, axes=(1, 1))
        small = np.tensordot(_coverage(self.frame[1], cols * width), tall, axes=(1, 2))
        cells = small.reshape(cols, width, rows, height, count, channels)
        return np.asarray(cells.transpose(4, 2, 0, 3, 1, 5))


@cache
def _coverage(pitch: int, side: int) -> Floats32:
    """Return the weights `[side, pitch]` of old pixels in the mean that each new one is."""
    edges = np.linspace(0.0, pitch, side + 1)
    pixels = np.arange(pitch)
    overlap = np.clip(
        np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0.0, None
    )
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True), np.float32)
