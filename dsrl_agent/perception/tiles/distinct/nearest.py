"""Find the nearest of some means in single precision, and say where that does not decide."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import Floats, Floats32, Frame, Ints


class NearestMeans:
    """Means to which the nearest is sought."""

    def __init__(self, means: Floats) -> None:
        """Take means `[T, D]` in grey levels, at least one."""
        # About their middle they are small, and so are the errors of products. Differences of grey
        # levels from whole numbers are exact.
        self._middle = np.rint(means.mean(axis=0)).astype(np.float32)
        apart = means - self._middle
        squares = np.square(apart).mean(axis=1)
        self._twice = np.asarray(-2.0 / means.shape[1] * apart.T, np.float32, "C")  # [D, T]
        self._squares = squares[:, None].astype(np.float32)  # [T, 1]
        self._largest = np.float32(np.sqrt(squares.max()))

    def of(self, tiles: Frame) -> tuple[Ints, Floats32, Floats32]:
        """Return the nearest mean `[N]` to each tile `uint8 [N, D]`, the first of equals.

        With it come the mean squared difference from it, and a bound of the error of that: of a sum
        of D products it is at most D roundings of the sum of their amounts (Higham 2002, 3.1). The
        bound is infinite where another mean may be as near.
        """
        apart = tiles.astype(np.float32)
        apart -= self._middle
        squares = np.einsum("nd,nd->n", apart, apart) / np.float32(tiles.shape[1])
        away = np.ascontiguousarray((apart @ self._twice).T)  # [T, N]: fast along N
        away += self._squares
        least = away.min(axis=0)
        roundings = np.float32((tiles.shape[1] + 8) * np.finfo(np.float32).eps)
        doubt = roundings * np.square(np.sqrt(squares) + self._largest)
        near = away <= least + 2.0 * doubt
        doubt[near.sum(axis=0) > 1] = np.inf
        return near.argmax(axis=0), squares + least, doubt
