"""What a command does is said after a silence."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.silence import listen
from dsrl_agent.cli import watch as module
from dsrl_agent.cli.terminal import patient_output
from dsrl_agent.cli.watch import SilenceWatch, wait_for_a_person, watched
from dsrl_agent.runtime.progress import progress_bar


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.undo()  # the fixture that keeps commands silent
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


def looks(watch: SilenceWatch, clock: Clock, seconds: int) -> None:
    """Let the watch look twice a second for some seconds."""
    for _ in range(2 * seconds):
        clock.now += 0.5
        watch._look()


def test_a_pipe_gets_a_line_after_a_second_and_one_every_ten_seconds(clock: Clock) -> None:
    out = io.StringIO()
    watch = SilenceWatch("dsrl x: works ...", clock.now, out)
    looks(watch, clock, 23)
    assert out.getvalue().splitlines() == [
        "dsrl x: works ...",
        "dsrl x: works ... 11 s",
        "dsrl x: works ... 21 s",
    ]


def test_what_is_written_in_between_puts_the_next_line_off(clock: Clock) -> None:
    out = io.StringIO()
    watch = SilenceWatch("works", clock.now, out)
    looks(watch, clock, 8)
    watch.hear()
    looks(watch, clock, 9)
    assert out.getvalue() == "works\n"
    looks(watch, clock, 1)
    assert out.getvalue() == "works\nworks 18 s\n"


def test_a_terminal_has_one_line_that_is_rewritten_and_taken_away(clock: Clock) -> None:
    out = Terminal()
    watch = SilenceWatch("works", clock.now, out)
    looks(watch, clock, 2)
    assert out.getvalue() == "\rworks\rworks 2 s\rworks 2 s"
    out.truncate(0)
    out.seek(0)
    watch.hear()
    assert out.getvalue() == "\r         \r"
    watch.hear()
    assert out.getvalue() == "\r         \r"


def test_a_line_is_no_wider_than_the_terminal(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    out = Terminal()
    watch = SilenceWatch("works for a long time", clock.now, out)
    watch.say()
    assert out.getvalue() == "\rworks for"


def test_it_is_said_once_only_where_that_is_wanted(clock: Clock) -> None:
    out = io.StringIO()
    watch = SilenceWatch("works", clock.now, out)
    watch.say()
    watch.say()
    watch.say_once()
    looks(watch, clock, 30)
    assert out.getvalue() == "works\n"


def test_open_bars_are_drawn_anew_instead(clock: Clock, capfd: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    watch = SilenceWatch("works", clock.now, out)
    with progress_bar(total=3, desc="worlds"):
        capfd.readouterr()
        looks(watch, clock, 2)
        assert "worlds" in capfd.readouterr().err
    assert out.getvalue() == ""
    looks(watch, clock, 12)
    assert out.getvalue().startswith("works")


def _spoken(during: Callable[[], object]) -> str:
    """Return what is written to the errors while something is done."""
    before, sys.stderr = sys.stderr, io.StringIO()
    try:
        with patient_output(), watched("works", time.perf_counter() - 5.0):
            during()
        return str(sys.stderr.getvalue())
    finally:
        sys.stderr = before


def test_a_thread_speaks_while_a_command_works_and_none_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(module, "_TICK", 0.01)
    assert _spoken(lambda: time.sleep(0.2)) == "works\n"
    assert not [one for one in threading.enumerate() if one.name == "watch of silence"]


def test_a_command_that_waits_for_a_person_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(module, "_TICK", 0.05)

    def waits() -> None:
        wait_for_a_person()
        time.sleep(0.2)

    assert _spoken(waits) == ""
    wait_for_a_person()  # no command runs: nothing happens


@pytest.mark.slow
@pytest.mark.parametrize("terminal", [True, False])
def test_explaining_a_late_episode_speaks_within_two_seconds(
    terminal: bool, finished: Path
) -> None:
    words = [sys.executable, "-m", "dsrl_agent", "explain", str(finished), "--episode", "99999"]
    heard = listen(words, finished.parent, 8.0, terminal)
    assert not heard.ended
    assert heard.first < 4.0  # 2 s, where other tests run beside this one
