"""Find the centres of salient blobs at the scale with the strongest response."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.types import Floats, Ints


def blob_centres(salience: Floats, thresholds: StillsThresholds) -> Floats:
    """Return the centres of mass `[M, 2]` of blobs of salience `[H, W]` above 0.

    Blobs are found at the scale with the strongest response (Lindeberg 1998).
    """
    best_answer, best = -1.0, np.empty((0, 2), np.int64)
    if not salience.any():
        return best.astype(np.float64)
    best_scale = thresholds.least_scale
    for scale in np.arange(thresholds.least_scale, thresholds.most_scale, 0.25):
        answer = -(scale**2) * ndimage.gaussian_laplace(salience, scale)
        peaks = (ndimage.maximum_filter(answer, size=3) == answer) & (answer > answer.max() / 2)
        if answer[peaks].mean() > best_answer:
            best_answer, best = float(answer[peaks].mean()), np.argwhere(peaks)
            best_scale = float(scale)
    # A blob's radius is the scale times the square root of two.
    reach = int(np.ceil(best_scale * np.sqrt(2.0)))
    return np.array([_centre_of_mass(salience, peak, reach) for peak in best])


def _centre_of_mass(salience: Floats, peak: Ints, reach: int) -> Floats:
    first = np.maximum(peak - reach, 0)
    last = peak + reach + 1
    inside = salience[first[0] : last[0], first[1] : last[1]]
    if not inside.any():
        return peak.astype(np.float64)
    return np.asarray(ndimage.center_of_mass(inside) + first, np.float64)
