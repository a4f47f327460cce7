"""Change a frame of a shapes world as people change pictures, and say what it then shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from benchmarks.pictures import FILTERS
from dsrl_agent.evaluation.sight_metrics import true_facts
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame

FACTORS = (0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0)

Truth = dict[tuple[int, int], str]
"""The true type at each (row, column)."""


class Copy(NamedTuple):
    """A changed picture, and what it shows."""

    picture: Image.Image
    truth: Truth
    kind: str = "png"  # of its file
    options: Mapping[str, Any] = MappingProxyType({})  # of saving it


class Scene(NamedTuple):
    """A frame of play."""

    frame: Frame  # uint8 [H, W, 3]
    truth: Truth
    grid: tuple[int, int]  # rows, columns

    @property
    def picture(self) -> Image.Image:
        """Return the frame as a picture."""
        return Image.fromarray(self.frame)


def _scaled(scene: Scene, rng: np.random.Generator, is_even: bool = True) -> Copy:
    down, right = (float(by) for by in rng.choice(FACTORS, 2))
    down = right if is_even else down
    size = round(scene.frame.shape[1] * right), round(scene.frame.shape[0] * down)
    kind = FILTERS[rng.integers(len(FILTERS))]
    return Copy(scene.picture.resize(size, Image.Resampling[kind.upper()]), scene.truth)


def _uneven(scene: Scene, rng: np.random.Generator) -> Copy:
    return _scaled(scene, rng, is_even=False)


def _jpeg(scene: Scene, rng: np.random.Generator) -> Copy:
    quality = int(rng.integers(5, 96))
    return Copy(scene.picture, scene.truth, "jpg", {"quality": quality})


def _palette(scene: Scene, rng: np.random.Generator) -> Copy:
    return Copy(scene.picture.quantize(int(rng.choice([2, 3, 4, 8, 16, 64]))), scene.truth)


def _grey(scene: Scene, _: np.random.Generator) -> Copy:
    return Copy(ImageOps.grayscale(scene.picture), scene.truth)


def _sixteen_bits(scene: Scene, _: np.random.Generator) -> Copy:
    levels = np.asarray(ImageOps.grayscale(scene.picture), np.uint16) * 257
    return Copy(Image.fromarray(levels), scene.truth)


def _brighter(scene: Scene, rng: np.random.Generator) -> Copy:
    return Copy(ImageEnhance.Brightness(scene.picture).enhance(rng.uniform(0.2, 2)), scene.truth)


def _contrast(scene: Scene, rng: np.random.Generator) -> Copy:
    return Copy(ImageEnhance.Contrast(scene.picture).enhance(rng.uniform(0.2, 2)), scene.truth)


def _gamma(scene: Scene, rng: np.random.Generator) -> Copy:
    levels = 255 * (scene.frame / 255) ** rng.uniform(0.3, 3)
    return Copy(Image.fromarray(levels.round().astype(np.uint8)), scene.truth)


def _hue(scene: Scene, rng: np.random.Generator) -> Copy:
    bands = np.array(scene.picture.convert("HSV"))
    bands[..., 0] += np.uint8(rng.integers(10, 246))
    return Copy(Image.fromarray(bands, "HSV").convert("RGB"), scene.truth)


def _inverted(scene: Scene, _: np.random.Generator) -> Copy:
    return Copy(ImageOps.invert(scene.picture), scene.truth)


def _channels(scene: Scene, rng: np.random.Generator) -> Copy:
    order = rng.permutation(3)
    return Copy(Image.fromarray(np.ascontiguousarray(scene.frame[..., order])), scene.truth)


def _noise(scene: Scene, rng: np.random.Generator) -> Copy:
    levels = scene.frame + rng.normal(0, rng.uniform(2, 60), scene.frame.shape)
    return Copy(Image.fromarray(levels.clip(0, 255).astype(np.uint8)), scene.truth)


def _blur(scene: Scene, rng: np.random.Generator) -> Copy:
    return Copy(scene.picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 3))), scene.truth)


def _mirrored(scene: Scene, rng: np.random.Generator) -> Copy:
    rows, cols = scene.grid
    if rng.random() < 0.5:
        truth = {(row, cols - 1 - col): kind for (row, col), kind in scene.truth.items()}
        return Copy(ImageOps.mirror(scene.picture), truth)
    truth = {(rows - 1 - row, col): kind for (row, col), kind in scene.truth.items()}
    return Copy(ImageOps.flip(scene.picture), truth)


def _turned(scene: Scene, rng: np.random.Generator) -> Copy:
    picture, truth, (rows, cols) = scene.picture, scene.truth, scene.grid
    for _ in range(int(rng.integers(1, 4))):  # quarters against the clock
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        truth = {(cols - 1 - col, row): kind for (row, col), kind in truth.items()}
        rows, cols = cols, rows
    return Copy(picture, truth)


def _askew(scene: Scene, rng: np.random.Generator) -> Copy:
    angle = float(rng.uniform(1, 15) * rng.choice([-1, 1]))
    return Copy(scene.picture.rotate(angle, Image.Resampling.BICUBIC), scene.truth)


def _framed(scene: Scene, rng: np.random.Generator) -> Copy:
    colour = tuple(int(level) for level in rng.integers(0, 256, 3)) * int(rng.integers(2))
    sides = tuple(int(pixels) for pixels in rng.integers(0, 25, 4))
    return Copy(ImageOps.expand(scene.picture, sides, colour or 0), scene.truth)


def _cut(scene: Scene, rng: np.random.Generator) -> Copy:
    """Cut whole rows and columns of cells off; borders go with them."""
    (rows, cols), (height, width) = scene.grid, scene.frame.shape[:2]
    top, bottom, left, right = (int(rng.integers(2)) for _ in range(4))
    size = height / rows, width / cols  # nearly a cell; borders are as narrow
    box = (left * size[1], top * size[0], width - right * size[1], height - bottom * size[0])
    inside = {
        (row, col): kind
        for (row, col), kind in scene.truth.items()
        if top <= row < rows - bottom and left <= col < cols - right
    }
    return Copy(scene.picture.crop(tuple(round(side) for side in box)), inside)


def _stained(scene: Scene, rng: np.random.Generator) -> Copy:
    """Paint a rectangle over a part; what lies under it is not seen, so nothing is right."""
    picture, (height, width) = scene.picture, scene.frame.shape[:2]
    corner = np.array([rng.integers(width * 3 // 4), rng.integers(height * 3 // 4)])
    other = corner + rng.integers([width // 4, height // 4], [width // 2, height // 2])
    colour = tuple(int(level) for level in rng.integers(0, 256, 3))
    ImageDraw.Draw(picture).rectangle([*corner.tolist(), *other.tolist()], fill=colour)
    return Copy(picture, scene.truth)


def _written(scene: Scene, rng: np.random.Generator) -> Copy:
    picture, (height, width) = scene.picture, scene.frame.shape[:2]
    place = int(rng.integers(width // 2)), int(rng.integers(height))
    ImageDraw.Draw(picture).text(place, "score 12", fill=(255, 255, 255))
    return Copy(picture, scene.truth)


def _opaque(scene: Scene, rng: np.random.Generator) -> Copy:
    picture = scene.picture
    picture.putalpha(int(rng.choice([60, 128, 200, 255])))
    return Copy(picture, scene.truth)


def _of_another_world(scene: Scene, rng: np.random.Generator) -> Copy:
    name = str(rng.choice(sorted({*RUNGS})))
    rung = RUNGS[name]
    env = make_env(rung.env_id, rung.world(int(rng.integers(10**6))))
    frame, info = env.reset(seed=int(rng.integers(2**31)))
    env.close()
    return Copy(Image.fromarray(frame), true_facts(info["truth"]))


CHANGES: Mapping[str, Callable[[Scene, np.random.Generator], Copy]] = MappingProxyType(
    {
        "scaled": _scaled,
        "scaled unevenly": _uneven,
        "JPEG": _jpeg,
        "palette": _palette,
        "grey": _grey,
        "16 bits": _sixteen_bits,
        "brightness": _brighter,
        "contrast": _contrast,
        "gamma": _gamma,
        "hue": _hue,
        "inverted": _inverted,
        "channels in another order": _channels,
        "noise": _noise,
        "blur": _blur,
        "mirrored": _mirrored,
        "turned": _turned,
        "askew": _askew,
        "framed": _framed,
        "cut": _cut,
        "stained": _stained,
        "written on": _written,
        "opacity": _opaque,
        "of another world": _of_another_world,
    }
)
"""What is done to a frame, by name."""
