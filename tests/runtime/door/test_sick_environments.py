"""A table of sick environments, each with what the door makes of it."""

from __future__ import annotations

import asyncio
import math
import signal
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from hostile import SHAPE, Hostile, frame

from dsrl_agent.errors import HandoverError, ObservationError
from dsrl_agent.runtime.door import Door
from dsrl_agent.runtime.door.handover import HandoverWarning

NAN, INF = math.nan, math.inf
SMALLER, LARGER = np.zeros((39, 50, 3), np.uint8), np.zeros((41, 50, 3), np.uint8)
MASKED = np.ma.array(frame(), mask=np.ones(SHAPE, np.bool_))
UNMASKED = np.ma.array(frame())

# What a step hands over in place of a good part, and what becomes of it: "" is taken as it is,
# "taken: ..." with a warning of these words, all else is refused in these words.
STEPS: list[tuple[str, Any, str]] = [
    ("reward", 1, ""),
    ("reward", True, ""),
    ("reward", np.float64(1), ""),
    ("reward", np.int32(1), ""),
    ("reward", np.bool_(True), ""),
    ("reward", 1e308, ""),
    ("reward", np.array(1.0), "taken: array of one number"),
    ("reward", np.array([1]), "taken: array of one number"),
    ("reward", NAN, "The reward is nan, but it must be a finite number"),
    ("reward", INF, "The reward is inf"),
    ("reward", -INF, "The reward is -inf"),
    ("reward", np.float32(NAN), "The reward is nan"),
    ("reward", np.array([NAN]), "The reward is nan"),
    ("reward", None, "The reward is None, but it must be one number"),
    ("reward", "1.0", "The reward is '1.0' (a str)"),
    ("reward", [1.0], "The reward is [1.0] (a list)"),
    ("reward", np.zeros(2), "The reward is array([0., 0.])"),
    ("reward", 1j, "The reward is 1j"),
    ("reward", Decimal(1), "The reward is Decimal('1')"),
    ("reward", 10**400, "one finite number"),
    ("reward", np.ma.array([1.0], mask=[True]), "masked entries"),
    ("terminated", np.bool_(True), ""),
    ("terminated", 0, "taken: `terminated` is a int, not a bool"),
    ("terminated", np.int64(1), "taken: `terminated` is a int64"),
    ("terminated", 1.0, "taken: `terminated` is a float"),
    ("terminated", np.array([False]), "taken: `terminated` is a ndarray"),
    ("terminated", "False", "`terminated` is 'False' (a str), but it must be True or False"),
    ("terminated", NAN, "`terminated` is nan"),
    ("terminated", None, "`terminated` is None"),
    ("terminated", 2, "`terminated` is 2"),
    ("terminated", np.zeros(2), "`terminated` is array([0., 0.])"),
    ("truncated", np.bool_(False), ""),
    ("truncated", 1, "taken: `truncated` is a int"),
    ("truncated", "no", "`truncated` is 'no'"),
    ("truncated", [], "`truncated` is []"),
    ("info", None, "taken: `info` is None"),
    ("info", [], "`info` is [] (a list), but it must be a dict"),
    ("info", "none", "`info` is 'none'"),
    ("observation", frame(7).copy(order="F"), ""),
    ("observation", UNMASKED, ""),
    ("observation", frame().tolist(), "taken: the observation is a list"),
    ("observation", frame().astype(np.int64), "taken: the observation is of dtype int64"),
    ("observation", frame(200).astype(np.float32), "taken: the observation is of dtype float32"),
    ("observation", frame(255) / 255, "values from 1 to 1, but its space promises uint8"),
    ("observation", np.full(SHAPE, 0.5), "has dtype float64 with values from 0.5 to 0.5"),
    ("observation", np.full(SHAPE, NAN), "has dtype float64"),
    ("observation", np.full(SHAPE, 300), "values from 300 to 300"),
    ("observation", np.full(SHAPE, -1), "values from -1 to -1"),
    ("observation", frame().astype(np.bool_), "has dtype bool"),
    ("observation", SMALLER, "has shape [39, 50, 3], but its space promises [40, 50, 3]"),
    ("observation", LARGER, "has shape [41, 50, 3]"),
    ("observation", frame()[..., 0], "has shape [40, 50]"),
    ("observation", frame()[None], "has shape [1, 40, 50, 3]"),
    ("observation", np.moveaxis(frame(), 2, 0), "has shape [3, 40, 50]"),
    ("observation", MASKED, "masked entries"),
    ("observation", None, "The observation is None"),
    ("observation", "frame", "The observation is 'frame'"),
    ("observation", {"image": frame()}, "The observation is {'image'"),
    ("observation", [[1], [2, 3]], "The observation is [[1], [2, 3]]"),
    ("observation", np.zeros(SHAPE, object), "The observation is"),
    ("observation", frame().astype(np.complex128), "The observation is"),
]
GOOD: tuple[Any, ...] = (frame(), 0.0, False, False, {})
WHOLE: list[tuple[Any, str]] = [
    (list(GOOD), "taken: step() returns a list"),
    ((frame(), 0.0, False, {}), "taken: step() returns four values"),
    ((frame(), 0.0, False, False), "step() returned"),
    ((*GOOD, 1), "step() returned"),
    ((frame(), 0.0), "step() returned"),
    (3, "step() returned 3 (a int), but it must return a tuple"),
    (frame(), "step() returned array("),
]
RESETS: list[tuple[Any, str]] = [
    (frame(), "taken: reset() returns the observation alone"),
    ([frame(), {}], "taken: reset() returns a list"),
    ((frame(), None), "taken: `info` is None"),
    ((frame(),), "reset() returned"),
    ((frame(), 0.0, False, {}), "reset() returned"),
    (None, "reset() returned None"),
    ((None, {}), "The observation is None"),
    ((SMALLER, {}), "has shape [39, 50, 3]"),
]


class PanicError(BaseException):
    """An error as bindings to other languages raise it: no `Exception`."""


def require(call: Any, expected: str) -> None:
    """Require that a call of an environment succeeds, warns or fails as the table says."""
    if not expected:
        call()
    elif expected.startswith("taken: "):
        with pytest.warns(HandoverWarning) as caught:
            call()
        assert any(expected.removeprefix("taken: ") in str(each.message) for each in caught)
    else:
        with pytest.raises(HandoverError) as refused:
            call()
        assert expected in str(refused.value)
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 1000


@pytest.mark.parametrize(("part", "value", "expected"), STEPS)
def test_a_sick_part_of_a_step(part: str, value: Any, expected: str) -> None:
    env = Door(Hostile(**{part: value}))
    env.reset(seed=0)
    require(lambda: env.step(0), expected)


@pytest.mark.parametrize(("whole", "expected"), WHOLE)
def test_a_sick_step(whole: Any, expected: str) -> None:
    hostile = Hostile()
    env = Door(hostile)
    env.reset(seed=0)
    hostile.whole = whole
    require(lambda: env.step(0), expected)


@pytest.mark.parametrize(("first", "expected"), RESETS)
def test_a_sick_reset(first: Any, expected: str) -> None:
    hostile = Hostile()
    env = Door(hostile)
    hostile.first = first
    require(lambda: env.reset(seed=0), expected)


@pytest.mark.parametrize(
    "error",
    [
        *(ValueError("x"), KeyError("x"), AssertionError(), RecursionError(), MemoryError()),
        *(SystemExit(3), ExceptionGroup("x", [ValueError()]), ValueError(99999 * "x\n")),
        *(GeneratorExit(), asyncio.CancelledError(), BaseExceptionGroup("x", [SystemExit()])),
        PanicError("a thread of Rust panicked"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_environment_that_raises(error: BaseException) -> None:
    hostile = Hostile()
    env = Door(hostile)
    env.reset(seed=0)
    hostile.error = error
    require(lambda: env.step(0), f"raised {type(error).__name__} at step 1 after reset 1")


def test_a_time_limit_of_the_caller_is_heard_inside_an_environment() -> None:
    def over(*_: object) -> None:
        raise PanicError("time is up")

    class Slow(Hostile):
        def step(self, action: Any) -> Any:
            signal.raise_signal(signal.SIGALRM)
            return super().step(action)

    env = Door(Slow())
    env.reset(seed=0)
    before = signal.signal(signal.SIGALRM, over)
    try:
        with pytest.raises(PanicError, match="time is up"):
            env.step(0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_who_stops_a_program_by_keyboard_is_heard_inside_an_environment() -> None:
    hostile = Hostile()
    env = Door(hostile)
    env.reset(seed=0)
    hostile.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        env.step(0)


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(0, 255, (3,), np.uint8),
        spaces.Box(0, 255, (2, 3, 4, 5), np.uint8),
        spaces.Text(5),
        spaces.Discrete(4),
        spaces.Tuple([]),
        spaces.Dict({}),
        spaces.Graph(spaces.Discrete(2), None),
    ],
    ids=str,
)
def test_an_environment_with_nothing_to_see(space: Any) -> None:
    hostile = Hostile()
    hostile.observation_space = space
    with pytest.raises(ObservationError, match="Hostile cannot be seen: its observations are no"):
        Door(hostile)
