"""Show progress bars, such as one for each phase of training."""

from __future__ import annotations

import sys
from typing import Any
from weakref import WeakSet

from tqdm.auto import tqdm

_OPEN: WeakSet[Any] = WeakSet()  # bars that were begun; those that are closed count no more

_FIGURES = {"back end": "{:.0f} nats", "symbols": "{:.0f} types"}  # other phases have returns
_RETURN = "return {:+.1f}"
_AT_ONCE = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"  # one thing has no rate

_GOES_ON = "steps"  # the phase that fits of perception break off


def progress_bar(*things: Any, **settings: Any) -> Any:
    """Return a bar of `tqdm`, which takes the arguments.

    A file or a pipe keeps every update, so it gets one every 10 s at most.
    """
    pause = 0.1 if sys.stderr.isatty() else 10.0
    begun = tqdm(*things, **{"dynamic_ncols": True, "mininterval": pause, **settings})
    _OPEN.add(begun)
    return begun


def draw_anew() -> bool:
    """Draw the bars that are open with the time that it is now; return whether there are any."""
    bars = [each for each in list(_OPEN) if not each.disable]  # a closed one is disabled
    for each in bars:
        each.refresh()
    return bool(bars)


class Bars:
    """Shows the progress of the current phase; training reports to `update`."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._phase = ""

    def update(self, phase: str, done: int, total: int, figure: float) -> None:
        """Show that `done` of `total` steps of a phase are done, with the phase's latest figure.

        A phase is over when another begins, so its bar ends whole. Steps go on after a fit: the bar
        that the fit broke off is taken away, and a new one goes on where it was. A phase that is
        over before its time says so by a total of what is done. The figure is of what is done.
        """
        if phase != self._phase:
            self._end_phase()
        elif done == total < self._bar.total:
            self._bar.total = total
        elif self._bar.total != total:
            self.close()
        if self._bar is None:
            self._begin(phase, done, total)
        self._bar.update(done - self._bar.n)
        if done:
            shown = _FIGURES.get(phase, _RETURN).format(figure)
            self._bar.set_postfix_str(shown, refresh=False)

    def close(self) -> None:
        """End the current bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._phase = ""

    def _begin(self, phase: str, done: int, total: int) -> None:
        self._phase = phase
        form = _AT_ONCE if total == 1 else None
        self._bar = progress_bar(total=total, initial=done, desc=phase.ljust(8), bar_format=form)

    def _end_phase(self) -> None:
        if self._bar is not None:
            if self._phase == _GOES_ON:
                self._bar.leave = self._bar.n >= self._bar.total
            else:
                self._bar.update(self._bar.total - self._bar.n)
        self.close()
