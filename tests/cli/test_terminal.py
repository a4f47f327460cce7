"""Output to terminals and pipes that cannot take it."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.cli.terminal import PatientStream, drawing_unseen, patient_output

SAY = """
import sys
from dsrl_agent.cli.terminal import patient_output
with patient_output():
    print("a → b … \u00d71 ß 漢")
    sys.stdout.flush()
    print("done", file=sys.stderr)
"""


def say(**options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", SAY]
    return subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=60, **options)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="SDL looks for other screens")
def test_pictures_are_drawn_unseen_only_where_there_is_no_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with drawing_unseen():
        assert os.environ["SDL_VIDEODRIVER"] == "dummy"
    assert "SDL_VIDEODRIVER" not in os.environ
    monkeypatch.setenv("DISPLAY", ":0")
    with drawing_unseen():
        assert "SDL_VIDEODRIVER" not in os.environ


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", b"a > b ... x1 \\xdf \\u6f22\n"),
        ("latin-1", b"a > b ... \xd71 \xdf \\u6f22\n"),
        ("utf-8", "a → b … \u00d71 ß 漢\n".encode()),
    ],
)
def test_a_terminal_shows_what_it_can(encoding: str, shown: bytes) -> None:
    done = say(
        stdout=subprocess.PIPE, env={"PYTHONIOENCODING": encoding, "PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout == shown
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_in_one_line_and_work_stays_done() -> None:
    with Path("/dev/full").open("wb") as full:
        done = say(stdout=full)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "done",
        "dsrl: the output cannot be written (No space left on device); all else is done.",
    ]


def test_of_a_reader_that_went_away_nothing_is_said() -> None:
    command = [sys.executable, "-c", SAY.replace("print(", "print('x' * 100_000, ", 1)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b"done\n"
        assert process.wait() == 0


def test_streams_closed_from_the_beginning_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with patient_output():
        for stream in (sys.stdout, sys.stderr):
            assert stream.write("x") == 1
    assert sys.stdout is None


def test_what_follows_a_fault_is_dropped() -> None:
    class Failing(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    stream = PatientStream(Failing())
    assert [stream.write("abc"), stream.write("d")] == [3, 1]
    stream.flush()
    assert stream.fault is not None
    assert stream.fault.errno == errno.EIO
    assert stream.readable()  # all else is the stream's own
