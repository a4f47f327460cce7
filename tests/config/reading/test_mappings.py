"""Read settings from mappings: each field type, each refusal, unknown keys."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from dsrl_agent.config import TrainConfig
from dsrl_agent.config.reading import (
    group_of,
    hints_of,
    keys,
    nearest,
    read_config,
    read_value,
    require_known,
)
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    """A group.

    Attributes:
        size: Cells a side.
        speed: Cells a step.
    """

    size: int = 3
    speed: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ConfigError(f"size is {self.size}, but it must be at least 1.")


@dataclass(frozen=True)
class Outer:
    """A field of every type in use.

    Attributes:
        inner: A group.
        maybe: A group that may be left out.
        name: A text.
        kind: One of two.
        on: A switch.
        pair: Two values.
        names: Texts.
        numbers: Numbers.
        limit: A number that may be left out.
        more: Keywords.
    """

    inner: Inner = field(default_factory=Inner)
    maybe: Inner | None = None
    name: str = "a"
    kind: Literal["a", "b"] = "a"
    on: bool = False
    pair: tuple[int, float] = (1, 0.5)
    names: tuple[str, ...] = ()
    numbers: list[float] = field(default_factory=list)
    limit: int | None = None
    more: dict[str, Any] = field(default_factory=dict)


def test_every_field_type_is_read() -> None:
    values = {
        "inner": {"size": 5},
        "maybe": {"speed": 2},
        "name": "b",
        "kind": "b",
        "on": True,
        "pair": [3, 4],
        "names": ["x", "y"],
        "numbers": [1, 2.5],
        "limit": 7,
        "more": {"deep": [{"er": None}]},
    }
    assert read_config(Outer, values) == Outer(
        inner=Inner(size=5),
        maybe=Inner(speed=2.0),
        name="b",
        kind="b",
        on=True,
        pair=(3, 4.0),
        names=("x", "y"),
        numbers=[1.0, 2.5],
        limit=7,
        more={"deep": [{"er": None}]},
    )
    assert read_config(Outer, {}) == Outer()
    assert read_config(Outer, {"maybe": None, "limit": None}) == Outer()


def test_whole_numbers_become_numbers_where_those_are_wanted() -> None:
    read = read_config(Outer, {"pair": [3, 4], "inner": {"speed": 2}})
    assert [type(value) for value in (*read.pair, read.inner.speed)] == [int, float, float]


def test_what_is_stored_is_read_again() -> None:
    for default in (Outer(), Outer(maybe=Inner(4)), TrainConfig()):
        assert read_config(type(default), dataclasses.asdict(default)) == default


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"inner": 3}, "inner is 3, but it must be a mapping of settings."),
        ({"inner": None}, "inner is None, but it must be a mapping of settings."),
        ({"inner": {"size": "x"}}, "inner.size is 'x', but it must be a whole number."),
        ({"inner": {"size": 2.5}}, "inner.size is 2.5, but it must be a whole number."),
        ({"inner": {"size": True}}, "inner.size is True, but it must be a whole number."),
        ({"inner": {"speed": "1"}}, "inner.speed is '1', but it must be a number."),
        ({"inner": {"speed": None}}, "inner.speed is None, but it must be a number."),
        ({"inner": {"size": 0}}, "size is 0, but it must be at least 1."),
        ({"maybe": "x"}, "maybe is 'x', but it must be a mapping of settings."),
        ({"maybe": {"size": []}}, "maybe.size is [], but it must be a whole number."),
        ({"name": 3}, "name is 3, but it must be a text."),
        ({"kind": "c"}, "kind is 'c', but it must be one of a, b."),
        ({"kind": ["a"]}, "kind is ['a'], but it must be one of a, b."),
        ({"on": 1}, "on is 1, but it must be true or false."),
        ({"on": "true"}, "on is 'true', but it must be true or false."),
        ({"pair": 3}, "pair is 3, but it must be a list."),
        ({"pair": [3]}, "pair is [3], but it must be a list of 2 values."),
        ({"pair": [3, 4, 5]}, "pair is [3, 4, 5], but it must be a list of 2 values."),
        ({"pair": [3.5, 4]}, "pair is 3.5, but it must be a whole number."),
        ({"pair": [3, "x"]}, "pair is 'x', but it must be a number."),
        ({"names": "x"}, "names is 'x', but it must be a list."),
        ({"names": ["x", 3]}, "names is 3, but it must be a text."),
        ({"numbers": ["x"]}, "numbers is 'x', but it must be a number."),
        ({"limit": "x"}, "limit is 'x', but it must be a whole number."),
        ({"more": [1]}, "more is [1], but it must be a mapping, such as '{key: value}'."),
        ({"paar": 1}, "paar (here 1) is no setting; did you mean pair?"),
        ({"maybe": {"sice": 1}}, "maybe.sice (here 1) is no setting; did you mean maybe.size?"),
    ],
)
def test_a_wrong_value_is_refused_with_name_value_and_rule(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(Outer, values)
    assert str(caught.value) == message


def test_a_prefix_stands_before_every_name() -> None:
    with pytest.raises(ConfigError, match=r"^settings\.inner\.size is 'x'"):
        read_config(Outer, {"inner": {"size": "x"}}, "settings.")


def test_a_single_value_is_read_in_its_type() -> None:
    assert read_value(float, 2, "a") == 2.0
    assert read_value(Any, [1], "a") == [1]
    assert read_value(tuple[tuple[int, int], ...], [[1, 2]], "a") == ((1, 2),)


def test_groups_are_found_in_optional_fields_too() -> None:
    assert group_of(Inner) is Inner
    assert group_of(Inner | None) is Inner
    assert group_of(int | None) is None
    assert dict(hints_of(Outer))["maybe.size"] is int


def test_keys_are_all_dotted_names_in_order() -> None:
    assert list(keys(Inner)) == ["size", "speed"]
    assert list(keys(Outer)) == [
        "inner", "inner.size", "inner.speed", "maybe", "maybe.size", "maybe.speed", "name", "kind",
        "on", "pair", "names", "numbers", "limit", "more",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("front_end.epsilom", "did you mean front_end.epsilon?"),
        ("epsilon", "did you mean front_end.epsilon?"),
        ("agent.front_end.discont", "did you mean front_end.discount?"),
        ("total_timestep", "did you mean total_timesteps?"),
        ("total", "did you mean total_timesteps?"),  # a part of a name is no name
        ("steps", "did you mean total_timesteps?"),  # before `back_end.steps` and `seeds`
        ("lr", "see --print_config for all of them."),  # not a part of a longer word
        ("zzzz", "see --print_config for all of them."),
    ],
)
def test_the_nearest_key_is_hinted_at(key: str, hint: str) -> None:
    assert nearest(key, list(keys(TrainConfig))) == hint


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sede": 3}, "sede (here 3) is no setting; did you mean seed?"),
        (
            {"front_end": {"epsilom": 0.5}},
            "front_end.epsilom (here 0.5) is no setting; did you mean front_end.epsilon?",
        ),
        (
            {"seed": 1, "back_end": {"beta": 1.0, "wjdht": 2}},
            "back_end.wjdht (here 2) is no setting; did you mean back_end.width?",
        ),
        ({"qqqq": None}, "qqqq (here None) is no setting; see --print_config for all of them."),
    ],
)
def test_unknown_keys_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        require_known(values, TrainConfig)
    assert str(caught.value) == message


def test_known_keys_pass_and_keywords_of_environments_are_not_checked() -> None:
    values = dataclasses.asdict(TrainConfig())
    require_known(values, TrainConfig)
    with pytest.raises(ConfigError, match="unheard_of"):
        require_known({**values, "unheard_of": 1}, TrainConfig)
    require_known({"env": {"id": "a", "kwargs": {"anything": {"at": "all"}}}}, TrainConfig)
    require_known({"perception": None}, TrainConfig)  # its type is the parser's to check


def test_the_option_that_lists_all_is_named_where_none_is_near() -> None:
    assert nearest("zzzz", ["seed"], "--help") == "see --help for all of them."
