"""Progress bars: one for each phase, with its latest figure."""

from __future__ import annotations

from contextlib import closing

import pytest

from dsrl_agent.runtime.progress import Bars


def test_each_phase_has_a_bar_with_its_figure(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Bars()) as bars:
        bars.update("frames", 3, 10, 1.5)
        bars.update("frames", 10, 10, -2.0)
        bars.update("back end", 4, 4, 12.4)
    shown = capfd.readouterr().err
    for part in ("frames", "10/10", "return -2.0", "back end", "4/4", "12 nats"):
        assert part in shown


def test_a_phase_may_begin_anew_with_another_total(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Bars()) as bars:
        bars.update("symbols", 1, 2, 3.0)
        bars.update("symbols", 1, 5, 4.0)
    shown = capfd.readouterr().err
    assert "1/2" in shown
    assert "1/5" in shown
    assert "4 types" in shown


def test_closing_twice_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.update("frames", 1, 2, 0.0)
    bars.close()
    assert "1/2" in capfd.readouterr().err
    bars.close()
    assert capfd.readouterr().err == ""


def test_a_phase_that_is_over_ends_whole(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Bars()) as bars:
        bars.update("frames", 59, 60, 0.0)
        bars.update("back end", 0, 1, 12.0)
        bars.update("steps", 70, 100, 1.0)
    shown = capfd.readouterr().err
    assert "60/60" in shown
    assert "1/1" in shown
    assert "100/100" not in shown  # this one was stopped


def test_steps_that_a_fit_broke_off_go_on_where_they_were(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with closing(Bars()) as bars:
        bars.update("steps", 30, 100, 1.0)
        bars.update("back end", 1, 1, 12.0)
        bars.update("steps", 31, 100, 1.0)
        bars.update("steps", 100, 100, 1.0)
    shown = capfd.readouterr().err
    assert "31/100" in shown
    assert "100/100" in shown
    assert shown.split("\n")[0].split("\r")[-1].startswith("back end")  # no broken bar before it


def test_a_phase_that_ends_before_its_time_ends_whole(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Bars()) as bars:
        bars.update("steps", 270, 5000, 1.0)
        bars.update("steps", 272, 272, 1.0)
    shown = capfd.readouterr().err
    assert "272/272" in shown
    assert shown.count("\n") == 1


def test_nothing_done_has_no_figure_and_one_thing_no_rate(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with closing(Bars()) as bars:
        bars.update("back end", 0, 1, 0.0)
        bars.update("symbols", 1, 1, 3.0)
    shown = capfd.readouterr().err
    assert "nats" not in shown
    assert "it/s" not in shown
    assert "1/1" in shown
