"""Find types by appearance templates, each of which belongs to a group of the codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.matching_pursuit import Background, MatchingPursuit
from dsrl_agent.symbols import Codebook
from dsrl_agent.types import EMPTY, Floats32, Frame, Ints


class TemplateFinder(NamedTuple):
    """Finds types at any pixel."""

    pursuit: MatchingPursuit  # finds templates
    groups: Ints  # [L]: the codebook's group of each template

    @property
    def brightest(self) -> float:
        """The largest contrast of any template."""
        return float(np.abs(self.pursuit.templates).max())

    def types(self, frames: Frame, grid: Grid, codebook: Codebook) -> Ints:
        """Return the type in each cell, `[B, rows, cols]`; 0 where there is none."""
        found = self.pursuit.find(frames, grid)
        return np.where(found < 0, EMPTY, codebook.types[self.groups[found]])

    def template_of(self, numbers: Ints, codebook: Codebook) -> Floats32:
        """Return the first template `[T, height, width, 3]` of each type."""
        own = codebook.types[self.groups]
        return self.pursuit.templates[[np.argmax(own == number) for number in numbers]]

    def with_template(self, template: Floats32, group: int) -> TemplateFinder:
        """Return a finder with one more template `[height, width, 3]`, of a group."""
        templates = np.concatenate([self.pursuit.templates, template[None]])
        pursuit = MatchingPursuit(self.pursuit.background, templates)
        return TemplateFinder(pursuit, np.append(self.groups, group))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything for a checkpoint."""
        background = self.pursuit.background
        return {
            "looks": self.pursuit.templates,
            "groups": self.groups,
            "empty": background.empty,
            "empty_origin": np.array(background.grid.origin),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], grid: Grid) -> TemplateFinder:
        """Build it from `arrays()` and the grid of the same checkpoint."""
        row, col = (int(i) for i in arrays["empty_origin"])
        background = Background(replace(grid, origin=(row, col)), np.array(arrays["empty"]))
        pursuit = MatchingPursuit(background, np.array(arrays["looks"]))
        return cls(pursuit, np.array(arrays["groups"]))
