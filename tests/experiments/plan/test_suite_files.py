"""Suites: read from YAML, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plans import PLAN, suite

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite_files import FOLDER, read_suites, suite_names
from dsrl_agent.experiments.run.suites import require_runnable

CONFIGS = Path(__file__).parents[3] / "configs" / "benchmark"


@pytest.mark.skipif(FOLDER == CONFIGS, reason="only an installed package has files of its own")
def test_the_suites_come_with_the_package() -> None:
    files = sorted(path.name for path in CONFIGS.glob("*.yaml"))
    assert sorted(path.name for path in FOLDER.glob("*.yaml")) == files
    for name in files:
        assert (FOLDER / name).read_bytes() == (CONFIGS / name).read_bytes()


def test_every_suite_of_the_repository_can_be_run() -> None:
    names = suite_names(CONFIGS)
    assert {"quick", "full", "fast", "transfer", "plastic", "robust", "explain", "cost"} <= set(
        names
    )
    for name in names:
        for one in read_suites(name, CONFIGS):
            require_runnable(list(one.tasks()))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"runs": [{**PLAN["runs"][1], "contestants": ["oracel"]}]},
         "'oracel' is no contestant of this suite; did you mean oracle?"),
        ({"runs": [{**PLAN["runs"][1], "train": "moon"}]}, "'moon' is no world of this suite"),
        ({"runs": [{**PLAN["runs"][1], "marks": [5, 5]}]}, "must be ascending"),
        ({"runs": [{**PLAN["runs"][1], "seed": 3}]}, r"runs\[0\].seed is no setting; did you mean"),
        ({"runs": [{**PLAN["runs"][0], "then": {"at": 7, "world": "mixed"}}]}, "then.at is 7"),
        ({"contestants": {"oracle": {"kind": "human"}}, "runs": []}, "of kind .human., but"),
        ({"runs": [PLAN["runs"][1], PLAN["runs"][1]]}, "holds the run oracle-mixed-1000 twice"),
        ({"runs": []}, "The suite 'plan' has no runs; name at least one."),
        ({"worlds": {"mixed": {"drawn_grid": True, "kwargs": {"cell": 9}}}},
         "worlds.mixed: cell is 9 in a world whose grid is drawn; leave it out, or drawn_grid"),
        ({"worlds": {"mixed": {"drawn_grid": 3}}}, "drawn_grid is 3, but it must be a bool"),
        ({"worlds": {"mixed": {"kwargs": None}}}, "kwargs is None, but it must be a mapping"),
        ({"wolds": {}}, "wolds is no setting; did you mean worlds?"),
    ],
)  # fmt: skip
def test_a_suite_that_breaks_a_rule_is_refused_in_one_line(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        suite(tmp_path, **changes)
    assert "\n" not in str(refused.value)
