"""Take whole numbers that are written as powers of ten, such as 1e3, or with a fraction of 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args, get_origin

from dsrl_agent.config.reading.mappings import group_of, hints_of, options_of, whole

_POWER = re.compile(r"[+-]?[0-9][0-9_]*(\.[0-9]*)?([eE][+-]?[0-9]+)?")


def whole_from(text: str) -> int | None:
    """Return the whole number that a text such as `1e3`, `5_000` or `2.0` says; if none, `None`.

    Digits are those of ASCII, as in YAML. No digit is lost.
    """
    if _POWER.fullmatch(text) is None:
        return None
    number = Decimal(text)
    if not float(number).is_integer() or number != number.to_integral_value():
        return None  # what is infinite for a float has too many digits
    return int(number)


def with_whole_numbers(hint: Any, value: Any) -> Any:
    """Return a value in which each float that is whole is an `int` where a whole number belongs.

    Args:
        hint: The type of a setting, or the class of a group or a whole config.
        value: Its value as read from YAML; it need not be of that type.
    """
    group, options = group_of(hint), options_of(hint)
    if group is not None and isinstance(value, Mapping):
        hints = {name: each for name, each in hints_of(group) if "." not in name}
        return {name: with_whole_numbers(hints.get(name, Any), of) for name, of in value.items()}
    lists = [each for each in options if get_origin(each) in (list, tuple)]
    if lists and isinstance(value, list):
        parts = [part for part in get_args(lists[0]) if part is not ...]
        last = len(parts) - 1
        return [with_whole_numbers(parts[min(n, last)], of) for n, of in enumerate(value)]
    return whole(value) if int in options else value
