"""Hold a learned model of things: read frames of any size, grow by types, save and load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary
from dsrl_agent.back_end.compositor.recognition.proposed import ProposedScenes, alone
from dsrl_agent.back_end.compositor.scenes import read_scenes
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.back_end.devices import choose_device
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.types import Floats, Floats32, Frame, Ints

if TYPE_CHECKING:
    from dsrl_agent.back_end.compositor.recognition.encoder import ThingsEncoder

_ENCODER = "encoder."  # in front of the names of its arrays


@dataclass(frozen=True)
class ThingsModel:
    """A background, types of things, and how scenes of them are read."""

    scenes: SceneModel
    vocabularies: tuple[Vocabulary, ...]  # [K]: what each type may look like
    agent: int  # number of the type that the agent is, -1 if it was not seen
    reach: bool  # whether things reach out of their cells
    limit: float  # greatest share of a place's energy beyond noise that known things leave
    thresholds: ThingsThresholds
    encoder: ThingsEncoder | None = None  # proposes scenes; without one, all are searched

    @cached_property
    def canvas(self) -> Canvas:
        """Draws sprites in the model's windows."""
        return Canvas(self.scenes.windows.size, self.thresholds.sprites.samples)

    def read(self, frames: Frame) -> Scene:
        """Return the scenes of frames `uint8 [B, H, W, 3]` of the model's size."""
        if self._proposed is not None:
            return self._proposed.read(frames)
        if self.reach:
            return read_scenes(frames, self.scenes)
        return self.scenes.places.read(frames)

    def drawn(self, scene: Scene) -> Floats32:
        """Return the frames `[B, H, W, 3]` in [0, 1] that scenes stand for."""
        return draw_scenes(scene, self.scenes if self.encoder is None else self.windowed)

    @cached_property
    def windowed(self) -> SceneModel:
        """The scenes with windows that hold what an encoder sees of a place."""
        return self.scenes if self.reach else alone(self.scenes)

    @cached_property
    def _proposed(self) -> ProposedScenes | None:
        """Reads scenes from the encoder's proposals."""
        return None if self.encoder is None else ProposedScenes(self.windowed, self.encoder)

    def nats(self, scene: Scene) -> Floats:
        """Return the negative ELBO `[B]` of scenes in nats per frame, up to a constant.

        The posterior is one hypothesis at each place, so each KL divergence is the negative
        logarithm of a prior. The residual is of the places' own pixels.
        """
        own = self.scenes
        each = scene.left * own.likelihood.precision + own.costs_of(scene.types)
        return np.asarray(each.sum(axis=(1, 2)), np.float64)

    def unknown(self, scene: Scene) -> NDArray[np.bool_]:
        """Return which places hold something that no known thing explains, `[B, rows, cols]`.

        What is left of a thing that reaches in from beside may be much of what little a place
        shows, so it counts against the energy of the faintest known thing as well.
        """
        values, noise = self._values, self.noise_energy
        spread = noise * np.sqrt(2 / values)
        contrast = values * self.thresholds.background.contrast**2 / 3
        settings = self.thresholds.scenes
        least = settings.unknown_deviations * spread + contrast
        much = scene.left > noise + max(least, settings.unknown * self.faintest)
        return np.asarray(much & (self.left_share(scene) > self.limit))

    def left_share(self, scene: Scene) -> Floats:
        """Return the share `[B, rows, cols]` of places' energy beyond noise that a scene leaves."""
        noise = self.noise_energy
        return np.asarray((scene.left - noise) / np.maximum(scene.energy - noise, 1e-6))

    @cached_property
    def faintest(self) -> float:
        """The energy that the faintest known thing has in a place, 0 if nothing is known."""
        own, (rows, cols) = self.scenes.hypotheses, self.scenes.windows.own
        sizes = np.square(own.templates[:, rows, cols]).sum(axis=(1, 2))
        floor = self._floor()[0].mean(axis=(0, 1))
        contrasts = np.square(own.palette - floor).sum(axis=1)
        energies = [
            sizes[part].min() * contrasts[tints].min()
            for part, tints in zip(own.parts, own.tints, strict=True)
            if len(tints) and part.start < part.stop
        ]
        return float(min(energies, default=0.0))

    @property
    def _values(self) -> int:
        """The number of values that a place's own pixels have."""
        return 3 * self.scenes.windows.pitch[0] * self.scenes.windows.pitch[1]

    @property
    def noise_energy(self) -> float:
        """The energy of noise in a place."""
        return self._values * self.scenes.likelihood.noise**2

    def fitted(self, grid: Grid) -> ThingsModel:
        """Return the model for frames of another size: the same floor in each cell."""
        windows = windows_of(grid, self.thresholds)
        if windows == self.scenes.windows:
            return self
        floor, border, spread = self._floor()
        background = np.empty((*grid.frame, 3), np.float32)
        background[:] = border
        (top, left), (rows, cols) = grid.origin, grid.shape
        tiles = np.tile(floor, (rows, cols, 1))
        background[top : top + tiles.shape[0], left : left + tiles.shape[1]] = tiles
        likelihood = self.scenes.likelihood
        noise = float(np.hypot(likelihood.noise, spread))
        scenes = replace(
            self.scenes,
            windows=windows,
            background=background,
            likelihood=replace(likelihood, noise=noise),
        )
        return replace(self, scenes=scenes)

    def _floor(self) -> tuple[Floats32, Floats32, float]:
        """Return an empty cell `[h, w, 3]`, the border's colour, and how much cells differ."""
        windows = self.scenes.windows
        rows, cols = windows.own
        cells = windows.of(self.scenes.background[None])[0][:, :, rows, cols]
        cells = cells.reshape(-1, *windows.pitch, 3)
        floor = np.median(cells, axis=0)
        spread = float(np.sqrt(np.square(cells - floor).mean()))
        (top, left), (tall, wide) = windows.origin, windows.shape
        border = np.ones(windows.frame, np.bool_)
        bottom, right = top + tall * windows.pitch[0], left + wide * windows.pitch[1]
        border[top:bottom, left:right] = False
        shown = self.scenes.background[border] if border.any() else floor.reshape(-1, 3)
        return floor, np.median(shown, axis=0), spread

    def with_type(self, vocabulary: Vocabulary, palette: Floats32) -> ThingsModel:
        """Return the model with a further type, and with a palette that its tints refer to."""
        vocabularies = (*self.vocabularies, vocabulary)
        old = self.scenes.hypotheses
        hypotheses = Hypotheses.of(
            self.canvas, vocabularies, palette, old.free_tint, any_tint=old.any_tint
        )
        scenes = replace(self.scenes, hypotheses=hypotheses)
        return replace(self, scenes=scenes, vocabularies=vocabularies)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything learned for a checkpoint."""
        own = self.scenes
        encoder = {} if self.encoder is None else self.encoder.arrays()
        side = (0, self.canvas.side, self.canvas.side)
        numbers = [own.likelihood.noise, self.limit]
        any_tint = own.hypotheses.any_tint
        order = [own.order.rows_down, own.order.top, self.agent, self.reach, any_tint]
        return {
            "background": own.background,
            "palette": own.hypotheses.palette,
            "sprites": np.concatenate(
                [np.empty(side, np.float32), *(each.sprite[None] for each in self.vocabularies)]
            ),
            "placements": _rows([each.placements for each in self.vocabularies], 3),
            "tints": _rows([each.tints[:, None] for each in self.vocabularies], 1),
            "numbers": np.array(numbers, np.float64),
            "order": np.array(order, np.int64),
            **_shares(self.vocabularies),
            **{_ENCODER + name: part for name, part in encoder.items()},
        }

    @classmethod
    def load(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        grid: Grid,
        thresholds: ThingsThresholds,
        device: str = "cpu",
    ) -> ThingsModel:
        """Restore from `arrays()` and the grid; an encoder runs on the device."""
        windows = windows_of(grid, thresholds)
        noise, limit = (float(number) for number in arrays["numbers"])
        rows_down, top, agent, reach, _ = (int(number) for number in arrays["order"])
        sprites = np.array(arrays["sprites"], np.float32)
        shares = arrays.get("shares")  # models of one part have none
        vocabularies = tuple(
            Vocabulary(
                sprites[kind],
                [Placement(s, int(down), int(right)) for s, down, right in places.tolist()],
                _whole(tints[:, 0]),
                None if shares is None else _without_empty(shares[kind]),
            )
            for kind, (places, tints) in enumerate(
                zip(
                    _split(arrays["placements"], len(sprites)),
                    _split(arrays["tints"], len(sprites)),
                    strict=True,
                )
            )
        )
        scenes = _scene_model(windows, arrays, vocabularies, noise, thresholds)
        scenes = scenes.with_order(Order(bool(rows_down), top))
        return cls(
            scenes=scenes,
            vocabularies=vocabularies,
            agent=agent,
            reach=bool(reach),
            limit=limit,
            thresholds=thresholds,
            encoder=_load_encoder(arrays, thresholds, device),
        )


def _load_encoder(
    arrays: Mapping[str, NDArray[Any]], thresholds: ThingsThresholds, device: str
) -> ThingsEncoder | None:
    """Return the encoder among the arrays of a checkpoint, if there is one."""
    own = {
        name.removeprefix(_ENCODER): part
        for name, part in arrays.items()
        if name.startswith(_ENCODER)
    }
    if not own:
        return None
    from dsrl_agent.back_end.compositor.recognition.encoder import ThingsEncoder  # needs torch

    return ThingsEncoder.load(own, thresholds.encoder, choose_device(device))


def _scene_model(
    windows: Windows,
    arrays: Mapping[str, NDArray[Any]],
    vocabularies: Sequence[Vocabulary],
    noise: float,
    thresholds: ThingsThresholds,
) -> SceneModel:
    """Return what draws and reads scenes."""
    canvas = Canvas(windows.size, thresholds.sprites.samples)
    palette, any_tint = np.array(arrays["palette"], np.float32), bool(arrays["order"][-1])
    return SceneModel(
        windows,
        np.array(arrays["background"], np.float32),
        Hypotheses.of(
            canvas, vocabularies, palette, thresholds.scenes.free_tint, any_tint=any_tint
        ),
        Likelihood(noise, thresholds.sprites.raster, thresholds.scenes.presence),
        thresholds=thresholds.scenes,
    )


def _shares(vocabularies: Sequence[Vocabulary]) -> dict[str, NDArray[Any]]:
    """Return the shares of parts `[K, P, side, side]`, or nothing if each type has one part.

    Types of fewer parts have shares of 0.
    """
    parts = max((each.number_of_parts for each in vocabularies), default=1)
    if parts == 1:
        return {}
    shares = np.zeros((len(vocabularies), parts, *vocabularies[0].sprite.shape), np.float32)
    for kind, each in enumerate(vocabularies):
        if each.shares is not None:
            shares[kind, : len(each.shares)] = each.shares
    return {"shares": shares}


def _without_empty(shares: NDArray[Any]) -> Floats32 | None:
    """Return the shares of the parts that a type has, None if it has one part."""
    there = shares.any(axis=(1, 2))
    return np.array(shares[there], np.float32) if there.any() else None


def _rows(parts: Sequence[Any], width: int) -> NDArray[np.float64]:
    """Return rows `[N, 1 + width]` of parts in one array, with the part's number in front."""
    rows = [
        np.column_stack([np.full(len(part), number), np.asarray(part, np.float64)])
        for number, part in enumerate(parts)
    ]
    return np.concatenate([np.empty((0, 1 + width)), *rows])


def _whole(numbers: NDArray[Any]) -> Ints:
    """Return an array of a file as whole numbers.

    Raises:
        ValueError: One is infinite, not a number, or too large.
    """
    if not (np.abs(numbers) < 2**31).all():
        raise ValueError("a number of a tint is infinite or too large")
    return np.asarray(numbers.astype(np.int64))


def _split(rows: NDArray[Any], count: int) -> list[NDArray[Any]]:
    """Return the parts that `_rows` put into one array."""
    return [rows[rows[:, 0] == number, 1:] for number in range(count)]
