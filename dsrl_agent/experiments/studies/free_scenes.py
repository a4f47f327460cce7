"""Read scenes of sprites at free places, by the objective of the agent's own model of things.

A scene is a floor and things over it, one after the other. A thing is a sprite with a place, a
size, a turn and a colour field. The objective is the pixels under measured noise, and the nats that
the latents cost. A pixel that nothing explains has any colour of [0, 1], which costs no nats; noise
of deviation s explains one with -3/2 log(2 pi s^2) nats less. So things are found one by one, and
what is hidden by others yet to be found does not count against a thing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.evaluation.object_metrics import ObjectMasks
from dsrl_agent.experiments.studies.free_sprites import FreePose, FreeSprites, Wanted, spread
from dsrl_agent.experiments.studies.shape_search import Pose, ShapeSearch, cover
from dsrl_agent.experiments.studies.smooth_colours import (
    Mask,
    colour_field,
    floor_of,
    grown,
    has_colour,
    most_frequent,
    smoothed,
)
from dsrl_agent.types import Floats

_LEAST = 6  # pixels of an area that something is looked for in
_MOST = 16  # areas of a picture that are looked at
_KINDS = 4  # kinds that are tried for an area
_WIDE = 5.0  # factor on the deviations of pixels in the first of two fits
_PURE = 0.95  # coverage of a pixel from which on it shows the colour of a thing
_ALIKE = 2.0  # factor on noise within which it does
_HALF = 0.5  # coverage of a pixel from which on it is the thing's
_BLOCK = np.ones((2, 2), np.bool_)


class FreeThing(NamedTuple):
    """A sprite placed in a picture."""

    pose: FreePose
    cover: Floats  # [H, W]
    change: Floats  # [H, W]: the square of by how much the coverage changes about a pixel
    colour: Floats  # [H, W, 3]


class FreeScene(NamedTuple):
    """What a picture shows."""

    things: list[FreeThing]  # later ones over earlier ones
    unknown: list[Mask]  # areas that no things explain


class FreeSceneReader:
    """Reads pictures `[H, W, 3]` in [0, 1] whose noise is known.

    Args:
        sprites: What things look like.
        noise: Standard deviation of the pixels.
        shape: Rows and columns of the pictures.
    """

    def __init__(self, sprites: FreeSprites, noise: float, shape: tuple[int, int]) -> None:
        self.sprites, self.noise, self.shape = sprites, noise, shape
        self.search = ShapeSearch(sprites.types, shape)
        settings = ThingsThresholds()
        self.variance = noise**2 + settings.sprites.raster**2
        poses = len(self.search.kinds) * shape[0] * shape[1]
        scenes = settings.scenes
        self.cost = scenes.presence + scenes.free_tint + float(np.log(poses))  # of a thing

    def read(self, values: Floats) -> FreeScene:
        """Return the scene of a picture, area after area, the largest first."""
        soft, noise = smoothed(values, self.noise)
        floor = floor_of(soft, noise)
        fit = _SceneFit(self, values, floor.colour)
        scene, open_ = FreeScene([], []), ~floor.own
        tried = np.zeros_like(open_)
        for _ in range(_MOST):
            known = ndimage.binary_opening(fit.explained(scene.things), _BLOCK)
            left = open_ & ~tried & ~known
            inner = ndimage.binary_erosion(left, _BLOCK)
            if not inner.any():
                break
            seeds = most_frequent(soft, inner, noise)
            area = grown(soft, seeds, left, noise)
            own = ndimage.binary_opening(area.own, _BLOCK)
            tried |= seeds | own
            if own.sum() < _LEAST:
                continue
            tries = [
                fit.with_things(scene.things, poses, area.colour)
                for poses in self._proposals(own, floor.own)
            ]
            best = min([scene.things, *tries], key=fit.nats)
            if best is scene.things:
                scene.unknown.append(own)
            else:
                scene, tried = scene._replace(things=best), tried & ~own
        things = fit.settled(scene.things)
        for each in things:
            seen = has_colour(soft, each.colour, noise) & open_
            things = self._decided_again(fit, things, each, seen, floor.own)
        return scene._replace(things=fit.settled(things))

    def masks(self, scene: FreeScene) -> ObjectMasks:
        """Return the pixels of each thing and its type; 0 is that of what is not understood."""
        mask, types = np.zeros(self.shape, np.int64), [1 + each.pose.kind for each in scene.things]
        most = np.ones(self.shape)  # what the floor, and then the thing of most, shows
        for each in scene.things:
            most *= 1 - each.cover
        light = np.ones(self.shape)
        for number in range(len(scene.things), 0, -1):
            covered = scene.things[number - 1].cover
            shown = light * covered
            mask[shown > most] = number
            most, light = np.maximum(most, shown), light * (1 - covered)
        for own in scene.unknown:
            rest = own & (mask == 0)
            if rest.sum() >= _LEAST:
                types.append(0)
                mask[rest] = len(types)
        return ObjectMasks(mask, tuple(types))

    def _decided_again(
        self, fit: _SceneFit, things: list[FreeThing], own: FreeThing, seen: Mask, floor: Mask
    ) -> list[FreeThing]:
        """Return a scene in which a thing beside which something is left may be another one.

        When it was found, others were not yet. `seen` are the pixels that have its colour.
        """
        left = ~fit.explained(things) & ndimage.binary_dilation(own.cover >= _HALF)
        rest = [each for each in things if each is not own]
        if left.sum() < _LEAST or len(rest) == len(things):
            return things
        area = ndimage.binary_opening(seen & ~fit.explained(rest), _BLOCK)
        if area.sum() < _LEAST:
            return things
        tries = [fit.with_things(rest, poses, own.colour) for poses in self._proposals(area, floor)]
        return min([things, *tries], key=fit.nats)

    def _proposals(self, own: Mask, floor: Mask) -> list[list[Pose]]:
        """Return sets of shapes that may explain an area: each of the best kinds with others."""
        proposals, known, least = [], own | floor, self.search.least
        for first in self.search.best_of_kinds(own, known)[:_KINDS]:
            open_ = first.covered < _HALF
            rest = own & open_
            others = cover(self.search, rest, known & open_, 2) if rest.sum() > least else []
            proposals.append([first, *(each for each in others if each.gain > least)])
        return proposals


class _SceneFit:
    """Fits things to one picture."""

    def __init__(self, reader: FreeSceneReader, values: Floats, floor: Floats) -> None:
        self.reader, self.values, self.floor = reader, values, floor

    def nats(self, things: list[FreeThing]) -> float:
        """Return the nats that a scene takes, against pixels that have any colour."""
        return float(np.minimum(self._of_pixels(things), 0).sum() + self.reader.cost * len(things))

    def explained(self, things: list[FreeThing]) -> Mask:
        """Return which pixels a scene explains better than any colour."""
        return self._of_pixels(things) < 0

    def with_things(
        self, things: list[FreeThing], poses: list[Pose], colour: Floats
    ) -> list[FreeThing]:
        """Return a scene with further things of one colour, fitted, in the best order."""
        for each in poses:
            pose = FreePose(each.kind, *each.middle, each.size, each.turn)
            new = self._placed(pose, self.reader.sprites.draw(pose, self.reader.shape), colour)
            for wide in (_WIDE, 1.0):
                things = self._ordered(things, new)
                number = next(k for k, thing in enumerate(things) if thing is new)
                new = self._fitted(things, number, wide)
                things = [*things[:number], *things[number + 1 :]]
            things = self._ordered(things, new)
        return things

    def settled(self, things: list[FreeThing]) -> list[FreeThing]:
        """Return a scene whose things are fitted anew, ordered anew or left out, one by one."""
        for own in things:
            number = next(k for k, thing in enumerate(things) if thing is own)
            rest = [*things[:number], *things[number + 1 :]]
            for wide in (_WIDE, 1.0):
                own = self._fitted([*things[:number], own, *things[number + 1 :]], number, wide)
            things = min([things, rest, self._ordered(rest, own)], key=self.nats)
        return things

    def _of_pixels(self, things: list[FreeThing]) -> Floats:
        """Return the nats `[H, W]` of pixels. At edges, errors of drawing add to the noise."""
        drawn, edge = self.floor, self.reader.sprites.edge**2
        variance = np.full(drawn.shape[:2], self.reader.variance)
        for each in things:
            away = each.colour - drawn
            variance = np.where(each.cover > _HALF, self.reader.variance, variance)
            variance += edge * each.change * np.square(away).mean(axis=2)
            drawn = drawn + each.cover[..., None] * away
        square = np.square(self.values - drawn).sum(axis=2)
        return np.asarray(square / (2 * variance) + 1.5 * np.log(2 * np.pi * variance))

    def _ordered(self, things: list[FreeThing], new: FreeThing) -> list[FreeThing]:
        """Return the scene with a thing more, on top unless it takes fewer nats further below."""
        depths = range(len(things), -1, -1)
        return min(([*things[:k], new, *things[k:]] for k in depths), key=self.nats)

    def _fitted(self, things: list[FreeThing], number: int, wide: float) -> FreeThing:
        """Return a thing of a scene, placed where it explains most, in the colour that it shows."""
        own, light = things[number], np.ones(self.reader.shape)
        below, over = self.floor, np.zeros_like(self.values)
        for each in things[:number]:
            below = below + each.cover[..., None] * (each.colour - below)
        for each in things[number + 1 :]:
            over = over + each.cover[..., None] * (each.colour - over)
            light = light * (1 - each.cover)
        lit = light[..., None]
        away, left = lit * (own.colour - below), self.values - over - lit * below
        square = np.square(away).sum(axis=2)
        along = (left * away).sum(axis=2) / np.maximum(square, 1e-12)
        rest = np.square(left - along[..., None] * away).sum(axis=2)
        variance = wide**2 * (self.reader.variance + self.reader.sprites.edge**2 * square / 3)
        doubled = 2 * variance
        most = -1.5 * float(np.log(2 * np.pi * self.reader.variance))
        wanted = Wanted(along, square / doubled, rest / doubled, most)
        pose, covered = self.reader.sprites.fitted(own.pose, wanted)
        shown = light * covered > _PURE
        shown &= has_colour(self.values, own.colour, _ALIKE * self.reader.noise)
        colour = own.colour
        if shown.sum() >= _LEAST:
            colour = colour_field(self.values, shown, self.reader.noise)
        return self._placed(pose, covered, colour)

    def _placed(self, pose: FreePose, covered: Floats, colour: Floats) -> FreeThing:
        return FreeThing(pose, covered, np.square(spread(covered)), colour)
