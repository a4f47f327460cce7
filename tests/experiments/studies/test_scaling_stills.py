"""Still pictures of the scaling study, on few steps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.experiments.studies.scaling_stills import STILLS, measure_stills
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.types import Frame


def test_a_sight_that_finds_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: Any, **__: Any) -> StillSight:
        raise PerceptionError("Nothing stands out.")

    monkeypatch.setattr(StillSight, "fit", blind)
    figures = measure_stills("still: 2 types", 0)
    assert figures["complaint"] == "Nothing stands out."
    assert (figures["exact"], figures["f1"], figures["frames"]) == (0.0, 0.0, 16)


@pytest.mark.usefixtures("one_thread")
def test_the_back_end_of_a_row_learns_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    fit, fitted = StillSight.fit, []

    def quick(frames: Frame, config: BackEndConfig, *others: Any) -> StillSight:
        fitted.append(fit(frames, dataclasses.replace(config, steps=60), *others))
        return fitted[-1]

    monkeypatch.setattr(StillSight, "fit", quick)
    figures = measure_stills("still: Figure 1.4", 0, back_end="denoising")
    assert figures["frames"] == 1
    (sight,) = fitted
    assert (sight.fine.config.kind, sight.cells.config.kind) == ("denoising", "denoising")


def test_only_the_thesis_s_figure_is_one_picture() -> None:
    assert [name for name, stills in STILLS.items() if stills.only] == ["still: Figure 1.4"]
