"""Share what sights with a codebook have in common: back end, types, pictures, checkpoints."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import Encoder
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.sight import Arrays, Insight, Sight, SightFit
from dsrl_agent.symbols import Codebook, EgoMoves, Likeness, OpenCodebook, merge_by_rewards
from dsrl_agent.types import Floats32, Frame, Ints


@dataclass
class SightParts:
    """The parts of a sight with a codebook."""

    config: PerceptionConfig  # settings of perception
    back_end: Encoder  # turns pictures into spectra
    grid: Grid  # the grid
    empty: Floats32  # float32 [3, 12, 12]: the appearance of an empty cell
    types: OpenCodebook  # the types of spectra
    swing: tuple[int, int] = (0, 0)  # the camera's largest offset from rest, in pixels (rows, cols)

    @classmethod
    def load(
        cls, arrays: Arrays, state: Mapping[str, Any], back_end: Encoder, config: PerceptionConfig
    ) -> SightParts:
        """Restore from the arrays and the JSON data of a checkpoint."""
        back_end.load(arrays["back_end"])
        likeness = Likeness.from_arrays(arrays["likeness"]) if "likeness" in arrays else None
        codebook, limits = Codebook.from_arrays(arrays["symbols"]), arrays["living"]["limits"]
        types = OpenCodebook(codebook, np.array(limits), config.novelty, likeness)
        types.load_candidates(arrays["living"])
        grid = Grid(**{name: _pair(value) for name, value in state["grid"].items()})
        empty, swing = np.array(arrays["symbols"]["empty"]), _pair(state["swing"])
        return cls(config, back_end, grid, empty=empty, types=types, swing=swing)


class CodebookSight(ABC):
    """A sight whose types are those of a codebook over the back end's spectra."""

    kind: ClassVar[str]  # the name that it is registered under

    def __init__(self, parts: SightParts) -> None:
        self.parts = parts

    @property
    def grid(self) -> Grid:
        """The grid, of the size of the frames learned from."""
        return self.parts.grid

    @property
    def codebook(self) -> Codebook:
        """The codebook."""
        return self.parts.types.codebook

    @property
    def known(self) -> Ints:
        """The types of objects, ascending."""
        return self.codebook.known

    @property
    def insight(self) -> Insight:
        """Nothing: the types are all that is known."""
        return Insight()

    @abstractmethod
    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type in each cell of frames at rest, `[B, rows, cols]`."""

    @abstractmethod
    def fitted_types(self, frames: Frame) -> Ints:
        """Return the type in each cell by the fitted groups alone: none is unknown."""

    @abstractmethod
    def templates(self, frames: Frame, types: Ints, numbers: Ints) -> Floats32:
        """Return the mean picture `[T, C, 12, 12]` of types in frames with the types given."""

    def at_rest(self, frames: Frame) -> Frame:
        """Return the frames as they are."""
        return frames

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""
        self.parts.types.renumber(names)

    def merge(self, evidence: Evidence, last: Likeness | None) -> None:
        """Merge groups into types by the rewards of touches, if rewards are known.

        `last` is the likeness of the sight in use before.
        """
        if evidence.rewards is None:
            return
        trail = evidence.trail
        moved = np.flatnonzero(trail.left.any(axis=(1, 2)))
        frames = evidence.transitions.before[moved]
        types = self.fitted_types(frames)
        own = self.parts.types
        own.codebook, own.likeness = merge_by_rewards(
            own.codebook,
            EgoMoves(types, trail.left[moved], trail.entered[moved], evidence.rewards[moved]),
            lambda numbers: self.templates(frames, types, numbers),
            self.parts.config.merging,
            last,
        )

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return each type's contrast with emptiness, decoded: pictures `uint8 [12, 12, 3]`."""
        known = self.known
        if not len(known):
            return {}
        spectra = np.stack([self.codebook.spectrum(int(number)) for number in known])
        decoded = self.parts.back_end.decode(spectra.astype(np.float32))
        pictures = np.rint(decoded * 255).astype(np.uint8)
        return {int(number): picture for number, picture in zip(known, pictures, strict=True)}

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""
        own = self.parts.types
        return {
            "back_end": self.parts.back_end.arrays(),
            "symbols": {**self.codebook.arrays(), "empty": self.parts.empty},
            **({} if own.likeness is None else {"likeness": own.likeness.arrays()}),
            "living": own.arrays(),
        }

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        return {"grid": asdict(self.grid), "swing": self.parts.swing}


def previous_likeness(sight: object) -> Likeness | None:
    """Return the likeness that a sight in use before had found, if it has a codebook."""
    return sight.parts.types.likeness if isinstance(sight, CodebookSight) else None


def merged(fit: SightFit, evidence: Evidence, previous: Sight | None) -> SightFit:
    """Merge the groups of a sight just fitted by rewards; `previous` was in use before."""
    assert isinstance(fit.sight, CodebookSight)
    fit.sight.merge(evidence, previous_likeness(previous))
    return fit


def previous_back_end(sight: object) -> Encoder | None:
    """Return the back end of a sight in use before, if it has one."""
    return sight.parts.back_end if isinstance(sight, CodebookSight) else None


def _pair(values: Collection[int]) -> tuple[int, int]:
    first, second = values
    return int(first), int(second)
