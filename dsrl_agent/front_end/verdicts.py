"""Keep what counts say, so that it is found anew only where a further count changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
M = TypeVar("M")
V = TypeVar("V")


class Verdicts(Generic[K, M, V]):
    """The verdict on each key, by how often each outcome was met with it.

    Args:
        counts: The counts of outcomes by key; they are taken over, and grow.
        judge: Returns the verdict on a key by its outcomes' counts.
        stands: Says whether a verdict is sure to hold if an outcome is counted once more, which
            saves its judge most of the work.
    """

    def __init__(
        self,
        counts: dict[K, dict[M, int]],
        judge: Callable[[Mapping[M, int]], V],
        stands: Callable[[V, M], bool] = lambda _verdict, _outcome: False,
    ) -> None:
        self.counts, self._judge, self._stands = counts, judge, stands
        self.found = {key: judge(own) for key, own in counts.items()}

    def hold(self, key: K, outcome: M) -> bool:
        """Count an outcome; return whether all verdicts hold and the outcome was met before."""
        own = self.counts.get(key)
        if own is None or outcome not in own:
            return False
        own[outcome] += 1
        verdict = self.found[key]
        return self._stands(verdict, outcome) or self._judge(own) == verdict
