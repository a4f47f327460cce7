"""Check what an environment hands over at a reset or a step; take what has one meaning.

Every function returns the plain value. Where the value is unusual but has one meaning, `note` is
told so; the caller counts the notes. All else is a `HandoverError`.
"""

from __future__ import annotations

import math
import numbers
import signal
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import DSRLWarning, HandoverError

Note = Callable[[str], None]
"""Is told of something unusual that was taken."""

_SHOWN = 60  # characters of a value in a message


class HandoverWarning(DSRLWarning):
    """An environment hands over something unusual that has one meaning, so it is taken."""


def require_foreign(error: BaseException) -> None:
    """Raise an error again that is not one of the foreign code which it was met in.

    Foreign code may raise anything, `SystemExit` and classes below `BaseException` among it. What a
    handler of a signal raised while that code ran is not its own: Ctrl-C, or a caller's time limit.
    """
    if isinstance(error, Exception | SystemExit):
        return
    if isinstance(error, KeyboardInterrupt) or _is_of_signal(error):
        raise error


def _is_of_signal(error: BaseException) -> bool:
    """Say whether a handler of a signal raised an error, or what it called."""
    handlers = map(signal.getsignal, signal.valid_signals())
    codes = {getattr(handler, "__code__", None) for handler in handlers} - {None}
    return any(frame.f_code in codes for frame, _ in traceback.walk_tb(error.__traceback__))


def split_reset(result: Any, note: Note) -> tuple[Any, Any]:
    """Return the observation and `info` of a reset; the old style gives the observation alone."""
    if isinstance(result, tuple | list) and len(result) == 2 and _is_info(result[1]):
        if not isinstance(result, tuple):
            note("reset() returns a list in place of a tuple (observation, info)")
        return result[0], result[1]
    if isinstance(result, np.ndarray):
        note("reset() returns the observation alone, as in the old gym")
        return result, {}
    raise HandoverError(
        f"reset() returned {shown(result)}, but it must return a tuple (observation, info) with a "
        "dict `info`; mend reset()."
    )


def split_step(result: Any, note: Note) -> tuple[Any, Any, Any, Any, Any]:
    """Return observation, reward, terminated, truncated and `info` of a step.

    The old style has one flag `done`, and `info["TimeLimit.truncated"]` where time was up.
    """
    if type(result) is tuple and len(result) == 5:  # the common case, quickly
        return result
    if isinstance(result, tuple | list):
        if not isinstance(result, tuple):
            note("step() returns a list in place of a tuple")
        if len(result) == 5:
            return result[0], result[1], result[2], result[3], result[4]
        if len(result) == 4 and _is_info(result[3]):
            note("step() returns four values, as in the old gym: `done` counts as terminated")
            observation, reward, done, info = result
            late = bool((info or {}).get("TimeLimit.truncated", False))
            return observation, reward, not late and done, late, info
    raise HandoverError(
        f"step() returned {shown(result)}, but it must return a tuple (observation, reward, "
        "terminated, truncated, info); mend step()."
    )


def plain_reward(value: Any, note: Note) -> float:
    """Return a reward as a number; NaN and infinities are left to the caller.

    A number of any kind is taken, and an array that holds one number, with a note.
    """
    if isinstance(value, numbers.Real | np.bool_ | np.number) and not isinstance(value, complex):
        return _as_float(value, "reward")
    if hasattr(value, "dtype") or hasattr(value, "__array__"):
        array = _unmasked(value, "reward")
        if array.size == 1 and array.dtype.kind in "fiub":
            reward = float(array.reshape(-1)[0])
            if math.isfinite(reward):
                note("the reward is an array of one number")
            return reward
    remedy = "return a float"
    if isinstance(value, list | tuple | np.ndarray):  # several objectives
        remedy = "weigh its numbers into one with a wrapper (--env.wrappers)"
    raise HandoverError(f"The reward is {shown(value)}, but it must be one number; {remedy}.")


def _as_float(value: Any, name: str) -> float:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise HandoverError(
            f"The {name} is {shown(value)}, but it must be one finite number; return a float."
        ) from error


def plain_flag(name: str, value: Any, note: Note) -> bool:
    """Return `terminated` or `truncated` as a bool; 0, 1 and arrays of one such value are taken."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    array = value
    if hasattr(value, "dtype") or hasattr(value, "__array__"):
        array = _unmasked(value, name)
        array = array.reshape(-1)[0].item() if array.size == 1 else None
    if isinstance(array, bool | int | float) and array in (0, 1):
        note(f"`{name}` is a {type(value).__name__}, not a bool")
        return bool(array)
    raise HandoverError(f"`{name}` is {shown(value)}, but it must be True or False; return a bool.")


def plain_info(value: Any, note: Note) -> dict[str, Any]:
    """Return a copy of `info` that shares no arrays, lists and dicts with it."""
    if type(value) is dict:  # the common case, quickly
        return _copied(value)
    if value is None:
        note("`info` is None, not a dict")
        return {}
    if not isinstance(value, Mapping):
        raise HandoverError(f"`info` is {shown(value)}, but it must be a dict; return {{}}.")
    return _copied(dict(value))


def _copied(values: dict[Any, Any]) -> dict[Any, Any]:
    """Return a copy of a dict in which arrays, lists and dicts are copies as well."""
    copies = values.copy()
    for key, value in values.items():
        if type(value) in _MUTABLE:
            copies[key] = _copy(value)
    return copies


def _copy(value: Any) -> Any:
    if type(value) is dict:
        return _copied(value)
    if type(value) is list:
        return [_copy(part) if type(part) in _MUTABLE else part for part in value]
    return value.copy()


_MUTABLE = frozenset({np.ndarray, dict, list})


def plain_array(
    value: Any, shape: tuple[int, ...], dtype: np.dtype[Any], high: float, note: Note
) -> NDArray[Any]:
    """Return an observation as an array of the promised shape, with values 0 to `high`.

    A list of such numbers is taken, and an array of another dtype if every value fits the promised
    one; floats between 0 and 1 in place of whole grey levels do not.
    """
    if value is None or isinstance(value, str | bytes):
        raise _no_observation(value, shape, dtype)
    array = _unmasked(value, "observation")
    if array.dtype.kind not in "buif":
        raise _no_observation(value, shape, dtype)
    if array.shape != shape:
        raise HandoverError(
            f"The observation has shape {list(array.shape)}, but its space promises {list(shape)}, "
            "and no frame may have another size; mend the environment or its observation_space."
        )
    if array.dtype != dtype:
        _require_same_meaning(array, dtype)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise HandoverError(
            "The observation holds NaN or infinite values, but it must hold finite numbers; mend "
            "the environment."
        )
    if array.dtype != np.uint8 and (array.min() < 0 or array.max() > high):
        raise HandoverError(
            f"The observation holds values from {array.min():g} to {array.max():g}, but its space "
            f"promises 0 to {high:g}; mend the environment or its observation_space."
        )
    if array.dtype != dtype:
        kind = "a list" if isinstance(value, list | tuple) else f"of dtype {array.dtype}"
        note(f"the observation is {kind}, not an array of dtype {dtype}")
    return array


def _require_same_meaning(array: NDArray[Any], dtype: np.dtype[Any]) -> None:
    """Refuse an array whose values have no clear meaning in the promised dtype."""
    fits = True
    if dtype.kind in "ui":
        between = array.max() <= 1 and array.any()  # a black frame is black in any unit
        scaled = array.dtype.kind == "b" or (array.dtype.kind == "f" and between)
        fits = not scaled and bool(np.isfinite(array).all() and (array == np.rint(array)).all())
    elif dtype.kind == "b":
        fits = bool(np.isin(array, (0, 1)).all())
    elif dtype.kind == "f":
        fits = array.dtype.kind in "fb"
    if not fits:
        raise HandoverError(
            f"The observation has dtype {array.dtype} with values from {array.min():g} to "
            f"{array.max():g}, but its space promises {dtype}; return the promised dtype, or mend "
            "the observation_space."
        )


def _unmasked(value: Any, name: str) -> NDArray[Any]:
    """Return a value as an array; a masked array must have no masked entries."""
    if isinstance(value, np.ma.MaskedArray) and np.any(np.ma.getmaskarray(value)):
        raise HandoverError(
            f"The {name} is a masked array with masked entries, but every entry must have a value; "
            "fill them with filled()."
        )
    try:
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise HandoverError(
            f"The {name} is {shown(value)}, but it must be an array of numbers; return one."
        ) from error


def _no_observation(value: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> HandoverError:
    return HandoverError(
        f"The observation is {shown(value)}, but its space promises an array of {dtype} with shape "
        f"{list(shape)}; return one."
    )


def _is_info(value: Any) -> bool:
    return value is None or isinstance(value, Mapping)


def shown(value: Any) -> str:
    """Return a value and its type in a few words, for a message."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a foreign object may fail in any way
        text = "?"
    if len(text) > _SHOWN:
        text = f"{text[:_SHOWN]}..."
    return text if value is None else f"{text} (a {type(value).__name__})"
