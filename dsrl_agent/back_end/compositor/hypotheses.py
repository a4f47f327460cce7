"""List what may stand at a place: sprites at every placement and tint, with what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.types import Floats32, Ints


class Vocabulary(NamedTuple):
    """What one type may look like."""

    sprite: Floats32  # [side, side]: its coverage
    placements: Sequence[Placement]  # the scales and offsets that occur
    tints: Ints  # numbers of its colours in the palette
    shares: Floats32 | None = None  # [P, side, side]: of each part in the coverage; None for one

    @property
    def number_of_parts(self) -> int:
        """Number of parts, each of one colour."""
        return 1 if self.shares is None else len(self.shares)


@dataclass(frozen=True)
class Hypotheses:
    """All that may stand at a place: templates, sorted by type, each in the tints of its type.

    The latents of a place are presence, type, placement (offset and scale) and tint. Their prior is
    uniform over the types and within a type's vocabulary. A type that occurs in several tints may
    take any colour, which costs more. Costs are negative logarithms of priors, in nats.

    A type may have parts, each with a tint of its own, where `masks` is given. Types of fewer parts
    than others have masks without coverage.
    """

    templates: Floats32  # [M, h, w]: coverage
    types: Ints  # [M]: numbers of types from 0, ascending
    placements: Sequence[Placement]  # [M]
    tints: Sequence[Ints]  # of each type: numbers in the palette
    palette: Floats32  # [P, 3] in [0, 1]
    free_tint: float  # cost in nats of a colour that is none of the palette's
    any_tint: bool = False  # whether types that occur in one tint may take another colour as well
    masks: Floats32 | None = None  # [M, P, h, w]: coverage of each part; None if each has one

    @classmethod
    def of(
        cls,
        canvas: Canvas,
        vocabularies: Sequence[Vocabulary],
        palette: Floats32,
        free_tint: float,
        any_tint: bool = False,
    ) -> Hypotheses:
        """Draw every type at each of its placements."""
        drawn = [canvas.draw_all(each.sprite, each.placements) for each in vocabularies]
        counts = [len(each.placements) for each in vocabularies]
        size = (0, *canvas.window)
        return cls(
            np.concatenate([np.empty(size, np.float32), *drawn]),
            np.repeat(np.arange(len(vocabularies)), counts),
            [place for each in vocabularies for place in each.placements],
            [each.tints for each in vocabularies],
            palette,
            free_tint,
            any_tint,
            masks_of(canvas, vocabularies),
        )

    @property
    def number_of_types(self) -> int:
        """Number of types."""
        return len(self.tints)

    @property
    def number_of_parts(self) -> int:
        """The most parts that a type has."""
        return 1 if self.masks is None else self.masks.shape[1]

    @cached_property
    def colour_size(self) -> int:
        """Number of values of a thing's colours: 3 for each part."""
        return 3 * self.number_of_parts

    def painted(self, templates: Ints, colours: Floats32) -> Floats32:
        """Return the colour `[N, h, w, 3]` of the pixels of N things, or `[N, 1, 1, 3]` if alike.

        `colours` are those of their parts, `[N, 3 P]`.
        """
        if self.masks is None:
            return colours[:, None, None]
        masks = self.masks[templates]
        tints = colours.reshape(len(colours), -1, 3)
        mixed = np.einsum("nphw,npc->nhwc", masks, tints, optimize=True)
        return np.asarray(mixed / np.maximum(masks.sum(axis=1), 1e-6)[..., None], np.float32)

    def first_tints(self, colours: Floats32) -> Ints:
        """Return the number in the palette of the first part's colour `[N]`, -1 for another one."""
        same = (colours[:, None, :3] == self.palette).all(axis=2)
        return np.where(same.any(axis=1), same.argmax(axis=1), -1)

    @cached_property
    def parts(self) -> list[slice]:
        """The templates of each type."""
        ends = np.searchsorted(self.types, np.arange(self.number_of_types + 1))
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    @cached_property
    def costs(self) -> NDArray[np.float32]:
        """Cost `[K]` in nats of one hypothesis of each type, presence aside."""
        coloured = self._part_counts
        sizes = [
            float(len(self.tints[k])) ** coloured[k] * (part.stop - part.start)
            for k, part in enumerate(self.parts)
        ]
        many = np.maximum(np.array(sizes, np.float32), 1) * max(1, self.number_of_types)
        return np.asarray(np.log(many), np.float32)

    @property
    def _part_counts(self) -> list[int]:
        """The number of parts of each type."""
        if self.masks is None:
            return [1] * self.number_of_types
        there = self.masks.any(axis=(2, 3)).sum(axis=1)  # [M]
        return [int(there[part].max(initial=1)) for part in self.parts]

    @cached_property
    def tint_costs(self) -> NDArray[np.float32]:
        """Cost `[K, P + 1]` in nats of one hypothesis of each type in each tint.

        The last column is for a colour that is none of the palette's. Tints that a type does not
        have cost infinitely much.
        """
        costs = np.full((self.number_of_types, len(self.palette) + 1), np.inf, np.float32)
        for kind, tints in enumerate(self.tints):
            costs[kind, tints] = self.costs[kind]
            if self.is_free(kind):
                costs[kind, -1] = self.costs[kind] + self.free_tint
        return costs

    @cached_property
    def least_costs(self) -> NDArray[np.float32]:
        """Cost `[M]` in nats of each template in the cheapest of its tints."""
        return np.asarray(self.tint_costs.min(axis=1)[self.types])

    @cached_property
    def with_nothing(self) -> Floats32:
        """The templates and an empty one, `[M + 1, h, w]`."""
        return np.concatenate(
            [self.templates, np.zeros_like(self.templates, shape=(1, *self.templates.shape[1:]))]
        )

    @cached_property
    def flat(self) -> Floats32:
        """The templates, `[M, pixels]`."""
        height, width = self.templates.shape[1:]
        return self.templates.reshape(len(self.templates), height * width)  # none if none is known

    @cached_property
    def squares(self) -> Floats32:
        """The squares of the templates, `[M, pixels]`."""
        return np.square(self.flat)

    def is_free(self, kind: int) -> bool:
        """Return whether a type may take a colour that is none of the palette's."""
        return self.any_tint or len(self.tints[kind]) > 1

    def cropped(self, rows: slice, cols: slice) -> Floats32:
        """Return a part of the templates' window, `[M, pixels]`."""
        part = self.templates[:, rows, cols]
        return np.ascontiguousarray(part).reshape(len(part), part.shape[1] * part.shape[2])

    def cropped_masks(self, rows: slice, cols: slice) -> Floats32:
        """Return a part of the parts' window, `[M, P, pixels]`."""
        masks = self.templates[:, None] if self.masks is None else self.masks
        own = np.ascontiguousarray(masks[..., rows, cols])
        return own.reshape(*own.shape[:2], own.shape[2] * own.shape[3])


def masks_of(canvas: Canvas, vocabularies: Sequence[Vocabulary]) -> Floats32 | None:
    """Return the coverage `[M, P, h, w]` of each part of templates, or None if each has one."""
    parts = max((each.number_of_parts for each in vocabularies), default=1)
    if parts == 1:
        return None
    masks = []
    for each in vocabularies:
        drawn = np.zeros((len(each.placements), parts, *canvas.window), np.float32)
        for part in range(each.number_of_parts):
            share = each.sprite if each.shares is None else each.sprite * each.shares[part]
            drawn[:, part] = canvas.draw_all(np.asarray(share, np.float32), each.placements)
        masks.append(drawn)
    return np.concatenate(masks)


class Scene(NamedTuple):
    """The latents of B frames at every place, discretised."""

    types: Ints  # [B, rows, cols]: type from 0, -1 for nothing
    templates: Ints  # [B, rows, cols]: the template, undefined for nothing
    tints: Ints  # [B, rows, cols]: the first part's in the palette, -1 for another or nothing
    colours: Floats32  # [B, rows, cols, 3 P]: the colour of each part, undefined for nothing
    left: NDArray[np.float32]  # [B, rows, cols]: squared residual of the place's own pixels
    energy: NDArray[np.float32]  # [B, rows, cols]: squared contrast of the place's own pixels


def concatenated(scenes: Sequence[Scene]) -> Scene:
    """Return the scenes of batches of frames in a row."""
    parts: list[Any] = [np.concatenate(part) for part in zip(*scenes, strict=True)]
    return Scene(*parts)
