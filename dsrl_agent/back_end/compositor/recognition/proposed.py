"""Read scenes from the proposals of an encoder, refined by coordinate descent where it is unsure.

The objective is that of the exhaustive search in `scenes`. A place that the encoder is not sure of,
or whose residual is more than noise, is decided anew among few hypotheses: the proposals, what
stands there now, and its neighbours in scale and offset, each in every tint. Then all types
at that offset are tried as well. What these leave unexplained is searched exhaustively.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.hypotheses import Scene, concatenated
from dsrl_agent.back_end.compositor.layers import At, Layers, Maps, SceneState, maps_of
from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE, Factors, Proposals
from dsrl_agent.back_end.compositor.scenes import SceneReader
from dsrl_agent.back_end.compositor.scoring import (
    OTHER_TINT,
    Match,
    changes,
    free_change,
    free_colours,
)
from dsrl_agent.back_end.compositor.windows import most_beside
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits
_BATCH = 64  # frames worked on at once, to bound memory


class Proposer(Protocol):
    """Proposes hypotheses for the places of frames."""

    @property
    def sure(self) -> float:
        """A place is searched if the posterior of its best type and tint is less than this."""

    @property
    def unexplained(self) -> float:
        """A place is searched if its residual exceeds noise by this many standard deviations."""

    def propose(self, frames: Frame, model: SceneModel) -> Proposals:
        """Return proposals `[B, rows, cols, n]` for frames `[B, H, W, 3]`."""


@dataclass(frozen=True)
class ProposedScenes:
    """Reads the scenes of one model from the proposals of an encoder.

    Args:
        model: The model of scenes.
        proposer: The encoder.
    """

    model: SceneModel
    proposer: Proposer

    def read(self, frames: Frame) -> Scene:
        """Return the scenes of frames `[B, H, W, 3]`."""
        scenes = []
        for start in range(0, len(frames), _BATCH):
            batch = frames[start : start + _BATCH]
            proposals = self.proposer.propose(batch, self.model)
            scenes.append(ProposalReader(self, batch, proposals).read())
        return concatenated(scenes)

    @cached_property
    def neighbours(self) -> Ints:
        """The neighbours of each template and of none, `[M + 1, m]`; M stands for none."""
        return _with_none(self._factors.neighbours())

    @cached_property
    def rivals(self) -> Ints:
        """The rivals of each template and of none, `[M + 1, r]`; M stands for none."""
        return _with_none(self._factors.rivals())

    @cached_property
    def _factors(self) -> Factors:
        return Factors.of(self.model.hypotheses)

    @cached_property
    def costs(self) -> NDArray[np.float32]:
        """The cost in nats of types in tints, and in any other colour, `[K + 1, P + 1]`."""
        own = self.model.hypotheses.tint_costs + np.float32(self.model.likelihood.presence)
        return np.pad(own, ((0, 1), (0, 0)), constant_values=np.inf)


def _with_none(others: Ints) -> Ints:
    """Return other templates of each template `[M, m]`, and of none, `[M + 1, m]`; M is none."""
    own = others[:, (others != NO_TEMPLATE).any(axis=0)]
    rows = np.concatenate([own, np.full((1, own.shape[1]), NO_TEMPLATE)])
    return np.where(rows == NO_TEMPLATE, len(own), rows)


def first_scene(proposals: Proposals, model: SceneModel) -> Scene:
    """Return the scenes of the first proposals; a place without a template holds nothing."""
    templates = proposals.templates[..., 0]
    there = (proposals.present > 0.5) & (templates != NO_TEMPLATE)
    hypotheses = model.hypotheses
    types = np.where(there, np.append(hypotheses.types, -1)[templates], -1)
    tints = np.where(there, proposals.tints[..., 0], OTHER_TINT)
    zero = np.zeros(types.shape, np.float32)
    return Scene(types, templates, tints, hypotheses.palette[tints], zero, zero)


class FewHypotheses(NamedTuple):
    """The hypotheses that places are decided among, and what each costs against nothing."""

    templates: Ints  # [N, n]: one more than there are for none
    nats: NDArray[np.float32]  # [N, P + 1, n]: in each tint, and in the colour that fits best
    free: Floats32  # [N, 3, n]: that colour


class ProposalReader(SceneReader):
    """Decides places among few hypotheses.

    Args:
        scenes: The model and its encoder.
        frames: The frames `[B, H, W, 3]`.
        proposals: Proposals `[B, rows, cols, n]` for their places.
    """

    def __init__(self, scenes: ProposedScenes, frames: Frame, proposals: Proposals) -> None:
        super().__init__(scenes.model, frames, first_scene(proposals, scenes.model))
        self.scenes, self.proposals, self.exhaustive = scenes, proposals, False
        self.rivals = False  # whether all types are tried

    def read(self) -> Scene:
        """Return the scenes after search among few hypotheses, and among all where needed."""
        self.refine()
        self.exhaustive = True
        self._decide_around(self.unsettled())
        return self._scene()

    def refine(self) -> None:
        """Decide places that the encoder is not sure of or that are not settled among few."""
        unsure = self.proposals.sure < self.scenes.proposer.sure
        self._decide_around(unsure | self.unsettled())
        self.rivals = True
        self._decide_around(unsure)
        self.rivals = False

    def _decide_around(self, places: NDArray[np.bool_]) -> None:
        """Decide places `[B, rows, cols]`, then things around what changed, until nothing does."""
        for _ in range(self.model.thresholds.sweeps):
            if not places.any():
                break
            before = self.state.templates.copy(), self.state.colours.copy()
            self._sweep(places)
            changed = before[0] != self.state.templates
            changed |= (before[1] != self.state.colours).any(axis=3)
            there = self.state.templates != self.none
            places = changed | (most_beside(changed) & there) if self._reaching else changed

    @property
    def _reaching(self) -> bool:
        """Whether things can reach into the places beside theirs."""
        return self.model.windows.margin > 0

    def _sweep(self, places: NDArray[np.bool_]) -> bool:
        """Decide places anew; return whether anything changed."""
        if self._reaching:
            return super()._sweep(places)
        n, row, col = np.nonzero(places)
        return self._decide(n, row, col)

    def unsettled(self) -> NDArray[np.bool_]:
        """Return whose own pixels have a residual beyond noise, `[B, rows, cols]`.

        The squared residual of pixels that only noise is left of has a chi-squared distribution.
        """
        rows, cols = self.model.windows.own
        rest = self.model.windows.of(self.frames * _LEVEL - self.drawn())[:, :, :, rows, cols]
        nats = np.einsum("brchwk,brchwk->brc", rest, rest) * self.model.likelihood.precision
        expected = rest[0, 0, 0].size / 2
        spare = self.scenes.proposer.unexplained * np.sqrt(expected)
        return np.asarray(nats > expected + spare)

    def candidates(self, at: At) -> FewHypotheses:
        """Return the hypotheses for places, with the things around them as they are."""
        layers = self.around.layers(at)
        return self._weighed(at, self.around.contrast(at, layers), layers)

    def _best(self, at: At, rest: Floats32, layers: Layers) -> SceneState:
        """Return the most probable thing, or nothing, at N places."""
        if self.exhaustive:
            return super()._best(at, rest, layers)
        found = self._weighed(at, rest, layers)
        each, wide = np.arange(len(rest)), found.nats.shape[2]
        flat = found.nats.reshape(len(rest), -1)
        chosen = flat.argmin(axis=1)
        tint, which = np.divmod(chosen, wide)
        palette = self.model.hypotheses.palette
        free = tint == len(palette)
        colours = np.where(
            free[:, None], found.free[each, :, which], palette[np.where(free, 0, tint)]
        )
        nothing = flat[each, chosen] >= 0
        templates = np.where(nothing, self.none, found.templates[each, which])
        colours[nothing] = 0
        return SceneState(templates, np.where(nothing | free, OTHER_TINT, tint), colours)

    def _weighed(self, at: At, rest: Floats32, layers: Layers) -> FewHypotheses:
        """Return candidates with their costs."""
        now = self.state.templates[at]
        others = [self.scenes.neighbours[now], *([self.scenes.rivals[now]] * self.rivals)]
        templates = np.concatenate([self._proposed[at], now[:, None], *others], axis=1)
        cover = self.around.templates[templates].reshape(*templates.shape, -1)
        first, second = _weights(cover, maps_of(rest, layers))
        covered, maps = self.around.maps_on_top(at, layers)
        if len(covered):
            top = self.around.types[templates[covered]] == self.model.order.top
            for whole, own in zip((first, second), _weights(cover[covered], maps), strict=True):
                whole[covered] = np.where(top[..., None], own, whole[covered])
        towards = np.moveaxis(first[..., :3] + second[..., :3], 2, 1)
        match = Match(towards, 2 * first[..., 3] + second[..., 3], second[..., 4])
        free = free_colours(match)
        change = np.concatenate(
            [changes(match, self.model.hypotheses.palette), free_change(match, free)[:, None]], 1
        )
        costs = np.moveaxis(self.scenes.costs[self.around.types[templates]], 2, 1)
        precision = np.float32(self.model.likelihood.precision)
        return FewHypotheses(templates, change * precision + costs, free)

    @cached_property
    def _proposed(self) -> Ints:
        """The proposed templates, `[B, rows, cols, n]`."""
        own = self.proposals.templates
        return np.where(own == NO_TEMPLATE, self.none, own)


def _weights(cover: Floats32, maps: Maps) -> tuple[Floats32, Floats32]:
    """Return the products `[N, n, 4]` and `[N, n, 5]` of coverage `[N, n, pixels]` with maps."""
    linear, quadratic = (part.reshape(len(cover), cover.shape[2], part.shape[3]) for part in maps)
    return cover @ linear, np.square(cover) @ quadratic


def alone(model: SceneModel) -> SceneModel:
    """Return the model with windows that are the places, for things that do not reach out."""
    own, windows = model.hypotheses, model.windows
    rows, cols = windows.own
    return replace(
        model,
        windows=replace(windows, margin=0),
        hypotheses=replace(own, templates=np.ascontiguousarray(own.templates[:, rows, cols])),
    )
