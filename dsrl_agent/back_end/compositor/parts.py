"""Score things of several parts, each in a tint of its own.

A thing whose parts have coverages a_k and colours c_k over U, lit by T, leaves the residual
D - T sum_k a_k (c_k - U). With the whole coverage a = sum_k a_k, its square changes that of D by

    -2 sum_k c_k . (<a_k, T D> + <a_k a, T^2 U>) + sum_kl c_k . c_l <a_k a_l, T^2>
    + 2 <a, T D . U> + <a^2, T^2 U . U>.

The colours that leave least solve linear equations. Parts share few pixels, so that the tints of a
palette are found by coordinate descent from there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.types import Floats32, Ints

_TINY = np.float32(1e-6)  # pixels; a part that covers less is not seen


class PartsMatch(NamedTuple):
    """The sums above for N places and M templates of P parts."""

    towards: Floats32  # [N, P, 3, M]: what each c_k is multiplied by
    crossed: Floats32  # [N, M]: what does not depend on colours
    sizes: Floats32  # [N, P, P, M], or [1, P, P, M] if alike at all places


class PartsTemplates:
    """Multiplies maps of places with the parts of templates.

    Args:
        masks: `[M, P, pixels]`: the coverage of each part.
    """

    def __init__(self, masks: Floats32) -> None:
        count, self.parts, pixels = masks.shape
        self.count = count
        ordered = np.moveaxis(masks, 1, 0)  # [P, M, pixels]
        self.masks = ordered.reshape(-1, pixels)
        self.with_whole = (ordered * masks.sum(axis=1)).reshape(-1, pixels)
        self.pairs = (ordered[:, None] * ordered[None]).reshape(-1, pixels)

    def towards(self, shown: Floats32, below: Floats32) -> Floats32:
        """Return the sums `[N, P, 3, M]` of maps T D and T^2 U, both `[N, 3, pixels]`."""
        return self.of_contrasts(shown) + self.of_grounds(below)

    def of_contrasts(self, shown: Floats32) -> Floats32:
        """Return the sums `[N, P, 3, M]` of maps T D, `[N, 3, pixels]`, with the parts."""
        return self._products(shown, self.masks)

    def of_grounds(self, below: Floats32) -> Floats32:
        """Return the sums `[N, P, 3, M]` of maps T^2 U, `[N, 3, pixels]`."""
        return self._products(below, self.with_whole)

    def sizes(self, light: Floats32) -> Floats32:
        """Return the sums `[N, P, P, M]` of maps T^2, `[N, pixels]`, with pairs of parts."""
        return (light @ self.pairs.T).reshape(len(light), self.parts, self.parts, self.count)

    def _products(self, maps: Floats32, templates: Floats32) -> Floats32:
        """Return the products `[N, P, 3, M]` of maps `[N, 3, pixels]` with templates."""
        count, pixels = len(maps), maps.shape[2]
        sums = maps.reshape(count * 3, pixels) @ templates.T
        return np.moveaxis(sums.reshape(count, 3, self.parts, self.count), 2, 1)


def bounds_of_parts(match: PartsMatch) -> Floats32:
    """Return what templates change the squared residual by at best, whatever their colours."""
    sizes, towards = np.moveaxis(match.sizes, 3, 1), np.moveaxis(match.towards, 3, 1)
    best = _solved(sizes, towards)  # [N, M, P, 3]
    return np.asarray(match.crossed - np.einsum("nmpc,nmpc->nm", towards, best), np.float32)


def coloured(
    match: PartsMatch, hypotheses: Hypotheses, precision: float, places: Ints, templates: Ints
) -> tuple[Floats32, Floats32, Floats32]:
    """Return the change `[Q, 1]`, the nats `[Q, 1]` and the colours `[Q, 3 P]` of Q templates."""
    towards = match.towards[places, :, :, templates]  # [Q, P, 3]
    own = places if len(match.sizes) > 1 else np.zeros_like(places)
    sizes = match.sizes[own, :, :, templates]  # [Q, P, P]
    kinds, parts = hypotheses.types[templates], towards.shape[1]
    base = hypotheses.costs[kinds]
    extra = hypotheses.tint_costs[kinds] - base[:, None]  # [Q, C + 1]
    colours = np.clip(_solved(sizes, towards), 0, 1)
    paid = np.zeros(towards.shape[:2], np.float32)
    for part in list(range(parts)) * parts:
        others = np.einsum("ql,qlc->qc", sizes[:, part], colours)
        size = sizes[:, part, part]
        rest = towards[:, part] - others + size[:, None] * colours[:, part]
        colours[:, part], paid[:, part] = _best_tint(rest, size, hypotheses, precision, extra)
    square = np.einsum("qkl,qkc,qlc->q", sizes, colours, colours, optimize=True)
    change = square - 2 * np.einsum("qkc,qkc->q", towards, colours)
    change += match.crossed[places, templates]
    nats = change * np.float32(precision) + base + paid.sum(axis=1)
    return change[:, None], nats[:, None], colours.reshape(len(colours), -1)


def _best_tint(
    rest: Floats32, size: Floats32, hypotheses: Hypotheses, precision: float, extra: Floats32
) -> tuple[Floats32, Floats32]:
    """Return the colour `[Q, 3]` of a part that costs least, the others being given, and its cost.

    `rest` is what it is multiplied by. The last tint stands for any other colour.
    """
    palette, count = hypotheses.palette, len(rest)
    free = np.clip(rest / np.maximum(size, _TINY)[:, None], 0, 1)
    tried = np.concatenate([np.repeat(palette[None], count, axis=0), free[:, None]], axis=1)
    change = size[:, None] * np.square(tried).sum(axis=2)
    change -= 2 * np.einsum("qtc,qc->qt", tried, rest)
    best = (change * np.float32(precision) + extra).argmin(axis=1)
    each = np.arange(count)
    return tried[each, best], extra[each, best]


def _solved(sizes: Floats32, towards: Floats32) -> Floats32:
    """Return the colours `[..., P, 3]` that solve the equations of places and templates."""
    tiny = _TINY * np.eye(sizes.shape[-1], dtype=np.float32)
    return np.asarray(np.linalg.inv(sizes + tiny) @ towards, np.float32)
