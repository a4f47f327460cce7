"""Make raw results of runs from a few figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dsrl_agent.experiments.analysis.results import Results, read_results, to_lines

WORLDS = {"mixed": {"id": "shapes_grid:ShapesGrid-v0", "kwargs": {}}}
DQN = {"kind": "dqn", "settings": {}}
AGENT = {"kind": "agent", "settings": {"front_end": {"kind": "relational"}}}


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
    """Return one run, measured after each number of steps in an episode with ten positives.

    Args:
        suite: Name of the suite.
        name: Name of the contestant.
        who: Kind and settings of the contestant.
        seed: Seed of the run.
        scores: Positives collected, which are the return too, by number of steps.
        test: The world in which the contestant is measured.
        more: Further rows.
    """
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


def in_world(world: str, run: bytes) -> bytes:
    """Return a run with its world named otherwise."""
    return run.replace(b'"mixed"', f'"{world}"'.encode())


def read_runs(folder: Path, *runs: bytes) -> Results:
    """Write runs into a file of a folder and read them."""
    file = folder / "results.jsonl"
    file.write_bytes(b"".join(runs))
    return read_results([file])
