"""The gallery of worlds that nobody here wrote."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gallery import ROOT, WORLDS, Piece, file_of, learned, page_of
from dsrl_agent.experiments.plan.suite_files import read_suite


@pytest.fixture(scope="module")
def piece() -> Piece:
    return learned(read_suite("others"), "FrozenLake 4x4", episodes=2)


def test_a_world_is_learned_seen_and_described(piece: Piece) -> None:
    assert piece.report.returns.tolist() == [1.0, 1.0]
    plain = np.asarray(piece.picture)
    assert min(plain.shape[:2]) > 100
    assert any("the agent; actions move it" in line for line in piece.beliefs)
    assert any("the episode ends" in line for line in piece.beliefs)


def test_the_page_shows_and_says_it(piece: Piece) -> None:
    page = page_of([piece])
    assert "## FrozenLake 4x4\n" in page
    assert "400 steps; mean return of 2 episodes afterwards: 1.00." in page
    assert "(gallery/frozenlake_4x4.png)" in page
    assert page.count("\n- ") == len(piece.beliefs)


def test_the_committed_page_has_every_world_and_its_picture() -> None:
    docs = Path(ROOT / "docs")
    page = (docs / "gallery.md").read_text(encoding="utf-8")
    assert re.findall("^## (.*)$", page, re.MULTILINE) == list(WORLDS)
    for name in WORLDS:
        assert (docs / "gallery" / file_of(name)).is_file()
