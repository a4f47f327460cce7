"""Draw pictures of objects that stand anywhere, with their masks: look-alikes of two data sets.

Multi-dSprites has up to five squares, ellipses and hearts of many sizes, turns and colours, one
over the other. Tetrominoes has three blocks of four squares, beside each other (Kabra et al. 2019,
github.com/google-deepmind/multi_object_datasets). Edges are drawn by the share of each pixel that
an object covers, which the data sets do not do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from dsrl_agent.evaluation.object_metrics import ObjectMasks
from dsrl_agent.types import Floats, Frame

_SAMPLES = 8  # along each side of a pixel, to measure how much of it is covered
_SIDE, _MOST, _FEWEST = 64, 5, 2  # Multi-dSprites: pixels of a side, objects of a picture
_LARGEST = 14.0  # pixels from the middle of a sprite of scale 1 to its outermost point
_SCALES, _TURNS = np.linspace(0.5, 1.0, 6), np.arange(40) * np.pi / 20  # of dSprites
_CONTRAST = 64  # least difference of a colour from the background in one channel, of 255
_SHADE = 60.0  # the most that a shaded colour changes over a picture, in each channel
_BLOCK, _BLOCKS, _BOARD = 5, 3, 35  # Tetrominoes: pixels of a square, objects, pixels of a side
_BRIGHT = tuple(rgb for rgb in itertools.product((0, 255), repeat=3) if 0 < sum(rgb) < 3 * 255)
_TRIES = 1000
_SEVEN = ("####", "##\n##", ".##\n##.", "##.\n.##", "###\n.#.", "###\n#..", "###\n..#")


class DrawnScene(NamedTuple):
    """A picture of objects with its truth."""

    frame: Frame  # uint8 [H, W, 3]
    objects: ObjectMasks  # a pixel is of the object that covers most of it, if it covers half
    shown: tuple[float, ...]  # the share of each object that no other hides


class ObjectWorld(NamedTuple):
    """A set of pictures of objects without a grid."""

    draw: Callable[[np.random.Generator], DrawnScene]
    types: int
    published_ari: float | None = None  # of Slot Attention (Locatello et al. 2020, Table 1)


def multi_dsprites(
    rng: np.random.Generator, turned: bool = True, shaded: bool = False, noise: float = 0.0
) -> DrawnScene:
    """Draw 2 to 5 sprites of drawn shape, scale, turn, place and colour, on a coloured floor.

    Where all is `shaded`, the floor and each sprite have a second colour at the other side of the
    picture. `noise` is the standard deviation of pixels, of 255.
    """
    background = np.asarray(rng.integers(0, 256, 3), np.float64)
    picture = _shaded(rng, background) if shaded else np.tile(background, (_SIDE, _SIDE, 1))
    layers, types = [], []
    for _ in range(int(rng.integers(_FEWEST, _MOST + 1))):
        shape, radius = int(rng.integers(3)), _LARGEST * float(rng.choice(_SCALES))
        turn = float(rng.choice(_TURNS)) if turned else 0.0
        middle = rng.uniform(radius, _SIDE - radius, 2)
        layers.append(_sprite(shape, middle, radius, turn))
        types.append(shape)
        alpha = layers[-1][:, :, None]
        colour = _colour(rng, background)
        picture += alpha * ((_shaded(rng, colour) if shaded else colour) - picture)
    if noise:
        picture = (picture + rng.normal(0, noise, picture.shape)).clip(0, 255)
    return _scene(picture, np.stack(layers), types)


def tetrominoes(rng: np.random.Generator) -> DrawnScene:
    """Draw three tetrominoes of the 19 shapes and of 6 colours, at whole pixels, on black.

    Shapes that are another one turned or mirrored are types of their own, as in the data set.
    """
    while True:
        layers = np.zeros((_BLOCKS, _BOARD, _BOARD))
        types = [int(number) for number in rng.integers(len(TETROMINOES), size=_BLOCKS)]
        for layer, number in zip(layers, types, strict=True):
            block = np.kron(TETROMINOES[number], np.ones((_BLOCK, _BLOCK)))
            high, wide = block.shape
            top, left = rng.integers(_BOARD - high + 1), rng.integers(_BOARD - wide + 1)
            layer[top : top + high, left : left + wide] = block
        if layers.sum(axis=0).max() <= 1:
            break
    colours = np.array(_BRIGHT)[rng.integers(len(_BRIGHT), size=_BLOCKS)]
    return _scene(np.einsum("nhw,nc->hwc", layers, colours), layers, types)


def _tetrominoes() -> tuple[Floats, ...]:
    """Return the fixed tetrominoes: the seven free of mirror images, in all their turns."""
    found: dict[bytes, Floats] = {}
    for drawn in _SEVEN:
        block = np.array([[c == "#" for c in line] for line in drawn.split()], np.float64)
        for turns in range(4):
            turned = np.ascontiguousarray(np.rot90(block, turns))
            found.setdefault(bytes(turned.shape) + turned.tobytes(), turned)
    return tuple(found.values())


TETROMINOES = _tetrominoes()
"""The 19 shapes of tetrominoes, 1 where there is a square."""

OBJECT_WORLDS: Mapping[str, ObjectWorld] = MappingProxyType(
    {
        "Multi-dSprites": ObjectWorld(multi_dsprites, 3, 0.91),
        "Multi-dSprites, upright": ObjectWorld(lambda rng: multi_dsprites(rng, turned=False), 3),
        "Multi-dSprites, shaded": ObjectWorld(lambda rng: multi_dsprites(rng, shaded=True), 3),
        "Multi-dSprites, noise 5": ObjectWorld(lambda rng: multi_dsprites(rng, noise=5.0), 3),
        "Multi-dSprites, noise 10": ObjectWorld(lambda rng: multi_dsprites(rng, noise=10.0), 3),
        "Tetrominoes": ObjectWorld(tetrominoes, len(TETROMINOES), 0.99),
    }
)
"""The sets of pictures by name."""


def _colour(rng: np.random.Generator, background: Floats) -> Floats:
    """Draw a colour that can be told from the background."""
    for _ in range(_TRIES):
        colour = rng.integers(0, 256, 3)
        if np.abs(colour - background).max() >= _CONTRAST:
            break
    return np.asarray(colour, np.float64)


def _shaded(rng: np.random.Generator, colour: Floats) -> Floats:
    """Return a picture `[_SIDE, _SIDE, 3]` that is darker or lighter to one side."""
    other = np.clip(colour + rng.uniform(-_SHADE, _SHADE, 3), 0, 255)
    turn = rng.uniform(0, 2 * np.pi)
    steps = np.arange(_SIDE) / _SIDE - 0.5
    along = steps[:, None] * np.sin(turn) + steps[None, :] * np.cos(turn)
    share = (along / np.ptp(along) + 0.5)[:, :, None]
    return np.asarray(colour + share * (other - colour))


def _sprite(shape: int, middle: Floats, radius: float, turn: float) -> Floats:
    """Return the share of each pixel that a sprite covers, `[_SIDE, _SIDE]`."""
    first = np.floor(middle - radius).astype(int)  # the pixels around the sprite
    side = int(np.ceil(2 * radius)) + 1
    axis = (np.arange(side * _SAMPLES) + 0.5) / _SAMPLES
    down, right = ((axis + low - at) / radius for low, at in zip(first, middle, strict=True))
    x = right[None, :] * np.cos(turn) + down[:, None] * np.sin(turn)
    y = down[:, None] * np.cos(turn) - right[None, :] * np.sin(turn)
    if shape == 0:
        ink = np.maximum(np.abs(x), np.abs(y)) <= np.sqrt(0.5)
    elif shape == 1:
        ink = x**2 + (y / 0.55) ** 2 <= 1
    else:
        u, v = x * 1.27, 0.26 - y * 1.27  # the heart curve, within the circle around it
        ink = (u**2 + v**2 - 0.9) ** 3 <= u**2 * v**3 * 1.4
    blocks = ink.reshape(side, _SAMPLES, side, _SAMPLES).mean(axis=(1, 3))
    whole = np.zeros((_SIDE + side, _SIDE + side))  # with room for what is cut off, which is empty
    whole[first[0] : first[0] + side, first[1] : first[1] + side] = blocks
    return whole[:_SIDE, :_SIDE]


def _scene(picture: Floats, layers: Floats, types: list[int]) -> DrawnScene:
    """Return a picture with its objects' masks; later layers `[N, H, W]` hide earlier ones."""
    over = np.cumprod(1 - layers[::-1], axis=0)[::-1]  # what each layer and those above let through
    visible = layers * np.concatenate([over[1:], np.ones_like(over[:1])])
    mask = np.where(visible.max(axis=0) >= 0.5, 1 + visible.argmax(axis=0), 0)
    shown = visible.sum(axis=(1, 2)) / layers.sum(axis=(1, 2))
    frame = np.rint(picture).astype(np.uint8)
    return DrawnScene(frame, ObjectMasks(mask, tuple(types)), tuple(shown.tolist()))
