"""Load checkpoints that were changed in many ways, and report what became of each.

    python -m benchmarks.mutations --count 5000 --seed 0

A change that is not signed anew must give the same agent or a CheckpointError. One that is signed
anew may give another agent, but no other error, and that agent must see, act and learn. None may
hang, and none may load with more memory than twice the file's size, and 3 MiB for objects that
every agent needs: its environment, its settings, its types, and one look at a frame.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import shutil
import signal
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import safetensors.numpy
import torch

from dsrl_agent import DSRL, AgentConfig, CheckpointError, FrontEndConfig, PerceptionConfig
from dsrl_agent.config import BackEndConfig
from dsrl_agent.records.reading import free_memory
from dsrl_agent.runtime.envs import make_env

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**40, 2**70, -(2**63), 1e308, -0.5, "", "x", "12", [], [[]]),
    *({}, {"a": 1}, [1, 2, 3], "\x00", 10**9),
)
"""Values that a mutation puts in the place of another."""
_DTYPES = ("int64", "float32", "float64", "uint8", "bool")
_SIGNED = 0.8  # share of the mutations that are signed anew
_HANGS = 120  # seconds for what takes a fifth of one
_OBJECTS = 3 * 2**20  # bytes that objects take which every agent needs, whatever its file's size
_JSON, _ARRAYS = 0.45, 0.4  # shares of the mutations of data.json and of arrays; others are bytes

Fingerprint = tuple[str, dict[str, dict[str, bytes]]]


class Outcome(NamedTuple):
    """What became of a mutated checkpoint."""

    kind: str  # `refused`, `same`, `other`, or the name of an error that must not be
    change: str  # the mutation in words
    fault: str = ""  # what must not be, in words; empty if all is well


class HangError(BaseException):
    """A checkpoint takes too long; no `Exception`, so that nothing handles it."""


def saved_agent(folder: Path, front_end: str) -> None:
    """Train an agent for 85 steps into a first fit and the middle of an episode, and save it."""
    config = AgentConfig(
        PerceptionConfig(first_frames=60, frames=60, memory=90),
        BackEndConfig(steps=4, refit_steps=2),
        FrontEndConfig(kind=front_end),
    )
    env = make_env("shapes_grid:ShapesGrid-v0", {"step_limit": 20})
    DSRL(env, config).learn(85).save(folder)


def outcomes(saved: Path, work: Path, count: int, seed: int) -> Iterator[Outcome]:
    """Yield what becomes of `count` mutations of a saved agent."""
    rng, whole = np.random.default_rng(seed), _fingerprint(DSRL.load(saved))
    for _ in range(count):
        folder = work / "mutated"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(saved, folder)
        change, signed = _mutate(folder, rng)
        yield _outcome(folder, whole, change, signed)


@contextmanager
def _traced() -> Iterator[list[int]]:
    """Append the most bytes that were allocated at once inside."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
    finally:
        peak.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()


@contextmanager
def _in_time() -> Iterator[None]:
    """Raise a `HangError` if it takes too long inside."""

    def hangs(*_: object) -> NoReturn:
        raise HangError(f"no end after {_HANGS} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(_HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _outcome(folder: Path, whole: Fingerprint, change: str, signed: bool) -> Outcome:
    limit = _OBJECTS + 2 * sum(path.stat().st_size for path in folder.iterdir())
    with _traced() as peak:
        outcome, agent = _loaded(folder, change)
    if peak[0] > limit:  # modules that are imported late count once in a process
        with _traced() as peak:
            _loaded(folder, change)
    # NumPy tells of arrays that it was refused, too: more than there is was never taken.
    if limit < peak[0] < (free_memory() or peak[0]):
        return outcome._replace(fault=f"{peak[0]} bytes of memory, at most {limit} are due")
    if agent is None:
        return outcome
    try:
        same = _fingerprint(agent) == whole
        with _in_time():
            _use(agent)
    except (HangError, Exception) as error:
        return Outcome(type(error).__name__, change, str(error))
    if same:
        return Outcome("same", change)
    return Outcome("other", change, "" if signed else "another agent, not signed anew")


def _loaded(folder: Path, change: str) -> tuple[Outcome, DSRL | None]:
    """Load a mutated checkpoint; return what became of it, and the agent if there is one."""
    try:
        with _in_time():
            return Outcome("same", change), DSRL.load(folder)
    except CheckpointError as error:
        return Outcome("refused", change, "two lines" if "\n" in str(error) else ""), None
    except (HangError, Exception) as error:
        return Outcome(type(error).__name__, change, str(error)), None


def _use(agent: DSRL) -> None:
    """Let an agent see, act and learn."""
    frame, _ = agent.env.reset(seed=1)
    if agent.perception.ready:
        agent.predict(frame, deterministic=True)
    agent.learn(3)


def _fingerprint(agent: DSRL) -> Fingerprint:
    arrays, data = agent.checkpoint()
    parts = {
        group: {name: array.tobytes() for name, array in part.items()}
        for group, part in arrays.items()
    }
    return json.dumps(data, sort_keys=True), parts


def _mutate(folder: Path, rng: np.random.Generator) -> tuple[str, bool]:
    """Change one file of a checkpoint; return the change, and whether it was signed anew."""
    drawn = rng.random()
    if drawn < _JSON:
        change = _changed(folder / "data.json", rng, _mutated_json)
    elif drawn < _JSON + _ARRAYS:
        files = sorted(folder.glob("*.safetensors"))
        change = _changed(files[rng.integers(len(files))], rng, _mutated_arrays)
    else:
        files = sorted(folder.iterdir())
        change = _changed(files[rng.integers(len(files))], rng, _mutated_bytes)
    signed = bool(rng.random() < _SIGNED)
    if signed:
        _sign(folder)
    return change, signed


def _changed(
    file: Path,
    rng: np.random.Generator,
    mutate: Callable[[bytes, np.random.Generator], tuple[bytes, str]],
) -> str:
    content, change = mutate(file.read_bytes(), rng)
    file.write_bytes(content)
    return f"{file.name}: {change}"


def _mutated_json(content: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    data = json.loads(content)
    places = [place for place in _places(data) if place]
    place = places[rng.integers(len(places))]
    holder = data
    for key in place[:-1]:
        holder = holder[key]
    odd, act = copy.deepcopy(ODD[rng.integers(len(ODD))]), rng.integers(4)
    if act == 0:
        del holder[place[-1]]
    elif act == 1 and isinstance(holder, list):
        holder.append(odd)
    else:
        holder[place[-1]] = odd
    return json.dumps(data).encode(), f"{place} act {act} {odd!r}"


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places in JSON data, of long lists the first six."""
    yield place
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        parts = list(value.items() if isinstance(value, dict) else enumerate(value[:6]))
    for key, part in parts:
        yield from _places(part, (*place, key))


def _mutated_arrays(content: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    arrays = safetensors.numpy.load(content)
    if not arrays:
        return content, "no arrays"
    name, act = sorted(arrays)[rng.integers(len(arrays))], int(rng.integers(7))
    array = arrays.pop(name)
    change = f"{name} {array.dtype} {array.shape} act {act}"
    if act:
        arrays[name] = np.array(_mutated_array(array, act, rng), order="C")
    return safetensors.numpy.save(arrays), change


def _mutated_array(array: Any, act: int, rng: np.random.Generator) -> Any:
    if act == 1:
        return array.astype(_DTYPES[rng.integers(len(_DTYPES))])
    if act == 2 and array.ndim:
        return array[:-1]
    if act == 3 and array.ndim:
        return np.concatenate([array, array])
    if act == 4 and array.size:
        odd = (np.nan, np.inf, -1, 0, 127, 1e30) if array.dtype.kind == "f" else (0, 1, 100)
        array.reshape(-1)[rng.integers(array.size)] = odd[rng.integers(len(odd))]
        return array
    if act == 5 and array.size and array.dtype.kind in "iu":
        array.reshape(-1)[rng.integers(array.size)] = np.iinfo(array.dtype).max
        return array
    return array[None]


def _mutated_bytes(content: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    place, act = int(rng.integers(len(content))), rng.integers(4)
    changed = bytearray(content)
    if act == 0:
        changed[place] ^= 1 << int(rng.integers(8))
    elif act == 1:
        del changed[place:]
    elif act == 2:
        changed[place:place] = bytes(rng.integers(0, 256, 5, dtype=np.uint8))
    else:
        changed[place : place + 8] = b"\xff" * 8
    return bytes(changed), f"bytes act {act} at {place}"


def _sign(folder: Path) -> None:
    """Write sizes and sums of a checkpoint's files into its manifest, if that can be read."""
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_bytes())
        manifest["files"] = {
            path.name: {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.iterdir())
            if path != file
        }
    except (ValueError, TypeError):
        return
    file.write_text(json.dumps(manifest))


def main() -> None:
    """Count outcomes by kind; exit 1 if one must not be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    kinds, faults, start = Counter[str](), 0, time.process_time()
    with tempfile.TemporaryDirectory() as name:
        for front_end in ("rules", "relational"):
            saved = Path(name) / front_end
            saved_agent(saved, front_end)
            for each in outcomes(saved, Path(name), options.count // 2, options.seed):
                kinds[each.kind] += 1
                if each.fault:
                    faults += 1
                    sys.stdout.write(f"{each.kind}: {each.change}: {each.fault}\n")
    sys.stdout.write(f"{dict(kinds)}, {time.process_time() - start:.0f} CPU-s\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
