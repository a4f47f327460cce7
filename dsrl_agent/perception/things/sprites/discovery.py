"""Find the sprites of tracks: greedily by exemplar, then merged and split by what they leave."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from dsrl_agent.perception.things.sprites.anchoring import anchored
from dsrl_agent.perception.things.sprites.fitting import Fits, TrackFitter
from dsrl_agent.types import Floats32, Ints


@dataclass(frozen=True)
class FoundSprite:
    """A sprite and the tracks that it explains."""

    sprite: Floats32  # [side, side]
    members: Ints  # [S]: its tracks
    fits: Fits  # of the members
    own_colour: bool = False  # whether it was told apart by colour, and is never merged again


def discover(fitter: TrackFitter) -> list[FoundSprite]:
    """Return the sprites that explain tracks; the largest tracks give exemplars first."""
    left, found = np.flatnonzero(fitter.usable), list[FoundSprite]()
    clear, least = fitter.clear, fitter.thresholds.least_tracks
    while clear[left].sum() >= least and len(found) < fitter.thresholds.most:
        exemplar = _exemplar(fitter, left[clear[left]])
        first = anchored(fitter, fitter.first_sprite(exemplar), left)
        grown = grow(fitter, first, left, fitter.thresholds.first)
        left = np.setdiff1d(left, np.append(grown.members, exemplar))
        if clear[grown.members].sum() >= least:
            found.append(grown)
    found = _all_split(fitter, merged(fitter, found))
    return merged(fitter, exchanged(fitter, found))


def exchanged(fitter: TrackFitter, found: list[FoundSprite]) -> list[FoundSprite]:
    """Return the sprites with every usable track given to the one that explains it best.

    Noisy tracks tell little each, but many of them tell a sprite.
    """
    everything = np.flatnonzero(fitter.usable)
    for _ in range(fitter.thresholds.exchanges if found else 0):
        fits = [fitter.fit(each.sprite, everything) for each in found]
        own = np.argmin([each.left for each in fits], axis=0)
        best = []
        for number, each in enumerate(found):
            mine = (own == number) & fitter.explained(fits[number], fitter.thresholds.final)
            chosen = np.flatnonzero(mine)
            if len(chosen):
                part = fits[number].of(chosen)
                sprite = fitter.refined(each.sprite, everything[chosen], part)
                best.append(FoundSprite(sprite, everything[chosen], part, each.own_colour))
        found = best
    return found


def grow(fitter: TrackFitter, sprite: Floats32, pool: Ints, first: float) -> FoundSprite:
    """Return a sprite refined by the tracks of a pool that it explains, in ever stricter rounds."""
    final = fitter.thresholds.final
    fits = fitter.fit(sprite, pool)
    for limit in np.linspace(first, final, fitter.thresholds.growth):
        explained = np.flatnonzero(fitter.below(fits, float(limit)))
        if not len(explained):
            break
        sprite = fitter.refined(sprite, pool[explained], fits.of(explained))
        fits = fitter.fit(sprite, pool)
    explained = np.flatnonzero(fitter.below(fits, final))
    return FoundSprite(sprite, pool[explained], fits.of(explained))


def merged(fitter: TrackFitter, found: list[FoundSprite]) -> list[FoundSprite]:
    """Return the sprites, with one in place of two where it leaves no more of the tracks of each.

    Each part is judged on its own: in the union a few tracks of the one would drown in the other's.
    """
    own, count = dict(enumerate(found)), len(found)
    waiting = [(a, b) for a in own for b in own if a != b]  # ascending, so a heap
    while waiting:
        pair = heappop(waiting)
        if not own.keys() >= set(pair):
            continue
        one = _merge(fitter, own[pair[0]], own[pair[1]])
        if one is not None:
            own = {number: each for number, each in own.items() if number not in pair}
            for other in own:
                heappush(waiting, (other, count))
                heappush(waiting, (count, other))
            own[count], count = one, count + 1
    return list(own.values())


def _exemplar(fitter: TrackFitter, clear: Ints) -> int:
    """Return the least noisy of the largest tracks: an exemplar is scaled down better than up."""
    ink = fitter.energies[clear] - fitter.variances[clear] * fitter.pixels[clear]
    large = clear[ink >= fitter.thresholds.large * ink.max()]
    return int(large[fitter.variances[large].argmin()])


def _merge(fitter: TrackFitter, one: FoundSprite, other: FoundSprite) -> FoundSprite | None:
    """Return one sprite in place of two, or nothing if it leaves more of either's tracks."""
    if one.own_colour and other.own_colour:
        return None
    first, some = fitter.thresholds.apart * fitter.thresholds.first, fitter.thresholds.compared
    if np.median(fitter.fit(one.sprite, other.members[:some]).left) >= first:
        return None
    pool = np.concatenate([one.members, other.members])
    joint = grow(fitter, one.sprite, pool, first)
    parts = one, other
    if all(_is_as_good(fitter, joint.sprite, *each) for each in (parts, parts[::-1])):
        return FoundSprite(joint.sprite, pool, fitter.fit(joint.sprite, pool))
    return None


def _is_as_good(
    fitter: TrackFitter, sprite: Floats32, part: FoundSprite, rival: FoundSprite
) -> bool:
    """Return whether a sprite leaves no more of a part's tracks than the part's own does.

    A sprite of few noisy tracks fits their noise as well, and leaves less than nothing. What it
    leaves counts as no less than what a rival's sprite leaves of its own tracks.
    """
    clearest = _clearest(fitter, part)
    own, joint = fitter.fit(part.sprite, clearest), fitter.fit(sprite, clearest)
    rivals = fitter.fit(rival.sprite, _clearest(fitter, rival))
    floor = min(0.0, fitter.mean_left(rivals))
    fitted = max(0.0, floor - fitter.mean_left(own))
    return not fitter.is_rougher(joint, own._replace(left=own.left + fitted))


def _clearest(fitter: TrackFitter, part: FoundSprite) -> Ints:
    """Return the tracks of a sprite that noise hides least of, at most as many as are compared."""
    order = np.argsort(fitter.variances[part.members], kind="stable")
    return part.members[order[: fitter.thresholds.compared]]


def _all_split(fitter: TrackFitter, found: list[FoundSprite]) -> list[FoundSprite]:
    """Return the sprites, with two in place of one as long as two leave much less."""
    waiting, done = list(found), []
    while waiting:
        one = waiting.pop()
        two = _split(fitter, one)
        if two is None:
            done.append(one)
        else:
            waiting += two
    return done


def _split(fitter: TrackFitter, one: FoundSprite) -> list[FoundSprite] | None:
    """Return two sprites for one that leaves more than noise and raster, if they leave much less.

    They start from the track that is explained worst, and from the one most unlike it.
    """
    pool, clear = one.members, fitter.clear[one.members]
    if clear.sum() < 2 * fitter.thresholds.least_tracks:
        return None
    fits = fitter.fit(one.sprite, pool)
    before = float(fits.left[clear].mean())
    if before < fitter.thresholds.rough:
        return _split_by_colour(fitter, one, fits)
    clear_tracks = pool[clear]
    worst = fitter.first_sprite(int(clear_tracks[fits.left[clear].argmax()]))
    unlike = int(clear_tracks[fitter.fit(worst, clear_tracks).left.argmax()])
    sprites = [anchored(fitter, each, pool) for each in (worst, fitter.first_sprite(unlike))]
    for _ in range(fitter.thresholds.halvings):
        both = [fitter.fit(sprite, pool) for sprite in sprites]
        own = np.argmin([each.left for each in both], axis=0)
        members = [np.flatnonzero(own == k) for k in (0, 1)]
        if min(map(len, members)) < fitter.thresholds.least_tracks:
            return None
        sprites = [
            fitter.refined(sprites[k], pool[members[k]], both[k].of(members[k])) for k in (0, 1)
        ]
    both = [fitter.fit(sprite, pool) for sprite in sprites]
    own, left = np.argmin([f.left for f in both], axis=0), np.min([f.left for f in both], axis=0)
    fewest = min(np.count_nonzero(clear & (own == k)) for k in (0, 1))
    if fewest < fitter.thresholds.least_tracks:
        return None
    if left[clear].mean() > fitter.thresholds.better * before:
        return None
    members = [np.flatnonzero(own == k) for k in (0, 1)]
    return [FoundSprite(sprites[k], pool[members[k]], both[k].of(members[k])) for k in (0, 1)]


def _split_by_colour(fitter: TrackFitter, one: FoundSprite, fits: Fits) -> list[FoundSprite] | None:
    """Return two sprites where colour tells the scale: each colour is then a thing of its own.

    In cells of few pixels one shape in another size may pass for another shape.
    """
    pool, thresholds = one.members, fitter.thresholds
    clear = fitter.clear[pool]
    labels, count = _colour_labels(fitter.colours[pool], thresholds.same_colour)
    scales = np.array([place.scale for place in fits.placements])
    common = [k for k in range(count) if (clear & (labels == k)).sum() >= thresholds.least_tracks]
    if not 2 <= len(common) <= thresholds.most_colours:
        return None
    own = [scales[clear & (labels == k)] for k in common]
    middles = np.array([np.median(each) for each in own])
    if max(each.std() for each in own) > thresholds.fixed_scale:
        return None
    if middles.max() - middles.min() < thresholds.other_scale:
        return None
    largest = labels == common[int(middles.argmax())]
    parts = [_of_colour(fitter, pool[chosen]) for chosen in (largest, ~largest)]
    most = thresholds.better_by_colour * float(fits.left[clear].mean())
    if max(part.fits.left.mean() for part in parts) > most:
        return None
    return parts


def _of_colour(fitter: TrackFitter, members: Ints) -> FoundSprite:
    """Return the sprite of tracks that are one thing."""
    sprite = fitter.first_sprite(int(members[0]))
    for _ in range(fitter.thresholds.colourings):
        sprite = fitter.refined(sprite, members, fitter.fit(sprite, members))
    return FoundSprite(sprite, members, fitter.fit(sprite, members), own_colour=True)


def _colour_labels(colours: Floats32, radius: float) -> tuple[Ints, int]:
    """Return the number of each colour's group `[S]`, and the number of groups."""
    centres: list[Floats32] = []
    labels = np.empty(len(colours), np.int64)
    for number, colour in enumerate(colours):
        away = [float(np.linalg.norm(centre - colour)) for centre in centres]
        nearest = int(np.argmin(away)) if away else -1
        if nearest < 0 or away[nearest] > radius:
            nearest = len(centres)
            centres.append(colour)
        labels[number] = nearest
    return labels, len(centres)
