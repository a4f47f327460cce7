"""Choose between the grid from motion and the grid by description length, each where it is surer.

Motion tells by how much the agent moves, and where a thing stands that leaves a margin in its cell.
Description length needs no motion, and knows where the tiles of a picture meet. Both are compared
by the bits that they take on the same frames.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.description import Lattice
from dsrl_agent.perception.tiling.search import TilingSearch
from dsrl_agent.perception.tiling.tiling import Tiling, search_tilings
from dsrl_agent.types import Frame

GridSource = Literal["motion", "tiling"]


class ChosenGrid(NamedTuple):
    """A grid, where it is from, and the evidence of the tiling."""

    grid: Grid
    source: GridSource
    tiling: Tiling
    excess: (
        float  # bits of the grid from motion, as a multiple of the best tiling's; infinite: none
    )


def choose_grid(
    frames: Frame, motion: Grid | PerceptionError, thresholds: TilingThresholds
) -> ChosenGrid:
    """Choose the grid of frames `uint8 [N, H, W, 3]`, given the one from motion or why it has none.

    The grid from motion is kept unless it takes `most_excess` times the bits of the best tiling, or
    `clear_excess` times where that tiling is not sure to be a grid.

    Raises:
        PerceptionError: Nothing was seen to move, and the frames are no tiles either.
    """
    tiling, search, factor = search_tilings(frames, thresholds)
    if isinstance(motion, PerceptionError):
        if tiling.grid is None:
            raise PerceptionError(
                f"{motion} The frames are not drawn in equal tiles either: {tiling.complaint}"
            )
        return ChosenGrid(tiling.grid, "tiling", tiling, float("inf"))
    if search is None or tiling.best is None:
        return ChosenGrid(motion, "motion", tiling, 1.0)
    excess = _excess(motion, search, factor)
    limit = thresholds.clear_excess if tiling.grid is None else thresholds.most_excess
    if excess > limit:
        return ChosenGrid(tiling.best, "tiling", tiling, excess)
    return ChosenGrid(motion, "motion", tiling, excess)


def _excess(motion: Grid, search: TilingSearch, factor: int) -> float:
    """Return the bits of a grid as a multiple of the best tiling's."""
    height, width = motion.pitch
    if height % factor or width % factor:
        return float("inf")  # its cells cut blocks of pixels that always have one colour
    pitch = (height // factor, width // factor)
    origin = (motion.origin[0] // factor % pitch[0], motion.origin[1] // factor % pitch[1])
    own, best = Lattice(pitch, origin), search.leaders()[0]
    excess = search.cost(own) / max(search.cost(best), 1e-9)
    if pitch != best.pitch:
        return excess
    # The background's own tiles tell the origin as well.
    return max(excess, search.alone(own) / max(search.alone(best), 1e-9))
