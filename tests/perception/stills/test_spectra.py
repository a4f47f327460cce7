"""Still pictures read by activation spectra of their cells."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.perception.stills.spectra import StillSpectra
from dsrl_agent.types import Fact, Frame

PLACES = [(0, 0, 200), (1, 1, 200), (2, 0, 90), (0, 2, 90), (2, 2, 200)]


def board() -> Frame:
    """Draw bright and dark squares in cells of 15 pixels."""
    frame = np.full((1, 45, 45, 3), 30, np.uint8)
    for row, col, level in PLACES:
        frame[0, 15 * row + 3 : 15 * row + 12, 15 * col + 3 : 15 * col + 12] = level
    return frame


@pytest.mark.parametrize("kind", ["pixels", "pca"])
def test_cells_of_one_appearance_are_of_one_type(kind: str) -> None:
    config = BackEndConfig(kind=kind, latents=4)  # type: ignore[arg-type]
    sight = StillSpectra.fit(board(), config, 0, "cpu", PerceptionConfig())
    found = sight.symbols(board())
    named = {(fact.row, fact.col): fact.type for fact in found.facts[0]}
    assert named.keys() == {(row, col) for row, col, _ in PLACES}
    assert named[0, 0] == named[1, 1] == named[2, 2] != named[2, 0] == named[0, 2]
    assert found.grid.pitch == (15, 15)
    assert found.explained[0] == pytest.approx(1.0)


def test_contrast_outside_of_cells_with_facts_is_not_explained() -> None:
    config = BackEndConfig(kind="pixels")
    sight = StillSpectra.fit(board(), config, 0, "cpu", PerceptionConfig())
    frame = board()
    frame[0, 15:17, 0:12] = 200  # beside the core of cell (1, 0)
    found = sight.symbols(frame)
    assert Fact(sight.codebook.known[0], 1, 0) not in found.facts[0]
    # 2 x 12 pixels of contrast 170 beside 3 squares of 81 pixels of 170 and 2 of 60.
    own = 3 * 81 * 170**2 + 2 * 81 * 60**2
    more = 24 * 170**2
    assert found.explained[0] == pytest.approx(own / (own + more), abs=0.02)
