"""Whole numbers that are written as powers of ten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from dsrl_agent.config.reading.whole_numbers import whole_from, with_whole_numbers


@dataclass(frozen=True)
class Inside:
    """A group."""

    size: int = 3
    share: float = 0.5


@dataclass(frozen=True)
class Settings:
    """Settings of every type."""

    inside: Inside = field(default_factory=Inside)
    seed: int | None = None
    sizes: tuple[int, ...] = ()
    pair: tuple[float, int] = (0.0, 0)
    more: dict[str, Any] | None = None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e3", 1000),
        ("1.5e1", 15),
        ("-2.0", -2),
        ("5_000", 5000),
        ("+7", 7),
        ("5.", 5),
        ("12.e1", 120),
        ("1e-0", 1),
        ("50e-1", 5),
        ("9_007_199_254_740_993", 2**53 + 1),  # more digits than a float has
        ("1e23", 10**23),
    ],
)
def test_powers_of_ten_are_whole_numbers(text: str, number: int) -> None:
    assert whole_from(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "1e-3",
        "1.5e0",
        "1e400",
        "1e999999999",
        "1e-999999999",
        "x",
        "",
        "\u0661e3",
        "90071992547409930.5",
    ],
)
def test_others_are_none(text: str) -> None:
    assert whole_from(text) is None


def test_only_settings_that_are_whole_numbers_change() -> None:
    given = {
        "inside": {"size": 1e1, "share": 2.0, "unknown": 1.0},
        "seed": 1e23,
        "sizes": [1.0, 2.5, "x"],
        "pair": [1.0, 1.0],
        "more": {"seed": 1e3},
    }
    found = with_whole_numbers(Settings, given)
    assert repr(found) == repr(
        {
            "inside": {"size": 10, "share": 2.0, "unknown": 1.0},
            "seed": 10**23,
            "sizes": [1, 2.5, "x"],
            "pair": [1.0, 1],
            "more": {"seed": 1e3},
        }
    )
    assert with_whole_numbers(Settings, {"inside": 3.5, "seed": None, "sizes": 2.0}) == {
        "inside": 3.5,
        "seed": None,
        "sizes": 2.0,
    }
