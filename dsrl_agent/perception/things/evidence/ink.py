"""Tell the ink of one thing from that of the things around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import StandingThresholds
from dsrl_agent.types import Floats, Floats32, Ints

_TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch by a corner are of one thing
_IN_WINDOW = np.pad(_TOUCHING[None], ((1, 1), (0, 0), (0, 0)))  # the same, in each of many windows


def shown_alone(
    contrasts: Floats32, deviations: Floats, windows: Windows, thresholds: StandingThresholds
) -> Floats32:
    """Return which pixels `[T, h, w]` of windows show one whole thing and nothing else.

    `contrasts` `[T, h, w, 3]` is what differs from the background, with standard deviations of
    noise `[T]`. A thing is the connected ink in the middle of the window; pixels of other ink have
    weight 0. A window has weight 0 everywhere if its thing touches the window's edge, where it may
    go on or touch others, or if the window has no such thing or several.
    """
    labels, _ = ndimage.label(_inked(contrasts, deviations, thresholds), _IN_WINDOW)
    middle = _middle_labels(labels, windows)[:, None, None]
    own = (labels == middle) & (middle > 0)
    cut = own.copy()
    cut[:, 1:-1, 1:-1] = False
    others = ndimage.binary_dilation((labels > 0) & ~own, _IN_WINDOW)
    shown = own.any(axis=(1, 2)) & ~cut.any(axis=(1, 2))
    return np.asarray((~others | own) & shown[:, None, None], np.float32)


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


def _middle_labels(labels: Ints, windows: Windows) -> Ints:
    """Return the label of the ink in the middle of each window, as `_middle_label` finds it.

    `labels` `[T, h, w]` are those of all windows together: none is in two.
    """
    found = np.zeros(len(labels), np.int64)
    several = np.zeros(len(labels), np.bool_)
    for label, (window, *box) in enumerate(ndimage.find_objects(labels), 1):
        number = window.start
        if _is_own(labels[number], label, box, windows):
            several[number] |= found[number] > 0
            found[number] = label
    found[several] = 0
    return found


def _middle_label(labels: Ints, windows: Windows) -> int:
    """Return the label of the ink whose bounding box has its middle in the place, 0 if not one."""
    boxes = enumerate(ndimage.find_objects(labels), 1)
    found = [label for label, box in boxes if _is_own(labels, label, box, windows)]
    return found[0] if len(found) == 1 else 0


def _is_own(labels: Ints, label: int, box: Sequence[slice], windows: Windows) -> bool:
    """Say whether ink is of the thing in a window's place, by the box around it."""
    for own, part in zip(windows.own, box, strict=True):
        if not own.start <= (part.start + part.stop) / 2 <= own.stop:
            return False
    return int(np.count_nonzero(labels[tuple(box)] == label)) > 1  # one pixel is noise
