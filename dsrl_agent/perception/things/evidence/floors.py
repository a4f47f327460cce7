"""Measure what floors look like, and take things off pictures of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.things import BackgroundThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.symbols.deviation import median_magnitude, sigma_of
from dsrl_agent.types import Floats32, Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits


class Floors(NamedTuple):
    """What floors look like; differences are mean squares."""

    usual: Floats32  # [..., 3]: the usual floor
    variance: float  # of floors about the usual one
    noise: float  # standard deviation of pixels, 1 being the whole range
    thresholds: BackgroundThresholds

    @property
    def same(self) -> float:
        """Pictures that differ by less show the same floor."""
        return 2 * self._by_noise + self._least

    @property
    def unlike(self) -> float:
        """A floor differs by less from the usual one."""
        return self._by_noise + self._least + self.thresholds.floors * self.variance

    @property
    def odd(self) -> float:
        """A pixel of a floor differs by less from the usual one."""
        return self.thresholds.outlier**2 * (self.noise**2 + self.variance) + self._least

    @property
    def _by_noise(self) -> float:
        chance = self.thresholds.deviations * float(np.sqrt(2 / self.usual.size))
        return self.noise**2 * (1 + chance)

    @property
    def _least(self) -> float:
        return self.thresholds.contrast**2 / 3

    def bared(self, ground: Floats32, every: Frame, left: int) -> Floats32:
        """Return a background without the things that stand in most of its pictures.

        A pixel unlike the usual floor is what pictures show there that is like it, if enough of
        them do. If none does, and no colour lasts, things cover it in all of them: then it is as
        the usual floor, unless the background is known from what the agent left. `ground` is
        `[..., 3]`, the pictures `every` are `[F, ..., 3]`, and the agent had just left in `left`
        of them.
        """
        odd = np.square(ground - self.usual).mean(axis=-1) > self.odd
        if not odd.any():
            return ground
        shown, pixels = every[:, odd] * _LEVEL, ground[odd]
        usual = np.broadcast_to(self.usual, ground.shape)[odd]
        like, lasts = (self._is_like(shown, picture) for picture in (usual, pixels))
        enough = like.mean(axis=0) >= self.thresholds.bare
        # Things beside a cell do not cover most of it: that is a floor of its own.
        is_known = left >= (1 if odd.mean() > 0.5 else self.thresholds.enough)
        if not is_known:
            covered = ~enough & (lasts.mean(axis=0) < self.thresholds.lasting)
            pixels[covered] = usual[covered]
        floors = np.where(like[..., None], shown, np.float32(np.nan))
        pixels[enough] = np.nanmedian(floors[:, enough], axis=0)
        bared = ground.copy()
        bared[odd] = pixels
        return bared

    def _is_like(self, shown: Floats32, picture: Floats32) -> NDArray[np.bool_]:
        """Return which pixels `[F, N]` of pictures are like those of one, `[N, 3]`."""
        return np.asarray(np.square(shown - picture).mean(axis=2) <= self.odd)


def floors_of(shown: Sequence[Floats32], noise: float, thresholds: BackgroundThresholds) -> Floors:
    """Return what floors look like, from pictures `[N, h, w, 3]` of each cell that was left.

    Raises:
        PerceptionError: No cell was left.
    """
    if not shown:
        raise PerceptionError(
            "The agent was not seen to leave any cell, so the floor is not known; let the agent "
            "play more steps (perception.frames), or choose another sight (perception.sight)."
        )
    usual = np.median(np.concatenate([own[: thresholds.pictures] for own in shown]), axis=0)
    # Things beside a cell reach into some of its pixels, which tell nothing of floors.
    away = np.stack([np.median(own, axis=0) - usual for own in shown])
    return Floors(usual, robust_deviation(away) ** 2, noise, thresholds)


def border_of(
    picture: Floats32, inner: NDArray[np.bool_], noise: float, thresholds: BackgroundThresholds
) -> Floors:
    """Return what the border of a picture `[H, W, 3]` looks like, outside of `inner` `[H, W]`."""
    border = picture[~inner]
    usual = np.median(border, axis=0) if len(border) else np.zeros(3, np.float32)
    return Floors(usual, robust_deviation(border - usual) ** 2, noise, thresholds)


def robust_deviation(residuals: Floats32) -> float:
    """Return the standard deviation of residuals about 0; few large ones do not count."""
    return sigma_of(median_magnitude(residuals)) if residuals.size else 0.0


def residual_noise(residuals: Floats32, outlier: float) -> float:
    """Return the standard deviation of residuals without those beyond `outlier` deviations."""
    spread = robust_deviation(residuals)
    if spread == 0.0:
        return 0.0
    kept = residuals[np.abs(residuals) < outlier * spread]
    return float(np.sqrt(np.mean(np.square(kept))))
