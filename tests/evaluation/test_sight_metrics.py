"""Measures of sight against the ground truth, counted by hand."""

from __future__ import annotations

import pytest
from boards import truth_of
from numpy.testing import assert_allclose

from dsrl_agent.evaluation.sight_metrics import (
    exact_share,
    on_true_grid,
    score_naming,
    score_sight,
)
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Fact, Facts

WORLD = {"cell": 10, "border": (2, 0, 0, 3)}
GRID = Grid((10, 10), (2, 3), (2, 3), (22, 33))


TRUTHS = [truth_of("ox. .+."), truth_of("..x +.o")]
RIGHT: list[Facts] = [
    (Fact(1, 0, 0), Fact(2, 0, 1), Fact(3, 1, 1)),
    (Fact(1, 1, 2), Fact(2, 0, 2), Fact(3, 1, 0)),
]


def test_facts_equal_to_the_truth_score_full() -> None:
    figures = score_sight(RIGHT, TRUTHS, GRID, WORLD)
    full = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 1.0)
    assert figures == {**full, "location_error": 0.0, "types_found": 3, "types_true": 3}


def test_missed_invented_and_mistaken_objects_are_counted() -> None:
    # One of six objects is missed, one invented, and one circle taken for a cross.
    seen = [RIGHT[0][1:], (Fact(2, 1, 2), *RIGHT[1][1:], Fact(1, 0, 0))]
    figures = score_sight(seen, TRUTHS, GRID, WORLD)
    named = ("precision", "recall", "f1", "exact", "types_found")
    assert_allclose([figures[name] for name in named], [5 / 6, 5 / 6, 5 / 6, 0.0, 3])
    # Pairs of the five right ones: 2 agree where 4 x 2 / 10 would by chance and 3 could.
    assert figures["ari"] == pytest.approx((2 - 0.8) / (3 - 0.8))


def test_the_error_of_a_shifted_grid_is_measured_in_pixels() -> None:
    figures = score_sight(RIGHT, TRUTHS, Grid((10, 10), (5, -1), (2, 3), (22, 33)), WORLD)
    assert figures["location_error"] == pytest.approx(5.0)  # 3 down, 4 to the left
    assert figures["f1"] == 1.0


def test_two_facts_in_one_true_cell_are_one_right_and_one_wrong() -> None:
    figures = score_sight([RIGHT[0], ()], TRUTHS, Grid((5, 10), (2, 3), (4, 3), (22, 33)), WORLD)
    # Half cells: the rows of facts 0 and 1 are both in the true row 0, which holds two things.
    assert (figures["precision"], figures["recall"]) == (2 / 3, 2 / 6)


def test_rows_and_columns_are_counted_on_the_true_grid() -> None:
    further = Grid((10, 10), (12, 13), (1, 2), (22, 33))
    assert on_true_grid([(Fact(1, 0, 1),)], further, WORLD) == [(Fact(1, 1, 2),)]


def facts_of(row: str) -> Facts:
    """Read facts of one row, under numbers of their own; `2` is two facts of x in one cell."""
    types = {"+": [4], "x": [7], "o": [9], "?": [11], "2": [7, 7]}
    return tuple(Fact(t, 0, col) for col, c in enumerate(row) for t in types.get(c, []))


TRUE = ["o.+x", "+x.o", "x+oo", "o..+"]


@pytest.mark.parametrize(
    ("seen", "share"),
    [
        (["o.+x", "+x.o", "x+oo", "o..+"], 1.0),  # by any names
        (["x.+o", "+o.x", "o+xx", "x..+"], 1.0),  # crosses and circles renamed throughout
        (["x.+o", "+x.o", "x+oo", "o..+"], 0.75),  # and in one frame alone
        ([".o+x", "+x.o", "x+oo", "o..+"], 0.75),  # at another place
        (["o.+x", "+xo.", "+xoo", "o..+"], 0.5),
        (["o.+.", "+x.o", "x+oo", ".o.."], 0.5),  # missed
        (["oo+x", "+x.o", "x+oo", "o..+"], 0.75),  # invented
        (["o?+x", "+x.o", "x+oo", "o..+"], 0.75),  # of a type that nothing is
        (["o.+2", "+x.o", "x+oo", "o..+"], 0.75),  # twice in a cell
        (["o.+o", "+o.o", "o+oo", "o..+"], 0.25),  # one type for circles and crosses
        (["o.+x", "+x.?", "x+o?", "?..+"], 0.5),  # two types for circles: ? has 3, o 2
        (["....", "....", "....", "...."], 0.0),
    ],
)
def test_the_share_of_frames_seen_exactly(seen: list[str], share: float) -> None:
    assert exact_share([facts_of(row) for row in seen], [truth_of(row) for row in TRUE]) == share


def test_an_empty_frame_is_seen_exactly_where_nothing_is_seen() -> None:
    assert exact_share([(), facts_of("o")], [truth_of("."), truth_of(".")]) == 0.5


def naming(*seen: str) -> dict[str, float]:
    return score_naming([facts_of(row) for row in seen], [truth_of(row) for row in TRUE])


def test_split_types_are_forgiven_and_merged_ones_are_not() -> None:
    right = naming("o.+x", "+x.o", "x+oo", "o..+")
    assert right == {"lenient_exact": 1.0, "types_share": 1.0, "agent_exact": 1.0}
    # Circles have two types, of which ? has 3 of 5; so circles have a type of their own.
    assert naming("o.+x", "+x.?", "x+o?", "?..+") == right
    # One type for 5 circles and 3 crosses: of its facts, most are circles.
    merged = naming("o.+o", "+o.o", "o+oo", "o..+")
    assert merged == {"lenient_exact": 0.25, "types_share": 2 / 3, "agent_exact": 1.0}


def test_a_type_of_less_than_most_objects_is_no_type_of_its_own() -> None:
    # Circles have 2 of 5 facts, the others are missed.
    assert naming("o.+x", "+x.o", "x+..", "...+")["types_share"] == 2 / 3


def test_the_agent_stands_in_its_cell_alone() -> None:
    assert naming("o.+x", "+x.o", "x.oo", "o.++")["agent_exact"] == 0.5  # missed; twice
    assert "agent_exact" not in score_naming([facts_of("o")], [truth_of("o")])
    assert score_naming([()], [truth_of(".")]) == {"lenient_exact": 1.0, "types_share": 0.0}


def test_cells_need_not_be_square() -> None:
    world = {"cell": (10, 12.5), "border": (2, 0, 0, 3)}
    grid = Grid((10, 13), (2, 3), (2, 3), (22, 42))
    figures = score_sight(RIGHT, TRUTHS, grid, world)
    assert figures["exact"] == figures["f1"] == 1.0
    # Middles are .25, .75 and 1.25 pixels off in columns 0, 1 and 2; each holds 2 of 6 objects.
    assert figures["location_error"] == pytest.approx(0.75)
    assert on_true_grid([(Fact(1, 1, 2),)], grid, world) == [(Fact(1, 1, 2),)]
