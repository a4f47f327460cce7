"""Checks of single values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shapes_grid import SpecError, checks


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (lambda v: checks.require_int("a", v, 1), np.int8(3), 3),
        (lambda v: checks.require_number("a", v), np.float32(0.5), 0.5),
        (lambda v: checks.require_count("a", v), 2, 2),
        (lambda v: checks.require_count("a", v), [1, 4], (1, 4)),
        (lambda v: checks.require_pair("a", v, "a pair"), [7, 8], (7, 8)),
        (lambda v: checks.require_colour("a", v), [0, 255, 7], (0, 255, 7)),
        (lambda v: checks.require_bool("a", v), False, False),
        (lambda v: checks.require_by_shape("a", v, "numbers"), {"star": 1}, {"star": 1}),
    ],
)
def test_valid_values_are_returned(check: Callable[[Any], Any], value: Any, expected: Any) -> None:
    found = check(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("check", "value", "words"),
    [
        (lambda v: checks.require_int("a", v, 1), 0, "a is 0, but it must be at least 1."),
        (lambda v: checks.require_int("a", v, 1), True, "a whole number"),
        (lambda v: checks.require_number("a", v), 10**400, "a finite number"),
        (lambda v: checks.require_count("a", v), (3, 1), "low <= high"),
        (lambda v: checks.require_pair("a", v, "a pair"), (1,), "a pair"),
        (lambda v: checks.require_colour("a", v), (0, 0, 256), "parts from 0 to 255"),
        (lambda v: checks.require_bool("a", v), 1, "True or False"),
        (lambda v: checks.require_choice("a", v, ["x", "y"]), "z", 'one of "x", "y"'),
        (lambda v: checks.require_by_shape("a", v, "numbers"), {"stan": 1}, 'did you mean "star"'),
    ],
)
def test_other_values_are_refused_with_the_rule(
    check: Callable[[Any], Any], value: Any, words: str
) -> None:
    with pytest.raises(SpecError) as error:
        check(value)
    assert words in str(error.value)


def test_only_a_similar_word_is_suggested() -> None:
    assert checks.nearest("crosss", ["circle", "cross"]) == ' (did you mean "cross"?)'
    assert checks.nearest("q", ["circle", "cross"]) == ""
