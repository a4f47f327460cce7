"""`dsrl study sensitivity`: halve and double each numeric setting, one at a time.

Each task learns a rung of the scaling study with one setting changed. The page tells which settings
change what is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config import AgentConfig
from dsrl_agent.config.reading import nearest
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite import key_of
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints
from dsrl_agent.experiments.run.engine import read_failures, run_tasks
from dsrl_agent.experiments.studies.options import SensitivityOptions
from dsrl_agent.experiments.studies.page import Page, opened_study, study_folder
from dsrl_agent.experiments.studies.scaling import read_rows
from dsrl_agent.experiments.studies.scaling_back_ends import SightSettings
from dsrl_agent.experiments.studies.scaling_measure import measure_rung
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILL_SIGHTS, STILLS, measure_stills
from dsrl_agent.experiments.studies.setting_variants import (
    USUAL,
    SettingVariant,
    changed,
    variants,
)
from dsrl_agent.perception.sight import sight_kind

_RUNGS = ("2 types", "noise .3", "random colours", "overlap")
_QUICK_RUNGS, _QUICK_FRAMES, _QUICK_VARIANTS = ("2 types",), 200, 4

Records = Sequence[Mapping[str, Any]]


class SensitivityTask(NamedTuple):
    """One fit to frames of random play with one setting changed."""

    setting: str  # its dotted name; an empty text changes nothing
    value: Any  # of the setting, in types of JSON
    rung: str
    seed: int
    frames: int
    sight: str

    @property
    def key(self) -> str:
        """A file name for the records."""
        value = f"{self.setting}-{self.value}" if self.setting else "usual"
        return key_of(f"{value}-{self.rung}-{self.seed}")

    @property
    def question(self) -> str:
        """The study's."""
        return "Which settings of sight matter?"

    def described(self) -> dict[str, Any]:
        """Return everything that decides the records."""
        return {"study": "sensitivity", **self._asdict()}

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        """Yield a record for each rung that is measured."""
        config = _usual(self.sight)
        if self.setting:
            config = changed(config, self.setting, self.value)
        settings = SightSettings(config.perception, config.back_end)
        of = {"kind": "sensitivity", **self._asdict()}
        if self.rung in STILLS:
            yield {**of, **measure_stills(self.rung, settings, self.seed, device)}
            return
        rung = RUNGS[self.rung]
        for record in measure_rung(rung, self.rung, settings, self.seed, self.frames, device):
            yield {**of, **record}


def study(options: SensitivityOptions) -> str:
    """Run the tasks that are not finished, and write the page; return what to print."""
    resumed, options = opened_study("sensitivity", options, ("seeds",), now=("jobs",))
    tried = _variants(options)
    tasks = _tasks(options, tried)
    with resumed or study_folder("sensitivity", options, options.first_seed) as folder:
        run_tasks(tasks, folder.path, jobs=options.jobs, title="fits")
        records = [row for file in _files(folder.path) for row in read_rows(file)]
        page = Page(folder, f"How much each setting of {options.group} matters")
        page.say(results_table(records, tried, options.noticeable))
        page.say(
            f"Shares of exact frames, means over {len({task.seed for task in tasks})} seeds from "
            f"{options.first_seed}; "
            f"in brackets the difference from the usual settings. A setting matters if the mean "
            f"differs by more than {options.noticeable:g} on any rung. A number that cannot be "
            "doubled because it is at most 1 has its distance from 1 halved. CPU-seconds are of "
            "the fits, summed over rungs."
        )
        failures = dict(read_failures(folder.path))
        if failures:
            page.say("Fits that ended in an error: " + "; ".join(map(": ".join, failures.items())))
        return page.write()


def results_table(
    records: Records, tried: Sequence[SettingVariant], noticeable: float = 0.01
) -> Table:
    """Return a table with a row for each value of a setting, those that matter marked."""
    rungs = list(dict.fromkeys(record["rung"] for record in records))
    usual = _figures(records, USUAL, rungs)
    rows = [["as they are", "", "", *(f"{share:.3f}" for share in usual.exact), usual.spent, ""]]
    for variant in tried:
        row = [variant.setting, str(variant.default), str(variant.value)]
        if variant.refused:
            rows.append([*row, *["refused"] * len(rungs), "-", ""])
            continue
        found = _figures(records, variant, rungs)
        differences = [share - than for share, than in zip(found.exact, usual.exact, strict=True)]
        pairs = zip(found.exact, differences, strict=True)
        cells = [f"{share:.3f} ({by:+.3f})" if np.isfinite(by) else "-" for share, by in pairs]
        matters = any(abs(by) > noticeable for by in differences)
        rows.append([*row, *cells, found.spent, "yes" if matters else ""])
    heads = ["setting", "default", "value", *rungs, "CPU-seconds", "matters"]
    return Table(heads, rows)


class _Figures(NamedTuple):
    exact: list[float]  # by rung; not a number where nothing was measured
    spent: str  # CPU-seconds of the fits


def _figures(records: Records, variant: SettingVariant, rungs: Sequence[str]) -> _Figures:
    own = [r for r in records if (r["setting"], r["value"]) == (variant.setting, variant.value)]
    exact, spent = [], 0.0
    for rung in rungs:
        shares = [record["exact"] for record in own if record["rung"] == rung]
        exact.append(float(np.mean(shares)) if shares else np.nan)
        seconds = [record["seconds"] for record in own if record["rung"] == rung in RUNGS]
        spent += float(np.mean(seconds)) if seconds else 0.0
    return _Figures(exact, f"{spent:.1f}")


def _usual(sight: str) -> AgentConfig:
    return changed(AgentConfig(), "perception.sight", sight)


def _variants(options: SensitivityOptions) -> list[SettingVariant]:
    usual = _usual(_sight(options))
    found = list(variants(usual, options.group, options.factor))
    if not found:
        raise ConfigError(f"group is {options.group!r}, but it has no setting that is a number.")
    return found[:_QUICK_VARIANTS] if options.quick else found


def _tasks(options: SensitivityOptions, tried: Sequence[SettingVariant]) -> list[SensitivityTask]:
    rungs = options.rungs or (_QUICK_RUNGS if options.quick else _RUNGS)
    known = [*RUNGS, *STILLS]
    for rung in rungs:
        if rung not in known:
            raise ConfigError(f"rungs has {rung!r}; {nearest(rung, known)}")
        if rung in STILLS and _sight(options) not in STILL_SIGHTS:
            raise ConfigError(
                f"rungs has {rung!r}, but {_sight(options)} learns no still pictures."
            )
    sight = _sight(options)
    sight_kind(sight)
    frames = _QUICK_FRAMES if options.quick else options.frames
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    return [
        SensitivityTask(variant.setting, variant.value, rung, seed, frames, sight)
        for variant in (USUAL, *tried)
        if not variant.refused
        for rung in rungs
        for seed in seeds
    ]


def _sight(options: SensitivityOptions) -> str:
    return options.sight or AgentConfig().perception.sight


def _files(path: Path) -> list[Path]:
    return sorted((path / "runs").glob("*.jsonl"))
