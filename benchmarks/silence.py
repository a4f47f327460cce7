"""Measure how soon the commands of `dsrl` speak, and how long they are silent.

    python -m benchmarks.silence --folder /tmp/silence --limit 30

Every command runs in a terminal of 80 columns and into a pipe. A command that takes longer than the
limit is ended. Each line that is printed has the seconds until the first word, the longest silence
in seconds, the seconds in all, and the command. `--live` waits for a person and is left out, as is
the window of `play`. `--only` takes a part of a command.
"""

from __future__ import annotations

import argparse
import fcntl
import itertools
import os
import pty
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PREPARED = "train --run_dir first --total_timesteps 1000 --progress false"
"""The command that makes the run that others look at."""
COMMANDS = (
    "--help",
    "train --help",
    "train --print_config",
    "train --total_timesteps 3000 --run_dir bars-{}",
    "train --total_timesteps 3000 --run_dir seeds-{} --seeds 0-1",
    "evaluate first",
    "explain first",
    "explain first --episode 99999",
    "explain first --faithfulness 1000",
    "explain first --plots pictures",
    "play first --video out.gif --episodes 10",
    "inspect first",
    "inspect first --episode 300",
    "inspect shapes_grid:ShapesGrid-v0",
    "name first",
    "card first --out card-{}",
    "completion bash",
    "symbols",
    "benchmark --suite quick --out quick-{}",
    f"benchmark --report {ROOT}/benchmarks/results/suites/fast.jsonl --out report-{{}}",
    "cost",
    "study autoencoders --data nowhere",
    "study beta",
    "study living --quick",
    "study losses",
    "study objects --quick",
    "study scaling --quick",
    "study sensitivity --quick",
    "study speed",
)
"""`{}` stands for the place: a terminal or a pipe."""


class Heard(NamedTuple):
    """What was heard of a command."""

    first: float  # seconds until the first word; all of them if there was none
    longest: float  # the longest silence, in seconds
    took: float  # seconds in all
    ended: bool  # whether it ended by itself


def listen(words: list[str], folder: Path, limit: float, terminal: bool) -> Heard:
    """Run a command in a folder and listen to its output and errors together."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    entry = theirs if terminal else subprocess.DEVNULL
    begun = time.monotonic()  # before the command, which may speak before this process goes on
    process = subprocess.Popen(
        words, stdin=entry, stdout=theirs, stderr=theirs, cwd=folder, start_new_session=True
    )
    os.close(theirs)
    times = [begun, *_times_of_words(ours, begun + limit), time.monotonic()]
    ended = times[-1] - begun < limit
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    os.close(ours)
    pauses = [after - before for before, after in itertools.pairwise(times)]
    return Heard(pauses[0], max(pauses), times[-1] - begun, ended)


def _times_of_words(source: int, until: float) -> list[float]:
    """Return when something could be read, up to the end or to a time."""
    times = []
    while (left := until - time.monotonic()) > 0:
        if not select.select([source], [], [], left)[0]:
            break
        try:
            if not os.read(source, 65536):
                break
        except OSError:  # a terminal whose last writer is gone
            break
        times.append(time.monotonic())
    return times


def main() -> None:
    """Listen to every command in a terminal and through a pipe."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--limit", type=float, default=30.0)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    dsrl = [sys.executable, "-m", "dsrl_agent"]
    if not (options.folder / "first").exists():
        subprocess.run([*dsrl, *PREPARED.split()], cwd=options.folder, check=True)
    for command in COMMANDS:
        for place in ("terminal", "pipe") if options.only in command else ():
            words = [*dsrl, *shlex.split(command.format(place))]
            heard = listen(words, options.folder, options.limit, place == "terminal")
            figures = f"{heard.first:5.1f} {heard.longest:5.1f} {heard.took:5.1f}"
            cut = "" if heard.ended else " (ended)"
            sys.stdout.write(f"{place:8} {figures}  dsrl {command}{cut}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
