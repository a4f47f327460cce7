"""Write and read raw results: JSON lines, a header for each run and then its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dsrl_agent.errors import CheckpointError
from dsrl_agent.experiments.analysis.checked import require_header, require_row
from dsrl_agent.experiments.plan.report_rules import ClaimName, ReportRules
from dsrl_agent.experiments.plan.suite import current_kind, with_current_names
from dsrl_agent.experiments.plan.suite_files import FOLDER, read_report_rules
from dsrl_agent.records.reading import parsed_json, read_fitting
from dsrl_agent.types import Floats

FORMAT = 1
DO_NOT_LEARN = ("random", "oracle")
"""Kinds of contestants that do not learn."""
_ORDER = ("agent", "dqn", "qrdqn", "ppo", "agent_on_true_facts", "oracle", "random")
_ROUNDED = 1e-6  # returns are rounded so in the files
_Kind = TypeVar("_Kind", "Measured", "Training", "Film")


@dataclass(frozen=True, kw_only=True)
class RunCondition:
    """Group runs for comparison by suite, contestant, its kind, worlds and number of steps."""

    suite: str
    contestant: str
    kind: str
    train: str  # the world in which training began
    then: str  # the world after the change, or an empty text
    test: str  # the world in which the contestant was measured
    steps: int  # steps of the environment taken in training

    @property
    def learns(self) -> bool:
        """Whether the contestant learns."""
        return self.kind not in DO_NOT_LEARN

    @property
    def condition(self) -> dict[str, Any]:
        """Return the fields above by name."""
        return {name: getattr(self, name) for name in RunCondition.__dataclass_fields__}


@dataclass(frozen=True, kw_only=True)
class Measured(RunCondition):
    """A measurement of one run at one mark in one world."""

    changed_at: int  # step of the change, or 0
    world: str  # the world in which the contestant learned at the time of the measurement
    seed: int
    row: Mapping[str, Any]  # the measurement as it stands in the file
    solved: float | None = None  # an episode is solved if its return is at least this

    @property
    def score(self) -> float:
        """Return of all episodes, divided by the number of positive objects in them."""
        return _ratio(self._sum("returns"), self._sum("positives"))

    @property
    def collected(self) -> float:
        """Share of all positive objects that were touched, from 0 to 1."""
        return _ratio(self._sum("good"), self._sum("positives"))

    @property
    def positive_share(self) -> float:
        """Share of positives among the objects touched, from 0 to 1; NaN if none was touched."""
        good = self._sum("good")
        return _ratio(good, good + self._sum("bad"))

    @property
    def mean_return(self) -> float:
        """Mean return of an episode."""
        return self._sum("returns") / len(self.row["returns"])

    @property
    def success(self) -> float:
        """Share of episodes that were solved; NaN where only the return counts."""
        if self.solved is None:
            return float("nan")
        return float((np.array(self.row["returns"]) >= self.solved - _ROUNDED).mean())

    def _sum(self, name: str) -> float:
        """Return a sum over episodes; NaN where the environment told nothing of that kind."""
        return float(np.sum(np.array(self.row[name], np.float64)))


@dataclass(frozen=True, kw_only=True)
class Training:
    """Returns and touched objects of all episodes of one run's training, `[N]` each."""

    suite: str
    contestant: str
    train: str
    seed: int
    returns: Floats
    good: Floats
    bad: Floats


@dataclass(frozen=True, kw_only=True)
class Film:
    """One episode, to be replayed from its seed and actions."""

    suite: str
    contestant: str
    test: str
    env: Mapping[str, Any]
    steps: int
    episode_seed: int
    acts: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Results:
    """All results that were read."""

    headers: Sequence[Mapping[str, Any]]  # of each run: its task, library versions, wall time
    measured: Sequence[Measured]  # all measurements
    training: Sequence[Training]  # training episodes of the runs that recorded them
    films: Sequence[Film]  # episodes to show
    cannot: Sequence[tuple[str, str, str]]  # impossible measurements: (suite, contestant, test)
    rules: Mapping[str, ReportRules]  # how the report uses each suite

    def of(self, suite: str) -> list[Measured]:
        """Return the measurements of a suite."""
        return [one for one in self.measured if one.suite == suite]

    def evidence(self, claim: ClaimName) -> list[Measured]:
        """Return the measurements of all suites that are evidence for a claim."""
        return [one for one in self.measured if claim in self.rules[one.suite].claims]

    def main_suite(self) -> str:
        """Return the name of the suite that answers the main question, or an empty text.

        Of several suites with measurements it is that of the lowest `main_rank`.
        """
        measured = dict.fromkeys(one.suite for one in self.measured)
        answers = [suite for suite in measured if self.rules[suite].main_world]
        return min(answers, key=lambda suite: self.rules[suite].main_rank, default="")

    def main(self) -> list[Measured]:
        """Return the measurements of the main suite that began training in its main world."""
        suite = self.main_suite()
        return [x for x in self.of(suite) if x.train == self.rules[suite].main_world]

    def main_world(self) -> list[Measured]:
        """Return those measurements of `main` that were made in the main world itself."""
        return [one for one in self.main() if one.test == one.train]

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


def read_results(paths: Sequence[Path], suites: Path = FOLDER) -> Results:
    """Read results from files of lines, or folders of a benchmark; report rules from `suites`.

    Raises:
        ConfigError: The report rules of a suite break a rule of their own.
        CheckpointError: A path holds no results, those of another version, or a run twice.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in ("run", *_READERS)}
    task: Mapping[str, Any] = {}
    seen: dict[tuple[Any, ...], Path] = {}
    told: dict[tuple[str, str], bool] = {}
    for file, number, row in _runs_in_order(paths):
        try:
            if row["kind"] == "run":
                task = with_current_names(row["task"])
                require_header({**row, "task": task})
                _require_new(task, file, seen)
                found["run"].append({**row, "task": task})
            elif row["kind"] in _READERS:
                require_row(row)
                _require_told(task, row, told)
                found[row["kind"]].append(_READERS[row["kind"]](task, row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(
                f"Line {number} of {file} is no line of results ({_told(error)}); they were "
                "written by another version, or damaged: run the benchmark again."
            ) from error
    rules = {suite: read_report_rules(suite, suites) for suite in {key[0] for key in seen}}
    return Results(
        headers=found["run"],
        measured=found["measure"],
        training=found["training"],
        films=found["film"],
        cannot=list(dict.fromkeys(found["cannot"])),
        rules=rules,
    )


def _runs_in_order(paths: Sequence[Path]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Yield the rows of all runs, the agent first, contestants that do not learn last."""
    runs: list[list[tuple[Path, int, dict[str, Any]]]] = []
    for file in files_of(paths):
        for number, row in _rows(file):
            if row["kind"] == "run" or not runs:
                runs.append([])
            runs[-1].append((file, number, row))
    for run in sorted(runs, key=lambda run: _rank(run[0][2])):
        yield from run


def _rank(header: Mapping[str, Any]) -> int:
    try:
        kind = current_kind(header["task"]["contestant"]["kind"])
    except (KeyError, TypeError, AttributeError):  # no header; refused when it is read
        return len(_ORDER)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files of results of paths: a file itself, or the runs in a folder.

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
    try:
        lines = read_fitting(file).splitlines()
    except (ValueError, OSError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}; restore it.") from error
    for number, line in enumerate(lines, 1):
        try:
            row = parsed_json(line)
        except ValueError as error:
            raise CheckpointError(
                f"Line {number} of {file} is no JSON ({error}); it was damaged or cut off: take "
                "the line out, or run the benchmark again."
            ) from error
        if not isinstance(row, dict) or "kind" not in row:
            where = f"Line {number} of {file}"
            raise CheckpointError(
                f"{where} is no line of results: it has no `kind`; take the line out."
            )
        if number == 1 and row.get("format") != FORMAT:
            raise CheckpointError(
                f"{file} is of format {row.get('format')!r}, but this version reads format "
                f"{FORMAT}; run the benchmark again, or use the version that wrote it."
            )
        yield number, row


def _require_new(task: Mapping[str, Any], file: Path, seen: dict[tuple[Any, ...], Path]) -> None:
    """Refuse a run that was read before: the same seed would count twice."""
    name, train, seed = task["contestant"]["name"], task["train"], task["seed"]
    key = (task["suite"], name, train, (task["then"] or {}).get("world"), seed)
    if key in seen:
        raise CheckpointError(
            f"{file} holds the run of {name!r} in {train!r} with seed {seed}, which {seen[key]} "
            "holds too; name only one of them."
        )
    seen[key] = file


def _require_told(
    task: Mapping[str, Any], row: Mapping[str, Any], told: dict[tuple[str, str], bool]
) -> None:
    """Refuse a measurement without objects in a world of which another one has them."""
    if row["kind"] == "measure":
        world, tells = (task["suite"], row["test"]), row["positives"][0] is not None
        if told.setdefault(world, tells) != tells:
            raise ValueError(f"positives of {row['test']!r} are null in some rows, and not in all")


def _record(kind: type[_Kind], task: Mapping[str, Any], row: Mapping[str, Any]) -> _Kind:
    """Return a record whose fields are those of the run or, by their names, of the row."""
    change = task["then"] or {"world": "", "at": 0}
    run = {name: task[name] for name in ("suite", "train", "seed")}
    run |= {"contestant": task["contestant"]["name"], "kind": task["contestant"]["kind"]}
    run |= {"then": change["world"], "changed_at": change["at"]}
    given = {**row, **run}
    return kind(**{name: given[name] for name in kind.__dataclass_fields__})


def _measured(task: Mapping[str, Any], row: Mapping[str, Any]) -> Measured:
    solved = task["worlds"].get(row["test"], {}).get("solved")
    return _record(Measured, task, {**row, "world": row["in"], "row": row, "solved": solved})


def _training(task: Mapping[str, Any], row: Mapping[str, Any]) -> Training:
    columns = {name: np.array(row[name], np.float64) for name in ("returns", "good", "bad")}
    return _record(Training, task, columns)


def _film(task: Mapping[str, Any], row: Mapping[str, Any]) -> Film:
    return _record(Film, task, {**row, "env": task["worlds"][row["test"]]})


def _cannot(task: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, str, str]:
    return task["suite"], task["contestant"]["name"], row["test"]


_READERS = {"measure": _measured, "training": _training, "film": _film, "cannot": _cannot}


def _told(error: Exception) -> str:
    """Return what is wrong with a line."""
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")
