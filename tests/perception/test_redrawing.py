"""Frames redrawn by each kind of sight, beside the frames themselves."""

from __future__ import annotations

import numpy as np
import pytest
from inspected import agent_of, film_of
from numpy.testing import assert_array_equal

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.protocol import FixedPerception
from dsrl_agent.perception.redrawing import Redrawing, as_frames, explained, redrawing
from dsrl_agent.types import Frame

ONE = Grid((2, 2), (0, 0), (1, 1), (2, 2))  # a single cell

pytestmark = pytest.mark.usefixtures("one_thread")


def frames_of(kind: str) -> Frame:
    return np.stack([moment.frame for moment in film_of("relational", kind).moments])


def test_things_are_redrawn_as_they_were_seen() -> None:
    agent, frames = agent_of("relational", "things"), frames_of("things")
    found = redrawing(agent.perception, frames)
    assert found is not None
    assert_array_equal(found.seen, frames)
    # Grey levels: rounding, and what the sprites leave of edges.
    assert found.residual().max() <= 12
    energies = found.energies()
    assert explained(energies.standing, energies.rest).min() > 0.99
    assert energies.standing_in.shape == (len(frames), 4, 4)
    assert explained(energies.standing_in, energies.rest_in).min() > 0.99
    # What stands out from the bare floor is the things, each in its cell.
    for frame, facts in zip(found.seen - found.bare, agent.perception.facts(frames), strict=True):
        cut = found.grid.cut(frame)
        assert set(np.flatnonzero(cut.any(axis=(1, 2, 3)))) >= {4 * f.row + f.col for f in facts}
    # Without its things, the frame is another.
    empty = redrawing(agent.perception, frames[:1] * 0)
    assert empty is not None
    assert empty.residual().max() > 12


def test_cells_are_redrawn_from_the_latents_of_the_back_end() -> None:
    agent, frames = agent_of("relational", "spectra"), frames_of("spectra")
    found = redrawing(agent.perception, frames)
    assert found is not None
    assert found.seen.shape == found.drawn.shape == (len(frames), 48, 48, 3)
    # The contrast of a cell with an object is large, and the principal components keep it.
    assert found.seen.max() > 200
    assert found.residual().mean() < 0.1 * found.seen[found.seen > 50].mean()
    assert not found.bare.any()
    assert (found.grid.pitch, found.grid.shape) == ((12, 12), (4, 4))
    energies = found.energies()
    assert explained(energies.standing_in, energies.rest_in).min() > 0.8


def test_what_cannot_redraw_gives_nothing() -> None:
    assert redrawing(FixedPerception(), np.zeros((1, 4, 4, 3), np.uint8)) is None


def test_residuals_are_differences_of_grey_levels_in_both_directions() -> None:
    seen = np.array([[[[0, 255, 10]]]], np.uint8)
    drawn = np.array([[[[255, 0, 13]]]], np.uint8)
    assert Redrawing(seen, drawn, seen, ONE).residual().tolist() == [[[[255, 255, 3]]]]


def test_what_stands_out_and_its_rest_are_counted_by_cell() -> None:
    """Two cells of 2 x 2 pixels: of the left one, the drawing has half the contrast."""
    grid = Grid((2, 2), (0, 0), (1, 2), (2, 4))
    bare, seen = np.zeros((1, 2, 4, 3), np.uint8), np.zeros((1, 2, 4, 3), np.uint8)
    seen[:, :, :2] = 100
    found = Redrawing(seen, seen // 2, bare, grid).energies()
    # There are 4 pixels of 100 in 3 colours. Rest: 2 pairs of 50 beside each other, and 2 below.
    assert found.standing.tolist() == [4 * 3 * 100**2]
    assert found.rest.tolist() == [2 * 3 * 50**2]
    assert found.standing_in.tolist() == [[[4 * 3 * 100**2, 0]]]
    assert found.rest_in.tolist() == [[[2 * 3 * 50**2, 0]]]
    # A frame of a row more: 2 x 3 pixels have 4 pairs beside each other and 3 below.
    wide = Redrawing(seen[:, :, :3] + 10, bare[:, :, :3] + 10, bare[:, :, :3], ONE).energies()
    assert wide.rest.tolist() == [2 * 3 * 100**2]
    # A checkerboard is noise: no pixel tells of the next.
    noise = (50 * (np.indices((2, 4)).sum(axis=0) % 2))[None, ..., None].repeat(3, axis=3)
    noisy = Redrawing(noise.astype(np.uint8), bare + 25, bare, grid).energies()
    assert noisy.rest.tolist() == [0]
    assert noisy.rest_in.tolist() == [[[0, 0]]]


def test_what_another_floor_has_that_the_learned_one_lacks_is_rest() -> None:
    """Six cells of 2 x 2 pixels on a floor 50 brighter, and the last one 90 brighter than that."""
    grid = Grid((2, 2), (0, 0), (1, 6), (2, 12))
    floor = np.full((2, 12, 3), 10, np.uint8)
    seen = floor[None] + np.uint8(50)
    even = Redrawing(seen, seen, seen, grid, floor).energies()
    assert even.rest.tolist() == even.standing.tolist() == [0]
    seen[:, :, 10:] += 90
    found = Redrawing(seen, seen, seen, grid, floor).energies()
    # 2 pairs of pixels beside each other, and 2 below, in 3 colours.
    assert found.rest.tolist() == found.standing.tolist() == [2 * 3 * 90**2]
    assert found.rest_in.tolist() == [[[0, 0, 0, 0, 0, 2 * 3 * 90**2]]]
    assert found.standing_in.tolist() == found.rest_in.tolist()


def test_the_share_explained_is_what_is_not_left() -> None:
    standing, rest = np.array([0.0, 0.0, 8.0, 8.0, 8.0]), np.array([0.0, 3.0, 0.0, 2.0, 20.0])
    assert explained(standing, rest).tolist() == [1.0, 1.0, 1.0, 0.75, 0.0]


def test_shares_become_grey_levels() -> None:
    assert as_frames(np.array([-0.5, 0.0, 0.5, 1.0, 2.0])).tolist() == [0, 0, 128, 255, 255]
