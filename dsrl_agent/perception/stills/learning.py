"""Learn a model of things from still pictures, in which no motion tells what is empty."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.denoising import denoised
from dsrl_agent.perception.stills.floor import find_floor
from dsrl_agent.perception.things.evidence.film import FilmStrip
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.learning import learn_from_film
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.types import Frame


def learn_stills(frames: Frame, grid: Grid, config: PerceptionConfig) -> ThingsModel:
    """Learn background, sprites and vocabulary from pictures `uint8 [N, H, W, 3]` on a grid.

    Each picture is an episode of one frame, in which the agent is not seen to move.
    """
    thresholds = _for_stills(config, len(frames))
    windows = windows_of(grid, thresholds)
    background = find_floor(frames, windows, config)
    nowhere = np.zeros((len(frames), *windows.shape), np.bool_)
    film = FilmStrip(frames, np.arange(len(frames)), left=nowhere, stands=nowhere)
    prepared = partial(denoised, noise=background.noise, hidden=config.stills.hidden)
    return learn_from_film(film, windows, background, thresholds, prepared)


def _for_stills(config: PerceptionConfig, count: int) -> ThingsThresholds:
    """Return the thresholds of things for a number of pictures.

    Few may show a type once, and what they show once may be a thing that is not explained yet.
    """
    textured = config.tiling.stills.textured_pictures
    least_seen, most_scale = config.stills.least_seen, config.stills.largest_scale
    sprites = replace(config.things.sprites, least_seen=least_seen, most_scale=most_scale)
    if count >= textured:
        return replace(config.things, sprites=sprites)
    return replace(
        config.things,
        background=replace(config.things.background, shown=textured),
        sprites=replace(sprites, least_tracks=1),
    )
