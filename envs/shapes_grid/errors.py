"""The errors of this package."""

from __future__ import annotations


class SpecError(ValueError):
    """A world that cannot be: names the field, its value and the rule it breaks."""

    def __init__(self, name: str, value: object, rule: str) -> None:
        # The arguments as they came, so that the error survives pickling between processes.
        super().__init__(name, value, rule)
        self.name = name
        self.value = value
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.name} is {self.value!r}, but it must be {self.rule}."


class BoardError(ValueError):
    """An ASCII board that cannot be read."""
