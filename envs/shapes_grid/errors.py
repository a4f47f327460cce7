"""Define the errors of this package."""

from __future__ import annotations


class SpecError(ValueError):
    """An invalid spec or setting: names the field, its value and the rule that it breaks."""

    def __init__(self, name: str, value: object, rule: str) -> None:
        # Keep the arguments unchanged, so that the error can be pickled between processes.
        super().__init__(name, value, rule)
        self.name, self.value, self.rule = name, value, rule

    def __str__(self) -> str:
        return f"{self.name} is {self.value!r}, but it must be {self.rule}."


class BoardError(ValueError):
    """An ASCII board that cannot be read."""
