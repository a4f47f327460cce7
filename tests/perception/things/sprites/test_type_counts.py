"""How many types the things of few still pictures may be of."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.perception.things.sprites.type_counts import TypeCounts, things_apart
from dsrl_agent.types import Frame

_SIDE, _BORDER = 12, 5
_BOARD = ("oxo", "xox", "oxo")


def _shape(kind: str) -> Frame:
    """Return a disc of 10 pixels, or a cross of 10, in a cell of 12."""
    down, right = np.mgrid[:_SIDE, :_SIDE] - (_SIDE - 1) / 2
    if kind == "o":
        inked = np.hypot(down, right) < 5
    else:
        inked = (np.minimum(np.abs(down), np.abs(right)) < 2) & (np.hypot(down, right) < 5.2)
    return np.asarray(255 * inked[..., None].repeat(3, axis=2), np.uint8)


def _board(lines: tuple[str, ...] = _BOARD) -> Frame:
    """Return a picture `[1, H, W, 3]` of discs and crosses on black."""
    rows = [np.concatenate([_shape(kind) for kind in line], axis=1) for line in lines]
    return np.pad(np.concatenate(rows), ((_BORDER, _BORDER), (_BORDER, _BORDER), (0, 0)))[None]


def _resized(picture: Frame, down: float, right: float, way: Image.Resampling) -> Frame:
    height, width = picture.shape[1:3]
    size = (round(width * right), round(height * down))
    return np.asarray(Image.fromarray(picture[0]).resize(size, way), np.uint8)[None]


def _types(sight: StillSight, picture: Frame) -> list[str]:
    """Return the board seen, in which the first type met is `o`, the next one `x`."""
    facts = sight.symbols(picture).facts[0]
    names: dict[int, str] = {}
    letters = "oxabcdefghi"
    rows: dict[int, str] = {}
    for fact in sorted(facts, key=lambda each: (each.row, each.col)):
        rows[fact.row] = rows.get(fact.row, "") + names.setdefault(fact.type, letters[len(names)])
    return list(rows.values())


def test_two_shapes_met_often_leave_no_other_number_of_types() -> None:
    sight = StillSight.fit(_board())
    assert sight.alternatives == ()
    assert _types(sight, _board()) == list(_BOARD)


def test_two_types_describe_nine_things_in_least_nats() -> None:
    config = PerceptionConfig()
    sight = StillSight.fit(_board(), config)
    fitter = things_apart(sight.cells.brought(_board()), sight.model)
    nats = TypeCounts.of(fitter).nats
    assert sorted(nats) == list(range(1, 10))
    assert nats[9] == 0.0  # nothing in common
    assert min(nats, key=lambda count: nats[count]) == 2


@pytest.mark.parametrize("way", [Image.Resampling.NEAREST, Image.Resampling.BOX])
@pytest.mark.parametrize("factor", [0.53, 0.79, 1.17, 1.37, 2.6])
@pytest.mark.parametrize("across", [1.0, 1.3])
def test_a_resampled_board_shows_the_same_facts_or_is_doubted(
    factor: float, across: float, way: Image.Resampling
) -> None:
    picture = _resized(_board(), factor, factor * across, way)
    sight = StillSight.fit(picture)
    same = _types(sight, picture) == list(_BOARD)
    seen = sight.symbols(picture)
    least = PerceptionConfig().stills.explained
    assert same or sight.alternatives or not seen.clear or seen.explained[0] < least


def test_a_number_near_to_the_best_is_an_alternative() -> None:
    nats = {5: -100.0, 4: -80.0, 6: -95.0, 3: -50.0, 7: -60.0}
    counts = TypeCounts(nats, dict.fromkeys(nats, 0.02))
    assert counts.alternatives(5, StillsThresholds()) == [4, 6]
    assert counts.alternatives(5, StillsThresholds(fewer_types=10.0, more_types=1.0)) == []
    differing = TypeCounts(nats, dict.fromkeys(nats, 0.05))
    assert differing.alternatives(5, StillsThresholds()) == [3, 4, 6]


def test_where_edges_are_misplaced_fewer_types_that_differ_little_are_alternatives() -> None:
    counts = TypeCounts({2: -300.0, 1: 0.0, 3: -200.0}, {2: 0.01, 1: 0.2, 3: 0.0})
    assert counts.alternatives(2, StillsThresholds(), possible=0.19) == []
    assert counts.alternatives(2, StillsThresholds(), possible=0.2) == [1]


def test_a_number_that_was_not_weighed_has_the_best_as_alternative() -> None:
    assert TypeCounts({2: -50.0, 1: -10.0}, {2: 0.0, 1: 0.1}).alternatives(
        3, StillsThresholds()
    ) == [2]
    assert TypeCounts({}, {}).alternatives(3, StillsThresholds()) == []
