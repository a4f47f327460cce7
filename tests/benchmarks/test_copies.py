"""Readings of changed copies of an agent's frames, judged against the truth."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import copies
from benchmarks.changed_pictures import Copy, Scene
from benchmarks.copies import judge, measure
from dsrl_agent.types import UNKNOWN, Fact

NAMES = {1: "agent", 2: "cross"}
TRUE = {(2, 1): "agent", (2, 3): "cross"}
RIGHT = (Fact(1, 0, 0), Fact(2, 0, 2))
"""Counted from the first row and column that hold something."""


@pytest.mark.parametrize(
    ("facts", "right", "open_to"),
    [
        (RIGHT, True, True),
        ((Fact(1, 5, 5), Fact(2, 5, 7)), True, True),
        ((Fact(1, 0, 0), Fact(UNKNOWN, 0, 2)), False, True),  # what is wrong has no type
        ((Fact(1, 0, 0), Fact(7, 0, 2)), False, True),  # a type that no frame had
        (RIGHT[:1], False, False),
        ((*RIGHT, Fact(2, 1, 1)), False, False),
        ((*RIGHT, Fact(UNKNOWN, 1, 1)), False, True),
        ((Fact(2, 0, 0), Fact(1, 0, 2)), False, False),
    ],
)
def test_facts_are_right_or_open_or_wrong(
    facts: tuple[Fact, ...], right: bool, open_to: bool
) -> None:
    assert judge(facts, TRUE, NAMES) == (right, open_to)


@pytest.mark.parametrize(
    ("facts", "remarks", "verdict"),
    [
        (RIGHT, (), "exact"),
        (RIGHT, ("it was enlarged",), "exact"),
        (RIGHT, ("warning: no",), "needless"),
        (RIGHT[:1], ("warning: no",), "told"),
        (RIGHT[:1], (), "silent"),
        ((Fact(1, 0, 0), Fact(UNKNOWN, 0, 2)), (), "told"),
    ],
)
def test_a_reading_is_counted(
    facts: tuple[Fact, ...],
    remarks: tuple[str, ...],
    verdict: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    stills = SimpleNamespace(most_pixels=64)
    agent = SimpleNamespace(
        config=SimpleNamespace(perception=SimpleNamespace(stills=stills)),
        perception=SimpleNamespace(facts=lambda _: [facts]),
    )
    own = SimpleNamespace(agent=agent, names=NAMES, scene=lambda _: Scene(frame, TRUE, (4, 4)))
    monkeypatch.setattr(copies, "reader", lambda *_: own)
    monkeypatch.setattr(copies, "CHANGES", {"none": lambda own, _: Copy(own.picture, own.truth)})
    monkeypatch.setattr(copies, "fitted", lambda *_: SimpleNamespace(frame=frame, remarks=remarks))
    record = measure(1, 0, "none", tmp_path)
    assert record is not None
    assert record["verdict"] == verdict
    assert measure(1, 0, "something else", tmp_path) is None
