"""The model card: data for hubs in front, then what the agent is, believes and can do."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from inspected import ENV, agent_of

from dsrl_agent.explain.card import Origin, card
from dsrl_agent.records.type_names import TypeNames

pytestmark = pytest.mark.usefixtures("one_thread")

VERSIONS = {"python": "3.12.1", "packages": {"numpy": "2.0", "sb3-contrib": None}, "git": None}
MEASURED = {"agent_score": 0.98, "agent_mean_return": 3.9, "random_score": 0.01}
ORIGIN = Origin("my run", ENV, {}, VERSIONS, MEASURED)


def front_matter(text: str) -> dict[str, Any]:
    _, data, _ = text.split("---\n", 2)
    found: dict[str, Any] = yaml.safe_load(data)
    return found


def test_the_data_in_front_are_those_of_a_hub() -> None:
    data = front_matter(card(agent_of("rules"), ORIGIN, TypeNames({})))
    assert data["library_name"] == "dsrl-agent"
    (model,) = data["model-index"]
    assert model["name"] == "DSRL (rules)"
    (result,) = model["results"]
    assert result["dataset"] == {"type": ENV, "name": ENV}
    assert [(one["type"], one["value"]) for one in result["metrics"]] == [
        ("score", 0.98), ("mean_return", 3.9),
    ]  # fmt: skip


def test_beliefs_results_and_origin_are_told() -> None:
    text = card(agent_of("rules"), ORIGIN, TypeNames({1: "hero"}))
    assert "# my run\n" in text
    assert "It is the object of type hero. Its actions move it" in text
    assert "| score | 0.980 | 0.010 |" in text
    assert "| mean_return | 3.900 | - |" in text
    assert "- 120 steps of the environment, seed 0\n- Python 3.12.1; numpy 2.0\n" in text
    assert "revision" not in text
    assert max(len(line) for line in text.split("```text\n")[1].split("```")[0].splitlines()) <= 96


def test_a_run_without_an_evaluation_has_a_card_too() -> None:
    versions = {**VERSIONS, "git": {"revision": "abc", "dirty": False}}
    text = card(agent_of(), ORIGIN._replace(measured={}, versions=versions), TypeNames({}))
    assert "model-index" not in front_matter(text)
    assert "How good it is" not in text
    assert "- revision abc\n" in text
