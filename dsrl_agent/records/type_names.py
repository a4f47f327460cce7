"""Keep the names that people give to types, and put them into text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records.files import replace, storing, to_json
from dsrl_agent.records.reading import parsed_json, read_fitting

_FILE = "names.json"
_LONGEST = 30  # characters of a name: more leaves no room beside it in tables
_TYPE = re.compile(r"(?P<of>\bof )?\btype (?P<number>\d+)\b(?P<gap>:| {2,})?")


class TypeNames:
    """Names of types by their numbers; a type without a name is called `type` and its number.

    Raises:
        ConfigError: A name is empty, too long, given twice, or not to be told from a number.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = dict(sorted(names.items()))
        taken: dict[str, int] = {}
        for number, name in self._names.items():
            _require_name(number, name)
            if (other := taken.setdefault(name, number)) != number:
                raise ConfigError(
                    f"The name {name!r} is given to types {other} and {number}; "
                    "give each a name of its own."
                )

    @classmethod
    def read(cls, run: Path) -> Self:
        """Return the names kept in a run folder; none are kept before any is given.

        Raises:
            CheckpointError: The file is damaged.
        """
        file = run / _FILE
        if not file.is_file():
            return cls({})
        try:
            stored = parsed_json(read_fitting(file))
            return cls({int(number): str(name) for number, name in stored.items()})
        except (ValueError, AttributeError, ConfigError) as error:
            raise CheckpointError(
                f"{file} holds no names of types ({error}); remove it and name the types again."
            ) from error

    def write(self, run: Path) -> None:
        """Keep the names in a run folder, in place of those kept before."""
        file = run / _FILE
        with storing(file):
            replace(file, to_json({str(number): name for number, name in self._names.items()}))

    def changed(self, given: Mapping[int, str]) -> TypeNames:
        """Return these names with others in their place; an empty one takes a name away."""
        both = {**self._names, **given}
        return TypeNames({number: name for number, name in both.items() if name})

    def of(self, number: int) -> str:
        """Return what a type is called."""
        return self._names.get(number, f"type {number}")

    def put_into(self, text: str) -> str:
        """Return a text with names for the types that it calls by number.

        Columns that two spaces or more keep apart stay where they are; names without room are cut.
        """
        return _TYPE.sub(self._replaced, text) if self._names else text

    def _replaced(self, match: re.Match[str]) -> str:
        name = self._names.get(int(match["number"]))
        if name is None:
            return match[0]
        of, gap = match["of"] or "", match["gap"] or ""
        if gap == ":":  # the line is about the type: its number stays to be seen
            return f"{of}{name} (type {match['number']}):"
        if of:
            return f"of type {name}{gap}"
        room = len(match[0]) if gap else len(name)
        shown = name if not gap or len(name) < room else f"{name[: room - 2]}…"
        return shown.ljust(room)


def _require_name(number: int, name: str) -> None:
    fault = ""
    if not name.strip() or name != name.strip() or not name.isprintable():
        fault = "must be one line of text without blanks around it"
    elif len(name) > _LONGEST:
        fault = f"must have at most {_LONGEST} characters"
    elif re.search(r"\btype \d|^-?\d+$", name):
        fault = "must not look like a type's number"
    if fault:
        raise ConfigError(f"The name of type {number} is {name!r}, but it {fault}.")


NO_NAMES = TypeNames({})
"""All types are called by their numbers."""
