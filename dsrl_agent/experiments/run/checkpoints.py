"""Save an unfinished run of a learner, and restore it: rows, spent time and the learner."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.contestants.learners import Learner, Resumable
from dsrl_agent.experiments.plan.suite import with_current_names
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import replace, stale, storing
from dsrl_agent.records.reading import parsed_json, read_fitting

SECONDS = 600.0
"""Seconds of wall time between two checkpoints at least: a replay buffer takes seconds to write."""
_STATE = "state.json"

Row = dict[str, Any]
"""One line of results, JSON-able."""


class Kept(NamedTuple):
    """What a checkpoint holds beside the learner; for a run that begins, nothing."""

    rows: list[Row]  # the results up to there
    spent: dict[str, float]  # seconds by clock
    episodes: list[list[float]]  # those logged while learning, see `TrainingLog`


class RunCheckpoints:
    """The checkpoint folder of one run. Only a `Resumable` learner is ever saved there.

    The folder need not exist. The header holds what decides the run (`task`), and the start, the
    revision and the device of this session. Checkpoints are at least `seconds` of wall time apart,
    by default `SECONDS`.

    Raises:
        ConfigError, CheckpointError: As `stored_state`.
    """

    def __init__(
        self, folder: Path, header: Mapping[str, Any], seconds: float | None = None
    ) -> None:
        self._folder = folder
        self._header = dict(header)
        self._seconds = SECONDS if seconds is None else seconds
        self._start = self._last = time.monotonic()
        self._before = 0.0
        self._state = stored_state(folder, header["task"])

    def restore(self, learner: Learner, spent: dict[str, float]) -> Kept:
        """Load the last checkpoint, if there is one, into a learner that has taken no step.

        `spent` is returned as the seconds spent if there is none.

        Raises:
            CheckpointError: The checkpoint is damaged.
        """
        if self._state is None or not isinstance(learner, Resumable):
            return Kept([], spent, [])
        state, session = self._state, self._header
        _load(learner, self._folder / state["checkpoint"])
        self._before = state["header"]["seconds"]
        again = {name: session.get(name) for name in ("started", "git", "device")}
        resumed = [*state["header"].get("resumed", []), again]
        self._header = {**state["header"], "resumed": resumed}
        return Kept(state["rows"], state["spent"], state.get("episodes", []))

    def save(self, learner: Learner, made: Kept) -> None:
        """Write a checkpoint if the last one is old enough and the learner can be saved.

        Raises:
            StorageError: It cannot be written. The last one stays.
        """
        if not isinstance(learner, Resumable) or time.monotonic() - self._last < self._seconds:
            return
        name = f"at-{learner.steps}"
        state = {"header": self.header(), "checkpoint": name, **made._asdict()}
        with storing(self._folder):
            disk().remove(self._folder / name)
            learner.save(self._folder / name)
            replace(self._folder / _STATE, json.dumps(state).encode())
            for old in (*self._folder.glob("at-*"), *stale(self._folder / "*")):
                if old.name != name:
                    disk().remove(old)
        self._last = time.monotonic()

    def header(self) -> dict[str, Any]:
        """Return the header of the session that began the run, with all sessions' wall time."""
        seconds = self._before + time.monotonic() - self._start
        return {**self._header, "seconds": round(seconds, 1)}


def _load(learner: Resumable, checkpoint: Path) -> None:
    """Restore a learner, or say how to begin its run anew."""
    try:
        learner.load(checkpoint)
    except Exception as error:  # a file may hold anything
        raise CheckpointError(
            f"The checkpoint {checkpoint} of an unfinished run cannot be used ({error}); delete "
            f"{checkpoint.parent} to begin that run anew."
        ) from error


def stored_state(folder: Path, task: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the state of an unfinished run, or `None` if its folder holds none.

    Raises:
        ConfigError: The checkpoint is of a run with other settings.
        CheckpointError: It is of another version.
    """
    file = folder / _STATE
    if not file.is_file():
        return None
    try:
        state: dict[str, Any] = parsed_json(read_fitting(file))
    except ValueError as error:
        raise CheckpointError(
            f"{file} is damaged ({error}); delete its folder to begin that run anew."
        ) from error
    if "header" not in state:
        raise CheckpointError(
            f"{file} was written by another version; delete its folder to begin that run anew."
        )
    if with_current_names(state["header"]["task"]) != task:
        raise ConfigError(
            f"{folder} holds pieces of a run with other settings, and is not overwritten; name "
            "another folder by --out, or delete it to begin that run anew."
        )
    return state
