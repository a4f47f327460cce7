"""Measure the description length of frames as tiles, for any pitch and origin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.perception.tiling.colour_cost import bits_per_pixel
from dsrl_agent.perception.tiling.hashing import (
    Codes,
    Hashes,
    RectangleHashes,
    between,
    mixed,
    prefix_sums,
)
from dsrl_agent.types import Floats, Ints

_PLACE_FACTOR = 0x9E3779B97F4A7C15  # spreads places over the bits of a key
_COUNT_BITS = 16  # low bits of a tile's key that hold how many pixels it costs


class Lattice(NamedTuple):
    """Equal cells that cover a frame; those at its edges may be cut."""

    pitch: tuple[int, int]  # height and width of a cell, in pixels
    origin: tuple[int, int]  # first row and column at which a whole cell begins


class Description(NamedTuple):
    """Description lengths of frames as the tiles of a lattice, in bits."""

    plain: float  # tiles of the frames as they are
    background: float  # tiles of the background
    sprites: float  # tiles of the differences from it
    events: float  # where and which of the latter stand in each frame


class _TileLayer(NamedTuple):
    """Pictures that are cut into tiles.

    Attributes:
        hashes: Hashes of all rectangles.
        pixels: Prefix sums `[H + 1, W + 1, N]` of the pixels that cost something; None: all do.
        even: What tells rectangles of one colour; None: they are tiles like others.
    """

    hashes: RectangleHashes
    pixels: NDArray[np.int32] | None = None
    even: _EvenRectangles | None = None


class _EvenRectangles(NamedTuple):
    """Tells which rectangles have one colour; one that the frame's edge cuts is no other tile."""

    colours: Hashes  # [H, W, N]
    down: NDArray[np.int32]  # prefix sums of changes from the pixel above
    across: NDArray[np.int32]  # prefix sums of changes from the pixel to the left

    def keys(self, rows: Ints, columns: Ints, keys: Hashes) -> Hashes:
        """Replace the keys `[R, C, N]` of even rectangles by those of whole cells."""
        inner_rows, inner_columns = rows[:-1] + 1, columns[:-1] + 1
        changes = _within(self.down, (inner_rows, rows[1:]), (columns[:-1], columns[1:]))
        changes += _within(self.across, (rows[:-1], rows[1:]), (inner_columns, columns[1:]))
        corners = self.colours[rows[:-1, None], columns[:-1]]
        low, cell = np.uint64(_COUNT_BITS), int(np.diff(rows).max() * np.diff(columns).max())
        pixels = np.uint64(min(cell, 2**_COUNT_BITS - 1))
        return np.where(changes == 0, corners >> low << low | pixels, keys)


def _within(
    sums: NDArray[np.int32], rows: tuple[Ints, Ints], columns: tuple[Ints, Ints]
) -> NDArray[np.int32]:
    """Return the sums from each first row and column to each last, from prefix sums."""
    (tops, bottoms), (lefts, rights) = rows, columns
    lower = sums[bottoms[:, None], rights] - sums[bottoms[:, None], lefts]
    upper = sums[tops[:, None], rights] - sums[tops[:, None], lefts]
    return np.asarray(lower - upper)


class FrameDescriptions:
    """Description lengths of distinct frames by one pixel code.

    Two codes by tiles compete. The plain one has a dictionary of tiles, and for each place the
    tiles that it ever shows. The layered one codes the background (each pixel's commonest colour)
    so, and the differences from it the same way: a sprite over several grounds is one tile there.
    Without a grid each place of a pixel has a list of the colours that it ever shows.
    """

    def __init__(self, codes: Codes, enlarged: int, thresholds: TilingThresholds) -> None:
        """Prepare frames `[N, H, W]` that were reduced by the whole factor `enlarged`."""
        self.codes = codes
        self.size = (codes.shape[1], codes.shape[2])
        self._thresholds = thresholds
        self._whole_blocks = enlarged >= thresholds.least_pitch
        few = codes[:: max(1, len(codes) // thresholds.colour_frames)][: thresholds.colour_frames]
        self.bits_per_pixel = bits_per_pixel(few)
        last = np.ascontiguousarray(codes.transpose(1, 2, 0))  # as all layers, [H, W, N]
        background, shown = _commonest(last)
        difference = np.where(last == background, np.uint32(0), last + np.uint32(1))
        self.difference: Codes = difference.transpose(2, 0, 1)
        self._plain = _picture_layer(last)
        self._background = _picture_layer(background)
        self._sprites = _sprite_layer(difference)
        self._bits_as_pixels = shown * self.bits_per_pixel
        self.bits_without = self._bits_as_pixels * _enlarged_cost(few, enlarged)

    def describe(self, lattice: Lattice) -> Description:
        """Describe the frames as tiles."""
        rows, columns = (
            _edges(*along) for along in zip(lattice.pitch, lattice.origin, self.size, strict=True)
        )
        plain = self._bits(_keys(self._plain, rows, columns))
        if self._whole_blocks and lattice.pitch == (1, 1):
            # The frames are an enlarged picture whose pixels are the cells.
            plain = min(plain, self._bits_as_pixels)
        background = self._bits(_keys(self._background, rows, columns))
        sprites = _keys(self._sprites, rows, columns)
        return Description(plain, background, self._bits(sprites), _event_bits(sprites))

    def _bits(self, keys: Hashes) -> float:
        """Return the bits of tiles `[R * C, N]`: the dictionary, and what each place ever shows."""
        keys = np.sort(keys, axis=1)
        new = np.ones(keys.shape, np.bool_)
        np.not_equal(keys[:, 1:], keys[:, :-1], out=new[:, 1:])
        shown = np.sort(keys[new])  # each tile once for every place that ever shows it
        starts = np.flatnonzero(np.concatenate([[True], shown[1:] != shown[:-1]]))
        times = np.diff(np.append(starts, len(shown)))
        pixels = (shown[starts] & np.uint64(2**_COUNT_BITS - 1)).sum(dtype=np.float64)
        entries = len(starts) * self._thresholds.entry_bits
        return float(pixels * self.bits_per_pixel) + entries + _entropy_bits(times)


def _keys(layer: _TileLayer, rows: Ints, columns: Ints) -> Hashes:
    """Return the tiles `[R * C, N]` as numbers whose low bits say how many pixels a tile costs."""
    hashes = layer.hashes.between(rows, columns)
    if layer.pixels is None:
        pixels = (np.diff(rows)[:, None] * np.diff(columns))[:, :, None]
    else:
        pixels = between(layer.pixels, rows, columns)
    low, most = np.uint64(_COUNT_BITS), 2**_COUNT_BITS - 1
    keys = hashes >> low << low | np.minimum(pixels, most).astype(np.uint64)
    if layer.even is not None:
        keys = layer.even.keys(rows, columns, keys)
    return np.asarray(keys.reshape(-1, keys.shape[2]))


def _event_bits(sprites: Hashes) -> float:
    """Return the bits of what stands where on the background, for tiles `[cells, N]`; 0 is none.

    Place and tile are coded together, so that places where nothing ever stands cost nothing.
    """
    places = np.arange(len(sprites), dtype=np.uint64) * np.uint64(_PLACE_FACTOR)
    standing = np.sort((sprites ^ places[:, None])[sprites != 0])
    starts = np.flatnonzero(np.concatenate([[True], standing[1:] != standing[:-1]]))
    return _entropy_bits(np.diff(np.append(starts, len(standing)))) if len(standing) else 0.0


def _edges(pitch: int, origin: int, size: int) -> Ints:
    """Return where cells begin and end along one axis, both edges of the frame included."""
    inner = np.arange(origin % pitch, size + 1, pitch)
    return np.unique(np.concatenate([[0], inner, [size]]))


def _picture_layer(codes: Codes) -> _TileLayer:
    colours = mixed(codes)
    down, across = (np.zeros(codes.shape, np.bool_) for _ in range(2))
    np.not_equal(codes[1:], codes[:-1], out=down[1:])
    np.not_equal(codes[:, 1:], codes[:, :-1], out=across[:, 1:])
    even = _EvenRectangles(colours, prefix_sums(down, np.int32), prefix_sums(across, np.int32))
    return _TileLayer(RectangleHashes.of(colours), None, even)


def _sprite_layer(difference: Codes) -> _TileLayer:
    differs = difference > 0
    hashes = np.where(differs, mixed(difference), np.uint64(0))
    return _TileLayer(RectangleHashes.of(hashes), prefix_sums(differs, np.int32))


def _commonest(codes: Codes) -> tuple[Codes, int]:
    """Return each pixel's commonest colour of `[H, W, N]`, and the number of (pixel, colour) pairs.

    The colours are `[H, W, 1]`.
    """
    count = codes.shape[2]
    ordered = np.sort(codes.reshape(-1, count), axis=1)
    new = np.ones(ordered.shape, np.bool_)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    since = np.arange(count, dtype=np.int32)
    run = since - np.maximum.accumulate(np.where(new, since, np.int32(0)), axis=1)
    best = run.argmax(axis=1)
    commonest = ordered[np.arange(len(ordered)), best].reshape(*codes.shape[:2], 1)
    return np.asarray(commonest), int(new.sum())


def _enlarged_cost(few: Codes, factor: int) -> float:
    """Return how many times as much enlarged frames cost as the small ones, pixel by pixel."""
    if factor == 1:
        return 1.0
    large = few.repeat(factor, axis=1).repeat(factor, axis=2)
    cost = bits_per_pixel(large) * large.size / max(bits_per_pixel(few) * few.size, 1e-9)
    return max(1.0, cost)


def _entropy_bits(times: Ints) -> float:
    """Return the bits of a sequence in which each symbol comes so many times."""
    counts: Floats = times.astype(np.float64)
    whole = counts.sum()
    return float(whole * np.log2(whole) - (counts * np.log2(counts)).sum())
