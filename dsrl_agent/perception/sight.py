"""Define the interface of a sight: one way to turn frames into types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import EncoderMaker
from dsrl_agent.checks import require_one_of
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import gather
from dsrl_agent.types import Facts, Floats, Floats32, Frame, FrameTransitions, Ints

Arrays = dict[str, dict[str, NDArray[Any]]]
"""Named arrays of a checkpoint, by file."""

Progress = Callable[[str, int, int, float], None]
"""Called with the phase, the steps done, all its steps and the latest figure of the phase."""


class TypeChange(NamedTuple):
    """A change of the types that facts are given in."""

    parents: Mapping[int, int]  # of types split off or merged: the older ones that share knowledge


class Sighting(NamedTuple):
    """The facts of a frame, and what they changed."""

    facts: Facts  # sorted
    change: TypeChange | None  # that the frame led to, if there was one


class GroupSighting(NamedTuple):
    """The facts of the frames of several environments, and what they changed together."""

    facts: list[Facts]  # of each frame, in the types as they are now
    change: TypeChange | None  # that the frames led to, if there was one


class Insight(NamedTuple):
    """What a sight knows of its types beyond their pictures; by default nothing."""

    agent_types: frozenset[int] = frozenset()  # the types that show the agent
    # by type, the first type of the same shape in another colour
    analogues: Mapping[int, int] = MappingProxyType({})
    by_place: bool = False  # whether a place's type follows from its own pixels alone
    names_at_once: bool = False  # whether `notice` makes every unknown object a type at once


class Gathered(Protocol):
    """The evidence that a sight is learned from."""

    @property
    def transitions(self) -> FrameTransitions:
        """The transitions, with the camera's motion taken out."""

    @property
    def grid(self) -> Grid:
        """The grid."""


class Fitting(NamedTuple):
    """What a sight is learned with, beside the evidence."""

    config: PerceptionConfig
    make_encoder: EncoderMaker  # makes a fresh back end from a seed
    seed: int  # seeds back end and typing
    fits: int  # number of fits before this one
    progress: Progress | None = None  # called in the phases `back end` and `symbols`
    device: str = "cpu"  # that networks run on

    def report(self, phase: str, done: int, total: int, figure: float) -> None:
        """Pass progress on, if anything listens."""
        if self.progress is not None:
            self.progress(phase, done, total, figure)


class Sight(Protocol):
    """Turns frames into a map of types; owns grid, types and exemplars.

    A grid gives facts their rows and columns. It comes from motion, unless the kind of sight
    gathers its evidence in another way (`SightKind.gather`).

    Types are numbers from 1. Perception gives them their names by `renumber`.
    """

    @property
    def kind(self) -> str:
        """The name that it is registered under."""

    @property
    def grid(self) -> Grid:
        """The grid, of the size of the frames learned from."""

    @property
    def known(self) -> Ints:
        """The types of objects, ascending."""

    @property
    def insight(self) -> Insight:
        """What is known of the types beyond their pictures."""

    def at_rest(self, frames: Frame) -> Frame:
        """Return frames `uint8 [B, H, W, 3]` with the camera's motion taken out."""

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type in each cell of frames at rest, by default on the sight's own grid.

        Frames are `uint8 [B, H, W, 3]`, types `[B, rows, cols]`.
        """

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        """Learn from objects of unknown type in frames at rest; return the number of types added.

        Frames are `uint8 [B, H, W, 3]`, and their types `[B, rows, cols]`. The first type that is
        added has the number `next_number`.
        """

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        """Return pictures of the types that frames show, to remind a later sight of them.

        Frames are `uint8 [B, H, W, 3]`, at rest; types in `but` are left out.
        """

    def recall(self, number: int, exemplars: Floats32) -> None:
        """Bring back a type that the fit lost, if its exemplars are of no type that was found."""

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return a picture `uint8 [12, 12, 3]` of each type, as contrast with emptiness."""

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""


class SightFit(NamedTuple):
    """A sight just learned."""

    sight: Sight
    loss: float  # the back end's, the negative ELBO in nats per frame
    final: bool = False  # whether the kind of sight is kept as long as it knows all things


class SightKind(NamedTuple):
    """How a kind of sight is made.

    It is learned from evidence, and may build on the sight in use before, if any. It is loaded from
    a checkpoint's arrays and JSON data. `gather` gathers the evidence from transitions and their
    rewards; by default from motion. `learn` takes what its own `gather` gives.
    """

    learn: Callable[[Any, Sight | None, Fitting], SightFit]
    load: Callable[[Arrays, Mapping[str, Any], Fitting], Sight]
    gather: Callable[[FrameTransitions, Floats | None, PerceptionConfig], Gathered] = gather


_KINDS: dict[str, SightKind] = {}


def register_sight(name: str, kind: SightKind) -> None:
    """Make a kind of sight known by the name that `perception.sight` takes."""
    _KINDS[name] = kind


def sight_kind(name: str) -> SightKind:
    """Return the kind of sight of a name.

    Raises:
        ConfigError: No such sight is registered.
    """
    require_one_of("perception.sight", name, sorted(_KINDS))
    return _KINDS[name]
