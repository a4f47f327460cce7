"""Check single values; each error names the field, the value and the rule."""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from shapes_grid.errors import SpecError
from shapes_grid.shapes import AGENT_SHAPES, SHAPES

_OBJECT_SHAPES = tuple(shape for shape in SHAPES if shape not in AGENT_SHAPES)


def require_int(name: str, value: object, low: int) -> int:
    """Return a whole number of at least `low` as an int; NumPy integers pass, booleans do not."""
    if isinstance(value, bool | np.bool_):  # NumPy 2.0 takes its own for an index, with a warning
        raise SpecError(name, value, "a whole number")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise SpecError(name, value, "a whole number") from None
    if number < low:
        raise SpecError(name, value, f"at least {low}")
    return number


def require_number(name: str, value: object) -> float:
    """Return a finite number as a float; NumPy numbers pass, booleans do not."""
    try:
        number = float(value) if isinstance(value, Real) else math.nan
    except OverflowError:  # a whole number beyond the largest float
        number = math.inf
    if isinstance(value, bool) or not math.isfinite(number):
        raise SpecError(name, value, "a finite number")
    return number


def require_count(name: str, value: object) -> int | tuple[int, int]:
    """Return a number of things, or the range (low, high) to draw it from."""
    if not isinstance(value, list | tuple):
        return require_int(name, value, 0)
    low, high = (require_int(name, v, 0) for v in require_pair(name, value, "(low, high)"))
    if low > high:
        raise SpecError(name, value, "(low, high) with low <= high")
    return low, high


def require_pair(name: str, value: object, content: str) -> tuple[object, object]:
    """Return the two parts of a list or tuple; `content` describes them in errors."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise SpecError(name, value, content)
    return value[0], value[1]


def require_colour(name: str, value: object) -> tuple[int, int, int]:
    """Return a colour (red, green, blue), each from 0 to 255."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise SpecError(name, value, "a colour (red, green, blue)")
    red, green, blue = (require_int(name, part, 0) for part in value)
    if max(red, green, blue) > 255:
        raise SpecError(name, value, "a colour (red, green, blue) of parts from 0 to 255")
    return red, green, blue


def require_bool(name: str, value: object) -> bool:
    """Return a boolean; other types are refused."""
    if not isinstance(value, bool):
        raise SpecError(name, value, "True or False")
    return value


def require_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse a value that is none of the given words."""
    if not isinstance(value, str) or value not in choices:
        raise SpecError(name, value, "one of " + ", ".join(f'"{c}"' for c in choices))


def require_by_shape(name: str, value: object, content: str) -> Mapping[str, Any]:
    """Return a mapping by shape of object; `content` describes its values in errors."""
    if not isinstance(value, Mapping):
        raise SpecError(name, value, f"a mapping from shapes to {content}")
    for shape in value:
        if shape not in _OBJECT_SHAPES:
            known = ", ".join(_OBJECT_SHAPES)
            raise SpecError(name, shape, f"a shape{nearest(str(shape), _OBJECT_SHAPES)}: {known}")
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean "..."?)' for the known word closest to `word`, or nothing."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f' (did you mean "{near[0]}"?)' if near else ""
