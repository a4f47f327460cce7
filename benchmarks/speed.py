"""Compare the speed of two checkouts in one run: `python benchmarks/speed.py ../before [OUT.json]`.

Every task runs in a process of its own, in turns with the other checkout, and the least of several
CPU seconds counts: other processes make a task slower, never faster. The second checkout is the one
that this file is in. Ratios are before / after; above 1 the second checkout is faster.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dsrl_agent.experiments.report.table import Table

ROOT = Path(__file__).resolve().parent.parent

_LEARN = """
import time
from dsrl_agent import AgentConfig, DSRL, FrontEndConfig
agent = DSRL("shapes_grid:ShapesGrid-v0", AgentConfig(front_end=FrontEndConfig(kind="{kind}")))
agent.learn(1500)
start = time.process_time()
agent.learn(1500)
print((time.process_time() - start) / 1500)
"""
_TOGETHER = """
import time
from dsrl_agent import DSRL
once = {"perception.refit_growth": 0}  # sight is learned, and stays
agent = DSRL("shapes_grid:ShapesGrid-v0", front_end="{kind}", num_envs={count}, **once)
agent.learn(1600)
start = time.process_time()
agent.learn(4800)
print((time.process_time() - start) / 4800)
"""
_FOUR_ROOMS = """
import time
import numpy
from dsrl_agent import AgentConfig, DSRL, FrontEndConfig
from dsrl_agent.runtime.envs import make_env
rgb = [{"minigrid.wrappers:RGBImgObsWrapper": {"tile_size": 8}}, "minigrid.wrappers:ImgObsWrapper"]
env = make_env("minigrid:MiniGrid-FourRooms-v0", {}, rgb)
agent = DSRL(env, AgentConfig(front_end=FrontEndConfig(kind="rules")))
agent.learn(600)
spent = []
for number in range(40):
    frame, _ = env.reset(seed=10_000 + number)
    facts, own = agent.facts(frame), agent.front_end.begin(agent.perception.shape_of(frame))
    start = time.process_time()
    agent.front_end.decide(facts, own, numpy.random.default_rng(number), 0.0)
    spent.append(time.process_time() - start)
print(numpy.{what}(spent))
"""
_DECIDE = """
import time
import gymnasium, numpy
from dsrl_agent import AgentConfig, DSRL, FrontEndConfig
env = gymnasium.make("shapes_grid:ShapesGrid-v0", split="test", **{world})
agent = DSRL("shapes_grid:ShapesGrid-v0", AgentConfig(front_end=FrontEndConfig(kind="{kind}")))
agent.learn(1500)
def episode(number, act):
    frame, _ = env.reset(seed=number)
    over, spent = False, []
    while not over:
        start = time.process_time()
        action = act(frame)
        spent.append(time.process_time() - start)
        frame, _, terminated, truncated, _ = env.step(action)
        over = terminated or truncated
    return spent
def with_sight(number):
    state = [None]
    def act(frame):
        action, state[0] = agent.predict(frame, state[0], deterministic=True)
        return int(action)
    return act
def from_facts(number):
    shape = agent.perception.shape_of(env.reset(seed=number)[0])
    memory, rng = agent.front_end.begin(shape), numpy.random.default_rng(number)
    def act(frame):
        facts = agent.facts(frame)
        start = time.process_time()
        action = agent.front_end.decide(facts, memory, rng, 0.0)
        own.append(time.process_time() - start)
        return action
    return act
own = []
shown = [episode(n, {act}(n)) for n in range({episodes})]
every = own or [each for spent in shown for each in spent]
lengths = numpy.cumsum([0, *map(len, shown)])[:-1]
every = numpy.array(every)
every = every[lengths] if "{what}" == "fresh" else every  # the first of each episode
print(every.mean() if "{what}" == "mean" else numpy.median(every))
"""
_DQN = """
import time
from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.settings import DQNConfig
from dsrl_agent.runtime.envs import make_env
world = {"cell": 7, "border": [1, 0, 0, 1]}  # of the suite `fast`, DQN with an update ratio of 1/4
settings = DQNConfig(
    budget=200000, envs=8, steps_per_round=8, updates_per_round=2, buffer=100000,
    learning_starts=1000, learning_rate=5e-4, discount=0.8, target_update=1000,
)
learner = DQNLearner(lambda: make_env("shapes_grid:ShapesGrid-v0", world), settings, 0)
learner.learn(1500)
start = time.process_time()
learner.learn(3000)
print((time.process_time() - start) / 1500)
"""
_ORACLE = """
import time
from dsrl_agent.baselines import Oracle
from dsrl_agent.evaluation.evaluate import evaluate, evaluation_env
world = {"rows": 9, "cols": 9, "objects": {"circle": 12, "cross": 12}}
env = evaluation_env("shapes_grid:ShapesGrid-v0", {}, world)
start = time.process_time()
evaluate(Oracle(env), env, 10, 0)
print((time.process_time() - start) / 10)
"""
_QUIET = ("--progress", "false", "--run_dir", "run")


Code = tuple[str, ...]
"""Arguments of Python that run a program."""


class Task(NamedTuple):
    """Something to time."""

    name: str
    arguments: tuple[str, ...]  # of Python
    goal: float | None = None  # seconds, from issue 20
    prints: bool = False  # whether it prints the seconds that count; otherwise all of its CPU's do
    threads: bool = False  # whether libraries may take as many threads as they like


def _code(text: str, **values: object) -> Code:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return "-c", text


def _dsrl(*arguments: str) -> tuple[str, ...]:
    return "-m", "dsrl_agent", *arguments


def _decide(kind: str, act: str, what: str, world: object = "{}", episodes: int = 60) -> Code:
    return _code(_DECIDE, kind=kind, act=act, what=what, world=world, episodes=episodes)


def _decisions(act: str, goal: float) -> list[Task]:
    said = act.replace("_", " ")
    return [
        Task(f"a decision {said}, {name}, {what}", _decide(kind, act, what), goal, True)
        for name, kind in (("tables", "relational"), ("rules", "rules"))
        for what in ("median", "mean")
    ]


def _crowded(what: str) -> Code:
    crowd = {"rows": 16, "cols": 16, "objects": {"circle": 40, "cross": 40}, "step_limit": 60}
    return _decide("rules", "from_facts", what, crowd, 10)


def _together(name: str, kind: str) -> list[Task]:
    sizes = {"1 environment": 1, "16 environments": 16}
    return [
        Task(
            f"a step of learning, {name}, {said}",
            _code(_TOGETHER, kind=kind, count=count),
            None,
            True,
        )
        for said, count in sizes.items()
    ]


_SNIPPET = 'from dsrl_agent import DSRL; DSRL("shapes_grid:ShapesGrid-v0").learn(2000)'
_RULES = ("--front_end.kind", "rules", "--until_settled", "true")
TASKS = (
    Task("`import dsrl_agent`", _code("import dsrl_agent"), 0.3),
    Task("`dsrl train --help`", _dsrl("train", "--help"), 0.2),
    Task("imports of `dsrl train`", _code("import dsrl_agent.cli.commands.train"), 1.5),
    Task("learn 2,000 steps from Python, 1 thread set", _code(_SNIPPET)),
    Task("the same, no thread limit set", _code(_SNIPPET), threads=True),
    Task("`dsrl train`", _dsrl("train", *_QUIET), 8.0),
    Task("`dsrl train` with rules, until settled", _dsrl("train", *_RULES, *_QUIET), 4.0),
    Task("a step of learning, tables", _code(_LEARN, kind="relational"), 1 / 2000, True),
    Task("a step of learning, rules", _code(_LEARN, kind="rules"), 1 / 2000, True),
    *_together("tables", "relational"),
    *_together("rules", "rules"),
    Task("a step of learning, DQN with an update for 4 steps", _code(_DQN), None, True),
    *_decisions("with_sight", 0.15e-3),
    *_decisions("from_facts", 0.02e-3),
    Task("a fresh plan, rules", _decide("rules", "from_facts", "fresh"), 3e-3, True),
    Task("the same, 16 x 16 with 80 objects", _crowded("fresh"), 3e-3, True),
    Task("a decision there, median", _crowded("median"), 0.3e-3, True),
    Task("a fresh plan, FourRooms, median", _code(_FOUR_ROOMS, what="median"), 3e-3, True),
    Task("a fresh plan, FourRooms, mean", _code(_FOUR_ROOMS, what="mean"), None, True),
    Task("an episode of the oracle, 9 x 9 with 12 + 12 objects", _code(_ORACLE), None, True),
)  # fmt: skip


def measured(checkout: Path, task: Task) -> float:
    """Return the CPU seconds of a task in a checkout."""
    paths = [str(checkout), str(checkout / "envs")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    if task.threads:
        del env["OMP_NUM_THREADS"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, *task.arguments]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{task.name} in {checkout} ended with {done.returncode}:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(done.stderr, end="")
    if task.prints:
        return float(done.stdout.split()[-1])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compared(checkouts: Sequence[Path], tasks: Sequence[Task], rounds: int) -> list[list[float]]:
    """Return the least CPU seconds of each task in each checkout, taken in turns."""
    least = []
    for task in tasks:
        turns = [[measured(each, task) for each in checkouts] for _ in range(rounds)]
        least.append([min(own) for own in zip(*turns, strict=True)])
        print(task.name, *(_shown(seconds) for seconds in least[-1]), flush=True)
    return least


def table(found: Mapping[str, Sequence[float]], goals: Mapping[str, float | None]) -> Table:
    """Return the seconds before and after with their ratio, a row for each task."""
    rows = []
    for name, (before, after) in found.items():
        goal = goals.get(name)  # a file may hold tasks of earlier versions
        shown = "" if goal is None else _shown(goal)
        rows.append([name, _shown(before), _shown(after), f"{before / after:.1f}", shown])
    return Table(["task", "before", "after", "ratio", "goal"], rows)


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.3f} ms"


def main() -> None:
    """Compare, print a table and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, help="the checkout to compare with, or a file to read")
    parser.add_argument("out", type=Path, nargs="?", help="a file for the seconds, as JSON")
    parser.add_argument("--rounds", type=int, default=2, help="times that every task runs")
    parser.add_argument("--only", default="", help="run the tasks whose names have this in them")
    options = parser.parse_args()
    if options.before.is_file():
        found = json.loads(options.before.read_text())
    else:
        tasks = [task for task in TASKS if options.only in task.name]
        least = compared([options.before.resolve(), ROOT], tasks, options.rounds)
        found = {task.name: seconds for task, seconds in zip(tasks, least, strict=True)}
    if options.out is not None:
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found, {task.name: task.goal for task in TASKS}).markdown())


if __name__ == "__main__":
    main()
