"""Long runs in pieces: what was measured so far, and where training is taken up again."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from dsrl_agent.benchmark.learners import Learner
from dsrl_agent.records.files import replace

_SECONDS = 600.0  # between two checkpoints: a replay buffer takes seconds to write
_STATE = "state.json"


class Pieces:
    """The folder of an unfinished run of a contestant that can be saved.

    Args:
        folder: Where.
        seconds: Least wall time between two checkpoints.
    """

    def __init__(self, folder: Path, seconds: float = _SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds
        self._last = time.monotonic()

    def take_up(
        self, learner: Learner, spent: dict[str, float]
    ) -> tuple[list[dict[str, Any]], dict[str, float]]:
        """Bring a new learner to where the last checkpoint is; return rows and time until then."""
        file = self._folder / _STATE
        if not file.is_file() or not hasattr(learner, "load"):
            return [], spent
        state = json.loads(file.read_text(encoding="utf-8"))
        learner.load(self._folder / state["checkpoint"])
        return state["rows"], state["spent"]

    def put_down(
        self, learner: Learner, rows: list[dict[str, Any]], spent: dict[str, float]
    ) -> None:
        """Write a checkpoint if the last one is old enough and the learner can be saved."""
        if not hasattr(learner, "save") or time.monotonic() - self._last < self._seconds:
            return
        name = f"at-{learner.steps}"
        shutil.rmtree(self._folder / name, ignore_errors=True)
        learner.save(self._folder / name)
        state = {"checkpoint": name, "rows": rows, "spent": spent}
        replace(self._folder / _STATE, json.dumps(state).encode())
        for old in self._folder.glob("at-*"):
            if old.name != name:
                shutil.rmtree(old)
        self._last = time.monotonic()

    def remove(self) -> None:
        """Delete all: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)
