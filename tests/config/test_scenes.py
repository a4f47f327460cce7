"""The settings of the encoder of scenes, and of other floors."""

from __future__ import annotations

import pytest

from dsrl_agent.config.scenes import FloorsThresholds, SceneEncoderConfig
from dsrl_agent.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 0), ("reuse", 0), ("sure", 1.1), ("enough", -0.1), ("learning_rate", 0.0)],
)
def test_a_value_outside_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"perception\.things\.encoder\.{name} is {value}"):
        SceneEncoderConfig(**{name: value})  # type: ignore[arg-type]


def test_sparse_scenes_hold_no_more_than_dense_ones() -> None:
    with pytest.raises(ConfigError, match=r"sparse is 0\.8.*at most.*0\.5"):
        SceneEncoderConfig(sparse=0.8, dense=0.5)


@pytest.mark.parametrize(("name", "value"), [("few", 1.1), ("foreign", -0.1), ("outlier", 0.0)])
def test_a_value_of_other_floors_outside_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"perception\.things\.floors\.{name} is {value}"):
        FloorsThresholds(**{name: value})  # type: ignore[arg-type]
