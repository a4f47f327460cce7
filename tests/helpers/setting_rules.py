"""Assert which values a setting takes, and the words in which it refuses the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from dsrl_agent.config import TrainConfig
from dsrl_agent.config.reading import group_of, hints_of
from dsrl_agent.errors import ConfigError

UNIT = "at least 0 and at most 1 and finite."
OPEN_UNIT = "greater than 0 and at most 1 and finite."
_GROUPS = {name: group_of(hint) for name, hint in hints_of(TrainConfig)}


def build(key: str, value: Any) -> Any:
    """Make the group of a setting with this value, and return what the setting then holds."""
    prefix, _, name = key.rpartition(".")
    config: type[Any] = _GROUPS.get(prefix) or TrainConfig
    return getattr(config(**{name: value}), name)


def refusal(key: str, value: Any) -> str:
    """Return the message with which a setting refuses a value."""
    with pytest.raises(ConfigError) as caught:
        build(key, value)
    return str(caught.value)


def assert_whole(key: str, low: int, rule: str = "") -> None:
    """Assert that a setting takes whole numbers from `low` on and nothing else."""
    assert build(key, low) == low
    assert (
        refusal(key, low - 1) == f"{key} is {low - 1}, but it must be {rule or f'at least {low}.'}"
    )
    for value in (low + 0.5, float(low), str(low), True, None):
        assert refusal(key, value) == f"{key} is {value!r}, but it must be a whole number."


def assert_number(key: str, good: Sequence[float], bad: Sequence[float], rule: str) -> None:
    """Assert that a setting takes the good numbers, but neither the bad ones nor other types.

    Args:
        key: The setting.
        good: Values that just fit.
        bad: Values that just do not.
        rule: The end of the message for the bad ones, infinity and NaN.
    """
    assert [build(key, value) for value in good] == list(good)
    for value in (*bad, math.nan, math.inf, -math.inf):
        assert refusal(key, value) == f"{key} is {value!r}, but it must be {rule}"
    for other in ("1", True, False, None, [1.0]):
        assert refusal(key, other) == f"{key} is {other!r}, but it must be a number."
