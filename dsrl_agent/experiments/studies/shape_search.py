"""Search the shape, place, size and turn of objects that others partly hide.

All templates are tried at all places at once, by correlation. A thing at a place gains the pixels
of its colour that it covers, and loses those that it covers but that are not of its colour. What
lies under pixels of other colours is not known, and counts as neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from dsrl_agent.experiments.studies.turned_shapes import ShapeTypes
from dsrl_agent.types import Floats, Ints

_SIZE_STEP = 1.1  # ratio of sizes tried
_TURNS = 24  # tried, if shapes turn freely
_COARSE = 48  # pixels of a picture's side from which on it is halved, if many templates are tried
_MANY = 100  # templates
_FURTHER = 0.25  # share of the smallest shape that a further shape gains at least
_HALF = 0.5  # coverage of a pixel from which on it is the shape's


class Pose(NamedTuple):
    """A shape placed in a picture."""

    kind: int
    gain: float  # pixels
    covered: Floats  # [H, W]
    middle: tuple[float, float]  # pixels down and right from the middle of the first one
    size: float  # pixels
    turn: float  # radians


class ShapeSearch:
    """Tries templates of all types, sizes and turns in pictures of one size."""

    def __init__(self, types: ShapeTypes, size: tuple[int, int]) -> None:
        turns = np.arange(_TURNS) * 2 * np.pi / _TURNS if types.turns else np.zeros(1)
        low, high = types.sizes
        self.least = _FURTHER * low**2  # pixels
        count = 1 + round(float(np.log(high / low) / np.log(_SIZE_STEP)))
        sizes = np.geomspace(low, high, count)
        number = len(types.shapes) * len(turns) * count
        self.step = 2 if number > _MANY and min(size) >= _COARSE else 1
        side = int(np.ceil(1.3 * 2 * high / self.step)) | 1
        each = [(k, s, t) for k in range(len(types.shapes)) for s in sizes for t in turns]
        self.kinds = np.array([kind for kind, _, _ in each])
        self.poses = [(float(size), float(turn)) for _, size, turn in each]
        self.templates = np.stack(
            [types.drawn(kind, s / self.step, turn, side) for kind, s, turn in each]
        )
        self.frame = size
        self.size = tuple(-(-length // self.step) for length in size)
        self.padded = tuple(next_fast_len(length + side, real=True) for length in self.size)
        self.plain, self.squares = (
            np.conj(np.fft.rfft2(part, self.padded)).astype(np.complex64)
            for part in (self.templates, np.square(self.templates))
        )

    def best(self, own: NDArray[np.bool_], known: NDArray[np.bool_], most: int = 1) -> list[Pose]:
        """Return the poses of the most gain, at most one of each template, the best first.

        `own` `[H, W]` are the pixels of the object's colour, `known` those that only show what the
        object covers or does not.
        """
        places, values = self._places(own, known)
        chosen = np.argsort(-values, kind="stable")[:most]
        return [self._pose(int(k), int(places[k]), float(values[k])) for k in chosen]

    def best_of_kinds(self, own: NDArray[np.bool_], known: NDArray[np.bool_]) -> list[Pose]:
        """Return the pose of each kind that gains most, the best first; see `best`."""
        places, values = self._places(own, known)
        order = np.argsort(-values, kind="stable")
        chosen = order[np.sort(np.unique(self.kinds[order], return_index=True)[1])]
        return [self._pose(int(k), int(places[k]), float(values[k])) for k in chosen]

    def _places(self, own: NDArray[np.bool_], known: NDArray[np.bool_]) -> tuple[Ints, Floats]:
        """Return the place of each template that gains most, as a number, and what it gains."""
        wanted, seen = (self._halved(part) for part in (own, known))
        gains = self._correlated(2 * wanted, self.plain) - self._correlated(seen, self.squares)
        flat = gains.reshape(len(gains), -1)
        places = flat.argmax(axis=1)
        return places, flat[np.arange(len(flat)), places]

    def _halved(self, part: NDArray[np.bool_]) -> Floats:
        """Return a mask in the resolution of the templates."""
        step = self.step
        padded = np.pad(part, [(0, -length % step) for length in part.shape]).astype(np.float64)
        rows, cols = self.size
        return np.asarray(padded.reshape(rows, step, cols, step).mean(axis=(1, 3)))

    def _correlated(self, part: Floats, templates: NDArray[np.complex64]) -> Floats:
        """Return the products `[M, H, W]` of a picture with templates whose corner is anywhere."""
        own = np.fft.rfft2(part, self.padded).astype(np.complex64)
        return np.asarray(np.fft.irfft2(own * templates, self.padded))

    def _pose(self, template: int, place: int, gain: float) -> Pose:
        """Return a template placed with its corner at a place, which wraps around."""
        side, (rows, cols) = self.templates.shape[1], self.padded
        top, left = divmod(place, cols)
        whole = np.zeros((rows, cols))
        whole[:side, :side] = self.templates[template]
        whole = np.roll(whole, (top, left), axis=(0, 1))[: self.size[0], : self.size[1]]
        height, width = self.frame
        wrapped = zip((top, left), self.padded, self.size, strict=True)
        large = np.kron(whole, np.ones((self.step, self.step)))[:height, :width]
        corner = [at - wide if at >= own else at for at, wide, own in wrapped]
        middle = [(at + side / 2) * self.step - 0.5 for at in corner]
        covered = large.astype(np.float64)
        size, turn = self.poses[template]
        return Pose(
            int(self.kinds[template]),
            gain * self.step**2,
            covered,
            (middle[0], middle[1]),
            size,
            turn,
        )


def cover(
    search: ShapeSearch, own: NDArray[np.bool_], known: NDArray[np.bool_], most: int
) -> list[Pose]:
    """Return the shapes that cover the pixels of a colour with the most gain, by beam search.

    Each takes away what it covers. A further shape is believed if it gains a good part of the
    smallest shape; less is left where a shape is drawn a little too small. `most` is the number of
    first shapes that are tried.
    """
    best: list[Pose] = []
    for pose in search.best(own, known, most):
        left = own & (pose.covered < _HALF)
        if left.sum() == own.sum():  # it lies where nothing is known, and explains nothing
            continue
        rest = cover(search, left, known, max(1, most // 2)) if left.sum() > search.least else []
        rest = [each for each in rest if each.gain > search.least]
        if sum(each.gain for each in rest) + pose.gain > sum(each.gain for each in best):
            best = [pose, *rest]
    return best
