"""The rows of the scaling study: names as in committed results, settings as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dsrl_agent.config import AgentConfig, BackEndConfig, PerceptionConfig
from dsrl_agent.experiments.studies.scaling_back_ends import (
    BACK_ENDS,
    FOR_STILLS,
    ComparedBackEnd,
    is_registered,
)

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results" / "scaling.jsonl"


def test_committed_results_have_these_names() -> None:
    named = {json.loads(line)["back_end"] for line in RESULTS.read_text().splitlines()}
    assert named <= set(BACK_ENDS)


def test_a_row_changes_kind_beta_and_latents_alone() -> None:
    config = BackEndConfig("vae", beta=0.5, latents=6, steps=7)
    agent = AgentConfig(back_end=config)
    settings = {name: row.settings(agent).back_end for name, row in BACK_ENDS.items()}
    assert settings["default"] == config
    assert settings["beta 4"] == BackEndConfig("vae", beta=2.0, latents=6, steps=7)
    assert settings["categorical"] == BackEndConfig("categorical", 32, beta=0.5, steps=7)
    for name, each in settings.items():
        if name not in ("default", "things", "beta 4", "categorical"):
            assert each == BackEndConfig(each.kind, 6, beta=0.5, steps=7)
            assert each.kind == name


def test_a_row_may_be_a_sight_at_the_default_settings() -> None:
    settings = BACK_ENDS["things"].settings(AgentConfig())
    assert settings == (PerceptionConfig(sight="things"), BackEndConfig("vae"))
    others = {each.sight for name, each in BACK_ENDS.items() if name != "things"}
    assert others == {"auto"}


def test_rows_of_sights_that_nobody_registered_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_registered("default")
    row = ComparedBackEnd("a sight of another package", sight="elsewhere")
    monkeypatch.setitem(BACK_ENDS, "other", row)
    assert not is_registered("other")


def test_stills_are_learned_by_networks_that_need_no_cells() -> None:
    assert set(BACK_ENDS) - set(FOR_STILLS) == {"pixels", "pca", "resized"}
