"""Write real numbers as two integers."""

from __future__ import annotations

import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.logic.numbers import Number, number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, Number(1_000_000, 0)),
        (-1.0, Number(-1_000_000, 0)),
        (0.81, Number(810_000, 0)),
        (1 / 3, Number(333_333, 333_333)),
        (-1e-12, Number(-1, 999_999)),  # less than nothing: LO is never negative
    ],
)
def test_a_value_is_two_whole_numbers(value: float, expected: Number) -> None:
    assert number(value) == expected


def test_a_value_beyond_32_bits_is_refused() -> None:
    with pytest.raises(ConfigError, match="too large for a logic program"):
        number(40.0)
