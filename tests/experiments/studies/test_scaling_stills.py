"""Still pictures of the scaling study, on few steps."""

from __future__ import annotations

import dataclasses
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.config import AgentConfig, BackEndConfig, PerceptionConfig
from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.experiments.studies.scaling_back_ends import (
    BACK_ENDS,
    STRUCTURED,
    SightSettings,
)
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILLS, measure_stills, pictures_of
from dsrl_agent.perception.stills.spectra import StillSpectra
from dsrl_agent.types import Frame


def test_a_sight_that_finds_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: Any, **__: Any) -> StillSpectra:
        raise PerceptionError("Nothing stands out.")

    monkeypatch.setattr(StillSpectra, "fit", blind)
    figures = measure_stills("still: 2 types", BACK_ENDS["default"].settings(AgentConfig()), 0)
    assert figures["complaint"] == "Nothing stands out."
    assert (figures["exact"], figures["f1"], figures["frames"]) == (0.0, 0.0, 16)


def test_a_sight_that_learns_no_stills_is_refused() -> None:
    settings = SightSettings(PerceptionConfig(sight="cells"), BackEndConfig())
    with pytest.raises(
        ConfigError, match=r"perception.sight is 'cells', which .*; take one of auto, things"
    ):
        measure_stills("still: 2 types", settings, 0)


@pytest.mark.usefixtures("one_thread")
def test_the_back_end_of_a_row_learns_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    fit, fitted = StillSpectra.fit, []

    def quick(frames: Frame, config: BackEndConfig, *others: Any) -> StillSpectra:
        fitted.append(fit(frames, dataclasses.replace(config, steps=60), *others))
        return fitted[-1]

    monkeypatch.setattr(StillSpectra, "fit", quick)
    settings = BACK_ENDS["denoising"].settings(AgentConfig())
    figures = measure_stills("still: Figure 1.4", settings, 0)
    assert figures["frames"] == 1
    assert [sight.encoder.config.kind for sight in fitted] == ["denoising"]


@pytest.mark.parametrize("name", ["still: one picture", "still: random colours", "still: 24 px"])
def test_the_model_of_things_reads_still_pictures(name: str) -> None:
    settings = BACK_ENDS[STRUCTURED].settings(AgentConfig())
    figures = measure_stills(name, settings, 8000)
    assert figures["exact"] == 1.0
    assert (figures["types_found"], figures["complaint"]) == (2, "")


PICTURES = {  # of revision 35f4d5b, by set: CRC-32 of 4 pictures of seed 3 of each split
    "still: Figure 1.4": 4277427260,
    "still: 2 types": 3550683449,
    "still: 4 types": 412489492,
    "still: 8 types": 961678688,
    "still: 16 types": 970007551,
    "still: all white": 385443358,
    "still: noise .1": 3878937854,
    "still: noise .3": 3122493531,
    "still: texture": 1787248202,
    "still: random colours": 2440373962,
    "still: 90 % full": 3836356332,
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_a_seed_are_those_of_committed_results(name: str) -> None:
    shown = [pictures_of(STILLS[name], 3, split, 4)[0].tobytes() for split in ("train", "test")]
    assert zlib.crc32(b"".join(shown)) == PICTURES[name]


def test_all_rungs_are_there_as_still_pictures_but_those_that_look_alike() -> None:
    assert {f"still: {name}" for name in RUNGS} - set(STILLS) == {
        "still: shaken 1 px",
        "still: movers",
    }


@pytest.mark.parametrize("name", STILLS)
def test_every_set_has_pictures_to_learn_and_to_test_with(name: str) -> None:
    for split in ("train", "test"):
        frames, truths, world = pictures_of(STILLS[name], 1, split, 1)
        high, wide = np.broadcast_to(world["cell"], 2)
        top, right, bottom, left = world["border"]
        rows, cols = truths[0]["cells"].shape
        inner = top + rows * high + bottom, left + cols * wide + right
        assert frames.shape[1:3] == pytest.approx(inner)
        assert all(truth["agent"] is None for truth in truths)


def test_cells_of_every_size_show_the_same_boards() -> None:
    sized = [name for name in STILLS if name.endswith(" px") and name != "still: offsets 3 px"]
    assert len(sized) == 9
    boards = [pictures_of(STILLS[name], 2, "test", 3)[1] for name in (*sized, "still: x 1.5")]
    for truths in boards[1:]:
        for truth, other in zip(truths, boards[0], strict=True):
            assert_array_equal(truth["cells"], other["cells"])


def test_enlarged_pictures_keep_their_means_and_tell_their_grid() -> None:
    name = "still: cells 1.5 times as wide as high"
    plain, wide = (pictures_of(STILLS[each], 3, "test", 2) for each in ("still: 2 types", name))
    cell, border = plain[2]["cell"], plain[2]["border"]
    factor = wide[0].shape[2] / plain[0].shape[2]
    assert factor == pytest.approx(1.5, abs=0.01)
    assert wide[0].shape[1] == plain[0].shape[1]
    assert wide[2]["cell"] == (cell, cell * factor)
    assert wide[2]["border"] == (border[0], border[1] * factor, border[2], border[3] * factor)
    assert wide[0].mean() == pytest.approx(plain[0].mean(), abs=0.2)


def test_only_the_thesis_s_figure_is_one_picture() -> None:
    assert [name for name, stills in STILLS.items() if stills.only] == ["still: Figure 1.4"]


def test_where_shape_or_colour_may_be_the_type_both_are_told() -> None:
    figures = measure_stills(
        "still: colour-coded", BACK_ENDS[STRUCTURED].settings(AgentConfig()), 8000
    )
    assert figures["colour_exact"] == 1.0
    assert figures["exact"] < 0.1  # types are taken by shape, of which each has both colours
