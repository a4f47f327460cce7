"""Mutated checkpoints: the same agent, or refused; nothing else. 5,000 are for the script."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.mutations import outcomes, saved_agent

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(("front_end", "seed"), [("rules", 10), ("relational", 11)])
def test_a_mutated_checkpoint_gives_the_same_agent_or_is_refused(
    tmp_path: Path, front_end: str, seed: int
) -> None:
    saved_agent(tmp_path / "saved", front_end)
    found = list(outcomes(tmp_path / "saved", tmp_path, 100, seed))
    assert [each for each in found if each.fault] == []
    kinds = Counter(each.kind for each in found)
    assert kinds["refused"] > 40
    assert kinds["other"] > 10  # signed anew, so that it was read
