"""Compare what two revisions of the project compute, bit for bit.

    python benchmarks/golden.py record OUT.json            runs the checkout that this file is in
    python benchmarks/golden.py compare BEFORE.json AFTER.json

`record` runs a fixed list of commands in a scratch folder: `dsrl train` and `dsrl explain` in five
worlds, `dsrl symbols`, and a benchmark suite of two short runs. It writes every printed report,
every metric and the SHA-256 of every array that a checkpoint holds. Wall times and paths are
masked. `compare` exits with 1 and names each difference. Results depend on the processor and on
torch's version, so both recordings have to be made on one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

_WORLD = "shapes_grid:ShapesGrid-{}-v0"
_TRAINED: dict[str, list[str]] = {
    "defaults": [],
    "rules, key and door": [
        "--front_end.kind", "rules", "--env.id", _WORLD.format("KeyDoor"),
        "--total_timesteps", "600",
    ],
    "off the grid": ["--env.id", _WORLD.format("Offsets"), "--total_timesteps", "800"],
    "shaken": ["--env.id", _WORLD.format("Shake"), "--total_timesteps", "400"],
    "unknown colours": ["--env.id", _WORLD.format("Colours"), "--total_timesteps", "1000"],
}  # fmt: skip
_SUITE = """
question: Do two revisions agree?
worlds:
  mixed: {id: "shapes_grid:ShapesGrid-v0", kwargs: {cell: 7, border: [1, 0, 0, 1]}}
  9x9:
    id: "shapes_grid:ShapesGrid-v0"
    kwargs: {cell: 7, border: [1, 0, 0, 1], rows: 9, cols: 9, objects: {circle: 12, cross: 12}}
runs:
  - contestants: [relational, "rules, true facts"]
    train: mixed
    marks: [200, 400]
    seeds: 1
    episodes: 20
    final_tests: [9x9]
    measures: [sight]
"""
_TIMED = re.compile(r"seconds|wall|cpu|^time$|_ms$|peak_mib|size_bytes|started|git|platform")
_MASKS = (
    (re.compile(r"Wall time:.*"), "Wall time: ..."),
    (re.compile(r"\d+\.\d+ (m?s)\b"), r"# \1"),
)


def record(only: list[str]) -> dict[str, Any]:
    """Return everything that the commands printed and wrote."""
    tasks = dict.fromkeys(_TRAINED, _trained)
    tasks |= {"symbols": _symbols, "suite": _suite}
    chosen = [name for name in tasks if not only or name in only]
    with (
        tempfile.TemporaryDirectory() as scratch,
        ThreadPoolExecutor(max_workers=int(os.environ.get("GOLDEN_JOBS", "1"))) as pool,
    ):
        done = {
            name: pool.submit(tasks[name], name, Path(scratch) / str(index))
            for index, name in enumerate(chosen)
        }
        return {name: one.result() for name, one in done.items()}


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return a line for each leaf in which two recordings differ."""
    first, second = dict(_leaves(before, ())), dict(_leaves(after, ()))
    added = {path for path in second if path not in first and path[1:3] == ("checkpoint", "data")}
    return [  # data that later checkpoints hold besides is no difference
        f"{' / '.join(path)}: {first.get(path)!r} -> {second.get(path)!r}"
        for path in sorted({*first, *second} - added)
        if first.get(path) != second.get(path)
    ]


def _trained(name: str, folder: Path) -> dict[str, Any]:
    run = ["--progress", "false", "--run_dir", "run", "--evaluation.episodes", "40"]
    run += ["--evaluation.seconds", "36000"]  # a busy machine must not cut it short
    printed = _dsrl(folder, ["train", "--seed", "0", *_TRAINED[name], *run])
    explained = ["explain", "run", "--episode", "1", "--step", "2", "--seed", "3"]
    answer = _dsrl(folder, [*explained, "--json", "why.json", "--logic", "why.lp"])
    return {
        "report": printed,
        "metrics": _lines(folder / "run" / "metrics.jsonl"),
        "checkpoint": _checkpoint(max((folder / "run" / "checkpoints").iterdir())),
        "explanation": answer,
        "explanation as JSON": json.loads((folder / "why.json").read_text()),
        "explanation as logic": (folder / "why.lp").read_text().splitlines(),
    }


def _symbols(name: str, folder: Path) -> dict[str, Any]:
    return {"report": _dsrl(folder, ["symbols"])}


def _suite(name: str, folder: Path) -> dict[str, Any]:
    configs = folder / "configs"
    configs.mkdir(parents=True)
    (configs / "golden.yaml").write_text(_SUITE)
    contestants = ROOT / "configs" / "benchmark" / "contestants.yaml"
    (configs / contestants.name).write_bytes(contestants.read_bytes())
    _dsrl(folder, ["benchmark", "--suite", "golden", "--configs", "configs", "--out", "out"])
    runs = sorted((folder / "out" / "runs").glob("*.jsonl"))
    return {file.stem: _lines(file)[1:] for file in runs}  # the first line tells what ran


def _dsrl(folder: Path, arguments: list[str]) -> list[str]:
    """Run a command of this checkout; return the lines that it printed, times masked."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [str(ROOT), str(ROOT / "envs"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "dsrl_agent", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(
            f"dsrl {' '.join(arguments)} exited with {done.returncode}:\n{done.stderr}"
        )
    text = done.stdout
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text.splitlines()


def _lines(file: Path) -> list[Any]:
    """Return a file of JSON lines without what tells time or machine."""
    return [_untimed(json.loads(line)) for line in file.read_text().splitlines()]


def _untimed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _untimed(v) for k, v in value.items() if not _TIMED.search(k)}
    return [_untimed(part) for part in value] if isinstance(value, list) else value


def _checkpoint(folder: Path) -> dict[str, Any]:
    """Return the digest of every array, and the JSON data but for the settings."""
    from safetensors.numpy import load_file

    digests: dict[str, Any] = {}
    for file in sorted(folder.glob("*.safetensors")):
        for key, array in sorted(load_file(file).items()):
            digest = hashlib.sha256(array.tobytes()).hexdigest()
            digests[f"{file.stem}.{key}"] = f"{array.dtype}{list(array.shape)} {digest}"
    data = json.loads((folder / "data.json").read_text())
    return {"arrays": digests, "data": {k: v for k, v in data.items() if k != "config"}}


def _leaves(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict | list) and value:
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from _leaves(part, (*path, str(key)))
    else:
        yield path, value


def main() -> None:
    """Record or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("record")
    one.add_argument("out", type=Path)
    one.add_argument("--only", nargs="*", default=[], help="names of recordings; all by default")
    both = commands.add_parser("compare")
    both.add_argument("before", type=Path)
    both.add_argument("after", type=Path)
    options = parser.parse_args()
    if options.command == "record":
        options.out.write_text(json.dumps(record(options.only), indent=1, sort_keys=True))
        return
    before, after = (json.loads(path.read_text()) for path in (options.before, options.after))
    # A recording of some of the commands is compared with the same ones of the other.
    shared = set(before) & set(after)
    lines = compare({k: before[k] for k in shared}, {k: after[k] for k in shared})
    print("\n".join(lines[:200]) or f"equal in {', '.join(sorted(shared))}")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
