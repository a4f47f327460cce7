"""Signals that stop a run."""

from __future__ import annotations

import signal

import pytest

from dsrl_agent.experiments.run.stopping import StopRequest, exit_status, stops_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_first_signal_asks_and_a_second_stops_at_once(number: signal.Signals) -> None:
    request, before = StopRequest(), signal.getsignal(number)
    with stops_on_signals(request):
        signal.raise_signal(number)
        assert request.signal == number
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        assert request.signal == number
    assert signal.getsignal(number) is before


def test_a_signal_stops_at_once_where_nothing_is_lost() -> None:
    request = StopRequest()
    request.at_once = True
    with stops_on_signals(request), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert exit_status(request.signal) == 143


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        request = StopRequest()
        with stops_on_signals(request):
            signal.raise_signal(signal.SIGHUP)
        assert request.signal == 0
    finally:
        signal.signal(signal.SIGHUP, before)
