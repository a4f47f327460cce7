"""Check the lines of a results file, so that a damaged one is refused where it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import shorten
from typing import Any, NamedTuple

_SHOWN = 60  # characters of a value in an error
_LONGEST = 200  # characters of a name: a file is read by it, and a table shows it
_MOST = 1e15  # the largest number: sums and products of such numbers are finite


class ValueRule(NamedTuple):
    """What a value must be."""

    said: str  # in words
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= _MOST  # a NaN is not


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def _is_file_name(value: Any) -> bool:
    return _is_name(value) and not set(value) & set("/\\:") and not value.startswith(".")


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _is_told(value: Any) -> bool:
    return _are_numbers(value) or (
        isinstance(value, list) and not any(x is not None for x in value)
    )


def _are_worlds(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_world, value.values()))


def _is_world(value: Any) -> bool:
    if not isinstance(value, dict) or not _is_name(value.get("id")):
        return False
    solved = value.get("solved")
    return isinstance(value.get("kwargs"), dict) and (solved is None or _is_number(solved))


def _or_none(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


_NAME = ValueRule(f"a line of text of 1 to {_LONGEST} characters", _is_name)
_NUMBER = ValueRule(f"a number of at most {_MOST:g}", _is_number)
_SPENT = ValueRule(f"a number from 0 to {_MOST:g}", lambda value: _is_number(value) and value >= 0)
_SHARE = ValueRule("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
_WHOLE = ValueRule(f"a whole number from 0 to {_MOST:g}", _is_whole)
_MAPPING = ValueRule("a mapping", lambda value: isinstance(value, dict))
_TEXT = ValueRule("text", lambda value: isinstance(value, str))
_ACTIONS = ValueRule(
    "a list of actions, which are whole numbers",
    lambda value: isinstance(value, list) and all(map(_is_whole, value)),
)
_COUNTS = ValueRule("a list of numbers, one an episode", _are_numbers)
_TOLD = ValueRule("a list of numbers, one an episode, or of null alone", _is_told)
_WORLDS = ValueRule("a mapping of names to worlds with an id and kwargs", _are_worlds)
_TASK = {
    "suite": ValueRule("the name of a file", _is_file_name),
    "contestant": _MAPPING,
    "train": _NAME,
    "seed": _WHOLE,
    "then": ValueRule("a mapping or null", _or_none(_MAPPING.fits)),
    "worlds": _WORLDS,
}
_HEADER = {
    "task": _MAPPING,
    "question": _TEXT,
    "versions": _MAPPING,
    "git": ValueRule("a mapping or null", _or_none(_MAPPING.fits)),
    "seconds": _SPENT,
}
_CONTESTANT = {"name": _NAME, "kind": _NAME, "settings": _MAPPING}
_CHANGE = {"world": _NAME, "at": _WHOLE}
_MEASURE = {
    "test": _NAME,
    "in": _NAME,
    "steps": _WHOLE,
    **dict.fromkeys(("cpu_seconds", "wall_seconds", "decision_ms"), _SPENT),
    **dict.fromkeys(("size_bytes", "peak_mib"), _SPENT),
    "returns": _COUNTS,
    **dict.fromkeys(("positives", "good", "bad"), _TOLD),
}
_ROWS: Mapping[str, Mapping[str, ValueRule]] = {
    "measure": _MEASURE,
    "training": {"steps": _WHOLE, **dict.fromkeys(("returns", "good", "bad"), _COUNTS)},
    "film": {"test": _NAME, "steps": _WHOLE, "episode_seed": _WHOLE, "acts": _ACTIONS},
    "cannot": {"test": _NAME},
}
_OPTIONAL = {
    **dict.fromkeys(("exact", "lenient_exact", "types_share", "agent_exact"), _SHARE),
    "faithfulness": _SHARE,
    "decision_cpu_ms": _SPENT,
    "slowest_decision_cpu_ms": _SPENT,
}
_SAME_LENGTH = ("returns", "positives", "good", "bad")


def require_header(header: Mapping[str, Any]) -> None:
    """Refuse a header of a run, with current names, of which the report cannot use a value.

    Raises:
        KeyError: A value is missing.
        ValueError: The message names the value and its rule.
    """
    _require(header, _HEADER, "")
    task = header["task"]
    _require(task, _TASK, "task.")
    _require(task["contestant"], _CONTESTANT, "task.contestant.")
    if task["then"] is not None:
        _require(task["then"], _CHANGE, "task.then.")
    for name, value in header["versions"].items():
        _require_value(f"versions.{name}", value, ValueRule("text or null", _or_none(_TEXT.fits)))


def require_row(row: Mapping[str, Any]) -> None:
    """Refuse a row of results of which the report cannot use a value.

    Raises:
        KeyError: A value is missing.
        ValueError: The message names the value and its rule.
    """
    _require(row, _ROWS[row["kind"]], "")
    given = {name: rule for name, rule in _OPTIONAL.items() if name in row}
    _require(row, given, "")
    lengths = {len(row[name]) for name in _SAME_LENGTH if name in row}
    if len(lengths) > 1 or (lengths == {0} and row["kind"] == "measure"):
        names = ", ".join(name for name in _SAME_LENGTH if name in row)
        raise ValueError(f"{names} are not of the same episodes, or of none")
    told = {row[name][0] is None for name in _SAME_LENGTH[1:] if row.get(name)}
    if len(told) > 1:
        raise ValueError(f"some of {', '.join(_SAME_LENGTH[1:])} are null and some are not")


def _require(values: Mapping[str, Any], rules: Mapping[str, ValueRule], where: str) -> None:
    for name, rule in rules.items():
        _require_value(f"{where}{name}", values[name], rule)


def _require_value(name: str, value: Any, rule: ValueRule) -> None:
    if not rule.fits(value):
        raise ValueError(f"{name} is {shorten(repr(value), _SHOWN)}, but must be {rule.said}")
