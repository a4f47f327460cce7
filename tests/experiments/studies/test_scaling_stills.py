"""Still pictures of the scaling study, on few steps."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from dsrl_agent.back_end import make_encoder
from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.experiments.studies import scaling_stills
from dsrl_agent.experiments.studies.scaling_stills import STILLS, measure_stills
from dsrl_agent.perception.stills.sight import StillSight


def test_a_sight_that_finds_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: Any, **__: Any) -> StillSight:
        raise PerceptionError("Nothing stands out.")

    monkeypatch.setattr(StillSight, "fit", blind)
    figures = measure_stills("still: 2 types", 0)
    assert figures["complaint"] == "Nothing stands out."
    assert (figures["exact"], figures["f1"], figures["frames"]) == (0.0, 0.0, 16)


@pytest.mark.usefixtures("one_thread")
def test_the_back_end_of_a_row_learns_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[BackEndConfig] = []

    def kept(config: BackEndConfig, *others: Any) -> Any:
        made.append(config)
        return make_encoder(config, *others)

    monkeypatch.setattr(scaling_stills, "make_encoder", kept)
    quick = BackEndConfig(steps=60)
    monkeypatch.setattr(StillSight, "fit", functools.partial(StillSight.fit, config=quick))
    figures = measure_stills("still: Figure 1.4", 0, back_end="denoising")
    assert figures["frames"] == 1
    assert [config.kind for config in made][:1] == ["denoising"]
    assert {config.steps for config in made} == {60}


def test_only_the_thesis_s_figure_is_one_picture() -> None:
    assert [name for name, stills in STILLS.items() if stills.only] == ["still: Figure 1.4"]
