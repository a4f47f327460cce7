"""Frames redrawn by each kind of sight, beside the frames themselves."""

from __future__ import annotations

import numpy as np
import pytest
from inspected import agent_of, film_of
from numpy.testing import assert_array_equal

from dsrl_agent.perception.protocol import FixedPerception
from dsrl_agent.perception.redrawing import Redrawing, as_frames, redrawing
from dsrl_agent.types import Frame

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


def test_what_cannot_redraw_gives_nothing() -> None:
    assert redrawing(FixedPerception(), np.zeros((1, 4, 4, 3), np.uint8)) is None


def test_residuals_are_differences_of_grey_levels_in_both_directions() -> None:
    seen = np.array([[[[0, 255, 10]]]], np.uint8)
    drawn = np.array([[[[255, 0, 13]]]], np.uint8)
    assert Redrawing(seen, drawn).residual().tolist() == [[[[255, 255, 3]]]]


def test_shares_become_grey_levels() -> None:
    assert as_frames(np.array([-0.5, 0.0, 0.5, 1.0, 2.0])).tolist() == [0, 0, 128, 255, 255]
