"""Write real numbers in ASP, which knows 32-bit integers alone.

A value is written as two integers: HI millionths and LO millionths of these, value = HI / 10^6 +
LO / 10^12 with 0 <= LO < 10^6. So sums are exact, and values tie where they tie for the agent.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from dsrl_agent.errors import ConfigError

BASE = 1_000_000
TIE = 1_000
"""Values that differ by no more than this many 10^-12 tie, as they do for the agent."""
_MOST = 2**31 - 1
_OBJECTS = 64  # values whose sum fits into 32 bits


class Number(NamedTuple):
    """A value as two whole numbers."""

    hi: int
    lo: int

    def __str__(self) -> str:
        return f"{self.hi},{self.lo}"


def number(value: float) -> Number:
    """Return a value, rounded to 10^-12.

    Raises:
        ConfigError: It is too large for sums of it to be whole numbers of 32 bits.
    """
    hi, lo = divmod(round(Fraction(value) * BASE * BASE), BASE)
    if abs(hi) > _MOST // _OBJECTS:
        raise ConfigError(
            f"A value of {value:g} is too large for a logic program, whose numbers have 32 bits; "
            f"the most is {_MOST // _OBJECTS / BASE:g}."
        )
    return Number(hi, lo)
