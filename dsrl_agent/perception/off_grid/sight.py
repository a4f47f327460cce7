"""See objects that stand off the grid by appearance templates; the grid counts places."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import numpy as np

from dsrl_agent.back_end import Encoder
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.codebook_sight import (
    CodebookSight,
    SightParts,
    merged,
    previous_back_end,
)
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.off_grid.learning import find_off_grid, learn_off_grid, window_images
from dsrl_agent.perception.off_grid.novel_objects import (
    NovelObjects,
    erase,
    find_novel_objects,
    with_new_types,
)
from dsrl_agent.perception.off_grid.template_finder import TemplateFinder
from dsrl_agent.perception.sight import Arrays, Fitting, Sight, SightFit
from dsrl_agent.symbols import OpenCodebook
from dsrl_agent.types import UNKNOWN, Floats32, Frame, Ints


class OffGridSight(CodebookSight):
    """Sight of objects off the grid."""

    kind: ClassVar[str] = "off_grid"

    def __init__(self, parts: SightParts, finder: TemplateFinder) -> None:
        super().__init__(parts)
        self.finder = finder  # of the types' templates

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type in each cell, novel objects found first, `[B, rows, cols]`."""
        grid = grid or self.grid.fitted(*frames.shape[1:3])
        novel = self._novel(frames)
        types = self.finder.types(erase(frames, novel.blobs), grid, self.codebook)
        novel.put_into(types, grid, self.parts.types.classify_pictures(novel.images))
        return types

    def fitted_types(self, frames: Frame) -> Ints:
        """Return the type in each cell by templates alone, `[B, rows, cols]`."""
        return self.finder.types(frames, self.grid, self.codebook)

    def templates(self, frames: Frame, types: Ints, numbers: Ints) -> Floats32:
        """Return the template `[T, C, 12, 12]` of each type."""
        return window_images(self.finder.template_of(numbers, self.codebook))

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        """Take the spectra of novel objects; add templates of the types they become."""
        own, novel = self.parts.types, self._novel(frames)
        spectra = novel.spectra[own.classify_pictures(novel.images) == UNKNOWN]
        before = len(self.codebook.types)
        added = own.notice(spectra, next_number)
        if added:
            now = own.classify(novel.spectra)
            self.finder = with_new_types(self.finder, novel, self.codebook, before, now)
        return added

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        """Return nothing: no exemplars are kept off the grid."""
        return {}

    def recall(self, number: int, exemplars: Floats32) -> None:
        """Do nothing: no exemplars are kept off the grid."""

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""
        return {**super().arrays(), "looks": self.finder.arrays()}

    def _novel(self, frames: Frame) -> NovelObjects:
        parts = self.parts
        types_of, thresholds = parts.types.classify, parts.config.off_grid
        return find_novel_objects(frames, self.finder, parts.back_end, types_of, thresholds)


def fit_off_grid(
    evidence: Evidence, back_end: Encoder | None, steps: int, fitting: Fitting
) -> SightFit | None:
    """Fit back end and codebook to isolated objects; groups are not merged yet.

    Without a back end to go on with, a fresh one is made. Returns `None` if objects stand on the
    grid, or if none was found.
    """
    config = fitting.config
    frames = evidence.transitions.after
    found = find_off_grid(frames, evidence.grid, evidence.trail, config.off_grid)
    if found is None:
        return None
    back_end = back_end or fitting.make_encoder(fitting.seed)
    fit = learn_off_grid(found, back_end, steps, config, fitting.seed)
    if fit is None:
        return None
    types = OpenCodebook.calibrated(fit.codebook, fit.held_out, config.novelty)
    empty, swing = evidence.trail.empty, evidence.swing
    parts = SightParts(config, back_end, found.grid, empty=empty, types=types, swing=swing)
    return SightFit(OffGridSight(parts, fit.finder), fit.loss)


def learn_off_grid_sight(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Learn to see objects off the grid.

    Raises:
        PerceptionError: The objects stand on the grid.
    """
    back_end = previous_back_end(previous) or fitting.make_encoder(fitting.seed)
    steps = back_end.config.refit_steps if fitting.fits else back_end.config.steps
    fit = fit_off_grid(evidence, back_end, steps, fitting)
    if fit is None:
        raise PerceptionError(
            "No isolated object stands off the grid, so templates cannot be learned; leave "
            "perception.sight at auto, or take cells."
        )
    return merged(fit, evidence, previous)


def load_off_grid(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> OffGridSight:
    """Restore from the arrays and the JSON data of a checkpoint."""
    back_end = fitting.make_encoder(fitting.seed)
    parts = SightParts.load(arrays, state, back_end, fitting.config)
    looks = {name: np.array(array) for name, array in arrays["looks"].items()}
    return OffGridSight(parts, TemplateFinder.from_arrays(looks, parts.grid))
