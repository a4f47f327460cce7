"""Facts of a map of types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dsrl_agent.symbols.facts import facts_of
from dsrl_agent.types import Fact


@pytest.mark.parametrize(
    ("types", "facts"),
    [
        ([[1, 0], [2, 2]], ((1, 0, 0), (2, 1, 0), (2, 1, 1))),  # Table 1.1, counted from 0
        ([[2, 0], [0, 1]], ((1, 1, 1), (2, 0, 0))),
        ([[0, 0, 0]], ()),
    ],
)
def test_facts_are_sorted(types: list[list[int]], facts: Any) -> None:
    found = facts_of(np.array(types))
    assert found == tuple(Fact(*fact) for fact in facts)
    assert all(type(part) is int for fact in found for part in fact)
