"""Find appearance templates at any pixel of a frame by matching pursuit (Mallat & Zhang 1993).

An appearance template is the contrast of an object with emptiness. The place at which a template
explains most of a frame's contrast is taken and the template subtracted there, until no template
explains anything more. Each of two objects that overlap explains its part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Floats32, Frame, Ints

if TYPE_CHECKING:
    import torch

_BATCH = 64  # frames worked on at once, to bound memory


@dataclass(frozen=True)
class Background:
    """The appearance of emptiness, at any pixel."""

    grid: Grid  # the grid whose cells it fills
    empty: Floats32  # float32 [pitch, pitch, 3]: an empty cell, 0 to 1

    @property
    def margin(self) -> int:
        """Pixels by which `contrast` goes beyond the edges of frames: a cell's larger side."""
        return max(self.grid.pitch)

    def contrast(self, frames: Frame) -> Floats32:
        """Return the signed contrast of frames `[B, H, W, 3]` with emptiness, 0 beyond their edges.

        The result is `[B, H + 2 margin, W + 2 margin, 3]`.
        """
        sizes, origin, pitch = frames.shape[1:3], self.grid.origin, self.grid.pitch
        rows, cols = ((np.arange(sizes[i]) - origin[i]) % pitch[i] for i in (0, 1))
        difference = frames / np.float32(255.0) - self.empty[rows[:, None], cols]
        beyond = (self.margin, self.margin)
        return np.pad(difference, ((0, 0), beyond, beyond, (0, 0)))


@dataclass(frozen=True)
class MatchingPursuit:
    """Finds appearance templates in frames."""

    background: Background  # the appearance of emptiness
    templates: Floats32  # float32 [G, height, width, 3]: contrast of each template with emptiness

    def find(self, frames: Frame, grid: Grid) -> Ints:
        """Return the template in each cell, the one whose middle is in it: `[B, rows, cols]`.

        Templates are indices from 0, -1 where there is none. The grid is of the frames' size.
        """
        found = np.full((len(frames), grid.shape[0] * grid.shape[1]), -1, np.int64)
        overlaps = _overlaps(self.templates)
        cells = self._cells(grid)
        for number, gains in enumerate(self._gains(frames)):
            gains[:, cells < 0] = -np.inf
            _explain(gains, overlaps, cells, found[number])
        return found.reshape(len(frames), *grid.shape)

    def _gains(self, frames: Frame) -> Iterator[Floats32]:
        """Yield for each frame what each template would explain at each place, `[G, h, w]`.

        That is the fall of the contrast's sum of squares if the template is subtracted there.
        """
        from torch.nn import functional  # torch takes seconds

        templates = _channels_first(self.templates)
        energy = templates.square().sum(dim=(1, 2, 3))[:, None, None]
        for start in range(0, len(frames), _BATCH):
            contrast = _channels_first(self.background.contrast(frames[start : start + _BATCH]))
            yield from (2 * functional.conv2d(contrast, templates) - energy).numpy()

    def _cells(self, grid: Grid) -> Ints:
        """Return the cell of the middle of a template at each place, row by row; -1 for none."""
        axes = []
        for axis in (0, 1):
            window = self.templates.shape[1 + axis]
            places = np.arange(grid.frame[axis] + 2 * self.background.margin - window + 1)
            middles = places - self.background.margin + window // 2
            axes.append((middles - grid.origin[axis]) // grid.pitch[axis])
        rows, cols = axes[0][:, None], axes[1][None, :]
        inside = (rows >= 0) & (rows < grid.shape[0]) & (cols >= 0) & (cols < grid.shape[1])
        return np.where(inside, rows * grid.shape[1] + cols, -1)


def _explain(gains: Floats32, overlaps: Floats32, cells: Ints, found: Ints) -> None:
    """Explain one frame, the largest gain first; overwrites `gains`, fills `found`."""
    height, width = gains.shape[1:]
    reach = np.array(overlaps.shape[2:]) // 2
    while True:
        template, row, col = np.unravel_index(int(np.argmax(gains)), gains.shape)
        if gains[template, row, col] <= 0.0:  # it would explain less than half of its energy
            return
        found[cells[row, col]] = template
        top, left = max(0, row - reach[0]), max(0, col - reach[1])
        bottom, right = min(height, row + reach[0] + 1), min(width, col + reach[1] + 1)
        above, beside = row - reach[0], col - reach[1]
        part = overlaps[template, :, top - above : bottom - above, left - beside : right - beside]
        gains[:, top:bottom, left:right] -= part
        gains[:, cells == cells[row, col]] = -np.inf


def explained(templates: Floats32) -> Floats32:
    """Return the share of template g's energy that h explains where it fits best, `[G, G]`."""
    energy = np.square(templates).sum(axis=(1, 2, 3))
    return np.asarray((_overlaps(templates).max(axis=(2, 3)) - energy) / energy[:, None])


def _overlaps(templates: Floats32) -> Floats32:
    """Return by how much subtracting one template lowers the gains of each around it.

    That is twice the products of g with shifted h: `[G, G, 2 height - 1, 2 width - 1]`.
    """
    from torch.nn import functional

    images = _channels_first(templates)
    rows, cols = images.shape[2] - 1, images.shape[3] - 1
    around = functional.pad(images, (cols, cols, rows, rows))
    # With g in place and h shifted: the convolution's images are g, its filters h.
    return np.asarray((2 * functional.conv2d(around, images)).numpy())


def _channels_first(pictures: Floats32) -> torch.Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
