"""Define what an agent asks of a perception; whoever injects another one writes these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.sight import Arrays, GroupSighting, Progress, Sighting, TypeChange
from dsrl_agent.types import Facts, Floats, Frame, FrameTransitions, Shape


class PerceptionFit(NamedTuple):
    """A fit of perception."""

    loss: float  # the back end's, the negative ELBO in nats per frame
    change: TypeChange  # against the fit before


class PerceptionProtocol(Protocol):
    """Turns frames into facts, and learns to from transitions."""

    learns: bool  # whether `learn` has anything to learn; otherwise it is never called

    @property
    def ready(self) -> bool:
        """Whether facts can be given."""

    @property
    def known(self) -> list[int]:
        """The types of objects known so far, ascending."""

    @property
    def agent_types(self) -> frozenset[int]:
        """The types that show the agent; empty if perception does not tell."""

    @property
    def analogues(self) -> Mapping[int, int]:
        """By type, the first type of the same shape in another colour, if there is one."""

    def learn(
        self,
        transitions: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> PerceptionFit:
        """Learn to see from transitions; types known before keep their names.

        `progress` is called with the progress of the phases `back end` and `symbols`. The rewards
        `[N]` of the transitions, if known, tell which differences in appearance matter.

        Raises:
            PerceptionError: Nothing moved in these transitions. Earlier knowledge stays.
        """

    def facts(self, frames: Frame) -> list[Facts]:
        """Return the facts of each frame `uint8 [B, H, W, 3]`."""

    def watch(self, before: Facts, action: int, frame: Frame) -> Sighting:
        """Return the facts of the frame `uint8 [H, W, 3]` that an action led to, and learn."""

    def watch_all(
        self, before: Sequence[Facts], actions: Sequence[int], frames: Frame
    ) -> GroupSighting:
        """Watch the frames `uint8 [B, H, W, 3]` that environments show after a step of each."""

    def shape_of(self, frame: Frame) -> Shape:
        """Return the rows and columns in a frame `uint8 [H, W, 3]`."""

    @property
    def grid(self) -> Grid | None:
        """The grid in frames, `None` if there is none or nothing has been learned."""

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return a picture `uint8 [h, w, 3]` of each type that has one."""

    def erased(self, frame: Frame, facts: Facts, removed: Facts) -> Frame:
        """Return a copy of a frame `uint8 [H, W, 3]` without the objects of some of its facts."""

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""

    def load(self, arrays: Arrays, state: Mapping[str, Any]) -> None:
        """Restore from `arrays()` and `state()`."""


class FixedPerception:
    """A base for injected perceptions that have nothing to learn and nothing to save.

    Subclasses write `facts`, `shape_of` and `known`, and `erased` to test explanations on pixels.
    """

    learns = False
    ready = True
    grid: Grid | None = None
    agent_types: frozenset[int] = frozenset()
    analogues: Mapping[int, int] = MappingProxyType({})

    def facts(self, frames: Frame) -> list[Facts]:
        """Return the facts of each frame; see `PerceptionProtocol`."""
        raise NotImplementedError

    def learn(
        self,
        transitions: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> PerceptionFit:
        """Do nothing."""
        return PerceptionFit(0.0, TypeChange({}))

    def watch(self, before: Facts, action: int, frame: Frame) -> Sighting:
        """Return the facts of the frame; types never change."""
        return Sighting(self.facts(frame[None])[0], None)

    def watch_all(
        self, before: Sequence[Facts], actions: Sequence[int], frames: Frame
    ) -> GroupSighting:
        """Return the facts of the frames; types never change."""
        return GroupSighting(self.facts(frames), None)

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return nothing."""
        return {}

    def erased(self, frame: Frame, facts: Facts, removed: Facts) -> Frame:
        """Return the frame without some objects; faithfulness of explanations needs this."""
        raise NotImplementedError

    def arrays(self) -> Arrays:
        """Return nothing."""
        return {}

    def state(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def load(self, arrays: Arrays, state: Mapping[str, Any]) -> None:
        """Do nothing."""
