"""Settings of earlier versions."""

from __future__ import annotations

from typing import Any

import pytest

from dsrl_agent.config import PerceptionConfig, read_config
from dsrl_agent.config.reading.retired import RETIRED, without_retired
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ConfigError, DSRLWarning


def test_a_retired_setting_is_named_and_left_out() -> None:
    with pytest.warns(DSRLWarning, match=r"perception\.stills\.usual is a setting of an earlier"):
        read = read_config(PerceptionConfig, {"stills": {"usual": 0.5, "side": 8}}, "perception.")
    assert read.stills == StillsThresholds(side=8)


def test_settings_that_never_were_are_still_refused() -> None:
    with pytest.raises(ConfigError, match=r"stills\.unusual"):
        read_config(PerceptionConfig, {"stills": {"unusual": 0.5}})


def test_what_is_not_retired_stays() -> None:
    assert without_retired(PerceptionConfig, {"usual": 1}, "") == {"usual": 1}


@pytest.mark.parametrize("group", [StillsThresholds, TilingThresholds])
def test_no_retired_setting_is_in_use_again(group: type[Any]) -> None:
    assert not RETIRED[group.__name__] & set(group.__dataclass_fields__)


def test_every_group_with_retired_settings_is_looked_at() -> None:
    assert set(RETIRED) == {"StillsThresholds", "TilingThresholds"}
