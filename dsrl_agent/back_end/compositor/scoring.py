"""Score all hypotheses of places: by how much they change the squared residual.

A thing with coverage a and colour c over U, lit by T, leaves the residual D - T a (c - U) of what
there is to explain, D. Its square is smaller than that of D by a sum that is linear in a and in the
square of a:

    -2 c . (<a, T D> + <a^2, T^2 U>) + 2 <a, T D . U> + <a^2, T^2 U . U> + c . c <a^2, T^2>

So all templates in all colours cost a few matrix products. The colour that leaves least is

    (<a, T D> + <a^2, T^2 U>) / <a^2, T^2>.

What that colour leaves bounds what the template leaves in any other. Templates whose bound is far
worse than the best hypothesis are not tried in the colours of their types.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.back_end.compositor.parts import PartsMatch, bounds_of_parts, coloured
from dsrl_agent.types import Floats32, Ints

_TINY = 1e-6  # pixels; a template that covers less is not seen
OTHER_TINT = -1
"""Number of the tint of a thing whose colour is none of the palette's."""


class Match(NamedTuple):
    """The sums above for N places and M templates."""

    towards: Floats32  # [N, 3, M]: what c is multiplied by
    crossed: Floats32  # [N, M]: what does not depend on c
    sizes: Floats32  # [N, M], or [1, M] if alike at all places: what c . c is multiplied by


class Scores(NamedTuple):
    """The best hypothesis of one type at each of N places."""

    types: Ints  # [N]
    templates: Ints  # [N]
    tints: Ints  # [N]: `OTHER_TINT` if it is none of the palette's
    colours: Floats32  # [N, 3 P]
    nats: Floats32  # [N]: negative log probability of the hypothesis, against nothing
    summed: Floats32  # [N]: likewise of all hypotheses of the type together
    saved: Floats32  # [N]: the change of the squared residual


def best_hypotheses(
    match: Match | PartsMatch, hypotheses: Hypotheses, precision: float, negligible: float
) -> Scores:
    """Return the most probable hypothesis at each place.

    `precision` is the cost in nats of a squared residual of 1. Hypotheses that are worse than the
    best by more than `negligible` nats do not count. Presence is not counted.
    """
    few = _few(match, hypotheses, precision, negligible)
    return few.scores(hypotheses, few.least)


def best_types(
    match: Match | PartsMatch, hypotheses: Hypotheses, precision: float, negligible: float
) -> Scores:
    """Return the most probable type at each place, and its best hypothesis.

    A type's probability is that of all its hypotheses together. The arguments are those of
    `best_hypotheses`.
    """
    few = _few(match, hypotheses, precision, negligible)
    return few.scores(hypotheses, few.summed)


class _Few(NamedTuple):
    """Templates worth a closer look, in groups of one place and one type, and these groups."""

    places: Ints  # [Q], ascending
    templates: Ints  # [Q]
    change: Floats32  # [Q, P + 1]: of the squared residual, in each tint and the best other colour
    nats: Floats32  # [Q, P + 1]
    free: Floats32  # [Q, 3]: that other colour
    starts: Ints  # [G]: the first template of each group
    firsts: Ints  # [N]: the first group of each place
    least: Floats32  # [G]: the least nats in a group
    summed: Floats32  # [G]: the nats of all hypotheses of a group together

    def scores(self, hypotheses: Hypotheses, by: Floats32) -> Scores:
        """Return the best hypothesis in the group of each place that a figure is least of."""
        count = len(self.firsts)
        ends = np.append(self.firsts[1:], len(self.starts))
        group = _first_least(by, self.firsts, np.repeat(np.arange(count), ends - self.firsts))
        wide = self.nats.shape[1]
        sizes = np.diff(np.append(self.starts, len(self.nats)))
        owners = np.repeat(np.arange(len(self.starts)), sizes)
        best = self.nats.min(axis=1)
        row = _first_least(best, self.starts, owners)[group]
        tint = self.nats[row].argmin(axis=1)
        colours, template = self.free[row], self.templates[row]
        if hypotheses.masks is not None:
            tints = hypotheses.first_tints(colours)
        else:
            tints = np.where(tint == wide - 1, OTHER_TINT, tint)
            named = tints != OTHER_TINT
            colours[named] = hypotheses.palette[tints[named]]
        return Scores(
            hypotheses.types[template],
            template,
            tints,
            colours,
            best[row],
            self.summed[group],
            self.change[row, tint],
        )


def _few(
    match: Match | PartsMatch, hypotheses: Hypotheses, precision: float, negligible: float
) -> _Few:
    """Return the hypotheses that are worse than the best of a place by a few nats at most."""
    bounds = _bounds(match) * np.float32(precision) + hypotheses.least_costs
    each = np.arange(len(bounds))
    first = bounds.argmin(axis=1)
    best = _weighed(match, hypotheses, precision, each, first)[1].min(axis=1)
    places, templates = np.nonzero(bounds < (best + np.float32(negligible))[:, None])
    change, nats, free = _weighed(match, hypotheses, precision, places, templates)
    group = places * hypotheses.number_of_types + hypotheses.types[templates]
    starts = _starts(group)
    firsts = _starts(places[starts])
    least = np.minimum.reduceat(nats.min(axis=1), starts)
    sizes = np.diff(np.append(starts, len(nats)))
    shares = np.exp(np.repeat(least, sizes)[:, None] - nats).sum(axis=1)
    summed = least - np.log(np.add.reduceat(shares, starts))
    return _Few(places, templates, change, nats, free, starts, firsts, least, summed)


def _starts(groups: Ints) -> Ints:
    """Return where another group begins in ascending numbers of groups."""
    begins = np.ones(len(groups), np.bool_)
    np.not_equal(groups[1:], groups[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def _first_least(values: Floats32, starts: Ints, owners: Ints) -> Ints:
    """Return the number of the first least value of each group; `owners` has each one's group."""
    least = np.flatnonzero(values == np.minimum.reduceat(values, starts)[owners])
    return np.asarray(least[_starts(owners[least])])


def _bounds(match: Match | PartsMatch) -> Floats32:
    """Return what templates change the squared residual by at best, whatever their colour."""
    if isinstance(match, PartsMatch):
        return bounds_of_parts(match)
    square = np.einsum("ncm,ncm->nm", match.towards, match.towards)
    return np.asarray(match.crossed - square / np.maximum(match.sizes, _TINY))


def _weighed(
    match: Match | PartsMatch,
    hypotheses: Hypotheses,
    precision: float,
    places: Ints,
    templates: Ints,
) -> tuple[Floats32, Floats32, Floats32]:
    """Return the change, the nats `[Q, P + 1]` and the other colour `[Q, 3]` of Q templates.

    Things of several parts have the best colours of each part, `[Q, 1]` and `[Q, 3 P]`.
    """
    if isinstance(match, PartsMatch):
        return coloured(match, hypotheses, precision, places, templates)
    crossed = match.crossed[places, templates][:, None]
    lit = len(match.sizes) > 1
    sizes = match.sizes[places if lit else np.zeros_like(places), templates][:, None]
    own = Match(match.towards[places, :, templates][..., None], crossed, sizes)
    free = free_colours(own)
    change = np.concatenate(
        [changes(own, hypotheses.palette), free_change(own, free)[:, None]], axis=1
    )[..., 0]
    costs = hypotheses.tint_costs[hypotheses.types[templates]]
    return change, change * np.float32(precision) + costs, free[..., 0]


def changes(match: Match, colours: Floats32) -> Floats32:
    """Return the change `[N, P, M]` of the squared residual by templates in colours `[P, 3]`."""
    change = -2 * (colours @ match.towards)
    change += match.crossed[:, None]
    change += np.square(colours).sum(axis=1)[:, None] * match.sizes[:, None]
    return np.asarray(change, np.float32)


def free_colours(match: Match) -> Floats32:
    """Return the colour `[N, 3, M]` with which each template leaves least."""
    return np.clip(match.towards / np.maximum(match.sizes, _TINY)[:, None], 0, 1)


def free_change(match: Match, colours: Floats32) -> Floats32:
    """Return the change `[N, M]` of the squared residual by templates in a colour of each."""
    change = -2 * (colours * match.towards).sum(axis=1) + match.crossed
    return np.asarray(change + np.square(colours).sum(axis=1) * match.sizes)
