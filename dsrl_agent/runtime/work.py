"""Bound the work of a search, so that it ends: what it computes is counted.

A bound in seconds would make results depend on the machine.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from dsrl_agent.errors import WorkError


class WorkBudget:
    """Multiplications that a search may take; those within its contexts count."""

    def __init__(self, most: float, remedy: str) -> None:
        """Take the most multiplications, and what to do where they do not suffice."""
        self._most, self._remedy, self._done = most, remedy, 0.0
        self._outer: Token[WorkBudget | None] | None = None

    def __enter__(self) -> Self:
        """Count from here on."""
        self._outer = _CURRENT.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Count no longer."""
        if self._outer is not None:
            _CURRENT.reset(self._outer)

    def take(self, work: float) -> None:
        """Take multiplications.

        Raises:
            WorkError: They are too many together.
        """
        self._done += work
        if self._done > self._most:
            raise WorkError(
                f"The search would take more than {self._most:.3g} multiplications; {self._remedy}."
            )


_CURRENT: ContextVar[WorkBudget | None] = ContextVar("work", default=None)


def count_work(work: float) -> None:
    """Count multiplications, if a search that is bounded runs.

    Raises:
        WorkError: It would take too many.
    """
    budget = _CURRENT.get()
    if budget is not None:
        budget.take(work)
