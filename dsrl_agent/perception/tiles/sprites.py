"""Compare tiles as sprites: one sprite over two grounds, one shape in two colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.types import Floats


def ground_swap_error(
    tile: Floats, ground: Floats, other: Floats, other_ground: Floats, tolerance: float
) -> Floats:
    """Return how far other tiles are from the sprite of a tile, drawn over their own grounds.

    A tile over a ground shows in each pixel a mixture, (1 - q) sprite + q ground. Over another
    ground it differs by q times the difference of the grounds. The best share q is taken for each
    pixel, at most as large as the range of grey levels leaves possible for the sprite; where the
    tile is as its ground, it is 0 or 1.

    All are `[..., height, width, 3]` in grey levels and may be broadcast. The error `[...]` is a
    root mean square.
    """
    apart, change = other_ground - ground, other - tile
    size = np.maximum(np.square(apart).sum(axis=-1), 1e-9)
    share = np.clip(
        (change * apart).sum(axis=-1) / size, 0.0, _most_ground(tile, ground, tolerance)
    )
    # Where the tile is as its ground there is no sprite, or one of that very colour.
    bare = ~differs(tile, ground, tolerance)
    share = np.where(bare, np.rint((change * apart).sum(axis=-1) / size).clip(0.0, 1.0), share)
    share = share[..., None]
    return distance(change, share * apart)


def sprite_error(
    tile: Floats, ground: Floats, other: Floats, other_ground: Floats, tolerance: float
) -> float:
    """Return the smaller `ground_swap_error` of both directions.

    A sprite that happens to have the colour of one ground is told by the tile over the other.
    """
    there = ground_swap_error(tile, ground, other, other_ground, tolerance)
    back = ground_swap_error(other, other_ground, tile, ground, tolerance)
    return float(np.minimum(there, back))


def is_clear_match(
    errors: Sequence[float], no_sprite: float, noise: float, thresholds: TilesThresholds
) -> bool:
    """Return whether the least of the errors `[N]` of sprites is that of the same sprite.

    It is less than the error of no sprite at all. It is small, or fairly small and much smaller
    than the next one.
    """
    least, *others = sorted([*errors, np.inf])
    following = min([no_sprite, *others])
    if least >= no_sprite:
        return False
    if least <= thresholds.sprite + noise:
        return True
    return least <= thresholds.edges + noise and following >= thresholds.clear * least


def distance(tile: Floats, other: Floats) -> Floats:
    """Return the root mean square `[...]` of the differences of tiles."""
    return np.asarray(np.sqrt(np.square(tile - other).mean(axis=(-3, -2, -1))))


def differs(tile: Floats, other: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Return for each pixel `[..., height, width]` whether two tiles differ there."""
    return np.asarray(np.abs(tile - other).max(axis=-1) > tolerance)


def same_shape(
    tile: Floats, other: Floats, ground: Floats, tolerance: float, thresholds: TilesThresholds
) -> bool:
    """Return whether two things on a ground are one shape with one shading in two colours.

    They cover the same pixels, and the contrast of both with the ground, `[pixels, 6]`, is one
    shading `[pixels]` times two colours `[6]`, but for a small share of what structure they have.
    """
    covered, other_covered = (differs(each, ground, tolerance) for each in (tile, other))
    if covered.mean() < thresholds.covered or not differs(tile, other, tolerance).any():
        return False
    if (covered != other_covered).mean() > thresholds.outline:
        return False
    if min(float(np.ptp(each, axis=(0, 1)).max()) for each in (tile, other)) <= thresholds.plain:
        return False
    contrast = np.concatenate([tile - ground, other - ground], axis=-1)
    sizes = np.linalg.svd(contrast.reshape(-1, 6), compute_uv=False)
    away = float(np.sqrt(np.square(sizes[1:]).sum() / contrast.size))
    structure = min(_structure(tile), _structure(other))
    limit = thresholds.sprite + tolerance - thresholds.rounding
    return away <= min(limit, thresholds.shaded * structure)


def _structure(tile: Floats) -> float:
    """Return the root mean square of a tile's differences from its mean colour."""
    return float(np.sqrt(np.square(tile - tile.mean(axis=(0, 1))).mean()))


def _most_ground(tile: Floats, ground: Floats, tolerance: float) -> Floats:
    """Return the largest share of ground in each pixel that leaves the sprite within 0-255."""
    dark = (tile + tolerance) / np.maximum(ground, 1e-9)
    bright = (255.0 - tile + tolerance) / np.maximum(255.0 - ground, 1e-9)
    return np.asarray(np.clip(np.minimum(dark, bright).min(axis=-1), 0.0, 1.0))
