"""From pixels to facts: the grid, the neural back end and the codebook, learned together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import CELL_SIDE, BackEnd
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.grid import Grid, Motion, find_grid
from dsrl_agent.mover import Trail, follow
from dsrl_agent.symbols import Codebook, facts_of, fit_codebook, keep_names
from dsrl_agent.types import Facts, Floats32, Frame, Ints, Shape

_CODEBOOK_PLACES = 4000  # more places make typing slower, not better
_BATCH = 64  # frames worked on at once, for the sake of memory
_STANDING_SHARE = 0.25  # an object differs from emptiness by at least this share of the most

Progress = Callable[[str, int, int, float], None]
"""Called with the phase, the steps done, the steps in all and the latest figure of the phase."""


class Perception:
    """Learns to see from the agent's own transitions; gives facts of frames of any size.

    Args:
        config: Settings of grid and types.
        back_end: Settings of the network.
        seed: Seeds network and codebook.
        device: Where the network runs.
    """

    def __init__(
        self, config: PerceptionConfig, back_end: BackEndConfig, seed: int, device: str
    ) -> None:
        self.config = config
        self.back_end = BackEnd(3, back_end, seed, device)
        self.grid: Grid | None = None
        self.codebook: Codebook | None = None
        self.fits = 0
        self._empty: Floats32 = np.zeros((3, CELL_SIDE, CELL_SIDE), np.float32)
        self._next_type = 1
        self._seed = seed

    @property
    def ready(self) -> bool:
        """Whether facts can be given."""
        return self.codebook is not None

    def learn(self, motion: Motion, progress: Progress | None = None) -> float:
        """Find the grid, fit the back end and the types, keeping the names of types known before.

        Args:
            motion: Transitions to learn from.
            progress: Told of the phases `back end` and `symbols`.

        Returns:
            The back end's loss, the negative ELBO in nats per frame.

        Raises:
            PerceptionError: Nothing moved in these transitions. What was known stays as it was.
        """
        grid = find_grid(motion)
        trail = follow(
            lambda chosen: (
                _cells_of(grid.resample(motion.before[chosen], CELL_SIDE)),
                _cells_of(grid.resample(motion.after[chosen], CELL_SIDE)),
            ),
            motion.actions,
        )
        grid, left = self._widened(grid, trail, motion.after)
        old = self.codebook
        old_labels = None if old is None else self._types(motion.after, grid)
        self.grid, self._empty = grid, trail.empty
        steps = self.back_end.config.refit_steps if self.fits else self.back_end.config.steps
        report = None if progress is None else _reporter(progress, "back end", steps)
        loss = self.back_end.fit(
            len(motion.after),
            lambda chosen: self._images(motion.after[chosen], grid),
            steps,
            report,
        )
        if progress is not None:
            progress("symbols", 0, 1, 0.0)
        self._learn_types(motion.after, left, old_labels)
        self.fits += 1
        if progress is not None:
            progress("symbols", 1, 1, float(len(self.require_codebook().known)))
        return loss

    def facts(self, frames: Frame) -> list[Facts]:
        """Return the facts of each frame `uint8 [B, H, W, 3]`.

        Raises:
            PerceptionError: Nothing has been learned yet.
        """
        if self.grid is None:
            raise PerceptionError("The agent has not learned to see yet; call learn() first.")
        grid = self.grid.fitted(*frames.shape[1:3])
        return [facts_of(types) for types in self._types(frames, grid)]

    def shape_of(self, frame: Frame) -> Shape:
        """Return the rows and columns that are seen in a frame `uint8 [H, W, 3]`.

        Raises:
            PerceptionError: Nothing has been learned yet.
        """
        if self.grid is None:
            raise PerceptionError("The agent has not learned to see yet; call learn() first.")
        return self.grid.fitted(*frame.shape[:2]).shape

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return how each type differs from emptiness, decoded: pictures `uint8 [12, 12, 3]`."""
        codebook = self.require_codebook()
        known = codebook.known
        if not len(known):
            return {}
        spectra = np.stack([codebook.spectrum(int(number)) for number in known]).astype(np.float32)
        pictures = np.rint(self.back_end.decode(spectra) * 255).astype(np.uint8)
        return {int(number): picture for number, picture in zip(known, pictures, strict=True)}

    def require_codebook(self) -> Codebook:
        """Return the codebook.

        Raises:
            PerceptionError: There is none yet.
        """
        if self.codebook is None:
            raise PerceptionError("The agent has not learned to see yet; call learn() first.")
        return self.codebook

    def arrays(self) -> dict[str, dict[str, NDArray[np.generic]]]:
        """Return everything learned for a checkpoint, by file."""
        codebook = {} if self.codebook is None else self.codebook.arrays()
        return {
            "back_end": self.back_end.arrays(),
            "symbols": {**codebook, "empty": self._empty},
        }

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        grid = self.grid
        return {
            "grid": None
            if grid is None
            else {
                "pitch": grid.pitch,
                "origin": grid.origin,
                "shape": grid.shape,
                "frame": grid.frame,
            },
            "next_type": self._next_type,
            "fits": self.fits,
        }

    def load(
        self, arrays: Mapping[str, Mapping[str, NDArray[Any]]], state: Mapping[str, Any]
    ) -> None:
        """Take what `arrays()` and `state()` gave."""
        self.back_end.load(arrays["back_end"])
        self._empty = np.array(arrays["symbols"]["empty"])
        self._next_type, self.fits = int(state["next_type"]), int(state["fits"])
        stored = state["grid"]
        self.grid = None if stored is None else Grid(**{k: _pair(v) for k, v in stored.items()})
        if "means" in arrays["symbols"]:
            self.codebook = Codebook.from_arrays(arrays["symbols"])
        else:
            self.codebook = None

    def _widened(self, grid: Grid, trail: Trail, frames: Frame) -> tuple[Grid, NDArray[np.bool_]]:
        """Let the grid, and the map of cells just left, reach what stands beyond the agent's ways.

        In a large world the agent may not come near the edges for a whole episode, and what stands
        there changes nothing.
        """
        whole = grid.whole()
        if whole == grid:
            return grid, trail.left
        top, left = ((grid.origin[i] - whole.origin[i]) // grid.pitch[i] for i in (0, 1))
        rows, cols = slice(top, top + grid.shape[0]), slice(left, left + grid.shape[1])
        cells = _cells_of(whole.resample(frames[:: max(1, len(frames) // _BATCH)], CELL_SIDE))
        away = np.abs(cells - trail.empty).mean(axis=(3, 4, 5))  # [B, R, C]
        known = away[:, rows, cols]
        quiet = float(np.quantile(known, 0.1))  # that many cells are empty and show noise alone
        stands = (away > quiet + _STANDING_SHARE * (float(known.max()) - quiet)).any(axis=0)
        stands[rows, cols] = True
        all_left = np.zeros((len(frames), *whole.shape), np.bool_)
        all_left[:, rows, cols] = trail.left
        rows, cols = _reach(stands.any(axis=1)), _reach(stands.any(axis=0))
        return whole.part(rows, cols), all_left[:, rows, cols]

    def _learn_types(self, frames: Frame, left: NDArray[np.bool_], old_labels: Ints | None) -> None:
        assert self.grid is not None
        spectra, deviations = self._encode(frames, self.grid)
        rng = np.random.default_rng([self._seed, self.fits])
        total = left.size
        chosen = np.sort(rng.permutation(total)[:_CODEBOOK_PLACES])
        flat = spectra.reshape(total, -1)
        codebook = fit_codebook(
            flat[chosen].astype(np.float64),
            deviations.reshape(total, -1)[chosen].astype(np.float64),
            left.ravel()[chosen],
            self.config.max_types,
            int(rng.integers(2**31)),
        )
        if old_labels is not None:
            new_labels = codebook.classify(flat)
            codebook = keep_names(codebook, new_labels, old_labels.ravel(), self._next_type)
        self.codebook = codebook
        self._next_type = max(self._next_type, int(codebook.types.max()) + 1)

    def _types(self, frames: Frame, grid: Grid) -> Ints:
        codebook = self.require_codebook()
        spectra, _ = self._encode(frames, grid)
        return codebook.classify(spectra)

    def _encode(self, frames: Frame, grid: Grid) -> tuple[Floats32, Floats32]:
        means, deviations = [], []
        for start in range(0, len(frames), _BATCH):
            latents = self.back_end.encode(self._images(frames[start : start + _BATCH], grid))
            means.append(latents.mean)
            deviations.append(np.exp(0.5 * latents.log_variance))
        return np.concatenate(means), np.concatenate(deviations)

    def _images(self, frames: Frame, grid: Grid) -> Floats32:
        """Return what the network sees: how each cell differs from an empty one."""
        images = grid.resample(frames, CELL_SIDE)
        return np.abs(images - np.tile(self._empty, (1, *grid.shape)))


def _cells_of(images: Floats32) -> Floats32:
    """Return images `[B, C, 12 rows, 12 cols]` as cells `[B, rows, cols, C, 12, 12]`."""
    count, channels, height, width = images.shape
    cells = images.reshape(
        count, channels, height // CELL_SIDE, CELL_SIDE, width // CELL_SIDE, CELL_SIDE
    )
    return cells.transpose(0, 2, 4, 1, 3, 5)


def _reach(flags: NDArray[np.bool_]) -> slice:
    """Return the range from the first to the last true value."""
    where = np.flatnonzero(flags)
    return slice(int(where[0]), int(where[-1]) + 1)


def _reporter(progress: Progress, phase: str, total: int) -> Callable[[int, float], None]:
    return lambda step, figure: progress(phase, step + 1, total, figure)


def _pair(values: Sequence[int]) -> tuple[int, int]:
    return int(values[0]), int(values[1])
