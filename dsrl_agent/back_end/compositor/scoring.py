"""Score all hypotheses of a type at once: by how much they change the squared residual.

A thing with coverage a and colour c over U, lit by T, leaves the residual D - T a (c - U) of what
there is to explain, D. Its square is smaller than that of D by a sum that is linear in a and in the
square of a:

    -2 c . (<a, T D> + <a^2, T^2 U>) + 2 <a, T D . U> + <a^2, T^2 U . U> + c . c <a^2, T^2>

So all templates in all colours cost a few matrix products. The colour that leaves least is

    (<a, T D> + <a^2, T^2 U>) / <a^2, T^2>.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.types import Floats32, Ints

OTHER_TINT = -1
"""Number of the tint of a thing whose colour is none of the palette's."""


class Match(NamedTuple):
    """The sums above for N places and M templates."""

    towards: Floats32  # [N, 3, M]: what c is multiplied by
    crossed: Floats32  # [N, M]: what does not depend on c
    sizes: Floats32  # [N, M]: what c . c is multiplied by

    def of(self, part: slice) -> Match:
        """Return the sums of some templates."""
        return Match(self.towards[:, :, part], self.crossed[:, part], self.sizes[:, part])


class Scores(NamedTuple):
    """The best hypothesis of one type at N places."""

    nats: Floats32  # [N]: negative log probability of the best, against nothing
    summed: Floats32  # [N]: likewise of all hypotheses together
    templates: Ints  # [N]: the best template
    tints: Ints  # [N]: its tint, `OTHER_TINT` if it is none of the palette's
    colours: Floats32  # [N, 3]: its colour
    saved: Floats32  # [N]: the change of the squared residual


def score(match: Match, hypotheses: Hypotheses, kind: int, precision: float) -> Scores:
    """Return the best hypothesis of a type; `match` is of all templates.

    `precision` is the cost in nats of a squared residual of 1. Presence is not counted.
    """
    part, tints = hypotheses.parts[kind], hypotheses.tints[kind]
    own = match.of(part)
    change = changes(own, hypotheses.palette[tints])
    costs = np.full(len(tints), hypotheses.costs[kind], np.float32)
    free = free_colours(own) if hypotheses.is_free(kind) else None
    if free is not None:
        change = np.concatenate([change, free_change(own, free)[:, None]], axis=1)
        costs = np.append(costs, hypotheses.costs[kind] + hypotheses.free_tint)
        tints = np.append(tints, OTHER_TINT)
    nats = change * np.float32(precision) + costs[None, :, None].astype(np.float32)
    count, wide = len(nats), part.stop - part.start
    flat = nats.reshape(count, -1)
    chosen, each = flat.argmin(axis=1), np.arange(count)
    best = flat[each, chosen]
    summed = best - np.log(np.exp(best[:, None] - flat).sum(axis=1))
    template, tint = chosen % wide, tints[chosen // wide]
    colours = hypotheses.palette[tint]
    if free is not None:
        colours = np.where((tint == OTHER_TINT)[:, None], free[each, :, template], colours)
    saved = change.reshape(count, -1)[each, chosen]
    return Scores(best, summed, part.start + template, tint, colours, saved)


def changes(match: Match, colours: Floats32) -> Floats32:
    """Return the change `[N, P, M]` of the squared residual by templates in colours `[P, 3]`."""
    change = -2 * (colours @ match.towards)
    change += match.crossed[:, None]
    change += np.square(colours).sum(axis=1)[:, None] * match.sizes[:, None]
    return np.asarray(change, np.float32)


def free_colours(match: Match) -> Floats32:
    """Return the colour `[N, 3, M]` with which each template leaves least."""
    return np.clip(match.towards / np.maximum(match.sizes, 1e-6)[:, None], 0, 1)


def free_change(match: Match, colours: Floats32) -> Floats32:
    """Return the change `[N, M]` of the squared residual by templates in a colour of each."""
    change = -2 * (colours * match.towards).sum(axis=1) + match.crossed
    return np.asarray(change + np.square(colours).sum(axis=1) * match.sizes)
