"""From pixels to facts: the grid, the neural back end and the codebook, learned together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import BackEnd, Encoder, EncoderMaker
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.cells import CellReader, cells_of
from dsrl_agent.perception.egomotion import Trail, follow
from dsrl_agent.perception.grid import Grid, find_grid
from dsrl_agent.perception.grid_extent import widened
from dsrl_agent.perception.off_grid.novel_objects import (
    Strangers,
    acquainted,
    find_strangers,
    without,
)
from dsrl_agent.perception.off_grid.sight import Finder, find_off_grid, learn_loose, window_images
from dsrl_agent.perception.stabilisation import poses, shifted, steadied
from dsrl_agent.symbols import (
    Codebook,
    Likeness,
    LivingTypes,
    Moves,
    every_group,
    facts_of,
    join_kinds,
    keep_names,
    parents_of,
)
from dsrl_agent.types import (
    CELL_SIDE,
    EMPTY,
    UNKNOWN,
    Facts,
    Floats,
    Floats32,
    Frame,
    FrameTransitions,
    Ints,
    Shape,
)

_KEPT = 16  # pictures of each type that remind a later fit of it
_FEW_TYPES = 3  # two kinds of objects and the agent: no other sight needs fewer
_DOUBLING_NOISE = 1 / 7  # noise of that part of a pixel's range doubles a fit's steps

Progress = Callable[[str, int, int, float], None]
"""Called with the phase, the steps done, the steps in all and the latest figure of the phase."""


class Perception:
    """Learns to see from the agent's own transitions; gives facts of frames of any size.

    Args:
        config: Settings of grid and types.
        back_end: Settings of the network.
        seed: Seeds network and codebook.
        device: Where the network runs.
        make_encoder: Makes another back end than the variational autoencoder, from a seed.
    """

    def __init__(
        self,
        config: PerceptionConfig,
        back_end: BackEndConfig,
        seed: int,
        device: str,
        make_encoder: EncoderMaker | None = None,
    ) -> None:
        self.config = config
        self._make = make_encoder or (lambda own: BackEnd(3, back_end, own, device))
        self.cells = CellReader(self._make(seed))
        self.grid: Grid | None = None
        self.codebook: Codebook | None = None
        self.living = LivingTypes()
        self.parents: dict[int, int] = {}
        self.fits = 0
        self._kept: dict[int, Floats32] = {}
        self._swing = (0, 0)
        self._finder: Finder | None = None
        self._likeness: Likeness | None = None
        self._next_type = 1
        self._seed = seed

    @property
    def back_end(self) -> Encoder:
        """What turns cells into spectra."""
        return self.cells.back_end

    @property
    def ready(self) -> bool:
        """Whether facts can be given."""
        return self.codebook is not None

    def learn(
        self,
        motion: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> float:
        """Find the grid, fit the back end and the types, keeping the names of types known before.

        Args:
            motion: Transitions to learn from.
            progress: Told of the phases `back end` and `symbols`.
            rewards: `[N]`: what each transition gave, if that is known: it tells which differences
                of looks matter.

        Returns:
            The back end's loss, the negative ELBO in nats per frame.

        Raises:
            PerceptionError: Nothing moved in these transitions. What was known stays as it was.
        """
        motion, kept, swing = steadied(motion)
        grid = find_grid(motion)
        trail = follow(
            lambda chosen: (
                cells_of(grid.resample(motion.before[chosen], CELL_SIDE)),
                cells_of(grid.resample(motion.after[chosen], CELL_SIDE)),
            ),
            motion.actions,
        )
        grid, trail = widened(grid, trail, motion.after)
        old_labels = None if self.codebook is None else self._types(motion.after, grid)
        self.grid, self.cells.empty, self._swing = grid, trail.empty, swing
        loss, codebook, held_out = self._learn_sight(motion.after, trail, progress)
        last, self._likeness = self._likeness, None
        if rewards is not None:
            moved = np.flatnonzero(trail.left.any(axis=(1, 2)))
            frames = motion.before[moved]
            types = self._types(frames, self.grid, codebook)
            moves = Moves(types, trail.left[moved], trail.entered[moved], rewards[kept][moved])
            codebook, self._likeness = join_kinds(
                codebook, moves, lambda numbers: self._looks(frames, types, numbers, codebook), last
            )
        self.living.renew(codebook, held_out)
        self._name(codebook, motion.after, old_labels)
        self._keep(motion.after)
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
        types = self._types(self._at_rest(frames, grid), grid)
        return [facts_of(each) for each in types]

    def watch(self, before: Facts, action: int, frame: Frame) -> Facts:
        """Return the facts of the frame `uint8 [H, W, 3]` that an action led to, and learn.

        Unknown kinds become types, and types that flicker are joined.

        Args:
            before: The facts of the frame before.
            action: What was done there.
            frame: What it led to.
        """
        assert self.grid is not None
        self.parents = {}
        grid = self.grid.fitted(*frame.shape[:2])
        frames = self._at_rest(frame[None], grid)
        types = self._types(frames, grid)
        if (types == UNKNOWN).any() and self._notice(frames, grid, types):
            types = self._types(frames, grid)
        after = facts_of(types[0])
        joined = self.living.track(before, action, after)
        if joined is None:
            return after
        kept, dropped = joined
        self.codebook = self.require_codebook().joined({dropped: kept})
        self.parents = {kept: dropped}
        return facts_of(self._types(frames, grid)[0])

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
            "symbols": {**codebook, "empty": self.cells.empty},
            **({} if self._finder is None else {"looks": self._finder.arrays()}),
            **({} if self._likeness is None else {"likeness": self._likeness.arrays()}),
            "living": self.living.arrays(),
            "kept": {str(number): pictures for number, pictures in self._kept.items()},
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
            "swing": self._swing,
            "next_type": self._next_type,
            "fits": self.fits,
            "living": self.living.state(),
        }

    def load(
        self, arrays: Mapping[str, Mapping[str, NDArray[Any]]], state: Mapping[str, Any]
    ) -> None:
        """Take what `arrays()` and `state()` gave."""
        self.back_end.load(arrays["back_end"])
        self.cells.empty = np.array(arrays["symbols"]["empty"])
        self._next_type, self.fits = int(state["next_type"]), int(state["fits"])
        self._swing = _pair(state["swing"])
        self.living.load(arrays["living"], state["living"])
        self._kept = {int(number): np.array(part) for number, part in arrays["kept"].items()}
        stored = state["grid"]
        self.grid = None if stored is None else Grid(**{k: _pair(v) for k, v in stored.items()})
        if "means" in arrays["symbols"]:
            self.codebook = Codebook.from_arrays(arrays["symbols"])
        else:
            self.codebook = None
        self._likeness = None
        if "likeness" in arrays:
            self._likeness = Likeness.from_arrays(arrays["likeness"])
        self._finder = None
        if "looks" in arrays and self.grid is not None:
            self._finder = Finder.from_arrays(arrays["looks"], self.grid)

    def _learn_sight(
        self, frames: Frame, trail: Trail, progress: Progress | None
    ) -> tuple[float, Codebook, Floats]:
        """Learn cells, or things off the grid where that takes fewer types.

        Returns:
            The loss, the codebook, and spectra that it was not fitted to.
        """
        assert self.grid is not None
        config, seed = self.config, self._seed
        if self._finder is not None:
            off_grid = find_off_grid(frames, self.grid, trail)
            steps = self.back_end.config.refit_steps
            loose = off_grid and learn_loose(off_grid, self.back_end, steps, config.max_types, seed)
            if off_grid and loose:
                self.grid, self._finder = off_grid.grid, loose.finder
                return loose.loss, loose.codebook, loose.held_out
            self._finder = None
        loss = self._fit_cells(frames, trail.noise, progress)
        codebook, held_out = every_group(
            *self.cells.encode(frames, self.grid), trail.left, config.max_types,
            np.random.default_rng([seed, self.fits]),
        )  # fmt: skip
        if len(codebook.known) <= _FEW_TYPES:
            return loss, codebook, held_out
        off_grid = find_off_grid(frames, self.grid, trail)
        if off_grid is None:
            return loss, codebook, held_out
        fresh = self._make(seed)
        loose = learn_loose(off_grid, fresh, fresh.config.steps, config.max_types, seed)
        if loose is None or len(loose.codebook.known) >= len(codebook.known):
            return loss, codebook, held_out
        self.grid, self._finder, self.cells.back_end = off_grid.grid, loose.finder, fresh
        return loose.loss, loose.codebook, loose.held_out

    def _fit_cells(self, frames: Frame, noise: float, progress: Progress | None) -> float:
        """Fit the back end to whole frames, the longer the noisier they are.

        What noise hides takes as many more samples to learn as its variance is larger.
        """
        assert self.grid is not None
        steps = self.back_end.config.refit_steps if self.fits else self.back_end.config.steps
        steps = round(steps * (1 + (noise / _DOUBLING_NOISE) ** 2))
        report = None if progress is None else _reporter(progress, "back end", steps)
        loss = self.cells.fit(frames, self.grid, steps, report)
        if progress is not None:
            progress("symbols", 0, 1, 0.0)
        return loss

    def _looks(self, frames: Frame, types: Ints, numbers: Ints, codebook: Codebook) -> Floats32:
        """Return how types look on average, `[T, C, 12, 12]`."""
        assert self.grid is not None
        if self._finder is not None:
            own = codebook.types[self._finder.groups]
            return window_images(self._finder.pursuit.looks[[np.argmax(own == n) for n in numbers]])
        return self.cells.mean_looks(frames, self.grid, types, numbers)

    def _name(self, codebook: Codebook, frames: Frame, old_labels: Ints | None) -> None:
        """Take a codebook; its types keep the names of types known before."""
        self.codebook = codebook
        if old_labels is not None:
            assert self.grid is not None
            labels = self._types(frames, self.grid)
            old = np.where(old_labels == UNKNOWN, EMPTY, old_labels).ravel()
            several = set(self.living.joined.values())
            self.codebook = keep_names(codebook, labels.ravel(), old, self._next_type, several)
            self._remind()
            self.parents = parents_of(
                self._types(frames, self.grid).ravel(), old, np.array(list(self._kept))
            )
        self._next_type = max(self._next_type, int(self.codebook.types.max()) + 1)

    def _notice(self, frames: Frame, grid: Grid, types: Ints) -> bool:
        """Let what is unknown in a frame become a type if it was seen often enough; say if so."""
        known, strangers = self.require_codebook(), None
        if self._finder is None:
            spectra = self.cells.encode(frames, grid)[0][types == UNKNOWN]
        else:
            strangers = self._strangers(frames, self._finder)
            spectra = strangers.spectra[self._by_looks(strangers.images) == UNKNOWN]
        codebook = self.codebook = self.living.notice(known, spectra, self._next_type)
        if codebook is known:
            return False
        self._next_type = int(codebook.types.max()) + 1
        if strangers is not None and self._finder is not None:
            now = self.living.classify(codebook, strangers.spectra)
            count = len(known.types)
            self._finder = acquainted(self._finder, strangers, codebook, count, now)
        self._keep(frames)
        return True

    def _keep(self, frames: Frame) -> None:
        """Keep pictures of every type that these frames show in the grid's cells."""
        if self._finder is not None:
            return
        assert self.grid is not None
        grid = self.grid.fitted(*frames.shape[1:3])
        types = self._types(frames, grid)
        # Of a type of several looks there are pictures of each, from before they were one.
        several = list(self.living.joined.values())
        for number in np.setdiff1d(self.require_codebook().known, several):
            places = np.argwhere(types == number)[-_KEPT:]
            if len(places):
                n, rows, cols = places.T
                cells = self.cells.cells(frames[n], grid)
                self._kept[int(number)] = cells[np.arange(len(n)), rows, cols]

    def _remind(self) -> None:
        """Let the codebook have the types that a fit did not find but pictures are kept of."""
        codebook, joined = self.require_codebook(), self.living.joined
        alone = set(codebook.known.tolist()) - set(joined.values())
        for number in sorted(set(self._kept) - alone) if self._finder is None else ():
            spectra = self.back_end.encode(self._kept[number]).mean[:, 0, 0].astype(np.float64)
            codebook = self.living.remember(codebook, joined.get(number, number), spectra)
        self.codebook = codebook

    def _at_rest(self, frames: Frame, grid: Grid) -> Frame:
        """Return frames moved back to where the codebook explains them best."""
        if not any(self._swing) or self._finder is not None:
            return frames
        codebook = self.require_codebook()
        tried = np.array(poses(self._swing))
        explained = np.stack(
            [
                codebook.likelihood(self.cells.encode(shifted(frames, pose), grid)[0]).sum(
                    axis=(1, 2)
                )
                for pose in tried
            ]
        )
        best = tried[np.argmax(explained, axis=0)]
        return np.stack([shifted(frame, pose) for frame, pose in zip(frames, best, strict=True)])

    def _types(self, frames: Frame, grid: Grid, fresh: Codebook | None = None) -> Ints:
        """Return the type in each cell by what is known, or by a codebook just fitted."""
        codebook = fresh or self.require_codebook()
        if self._finder is not None:
            if fresh is not None:
                return self._finder.types(frames, grid, fresh)
            strangers = self._strangers(frames, self._finder)
            types = self._finder.types(without(frames, strangers.blobs), grid, codebook)
            strangers.put_into(types, grid, self._by_looks(strangers.images))
            return types
        spectra, _ = self.cells.encode(frames, grid)
        return self._typed(spectra, frames, grid) if fresh is None else fresh.classify(spectra)

    def _strangers(self, frames: Frame, finder: Finder) -> Strangers:
        codebook = self.require_codebook()
        return find_strangers(
            frames, finder, self.back_end, lambda spectra: self.living.classify(codebook, spectra)
        )

    def _typed(self, spectra: Floats32, frames: Frame, grid: Grid) -> Ints:
        """Return the type of each place: what its spectrum is of, or else looks like."""
        codebook = self.require_codebook()
        types = self.living.classify(codebook, spectra)
        n, rows, cols = np.nonzero(types == UNKNOWN)
        if self._likeness is None or not len(n):
            return types
        shown, n = np.unique(n, return_inverse=True)
        cells = self.cells.cells(frames[shown], grid)[n, rows, cols]
        types[types == UNKNOWN] = self._by_looks(cells)
        return types

    def _by_looks(self, pictures: Floats32) -> Ints:
        """Return the types `[N]` that pictures `[N, C, 12, 12]` of no known spectrum look like."""
        if self._likeness is None or not len(pictures):
            return np.full(len(pictures), UNKNOWN)
        groups = self._likeness.nearest(pictures)
        return np.where(groups < 0, UNKNOWN, self.require_codebook().types[groups])


def _reporter(progress: Progress, phase: str, total: int) -> Callable[[int, float], None]:
    return lambda step, figure: progress(phase, step + 1, total, figure)


def _pair(values: Sequence[int]) -> tuple[int, int]:
    return int(values[0]), int(values[1])
