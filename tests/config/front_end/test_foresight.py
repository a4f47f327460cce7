"""Settings of foresight refuse values that break their rule."""

from __future__ import annotations

import pytest

from dsrl_agent.config.front_end.foresight import ForesightThresholds
from dsrl_agent.errors import ConfigError


def test_the_defaults_are_valid() -> None:
    assert ForesightThresholds().layers == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("layers", 0), ("hope", 1.5), ("patience", -0.1), ("doubt", 0.0), ("contrast", float("nan"))],
)
def test_a_value_that_breaks_its_rule_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"front_end.foresight.{name}"):
        ForesightThresholds(**{name: value})  # type: ignore[arg-type]
