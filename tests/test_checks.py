"""Checks of values: what passes, and the words of each refusal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from dsrl_agent.checks import (
    is_nameable,
    line_of,
    plain,
    require_at_least,
    require_fields,
    require_members,
    require_nameable,
    require_number,
    require_one_of,
    require_range,
    require_within,
    shown,
)
from dsrl_agent.errors import ConfigError

Check = Callable[[Any], None]
CHECKS: dict[str, Check] = {
    "from 3": lambda value: require_at_least("a", value, 3),
    "from b": lambda value: require_at_least("a", value, 3, "b, which is "),
    "3 to 5": lambda value: require_within("a", value, 3, 5),
    "number": lambda value: require_number("a", value),
    "share": lambda value: require_range("a", value, 0.0, 1.0),
    "open": lambda value: require_range("a", value, 0.5, open_low=True),
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("from 3", [3, 4, 10**9]),
        ("3 to 5", [3, 4, 5]),
        ("number", [1, -1.5, math.inf, math.nan]),
        ("share", [0, 0.0, 0.5, 1, 1.0]),
        ("open", [0.501, 1, 1e9]),
    ],
)
def test_values_within_the_rule_pass(name: str, values: list[Any]) -> None:
    for value in values:
        CHECKS[name](value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("from 3", 2, "a is 2, but it must be at least 3."),
        ("from b", 2, "a is 2, but it must be at least b, which is 3."),
        ("from 3", 3.0, "a is 3.0, but it must be a whole number."),
        ("from 3", True, "a is True, but it must be a whole number."),
        ("from 3", None, "a is None, but it must be a whole number."),
        ("3 to 5", 6, "a is 6, but it must be from 3 to 5."),
        ("3 to 5", 2, "a is 2, but it must be from 3 to 5."),
        ("3 to 5", 4.0, "a is 4.0, but it must be from 3 to 5."),
        ("number", "1", "a is '1', but it must be a number."),
        ("number", False, "a is False, but it must be a number."),
        ("share", 1.001, "a is 1.001, but it must be at least 0 and at most 1 and finite."),
        ("share", -0.001, "a is -0.001, but it must be at least 0 and at most 1 and finite."),
        ("share", math.nan, "a is nan, but it must be at least 0 and at most 1 and finite."),
        ("open", 0.5, "a is 0.5, but it must be greater than 0.5 and finite."),
        ("open", math.inf, "a is inf, but it must be greater than 0.5 and finite."),
    ],
)
def test_values_outside_the_rule_are_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        CHECKS[name](value)
    assert str(caught.value) == message


@dataclass(frozen=True)
class Thresholds:
    """Numbers.

    Attributes:
        count: A whole number.
        share: At most 1.
        scale: Greater than 0.
        names: Not checked.
    """

    count: int = 3
    share: float = 0.5
    scale: float = 2.0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_fields("group", self, shares=("share",), positive=("scale",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"count": 0}, "group.count is 0, but it must be at least 1."),
        ({"share": 1.5}, "group.share is 1.5, but it must be at least 0 and at most 1 and finite."),
        ({"scale": 0.0}, "group.scale is 0.0, but it must be greater than 0 and finite."),
    ],
)
def test_each_field_of_a_group_is_checked(values: dict[str, Any], message: str) -> None:
    Thresholds(count=1, share=1.0, scale=1e-9)
    with pytest.raises(ConfigError) as caught:
        Thresholds(**values)
    assert str(caught.value) == message


def test_a_value_in_an_error_is_short_whatever_it_is() -> None:
    itself: list[Any] = []
    itself.append(itself)
    assert len(shown(itself)) < 100
    assert len(shown([["x" * 500] * 50] * 50)) <= 303
    assert shown(10**5000) == "a number of 5001 digits"
    with pytest.raises(ConfigError, match="x is a number of 401 digits, but it must be less than"):
        require_range("x", 10**400, 0.0)


def test_an_error_that_cannot_be_shown_is_named_by_its_type() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            return str(10**5000)

    assert line_of(SilentError()) == "SilentError"
    assert line_of(ValueError("one\n  two")) == "one two"
    assert len(line_of(ValueError(99999 * "word "))) < 1000
    assert line_of(MemoryError()) == "(no message)"
    assert line_of(ValueError("\x1b[2Jå\ud800")) == "\\x1b[2Jå\\ud800"


class _Named(Protocol):
    name: str


class _Counter(_Named, Protocol):
    @property
    def count(self) -> int: ...

    def add(self, more: int) -> None: ...


class _Half:
    def __init__(self) -> None:
        self.name = "half"

    @property
    def count(self) -> int:
        raise ConfigError("a property is not read")


class _Whole(_Half):
    def add(self, more: int) -> None:
        raise NotImplementedError


def test_what_lacks_members_of_a_protocol_is_refused_by_their_names() -> None:
    require_members("counter", _Whole(), _Counter)
    with pytest.raises(ConfigError, match=r"counter is a _Half, which lacks add; it must have all"):
        require_members("counter", _Half(), _Counter)
    with pytest.raises(ConfigError, match=r"counter is a object, which lacks add, count, name;"):
        require_members("counter", object(), _Counter)


class Number:
    """A value whose kind says that NumPy made it, without NumPy."""

    shape = ()

    def item(self) -> float:
        return 0.5


Number.__module__ = "numpy"


@pytest.mark.parametrize("value", [None, True, -3, 2**4095, 0.25, "ö", [], {}, {"a": [{"b": 2}]}])
def test_plain_values_are_left_as_they_are(value: Any) -> None:
    assert plain(value) == value


def test_tuples_and_numbers_of_numpy_become_plain() -> None:
    assert plain({"a": (Number(), [Number()])}) == {"a": [0.5, [0.5]]}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (math.inf, "the number inf"),
        (2**4096, "a number of 4097 bits"),
        ({1, 2}, "a set"),
        ([[b""]], "a bytes at [0][0]"),
        ({"a": {"b": {2: 3}}}, "a dict with keys that are no text at ['a']['b']"),
        ("\ud800", "the text '\\ud800'"),
        ({"\udfff": 1}, "the text '\\udfff'"),
        ({"a": 1j}, "a complex at ['a']"),
    ],
)
def test_what_json_does_not_hold_is_named_with_its_place(value: Any, fault: str) -> None:
    with pytest.raises(TypeError) as refused:
        plain(value)
    assert str(refused.value) == fault


def test_a_value_that_holds_itself_is_no_plain_one() -> None:
    within: list[Any] = []
    within.append(within)
    with pytest.raises(TypeError, match="holds itself, or holds others too deep"):
        plain(within)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("vaee", "kind is 'vaee' (did you mean vae?), but it must be one of vae, pca."),
        ("PCA", "kind is 'PCA' (did you mean pca?), but it must be one of vae, pca."),
        ("owl", "kind is 'owl', but it must be one of vae, pca."),
        (["vae"], "kind is ['vae'], but it must be one of vae, pca."),
    ],
)
def test_a_misspelt_choice_is_told_the_one_most_like_it(value: Any, message: str) -> None:
    require_one_of("kind", "pca", ("vae", "pca"))
    with pytest.raises(ConfigError) as caught:
        require_one_of("kind", value, ("vae", "pca"))
    assert str(caught.value) == message


def test_a_text_that_no_file_can_be_named_is_refused() -> None:
    for text in ("a\0b", "\ud800"):
        assert not is_nameable(text)
        with pytest.raises(ConfigError, match=r"x is '.*', but it must be a text of whole char"):
            require_nameable("x", text)
    for text in ("", "a b\n", "ü", "\udcff"):  # the last stands for a byte that is no UTF-8
        require_nameable("x", text)
