"""Tell the ink of one thing from that of the things around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import StandingThresholds
from dsrl_agent.types import Floats, Floats32, Ints

_TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch by a corner are of one thing


def shown_alone(
    contrasts: Floats32, deviations: Floats, windows: Windows, thresholds: StandingThresholds
) -> Floats32:
    """Return which pixels `[T, h, w]` of windows show one whole thing and nothing else.

    `contrasts` `[T, h, w, 3]` is what differs from the background, with standard deviations of
    noise `[T]`. A thing is the connected ink in the middle of the window; pixels of other ink have
    weight 0. A window has weight 0 everywhere if its thing touches the window's edge, where it may
    go on or touch others, or if the window has no such thing or several.
    """
    ink = _inked(contrasts, deviations, thresholds)
    weights = np.zeros(ink.shape, np.float32)
    for number, mask in enumerate(ink):
        weights[number] = _weights(mask, windows)
    return weights


def cut_off(
    contrasts: Floats32,
    deviations: Floats,
    inside: Floats32,
    windows: Windows,
    thresholds: StandingThresholds,
) -> NDArray[np.bool_]:
    """Return which windows `[T]` show a thing that the frame's edge may cut off.

    The ink of these touches the edge. `inside` `[T, h, w]` tells which pixels lie in the frame;
    the other arguments are those of `shown_alone`.
    """
    partly = np.flatnonzero(~inside.all(axis=(1, 2)))
    ink = _inked(contrasts[partly], deviations[partly], thresholds)
    cut = np.zeros(len(contrasts), np.bool_)
    for number, mask in zip(partly, ink, strict=True):
        within = inside[number] > 0
        edge = within & ~ndimage.binary_erosion(within, _TOUCHING, border_value=1)
        labels, _ = ndimage.label(mask & within, _TOUCHING)
        own = _middle_label(labels, windows)
        cut[number] = bool(own) and bool((labels[edge] == own).any())
    return cut


def _inked(
    contrasts: Floats32, deviations: Floats, thresholds: StandingThresholds
) -> NDArray[np.bool_]:
    """Return where pixels `[T, h, w]` differ from the background; strong noise is smoothed."""
    spread = deviations * np.sqrt(3)
    grainy = thresholds.ink_deviations * spread > thresholds.grainy
    smooth = contrasts.copy()
    smooth[grainy] = ndimage.uniform_filter(contrasts[grainy], (0, 3, 3, 0))
    spread = np.where(grainy, spread / 3, spread)
    limit = np.float32(thresholds.ink + thresholds.ink_deviations * spread)
    return np.asarray(np.square(smooth).sum(axis=3) > np.square(limit)[:, None, None])


def _weights(mask: NDArray[np.bool_], windows: Windows) -> NDArray[np.float32]:
    """Return which pixels of a window count, from the mask `[h, w]` of its ink."""
    labels, _ = ndimage.label(mask, _TOUCHING)
    own = _middle_label(labels, windows)
    nothing = np.zeros(mask.shape, np.float32)
    if not own:
        return nothing
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    if (rim == own).any():
        return nothing
    others = ndimage.binary_dilation((labels > 0) & (labels != own), _TOUCHING)
    return np.asarray(~others | (labels == own), np.float32)


def _middle_label(labels: Ints, windows: Windows) -> int:
    """Return the label of the ink whose bounding box has its middle in the place, 0 if not one."""
    found = 0
    for label, box in enumerate(ndimage.find_objects(labels), 1):
        middle = [(part.start + part.stop) / 2 for part in box]
        inside = [own.start <= m <= own.stop for own, m in zip(windows.own, middle, strict=True)]
        large = (labels[box] == label).sum() > 1  # pixel of noise
        if all(inside) and large:
            if found:
                return 0
            found = label
    return found
