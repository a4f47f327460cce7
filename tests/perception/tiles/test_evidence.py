"""Evidence for tiles."""

from __future__ import annotations

from tile_worlds import walk

from dsrl_agent.perception.tiles.evidence import TileEvidence


def test_evidence_has_what_every_sight_needs() -> None:
    play = walk(steps=5)
    evidence = TileEvidence(play.transitions, play.footage, play.grid)
    assert evidence.transitions.actions.shape == (5,)
    assert evidence.grid.shape == (6, 6)
