"""Make images of known factors of variation: cells of shapes_grid, or dSprites.

One image is drawn for each combination of factors, so the factors are known without reading an
environment's ground truth.
"""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.vae import CELL_LAYERS, Layer
from dsrl_agent.errors import DataError
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Floats32, Ints

_ENV = "shapes_grid:ShapesGrid-v0"
_CELL, _MARGIN = 8, 2  # 8 + 2 * 2 pixels: one latent place of the agent's own network
_SHAPES = ("circle", "cross", "square", "triangle", "star", "ring")
_COLOURS = ((230, 80, 60), (80, 180, 240), (240, 230, 90), (90, 200, 120))
_SIZES = (0.7, 0.85, 1.0)
_DSPRITES_LAYERS = (*[Layer(4, 2, 1)] * 4, Layer(4, 4))  # 64 x 64 pixels to one place
_DSPRITES_NAMES = ("shape", "scale", "orientation", "x", "y")


class FactorImages(NamedTuple):
    """Images with the factors that made them.

    Attributes:
        images: `float32 [N, C, H, W]` in [0, 1].
        factors: `int64 [N, F]`: the number of each factor's value.
        names: The factors' names.
        layers: Convolutions that turn an image into one latent place.
    """

    images: Floats32
    factors: Ints
    names: tuple[str, ...]
    layers: Sequence[Layer]


def shapes_grid_cells() -> FactorImages:
    """Draw every combination of shape, colour, size and offset: 1800 cells of 12 x 12 pixels."""
    offsets = range(-_MARGIN, _MARGIN + 1)
    ranges = [range(len(part)) for part in (_SHAPES, _COLOURS, _SIZES, offsets, offsets)]
    factors = np.array(list(itertools.product(*ranges)), np.int64)
    frames = np.stack([_cell(*row) for row in factors])
    images = np.ascontiguousarray(frames.transpose(0, 3, 1, 2) / np.float32(255), np.float32)
    return FactorImages(images, factors, ("shape", "colour", "size", "row", "column"), CELL_LAYERS)


def dsprites(file: Path, most: int, seed: int) -> FactorImages:
    """Read dSprites (Matthey et al. 2017), or a random sample of `most` of its images.

    Raises:
        DataError: The file is missing or another.
    """
    try:
        with np.load(file, allow_pickle=False) as stored:
            classes, images = stored["latents_classes"], stored["imgs"]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{file} cannot be read as dSprites ({error}); name the file "
            "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz by --dsprites."
        ) from error
    if images.shape != (len(classes), 64, 64) or classes.shape[1:] != (6,):
        raise DataError(
            f"{file} holds images {images.shape} and factors {classes.shape}, but dSprites has "
            "images of 64 x 64 pixels and six factors; name its file by --dsprites."
        )
    chosen = np.sort(np.random.default_rng(seed).permutation(len(images))[:most])
    kept = images[chosen, None].astype(np.float32)
    # The first factor, the colour, has one value only.
    return FactorImages(
        kept, classes[chosen, 1:].astype(np.int64), _DSPRITES_NAMES, _DSPRITES_LAYERS
    )


def _cell(shape: int, colour: int, size: int, row: int, col: int) -> Floats32:
    """Draw one object in a frame of one cell, placed by the border's widths."""
    env = make_env(
        _ENV,
        {
            "rows": 1,
            "cols": 1,
            "cell": _CELL,
            "border": (row, 2 * _MARGIN - col, 2 * _MARGIN - row, col),
            "objects": {_SHAPES[shape]: 1},
            "rewards": {},
            "agent": False,
            "colours": "random",
            "palette": (_COLOURS[colour],),
            "sizes": (_SIZES[size], _SIZES[size]),
            "split": "all",
        },
    )
    frame, _ = env.reset(seed=0)
    env.close()
    return np.asarray(frame, np.float32)
