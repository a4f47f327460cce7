"""A small plan of a benchmark, as a test wants it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dsrl_agent.experiments.plan.suite import Suite
from dsrl_agent.experiments.plan.suite_files import read_suite

PLAN: dict[str, Any] = {
    "question": "Does it run?",
    "worlds": {
        "mixed": {"id": "shapes_grid:ShapesGrid-v0"},
        "swapped": {
            "id": "shapes_grid:ShapesGrid-v0",
            "kwargs": {"rewards": {"circle": 1.0, "cross": -1.0}},
        },
        "large": {
            "id": "shapes_grid:ShapesGrid-v0",
            "kwargs": {"rows": 6, "cols": 6, "objects": {"circle": 4, "cross": 4}},
        },
    },
    "contestants": {
        "learner": {"kind": "agent_on_true_facts", "settings": {"front_end": {"kind": "srl_cs"}}},
        "oracle": {"kind": "oracle"},
    },
    "runs": [
        {
            "contestants": ["learner"], "train": "mixed", "then": {"at": 60, "world": "swapped"},
            "marks": [30, 60, 90], "seeds": 2, "episodes": 3, "final_tests": ["large"],
        },
        {"contestants": ["oracle"], "train": ["mixed"], "marks": [0], "seeds": 1, "episodes": 3},
    ],
}  # fmt: skip


def suite(folder: Path, **changes: Any) -> Suite:
    """Write the plan, with these parts changed, into a folder, and read it as a suite."""
    (folder / "plan.yaml").write_text(yaml.safe_dump({**PLAN, **changes}))
    return read_suite("plan", folder)
