"""Revise by hand what a front end has learned, and what it remembers of an episode.

A revision changes the front end in memory. It is saved only if the agent is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Protocol, runtime_checkable

from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end.protocol import AnyFrontEnd
from dsrl_agent.types import Facts


class RevisableField(NamedTuple):
    """A part of a belief that can be revised: a number, or one of some words."""

    name: str
    value: float | str | None  # `None` for a number that is not known
    choices: tuple[str, ...] = ()  # the words to choose from; none for a number


class RevisableBelief(NamedTuple):
    """A belief that can be revised."""

    key: str  # what `revise` takes
    says: str  # the belief in words; types are called by number
    fields: tuple[RevisableField, ...]


@runtime_checkable
class Revises(Protocol):
    """A front end whose beliefs can be revised by hand."""

    def revisable(self, facts: Facts, episode: Any) -> tuple[RevisableBelief, ...]:
        """Return the beliefs that bear on a scene, which the episode has decided on."""

    def revise(self, key: str, name: str, value: float | str) -> None:
        """Give a field of a belief another value.

        Raises:
            KeyError: There is no such belief or field.
        """


@runtime_checkable
class NotesActions(Protocol):
    """A memory of an episode that can be told of an action taken by hand."""

    def took(self, action: int) -> None:
        """Note that another action was taken than the one decided."""


def note_action(episode: object, action: int) -> bool:
    """Tell the memory of an episode of an action taken by hand; say whether it could be told."""
    if not isinstance(episode, NotesActions):
        return False
    episode.took(action)
    return True


def revisable_beliefs(
    front_end: AnyFrontEnd, facts: Facts, episode: Any
) -> tuple[RevisableBelief, ...]:
    """Return the beliefs that bear on a scene; none of a front end that cannot be revised."""
    return front_end.revisable(facts, episode) if isinstance(front_end, Revises) else ()


def revise_belief(
    front_end: AnyFrontEnd, belief: RevisableBelief, name: str, value: object
) -> None:
    """Give a field of a belief another value.

    Raises:
        ConfigError: The belief has no such field, or the field takes no such value.
    """
    assert isinstance(front_end, Revises)
    field = next((field for field in belief.fields if field.name == name), None)
    if field is None:
        known = ", ".join(field.name for field in belief.fields)
        raise ConfigError(f"The belief has no field {name!r}; it has {known}.")
    front_end.revise(belief.key, name, _required(field, value))


def _required(field: RevisableField, value: object) -> float | str:
    if field.choices:
        if value not in field.choices:
            known = ", ".join(field.choices)
            raise ConfigError(f"{field.name} is {value!r}, but it must be one of: {known}.")
        return str(value)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number):
        raise ConfigError(f"{field.name} is {value!r}, but it must be a finite number.")
    return float(number)
