"""Read the meaning of settings from docstrings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest

from dsrl_agent.config import TrainConfig
from dsrl_agent.config.reading import group_of, hints_of
from dsrl_agent.config.reading.meanings import meanings, summary


@dataclass(frozen=True)
class Base:
    """The base.

    Attributes:
        one: The first, as the base has it.
        two: The second: with a colon,
            on two lines.
    """

    one: int = 1
    two: int = 2


@dataclass(frozen=True)
class Derived(Base):
    """The first line. The second sentence.

    More text: none of it is an attribute.

    Attributes:
        one: The first, anew.
        three: The third.

    Raises:
        four: No attribute.
    """

    three: int = 3


def test_meanings_are_one_line_each_and_inherited() -> None:
    assert meanings(Derived) == {
        "one": "The first, anew.",
        "two": "The second: with a colon, on two lines.",
        "three": "The third.",
    }
    assert summary(Derived) == "The first line. The second sentence."


def test_a_class_without_attributes_has_no_meanings() -> None:
    class Empty:
        pass

    assert meanings(Empty) == {}
    assert summary(Empty) == ""


CLASSES = {TrainConfig, *filter(None, (group_of(hint) for _, hint in hints_of(TrainConfig)))}


@pytest.mark.parametrize("config", sorted(CLASSES, key=str))
def test_the_docstring_of_a_settings_class_names_each_of_its_fields(config: type[Any]) -> None:
    assert set(meanings(config)) == {field.name for field in fields(config)}
