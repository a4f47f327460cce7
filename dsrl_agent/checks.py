"""Check values against a rule; the error names the field, the value and the rule."""

from __future__ import annotations

import difflib
import math
import os
import reprlib
from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from dsrl_agent.errors import ConfigError

_MOST_SHOWN = 300  # characters of a value in an error
_LONGEST_LINE = 600  # characters of an error's message within another
_MOST_BITS = 63  # of a whole number: NumPy and arrays in files hold no longer ones
_MOST_STORED = 4096  # bits of a whole number in JSON: Python reads 4,300 digits


class _Brief(reprlib.Repr):
    """Shows a value in a line of bounded length, whatever it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 4, 200, 200
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = 20

    def repr_int(self, x: int, level: int) -> str:
        """Return a whole number, or how long it is."""
        if x.bit_length() > 2 * _MOST_BITS:
            return f"a number of {int(x.bit_length() * math.log10(2)) + 1} digits"
        return repr(x)


_BRIEF = _Brief()


def shown(value: Any) -> str:
    """Return a value as text for an error, cut where it is long, deep, or holds itself."""
    text = _BRIEF.repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def printed(text: str) -> str:
    """Return a text in which what does not print is written as Python writes it."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def line_of(error: BaseException) -> str:
    """Return the message of an error in a line, cut where it is long.

    That of foreign code may fail to give one; its type stands for it then. What does not print,
    such as codes that command a terminal, is written as Python writes it.
    """
    try:
        line = " ".join(str(error).split())
    except Exception:  # as of numbers of thousands of digits
        return type(error).__name__
    line = printed(line) or "(no message)"
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: numbers of NumPy become Python's, and tuples lists.

    Raises:
        TypeError: JSON does not hold it; the message says what it is, and where in the value.
    """
    try:
        return _plain(value, "")
    except RecursionError as error:
        raise TypeError("a value that holds itself, or holds others too deep") from error


def _plain(value: Any, place: str) -> Any:
    """Return a value as `plain` does; `place` is its index in the whole, as Python writes it."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, list | tuple):
        return [_plain(part, f"{place}[{index}]") for index, part in enumerate(value)]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {
            _plain(key, place): _plain(part, f"{place}[{key!r}]") for key, part in value.items()
        }
    if fault := _fault_in(value):
        raise TypeError(f"{fault} at {place}" if place else fault)
    return value


def _fault_in(value: Any) -> str:
    """Say why JSON does not hold a single value; the text is empty if it does."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"the number {value}"
    if isinstance(value, int):  # true and false are such as well
        length = value.bit_length()
        return "" if length <= _MOST_STORED else f"a number of {length} bits"
    if isinstance(value, str):
        return "" if value.isascii() or _is_unicode(value) else f"the text {value!a}"
    if isinstance(value, dict):
        return "a dict with keys that are no text"
    return "" if value is None else f"a {type(value).__name__}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a half of a character
        return False
    return True


def require_short(name: str, value: int | float) -> None:
    """Refuse a whole number of more digits than files and arrays hold.

    Raises:
        ConfigError: The message has the value and the rule.
    """
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ConfigError(
            f"{name} is {shown(value)}, but it must be less than {2**_MOST_BITS:.1e}."
        )


def is_nameable(text: str) -> bool:
    """Say whether a text can be the name of a file: without NUL, and of whole characters."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def require_nameable(name: str, value: str) -> None:
    """Refuse a text that can be the name of no file: one with a NUL, or with half a character.

    Raises:
        ConfigError: The message has the value and the rule.
    """
    if not is_nameable(value):
        raise ConfigError(
            f"{name} is {printed(shown(value))}, but it must be a text of whole characters "
            "without NUL."
        )


def require_at_least(name: str, value: Any, low: int, why: str = "") -> None:
    """Refuse a value that is no whole number of at least `low`.

    Raises:
        ConfigError: The message has the value and the rule, with `why` in front of the bound.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name} is {shown(value)}, but it must be a whole number.")
    require_short(name, value)
    if value < low:
        raise ConfigError(f"{name} is {shown(value)}, but it must be at least {why}{low}.")


def require_at_most(name: str, value: int, high: int, why: str = "") -> None:
    """Refuse a number above `high`.

    Raises:
        ConfigError: The message has the value and the rule, with `why` in front of the bound.
    """
    if value > high:
        raise ConfigError(f"{name} is {shown(value)}, but it must be at most {why}{high}.")


def require_within(name: str, value: Any, low: int, high: int) -> None:
    """Refuse a value that is no whole number from `low` to `high`.

    Raises:
        ConfigError: The message has the value and the rule.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"{name} is {shown(value)}, but it must be from {low} to {high}.")


def require_number(name: str, value: Any) -> None:
    """Refuse a value that is no number.

    Raises:
        ConfigError: The message has the value.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{name} is {shown(value)}, but it must be a number.")
    require_short(name, value)


def require_range(
    name: str, value: Any, low: float, high: float = math.inf, *, open_low: bool = False
) -> None:
    """Refuse a value that is no finite number from `low` to `high`.

    With `open_low`, `low` itself is refused; infinity is always refused.

    Raises:
        ConfigError: The message has the value and the rule.
    """
    require_number(name, value)
    fits = low < value <= high if open_low else low <= value <= high
    if not fits or not math.isfinite(value):
        rule = f"greater than {low:g}" if open_low else f"at least {low:g}"
        limit = "" if high == math.inf else f" and at most {high:g}"
        raise ConfigError(f"{name} is {shown(value)}, but it must be {rule}{limit} and finite.")


def require_one_of(name: str, value: Any, known: Iterable[Any]) -> None:
    """Refuse a value that is none of those known.

    Raises:
        ConfigError: The message has the value, the known one most like it, and all of them.
    """
    all_known = list(known)
    if value in all_known:
        return
    by_text = {str(one).lower(): str(one) for one in all_known}
    near = difflib.get_close_matches(value.lower(), by_text, 1) if isinstance(value, str) else []
    hint = f" (did you mean {by_text[near[0]]}?)" if near else ""
    listed = ", ".join(map(str, all_known))
    raise ConfigError(f"{name} is {shown(value)}{hint}, but it must be one of {listed}.")


def require_fields(
    path: str, config: Any, *, shares: Collection[str] = (), positive: Collection[str] = ()
) -> None:
    """Check the numbers of a dataclass.

    Whole numbers must be at least 1, other numbers at least 0 and finite.

    Args:
        path: The path of the dataclass among the settings.
        config: The dataclass. Fields with a default of type `int` are whole numbers.
        shares: Fields that must be at most 1.
        positive: Fields that must be greater than 0.

    Raises:
        ConfigError: The message has the setting, the value and the rule.
    """
    require_groups(config, path)
    for field in fields(config):
        name, value = f"{path}.{field.name}", getattr(config, field.name)
        if isinstance(field.default, int):
            require_at_least(name, value, 1)
        elif isinstance(field.default, float):
            high = 1.0 if field.name in shares else math.inf
            require_range(name, value, 0.0, high, open_low=field.name in positive)


def require_groups(config: Any, path: str = "") -> None:
    """Refuse a group of settings that is not of its class, such as a mapping.

    Groups are the fields whose default is a dataclass; `path` is that of the dataclass among the
    settings.

    Raises:
        ConfigError: The message has the group, the value and the class.
    """
    for field in fields(config):
        made = is_dataclass(field.default)
        group = type(field.default) if made else field.default_factory
        value = getattr(config, field.name)
        if isinstance(group, type) and is_dataclass(group) and not isinstance(value, group):
            name = ".".join(filter(None, (path, field.name)))
            raise ConfigError(
                f"{name} is {shown(value)}, but it must be a {group.__name__}; give one, or leave "
                "it out. DSRL(env, config={...}) takes mappings of mappings."
            )


def require_members(what: str, thing: object, protocol: type[Any]) -> None:
    """Refuse a thing that lacks members of the protocol that it is to follow.

    Raises:
        ConfigError: The message names those that are lacking.
    """
    own = [vars(base) for base in protocol.__mro__ if getattr(base, "_is_protocol", False)]
    names = {name for each in own for name in (*each, *each.get("__annotations__", ()))}
    lacking = sorted(name for name in names - set(dir(thing)) if name[0] != "_")
    if lacking:
        raise ConfigError(
            f"{what} is a {type(thing).__name__}, which lacks {', '.join(lacking)}; it must have "
            f"all that {protocol.__module__}.{protocol.__qualname__} lists."
        )
