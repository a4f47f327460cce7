"""Write beliefs and reasons for JSON."""

from __future__ import annotations

import pytest
from tables import AGENT, BAD, GOOD, NEAR, RIGHT, SELF, written

from dsrl_agent.explain.as_json import beliefs_as_json, plain
from dsrl_agent.explain.beliefs.beliefs import beliefs
from dsrl_agent.explain.reasons.reasons import reasons


def test_beliefs_and_reasons_are_plain_data() -> None:
    scene = tuple(sorted((AGENT, NEAR)))
    data = plain(reasons(written(), scene, [SELF, GOOD, BAD]))
    assert data["facts"][1] == {"type": GOOD, "row": 5, "col": 6}
    assert data["parts"] == [
        {
            "fact": {"type": GOOD, "row": 5, "col": 6},
            "d_row": 0,
            "d_col": 1,
            "values": [0.0, 1.0, 0.0, 0.0],
        }
    ]
    assert data["greedy"] == [RIGHT]
    assert data["named"]["objects"] == [{"type": GOOD, "row": 5, "col": 6}]
    assert data["course"]["touches"][0]["reward"] == 1.0
    believed = beliefs_as_json(beliefs(written(), [SELF, GOOD]))
    assert believed["types"][0]["contact"]["confidence"] == pytest.approx(0.05**0.5)
    assert believed["table"] == {"entries": 4, "value_bytes": 128}
