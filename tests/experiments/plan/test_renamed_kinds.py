"""Read kinds by the names of older versions, and go on with folders that they began."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite import Contestant, with_current_names
from dsrl_agent.experiments.plan.suite_files import read_suite

SUITE = """
question: How?
worlds: {small: {kwargs: {rows: 3, cols: 3}}}
contestants:
  pixels: {kind: dsrl, settings: {front_end: {kind: dsrl}}}
  symbols: {kind: facts}
runs:
  - {contestants: [pixels, symbols], train: small, marks: [10], seeds: 1}
"""


def test_a_suite_with_old_names_plans_the_runs_of_the_new_names(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(SUITE)
    described = [task.described() for task in read_suite("old", tmp_path).tasks()]
    new = SUITE.replace("kind: dsrl, s", "kind: agent, s").replace("facts", "agent_on_true_facts")
    (tmp_path / "old.yaml").write_text(new)
    assert [task.described() for task in read_suite("old", tmp_path).tasks()] == described
    assert [task["contestant"]["kind"] for task in described] == ["agent", "agent_on_true_facts"]


def test_a_header_with_old_names_is_that_of_the_run() -> None:
    task: dict[str, Any] = {
        "suite": "fast",
        "contestant": {
            "name": "dsrl",
            "kind": "dsrl",
            "settings": {"front_end": {"kind": "dsrl", "learning_rate": 0.1}},
        },
    }
    assert with_current_names(task) == {
        "suite": "fast",
        "contestant": {
            "name": "garnelo2016",
            "kind": "agent",
            "settings": {"front_end": {"kind": "garnelo2016", "learning_rate": 0.1}},
        },
    }
    assert task["contestant"]["kind"] == "dsrl"  # what was given stays
    assert with_current_names(with_current_names(task)) == with_current_names(task)


@pytest.mark.parametrize(
    ("name", "front_end", "current"),
    [
        ("dsrl, true facts", "garnelo2016", "garnelo2016, true facts"),
        ("dsrl", "relational", "dsrl"),  # somebody's name for another front end
        ("dsrl of mine", "dsrl", "dsrl of mine"),
    ],
)
def test_a_contestant_named_by_its_front_end_has_its_current_name(
    name: str, front_end: str, current: str
) -> None:
    settings = {"front_end": {"kind": front_end}}
    task = {"contestant": {"name": name, "kind": "agent", "settings": settings}}
    assert with_current_names(task)["contestant"]["name"] == current


def test_tasks_without_a_contestant_stay() -> None:
    assert with_current_names({"rung": "2 types"}) == {"rung": "2 types"}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="of kind 'human', but it must be one of agent, "):
        Contestant("who", "human")  # type: ignore[arg-type]
