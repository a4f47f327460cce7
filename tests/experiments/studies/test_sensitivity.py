"""`dsrl study sensitivity`: its tasks, its table, and that it resumes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.studies import sensitivity
from dsrl_agent.experiments.studies.options import SensitivityOptions
from dsrl_agent.experiments.studies.scaling_back_ends import SightSettings
from dsrl_agent.experiments.studies.scaling_rungs import Rung
from dsrl_agent.experiments.studies.sensitivity import SensitivityTask, results_table, study
from dsrl_agent.experiments.studies.setting_variants import USUAL, SettingVariant

FEWER = SettingVariant("perception.max_types", 32, 16)
MORE = SettingVariant("perception.max_types", 32, 64)
REFUSED = SettingVariant("perception.explained", 0.9, 1.8, "Too much.")


def record(
    variant: SettingVariant, rung: str, exact: float, seconds: float = 2.0
) -> dict[str, Any]:
    of = {"setting": variant.setting, "value": variant.value, "rung": rung}
    return {**of, "exact": exact, "seconds": seconds}


def test_settings_that_change_what_is_seen_are_marked() -> None:
    records = [
        *(record(USUAL, "2 types", exact) for exact in (1.0, 0.9)),
        record(USUAL, "overlap", 0.5, 4.0),
        record(FEWER, "2 types", 0.95, 6.0),
        record(FEWER, "overlap", 0.25, 1.0),
        record(MORE, "2 types", 0.955),
    ]
    table = results_table(records, [FEWER, MORE, REFUSED], 0.01)
    assert list(table.head[3:5]) == ["2 types", "overlap"]
    # Means over seeds: .95 and .5; their seconds 2 + 4.
    assert table.rows == [
        ["as they are", "", "", "0.950", "0.500", "6.0", ""],
        ["perception.max_types", "32", "16", "0.950 (+0.000)", "0.250 (-0.250)", "7.0", "yes"],
        ["perception.max_types", "32", "64", "0.955 (+0.005)", "-", "2.0", ""],
        ["perception.explained", "0.9", "1.8", "refused", "refused", "-", ""],
    ]


def test_a_task_is_described_by_what_decides_it() -> None:
    task = SensitivityTask("perception.max_types", 16, "2 types", 7, 640, "cells")
    assert task.key == "perception.max_types-16-2_types-7"
    assert SensitivityTask("", None, "2 types", 7, 640, "cells").key == "usual-2_types-7"
    assert json.loads(json.dumps(task.described())) == task.described()


class Fits:
    """Stands in for `measure_rung`: keeps the most types of each fit."""

    def __init__(self) -> None:
        self.most: list[tuple[int, int]] = []
        self.stopped = 3  # the number of the fit that is interrupted

    def __call__(
        self, rung: Rung, name: str, settings: SightSettings, seed: int, *_: object
    ) -> Iterator[dict[str, Any]]:
        self.most.append((settings.perception.max_types, seed))
        if len(self.most) == self.stopped:
            raise KeyboardInterrupt
        exact = 1.0 if settings.perception.max_types > 20 else 0.5
        yield {"rung": name, "exact": exact, "seconds": 1.0}


def test_a_stopped_study_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fits, out = Fits(), tmp_path / "run"
    monkeypatch.setattr(sensitivity, "measure_rung", fits)
    options = SensitivityOptions("perception.max_types", ["2 types"], seeds=2, out=str(out))
    with pytest.raises(KeyboardInterrupt):
        study(options)
    printed = study(SensitivityOptions(resume=str(out)))
    expected = [(most, seed) for most in (32, 16, 64) for seed in (2000, 2001)]
    assert sorted(set(fits.most)) == sorted(expected)
    assert len(fits.most) == 7  # the one that was cut off ran again
    assert "| perception.max_types | 32 | 16 | 0.500 (-0.500) | 1.0 | yes |" in printed
    assert "| perception.max_types | 32 | 64 | 1.000 (+0.000) | 1.0 |  |" in printed
    assert printed.split("\n\n")[1] in (out / "README.md").read_text()


def test_what_cannot_be_run_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    for options, message in (
        (SensitivityOptions("perception.sight", out=out), "no setting that is a number"),
        (SensitivityOptions(rungs=["2 typs"], out=out), "rungs has '2 typs'; did you mean 2 types"),
        (SensitivityOptions(sight="cels", out=out), "perception.sight is 'cels'"),
        (
            SensitivityOptions(rungs=["still: 5 px"], sight="cells", out=out),
            "rungs has 'still: 5 px', but cells learns no still pictures",
        ),
    ):
        with pytest.raises(ConfigError, match=message):
            study(options)
    assert not Path(out).exists()
