"""Raw results of runs as a test wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsrl_agent.experiments.analysis.results import to_lines

WORLDS = {"mixed": {"id": "shapes_grid:ShapesGrid-v0", "kwargs": {}}}
DQN = {"kind": "dqn", "settings": {}}
AGENT = {"kind": "dsrl", "settings": {"front_end": {"kind": "relational"}}}


def lines(
    suite: str,
    name: str,
    who: Mapping[str, Any],
    seed: int,
    scores: Mapping[int, int],
    *,
    test: str = "mixed",
    more: Iterable[Mapping[str, Any]] = (),
) -> bytes:
    """Return one run whose episodes have ten positives each, and return so many of them."""
    header = {
        "task": {
            "suite": suite, "contestant": {"name": name, **who}, "train": "mixed", "seed": seed,
            "then": None, "worlds": WORLDS,
        },
        "question": "How?", "versions": {"numpy": "2"}, "git": None, "seconds": 1.0,
    }  # fmt: skip
    rows = [
        {
            "kind": "measure", "test": test, "in": "mixed", "steps": steps, "returns": [score],
            "positives": [10], "good": [score], "bad": [0], "lengths": [9], "cpu_seconds": 2.0,
            "wall_seconds": 3.0, "decision_ms": 1.0, "size_bytes": 4, "peak_mib": 5.0,
        }
        for steps, score in scores.items()
    ]  # fmt: skip
    return to_lines(header, [*rows, *more])
