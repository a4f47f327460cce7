"""Readings of single pictures, judged against the truth."""

from __future__ import annotations

import pytest

from benchmarks import pictures
from benchmarks.pictures import BOARDS, Board, draw, judge, measure
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.types import UNKNOWN, Fact

TRUE = {(2, 1): "circle", (2, 3): "cross", (4, 1): "circle"}
"""From the first row and column that hold something: circles at [0, 0] and [2, 0]."""


@pytest.mark.parametrize(
    ("types", "right", "open_to"),
    [
        ((7, 9, 7), True, True),  # names are free
        ((7, 7, 7), False, False),  # two types merged
        ((7, 9, 8), False, False),  # one type split
        ((7, 9, UNKNOWN), False, True),  # what is wrong has no type
        ((7, 7, UNKNOWN), False, False),
    ],
)
def test_types_are_compared_one_to_one(
    types: tuple[int, int, int], right: bool, open_to: bool
) -> None:
    places = ((0, 0), (0, 2), (2, 0))
    facts = tuple(Fact(kind, *place) for kind, place in zip(types, places, strict=True))
    assert judge(facts, TRUE) == (right, open_to)


def test_things_missed_invented_or_elsewhere_are_wrong() -> None:
    facts = (Fact(7, 0, 0), Fact(9, 0, 2), Fact(7, 2, 0))
    assert judge(facts[:2], TRUE) == (False, False)
    assert judge((*facts, Fact(9, 1, 1)), TRUE) == (False, False)
    assert judge((*facts[:2], Fact(7, 1, 0)), TRUE) == (False, False)


def test_a_seed_draws_one_picture() -> None:
    board = draw(9601)
    assert board == draw(9601) == Board(9601, "all white", 15, (2.0, 2.0), "lanczos")
    frame, true = board.picture()
    assert frame.shape == (164, 164, 3)
    assert len(true) == 8
    assert {draw(seed).rung for seed in range(400)} == set(BOARDS)


def test_a_reading_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(9608, "all white", 8)
    record = measure(board, PerceptionConfig())
    assert (record["verdict"], record["pitch"], record["types"]) == ("exact", (8, 8), [2, 2])
    monkeypatch.setattr(pictures, "doubts", lambda *_: ["a doubt"])
    assert measure(board, PerceptionConfig())["verdict"] == "needless"
    monkeypatch.setattr(pictures, "judge", lambda *_: (False, False))
    assert measure(board, PerceptionConfig())["verdict"] == "told"
    monkeypatch.setattr(pictures, "doubts", lambda *_: [])
    assert measure(board, PerceptionConfig())["verdict"] == "silent"

    def broken(*_: object) -> StillSight:
        raise ValueError("attempt to get argmin of an empty sequence")

    monkeypatch.setattr(StillSight, "fit", broken)
    assert measure(board, PerceptionConfig())["verdict"] == "crash"
