"""Change the package's code at random places, and count the changes that its tests find.

    python -m pip install cosmic-ray
    python -m benchmarks.mutants --count 50 --seed 0 --out mutants.jsonl

Mutation testing (DeMillo, Lipton & Sayward 1978) with the operators of Cosmic Ray. In each room of
the code, `count` places are drawn, and one of the changes that Cosmic Ray knows for each. A change
of an annotation is none: annotations are never computed here. A change is killed if a fast test of
the module's own file fails, or else a fast test of its room. Files stay as they are: a forked
process compiles the changed module in place of the one on disk. Tests that start another Python run
the code as it is, so that such tests kill nothing here. What stands in the file
already is not done again. Needs `os.fork`.
`benchmarks/mutations.py` is about checkpoints, not code.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import importlib.machinery
import json
import math
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
_CODE = "dsrl_agent"
ROOMS: dict[str, tuple[str, ...]] = {
    "losses": (
        "back_end/losses.py",
        "back_end/objectives.py",
        "back_end/vae.py",
        "back_end/training.py",
    ),
    "symbols": ("symbols",),
    "tabular": ("front_end/tabular", "front_end/relations.py", "front_end/agency.py"),
    "rules": ("front_end/rules", "front_end/rule.py"),
    "records": ("records",),
    "loop": (
        *("agent/running.py", "agent/learning.py", "agent/actor.py", "agent/callbacks.py"),
        *("runtime/episodes.py", "runtime/frame_buffer.py"),
    ),
}
"""Files and folders of the package by room."""
_PRELOADED = (
    *("numpy", "torch", "scipy.optimize", "scipy.stats", "sklearn.cluster", "sklearn.mixture"),
    *("gymnasium", "hypothesis", "yaml", "safetensors.numpy", "PIL.Image"),
    *("pytest", "tqdm", "hypothesis.extra.numpy", "hypothesis.strategies"),
)
_SLOWER, _AT_LEAST = 4, 5  # a change is killed if tests take so many times, and so many seconds
_WAITS = 20.0  # wall seconds for each of these: a change that waits uses no CPU


class Mutant(NamedTuple):
    """A changed module: its file, the change in words, and its text."""

    path: Path
    operator: str
    change: str
    code: str


def modules(room: Sequence[str]) -> list[Path]:
    """Return the modules of a room in order."""
    found = []
    for name in room:
        path = ROOT / _CODE / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [path for path in found if path.name != "__init__.py"]


def own_tests(path: Path) -> Path:
    """Return the test file of a module."""
    inside = path.relative_to(ROOT / _CODE)
    return ROOT / "tests" / inside.parent / f"test_{path.name}"


def drawn(paths: Sequence[Path], count: int, seed: int) -> Iterator[Mutant]:
    """Yield mutants at `count` places drawn from modules, fewer if there are fewer places."""
    places = [(path, *place) for path in paths for place in _places(path)]
    rng = np.random.default_rng(seed)
    yielded = 0
    for number in rng.permutation(len(places)):
        path, _, changes = places[number]
        operator, occurrence = changes[rng.integers(len(changes))]
        mutant = _mutant(path, operator, occurrence)
        if mutant is not None:
            yield mutant
            yielded += 1
        if yielded == count:
            return


def _places(path: Path) -> list[tuple[Any, list[tuple[str, int]]]]:
    """Return each place of a module that operators change, with operators and occurrences."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
    found: dict[Any, list[tuple[str, int]]] = {}
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments():
            continue
        operator, occurrence = kind(), 0
        for node in nodes:
            for place in operator.mutation_positions(node):
                found.setdefault(place, []).append((name, occurrence))
                occurrence += 1
    return sorted(found.items())


def _mutant(path: Path, operator: str, occurrence: int) -> Mutant | None:
    """Return a mutant, or None if only annotations change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    before = path.read_text(encoding="utf-8")
    after = mutate_code(before, get_operator(operator)(), occurrence)
    if after is None or _run(after) == _run(before):
        return None
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    change = "\n".join(line for line in lines if not line.startswith(("---", "+++")))
    return Mutant(path, operator.partition("/")[2], change, after)


class _Bare(ast.NodeTransformer):
    """Take annotations out of a module."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _run(code: str) -> str:
    """Return what of a module is run, as text; the code itself if it cannot be parsed."""
    try:
        return ast.dump(_Bare().visit(ast.parse(code)))
    except SyntaxError:
        return code


def killed_by(mutant: Mutant) -> str:
    """Return which tests kill a mutant: `own`, `room`, or `` if it survives."""
    own = own_tests(mutant.path)
    for by, tests in (("own", own), ("room", _room_tests(own))):
        if tests.exists() and not passes(tests, _limit(tests), mutant):
            return by
    return ""


def _room_tests(own: Path) -> Path:
    """Return the folder of tests that a test file is in, the one below `tests` itself."""
    tests = ROOT / "tests"
    return tests / own.relative_to(tests).parts[0]


@functools.cache
def _limit(tests: Path) -> int:
    """Return the CPU seconds after which tests hang, by what they take without a change."""
    start = _spent()
    if not passes(tests, None, None):
        raise SystemExit(f"the fast tests of {tests} fail without a change: mend these first")
    return int(_AT_LEAST + _SLOWER * (_spent() - start))


def passes(tests: Path, limit: int | None, mutant: Mutant | None) -> bool:
    """Return whether the fast tests of a path pass in time, with a mutant if there is one."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(_tested(tests, limit, mutant))
        finally:
            os._exit(1)
    end = math.inf if limit is None else time.monotonic() + limit * _WAITS
    status = (0, 0)
    while status[0] == 0 and time.monotonic() < end:
        status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.02)
    if status[0] == 0:
        os.killpg(child, signal.SIGKILL)
        status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status[1]) == 0


def _tested(tests: Path, limit: int | None, mutant: Mutant | None) -> int:
    """Run pytest in a forked process and return its exit status."""
    import pytest

    os.setpgid(0, 0)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    if mutant is not None:
        _install(mutant)
    options = ["-x", "-q", "-n", "0", "-m", "not slow", "-p", "no:cacheprovider"]
    options.append("--assert=plain")  # nothing is to be told of a failure
    return int(pytest.main([*options, str(tests)]))


def _install(mutant: Mutant) -> None:
    """Let imports of a module give the mutant."""
    plain = importlib.machinery.SourceFileLoader.get_code
    mutated = compile(mutant.code, str(mutant.path), "exec")

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if Path(self.path) == mutant.path:
            return mutated
        return plain(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def measured(room: str, mutant: Mutant) -> dict[str, Any]:
    """Return what became of a mutant."""
    start = _spent()
    killed = killed_by(mutant)
    return {
        "room": room,
        "module": str(mutant.path.relative_to(ROOT)),
        "operator": mutant.operator,
        "change": mutant.change,
        "killed_by": killed,
        "cpu_seconds": round(_spent() - start, 2),
    }


def _spent() -> float:
    """Return the CPU seconds of the processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the mutants by room as a table."""
    lines = ["| room | changes | killed by own tests | by the room's | survived | share killed |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for room in dict.fromkeys(each["room"] for each in found):
        of = Counter(each["killed_by"] for each in found if each["room"] == room)
        count = of.total()
        share = (count - of[""]) / count
        cells = [room, count, of["own"], of["room"], of[""], f"{share:.3f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _preload() -> None:
    """Import what tests need, once for all processes; nothing of the package."""
    for name in _PRELOADED:
        importlib.import_module(name)
    sys.modules["torch"].set_num_threads(1)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()


def main() -> None:
    """Print each survivor and a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=50, help="changes in a room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rooms", nargs="+", choices=list(ROOMS), default=list(ROOMS))
    parser.add_argument("--out", type=Path, help="a file for a line of JSON a change")
    options = parser.parse_args()
    _preload()
    found = list(_results(options.rooms, options.count, options.seed, options.out))
    for each in found:
        if not each["killed_by"]:
            sys.stdout.write(f"{each['module']} {each['operator']}\n{each['change']}\n\n")
    sys.stdout.write(table(found) + "\n")


def _results(
    rooms: Sequence[str], count: int, seed: int, out: Path | None
) -> Iterator[Mapping[str, Any]]:
    """Yield what became of each mutant, and add it to a file."""
    before = out.read_text(encoding="utf-8").splitlines() if out and out.exists() else []
    known = {_key(each): each for each in map(json.loads, before)}
    for room in rooms:
        for mutant in drawn(modules(ROOMS[room]), count, seed):
            place = {"module": str(mutant.path.relative_to(ROOT)), "change": mutant.change}
            found = known.get(_key(place)) or measured(room, mutant)
            if out is not None and _key(place) not in known:
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(found) + "\n")
            yield found


def _key(found: Mapping[str, Any]) -> tuple[str, str]:
    return found["module"], found["change"]


if __name__ == "__main__":
    main()
