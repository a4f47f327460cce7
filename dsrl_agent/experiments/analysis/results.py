"""Raw results: JSON lines, a header for each run and then its rows; read by the report alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dsrl_agent.errors import CheckpointError
from dsrl_agent.types import Floats

FORMAT = 1
HOME = ("fast", "quick")
"""The suites that answer the main question; where both were run, the first."""
_ORDER = ("dsrl", "dqn", "qrdqn", "ppo", "facts", "oracle", "random")
_EPISODES = ("returns", "positives", "good", "bad")


@dataclass(frozen=True)
class Measured:
    """A measurement of one run at one mark in one world.

    Attributes:
        suite: The suite.
        contestant: The contestant's name.
        kind: Its kind.
        train: The world it began in.
        then: The world after the change, or an empty text.
        changed_at: The step of the change, or 0.
        world: The world it was learning in when it was measured.
        test: The world it was measured in.
        seed: The run's seed.
        steps: Steps of the environment that it had taken.
        row: All that was written down.
    """

    suite: str
    contestant: str
    kind: str
    train: str
    then: str
    changed_at: int
    world: str
    test: str
    seed: int
    steps: int
    row: Mapping[str, Any]

    @property
    def score(self) -> float:
        """Return of all episodes over the number of positive objects in them."""
        return _ratio(self._sum("returns"), self._sum("positives"))

    @property
    def collected(self) -> float:
        """Share of all positive objects that were touched."""
        return _ratio(self._sum("good"), self._sum("positives"))

    @property
    def positive_share(self) -> float:
        """Positives among the objects touched."""
        good = self._sum("good")
        return _ratio(good, good + self._sum("bad"))

    @property
    def mean_return(self) -> float:
        """Mean return of an episode."""
        return self._sum("returns") / len(self.row["returns"])

    def _sum(self, name: str) -> float:
        return float(np.sum(self.row[name]))


@dataclass(frozen=True)
class Training:
    """What happened in the episodes of one run's training, `[N]` each."""

    suite: str
    contestant: str
    train: str
    seed: int
    returns: Floats
    good: Floats
    bad: Floats


@dataclass(frozen=True)
class Film:
    """One episode, to be drawn again from its seed and actions."""

    suite: str
    contestant: str
    test: str
    env: Mapping[str, Any]
    steps: int
    episode_seed: int
    acts: Sequence[int]


@dataclass(frozen=True)
class Results:
    """Everything that was read.

    Attributes:
        headers: One of each run: what decided it, versions, wall time.
        measured: All measurements.
        training: Training episodes, of the runs that noted them down.
        films: Episodes to show.
        cannot: Measurements that are impossible: (suite, contestant, test).
    """

    headers: tuple[Mapping[str, Any], ...]
    measured: tuple[Measured, ...]
    training: tuple[Training, ...]
    films: tuple[Film, ...]
    cannot: tuple[tuple[str, str, str], ...]

    def of(self, suite: str) -> tuple[Measured, ...]:
        """Return the measurements of a suite."""
        return tuple(one for one in self.measured if one.suite == suite)

    def home(self, world: str = "mixed") -> tuple[Measured, ...]:
        """Return what the main question is answered by: those trained in the mixed random world.

        They are of the suite `fast`; where it was not run, of `quick`, which asks the same.
        """
        return tuple(one for one in self.of(self.home_suite()) if one.train == world)

    def home_suite(self) -> str:
        """Return the suite that `home` is of, or an empty text."""
        return next((suite for suite in HOME if self.of(suite)), "")

    def headers_of(self, suite: str) -> list[Mapping[str, Any]]:
        """Return the headers of a suite's runs."""
        return [head for head in self.headers if head["task"]["suite"] == suite]

    def suites(self) -> list[str]:
        """Return the names of the suites, in the order in which they were read."""
        return list(dict.fromkeys(header["task"]["suite"] for header in self.headers))


def to_lines(header: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return one run as lines."""
    first = {"kind": "run", "format": FORMAT, **header}
    return b"".join(
        json.dumps(row, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        for row in (first, *rows)
    )


def read_results(paths: Sequence[Path]) -> Results:
    """Read results from files of lines, or from folders of a benchmark.

    Raises:
        CheckpointError: A path holds no results, those of another version, or a run twice.
    """
    headers: list[Mapping[str, Any]] = []
    measured: list[Measured] = []
    training: list[Training] = []
    films: list[Film] = []
    cannot: list[tuple[str, str, str]] = []
    task: Mapping[str, Any] = {}
    seen: dict[tuple[Any, ...], Path] = {}
    for file, number, row in _runs_in_order(paths):
        try:
            if row["kind"] == "run":
                task = _header(row)
                _require_new(task, file, seen)
                headers.append(row)
            elif row["kind"] == "measure":
                measured.append(_measured(task, row))
            elif row["kind"] == "training":
                training.append(_training(task, row))
            elif row["kind"] == "film":
                films.append(_film(task, row))
            elif row["kind"] == "cannot":
                cannot.append((task["suite"], task["contestant"]["name"], row["test"]))
        except (KeyError, TypeError) as error:
            raise CheckpointError(
                f"Line {number} of {file} is no line of results ({error!r}); they were written "
                "by another version, or damaged: run the benchmark again."
            ) from error
    unique = tuple(dict.fromkeys(cannot))
    return Results(tuple(headers), tuple(measured), tuple(training), tuple(films), unique)


def _runs_in_order(paths: Sequence[Path]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Yield the rows of all runs: those of the agent first, those who do not learn last."""
    runs: list[list[tuple[Path, int, dict[str, Any]]]] = []
    for file in files_of(paths):
        for number, row in _rows(file):
            if row["kind"] == "run" or not runs:
                runs.append([])
            runs[-1].append((file, number, row))
    for run in sorted(runs, key=lambda run: _rank(run[0][2])):
        yield from run


def _rank(header: Mapping[str, Any]) -> int:
    kind = header.get("task", {}).get("contestant", {}).get("kind")
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files of results that paths stand for.

    Raises:
        CheckpointError: A path holds none.
    """
    files: list[Path] = []
    for path in paths:
        found = [path] if path.is_file() else sorted((path / "runs").glob("*.jsonl"))
        if not found:
            raise CheckpointError(
                f"{path} holds no results of a benchmark; give a folder that `dsrl benchmark "
                "--suite` made, or a file of its results."
            )
        files += found
    return files


def _rows(file: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise CheckpointError(f"Line {number} of {file} is no JSON ({error}).") from error
        if not isinstance(row, dict) or "kind" not in row:
            raise CheckpointError(
                f"Line {number} of {file} is no line of results: it has no `kind`."
            )
        if number == 1 and row.get("format") != FORMAT:
            raise CheckpointError(
                f"{file} is of format {row.get('format')!r}, but this version reads format "
                f"{FORMAT}; run the benchmark again, or use the version that wrote it."
            )
        yield number, row


def _header(row: Mapping[str, Any]) -> Mapping[str, Any]:
    task: Mapping[str, Any] = row["task"]
    return task


def _require_new(task: Mapping[str, Any], file: Path, seen: dict[tuple[Any, ...], Path]) -> None:
    """Refuse a run that was read before: twice the same seed would count as two."""
    change = (task["then"] or {}).get("world")
    key = (task["suite"], task["contestant"]["name"], task["train"], change, task["seed"])
    if key in seen:
        name, train, seed = key[1], key[2], key[4]
        raise CheckpointError(
            f"{file} holds the run of {name!r} in {train!r} with seed {seed}, which {seen[key]} "
            "holds too; name only one of them."
        )
    seen[key] = file


def _measured(task: Mapping[str, Any], row: Mapping[str, Any]) -> Measured:
    for name in _EPISODES:
        row[name]  # a missing one is an error now, not in the report
    return Measured(
        task["suite"],
        task["contestant"]["name"],
        task["contestant"]["kind"],
        task["train"],
        (task["then"] or {}).get("world", ""),
        (task["then"] or {}).get("at", 0),
        row["in"],
        row["test"],
        task["seed"],
        row["steps"],
        row,
    )


def _training(task: Mapping[str, Any], row: Mapping[str, Any]) -> Training:
    figures = (np.array(row[name], np.float64) for name in ("returns", "good", "bad"))
    name = task["contestant"]["name"]
    return Training(task["suite"], name, task["train"], task["seed"], *figures)


def _film(task: Mapping[str, Any], row: Mapping[str, Any]) -> Film:
    return Film(
        task["suite"],
        task["contestant"]["name"],
        row["test"],
        task["worlds"][row["test"]],
        row["steps"],
        row["episode_seed"],
        row["acts"],
    )


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")
