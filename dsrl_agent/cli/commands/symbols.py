"""Run `dsrl symbols`: find the symbols of still pictures."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from PIL import Image, UnidentifiedImageError

from dsrl_agent.cli.options import SymbolsOptions
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.stills.sight import symbols_of_stills
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame

_FIGURE_1_4 = "shapes_grid:ShapesGrid-Toy-v0"


def run(options: SymbolsOptions, given: Set[str]) -> int:
    """Print the grid and the facts of each picture."""
    frames = read_pictures(options.pictures) if options.pictures else _figure_1_4()
    found = symbols_of_stills(frames, seed=options.seed, device=options.device)
    pitch = found.grid.pitch
    for name, facts in zip(options.pictures or ["Figure 1.4"], found.facts, strict=True):
        print(f"{name}: cells of {pitch[0]} x {pitch[1]} pixels")
        print("  Type  Location")
        for fact in facts:
            print(f"  {fact.type:<4}  [{fact.row}, {fact.col}]")
    return 0


def read_pictures(names: Sequence[str]) -> Frame:
    """Return image files as frames, `uint8 [N, H, W, 3]`.

    Raises:
        ObservationError: A file cannot be read, or the pictures differ in size.
    """
    pictures: list[Frame] = []
    for name in names:
        try:
            with Image.open(name) as picture:
                pictures.append(np.asarray(picture.convert("RGB"), np.uint8))
        except (OSError, UnidentifiedImageError) as error:
            raise ObservationError(f"The picture {name!r} cannot be read: {error}") from error
        if pictures[-1].shape != pictures[0].shape:
            raise ObservationError(
                f"The picture {name!r} is {pictures[-1].shape[0]} x {pictures[-1].shape[1]}, but "
                f"{names[0]!r} is {pictures[0].shape[0]} x {pictures[0].shape[1]}; give pictures "
                "of one size."
            )
    return np.stack(pictures)


def _figure_1_4() -> Frame:
    """Return the world of the thesis's Figure 1.4 as a frame, `uint8 [1, H, W, 3]`."""
    env = make_env(_FIGURE_1_4, {})
    frame, _ = env.reset()
    env.close()
    return np.asarray(frame)[None]
