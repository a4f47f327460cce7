"""Run every command in worlds and with settings drawn at random, and count what fails.

    python -m benchmarks.soak --seeds 0-99 --out soak.jsonl

Each seed draws a world (a registered one of shapes_grid with some keywords changed, or one of
Gymnasium's), a front end and, for half of the seeds, a setting halved or doubled; some agents have
several environments, another back end, or stop when they have settled. An agent is trained for some
hundred steps, and then the commands that take a run are given it, in one process. A command is

    done      exit status 0
    told      refused in one line, or with a warning of the package
    crash     an exception, which is a fault of the code
    slow      ended after `--limit` seconds

The exit status is 1 if any command crashed or was slow.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.cli.main import main as dsrl
from dsrl_agent.config import AgentConfig
from dsrl_agent.experiments.studies.setting_variants import SettingVariant, variants
from shapes_grid.ids import IDS

FRONT_ENDS = ("relational", "rules", "relational", "rules", "srl_cs", "garnelo2016", "flat")
OTHERS = ("FrozenLake-v1", "CliffWalking-v1", "Taxi-v3")
"""Worlds of Gymnasium itself, one draw in eight."""
GROUPS = ("front_end", "perception")  # of settings
_SIGNALS = 128  # an exit status above it is that of a signal
COMMANDS = (
    "explain {run}",
    "explain {run} --episode 1 --step 0 --json {run}/why.json --logic {run}/why.lp",
    "explain {run} --faithfulness 20",
    "explain {run} --plots {run}/plots",
    "inspect {run} --episode 1 --out {run}/page.html",
    "evaluate {run} --episodes 3",
    "play {run} --episodes 1 --video {run}/play.gif",
    "play {run} --episodes 1 --video {run}/learning.gif --learn true",
    "name {run}",
    "card {run} --out {run}/card",
    "train --resume {run} --total_timesteps {more} --progress false",
    "explain {run} --episode 2 --step 1",
)
"""Commands that are given a run."""


class Draw(NamedTuple):
    """One agent and its world."""

    seed: int
    env_id: str
    kwargs: dict[str, Any]
    front_end: str
    steps: int
    setting: SettingVariant | None
    others: dict[str, Any]  # further settings

    def arguments(self, run: Path) -> list[str]:
        """Return those of `dsrl train` into a folder."""
        named: dict[str, Any] = {
            "env.id": self.env_id,
            "env.kwargs": json.dumps(self.kwargs),
            "front_end.kind": self.front_end,
            "total_timesteps": self.steps,
            "seed": self.seed,
            "evaluation.episodes": 5,
            "evaluation.seconds": 20,
            "run_dir": run,
            "progress": "false",
        }
        named |= self.others
        if self.setting is not None:
            named[self.setting.setting] = json.dumps(self.setting.value)
        return ["train", *(f"--{name}={value}" for name, value in named.items())]


class TooSlowError(Exception):
    """A command took longer than the limit."""


def draw(seed: int) -> Draw:
    """Return the agent and the world of a seed."""
    rng = np.random.default_rng([2912, seed])
    env_id, kwargs = _world(rng)
    front_end = str(rng.choice(FRONT_ENDS))
    steps, setting = int(rng.integers(60, 800)), None
    if rng.random() < 0.5:
        group = GROUPS[rng.integers(len(GROUPS))]
        possible = [each for each in variants(AgentConfig(), group, 2.0) if not each.refused]
        setting = possible[rng.integers(len(possible))]
    others: dict[str, Any] = {}
    if rng.random() < 1 / 4:
        others["num_envs"] = int(rng.integers(2, 6))
    if rng.random() < 1 / 8:
        others["back_end.kind"] = str(rng.choice(["vae", "categorical", "pca", "pixels"]))
    if rng.random() < 1 / 8:
        others["until_settled"] = "true"
    return Draw(seed, env_id, kwargs, front_end, steps, setting, others)


def _world(rng: np.random.Generator) -> tuple[str, dict[str, Any]]:
    if rng.random() < 1 / 8:
        env_id = OTHERS[rng.integers(len(OTHERS))]
        return env_id, {"is_slippery": bool(rng.integers(2))} if "Lake" in env_id else {}
    changes: dict[str, Any] = {
        "rows": int(rng.integers(2, 9)),
        "cols": int(rng.integers(2, 9)),
        "cell": int(rng.integers(6, 17)),
        "border": [int(side) for side in rng.integers(0, 9, 4)],
        "noise": float(rng.choice([0.05, 0.1, 0.2])),
        "step_limit": int(rng.integers(3, 60)),
        "step_cost": float(rng.choice([0.01, 1.0])),
        "colours": str(rng.choice(["shape", "white", "random"])),
        "texture": float(rng.choice([0.2, 0.5])),
        "jitter": int(rng.integers(1, 4)),
        "controls": "heading",
    }
    chosen = rng.choice(list(changes), int(rng.integers(4)), replace=False)
    return f"shapes_grid:{rng.choice(list(IDS))}", {name: changes[name] for name in chosen}


def run_command(arguments: list[str], limit: int) -> tuple[str, str]:
    """Return how a command ended, and the last line that it wrote, or its traceback."""
    shown = io.StringIO()
    signal.alarm(limit)
    try:
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            dsrl(arguments)
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > _SIGNALS:
            raise KeyboardInterrupt from end  # the command was stopped, and so is all
        said = shown.getvalue().strip().rpartition("\n")[2]
        return ("done" if end.code in (0, None) else "told"), said
    except TooSlowError:
        return "slow", traceback.format_exc()
    except BaseException:  # whatever a person would see as a traceback
        return "crash", traceback.format_exc()
    finally:
        signal.alarm(0)


def measure(drawn: Draw, folder: Path, limit: int) -> Iterator[dict[str, Any]]:
    """Yield how each command ends for an agent."""
    run = folder / str(drawn.seed)
    every = [drawn.arguments(run)]
    every += [each.format(run=run, more=drawn.steps + 100).split() for each in COMMANDS]
    for arguments in every:
        begun = time.process_time()
        verdict, said = run_command(arguments, limit)
        took = time.process_time() - begun
        yield {**drawn._asdict(), "command": arguments, "verdict": verdict, "seconds": took,
               "said": said}  # fmt: skip
        if arguments is every[0] and verdict != "done":
            return  # there is no run to look at


def main() -> None:
    """Run the commands for some seeds and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", default="0-99")
    parser.add_argument("--limit", type=int, default=300, help="seconds for a command")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))

    def too_slow(*_: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, too_slow)
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, options.out.open("w", encoding="utf-8") as out:
        for seed in range(first, last + 1):
            for record in measure(draw(seed), Path(name), options.limit):
                counts[record["verdict"]] += 1
                out.write(json.dumps(record, default=str) + "\n")
                out.flush()
    sys.stdout.write(f"{counts.total()} commands: {dict(counts)}\n")
    sys.exit(1 if counts["crash"] or counts["slow"] else 0)


if __name__ == "__main__":
    main()
