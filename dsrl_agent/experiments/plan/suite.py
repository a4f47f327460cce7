"""Describe the runs of a benchmark as data: worlds, contestants and blocks of runs."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from dsrl_agent.checks import require_at_least
from dsrl_agent.config.reading import nearest
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.drawn_grids import ENV_ID, draw_grid

Kind = Literal["agent", "agent_on_true_facts", "dqn", "qrdqn", "ppo", "random", "oracle"]
_RENAMED_KINDS = {"dsrl": "agent", "facts": "agent_on_true_facts"}
_RENAMED_FRONT_ENDS = {"dsrl": "garnelo2016"}
FIRST_SEED = 1000
_WORLD_RULES = (
    ("kwargs", Mapping, "a mapping"),
    ("drawn_grid", bool, "a bool"),
    ("wrappers", (list, tuple), "a list"),
    ("solved", (float, int, type(None)), "a number"),
)


@dataclass(frozen=True)
class World:
    """An environment by its whole id and its keywords.

    Attributes:
        drawn_grid: Whether the size of the cells and the border are drawn anew for each seed.
        wrappers: Wrappers as in the setting `env.wrappers`, the innermost first.
        solved: An episode is solved if its return is at least this; None where the return alone
            counts.
    """

    id: str = ENV_ID
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    drawn_grid: bool = False
    wrappers: Sequence[Any] = ()
    solved: float | None = None

    def __post_init__(self) -> None:
        for name, kind, rule in _WORLD_RULES:
            if not isinstance(getattr(self, name), kind):
                raise ConfigError(f"{name} is {getattr(self, name)!r}, but it must be {rule}.")
        named = sorted({"cell", "border"} & set(self.kwargs))
        if self.drawn_grid and named:
            raise ConfigError(
                f"{named[0]} is {self.kwargs[named[0]]!r} in a world whose grid is drawn; leave it "
                "out, or drawn_grid."
            )

    def of(self, seed: int) -> World:
        """Return the world in the run of a seed, with its drawn grid."""
        if not self.drawn_grid:
            return self
        kwargs = {**self.kwargs, **draw_grid(seed)}
        return dataclasses.replace(self, kwargs=kwargs, drawn_grid=False)

    def described(self) -> dict[str, Any]:
        """Return what decides the frames and the solved episodes, without what is not given."""
        further = {"wrappers": list(self.wrappers), "solved": self.solved}
        given = {name: value for name, value in further.items() if value not in ([], None)}
        return {"id": self.id, "kwargs": dict(self.kwargs), **given}


@dataclass(frozen=True)
class Contestant:
    """A contestant, which learns or plays.

    Its kind is `agent`: the agent, from pixels; `agent_on_true_facts`: one of its front ends on
    true facts; `dqn`, `qrdqn` and `ppo`: of Stable-Baselines3; `random`; or `oracle`. Settings are
    those of `AgentConfig`, `FactsConfig`, `DQNConfig`, `QRDQNConfig` or `PPOConfig`.
    """

    name: str  # in the report
    kind: Kind
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ConfigError(
                f"The contestant {self.name!r} is of kind {self.kind!r}, but it must be one of "
                f"{', '.join(get_args(Kind))}."
            )


@dataclass(frozen=True)
class WorldChange:
    """A change to the world that `world` names, after `at` steps of training."""

    at: int
    world: str


@dataclass(frozen=True)
class Block:
    """Runs of every contestant in every world with every seed.

    Marks are steps of training before each measurement, ascending; 0 for contestants that do not
    learn. `measures` are names in `dsrl_agent.experiments.run.measures`.
    """

    contestants: tuple[str, ...]  # names of the contestants
    train: tuple[str, ...]  # names of the worlds of training; each makes a run of its own
    marks: tuple[int, ...]
    seeds: int = 10  # number of seeds
    first_seed: int = FIRST_SEED  # the seeds are this one and those that follow
    episodes: int = 50  # number of test episodes of each measurement
    tests: tuple[str, ...] = ()  # worlds tested at every mark; by default the last of training
    final_tests: tuple[str, ...] = ()  # further worlds of the measurement at the last mark
    then: WorldChange | None = None  # a change of the world of training
    measures: tuple[str, ...] = ()  # further measures at every mark
    # The most environment steps of a measurement, which ends before all its episodes then.
    most_steps: int | None = None

    def __post_init__(self) -> None:
        marks = list(self.marks)
        if marks != sorted(set(marks)) or not marks or marks[0] < 0:
            raise ConfigError(f"marks is {marks}, but it must be ascending numbers of steps.")
        for name in ("seeds", "episodes"):
            require_at_least(name, getattr(self, name), 1)
        require_at_least("first_seed", self.first_seed, 0)
        if self.most_steps is not None:
            require_at_least("most_steps", self.most_steps, 1)
        if self.then is not None and self.then.at not in self.marks:
            raise ConfigError(
                f"then.at is {self.then.at}, but it must be one of the marks {marks}: "
                "what was known before the change is measured there."
            )


@dataclass(frozen=True)
class Task:
    """One run of a contestant in a world with a seed, with all that decides its results."""

    suite: str
    question: str
    contestant: Contestant
    train: str
    seed: int
    block: Block
    worlds: Mapping[str, World]

    @property
    def key(self) -> str:
        """A file name, unique among the runs of the suite."""
        change = "" if self.block.then is None else f"-then-{self.block.then.world}"
        return key_of(f"{self.contestant.name}-{self.train}{change}-{self.seed}")

    def described(self) -> dict[str, Any]:
        """Return all that decides the results of the run, JSON-able."""
        used = {self.train, *self.block.tests, *self.block.final_tests}
        used |= set() if self.block.then is None else {self.block.then.world}
        block = dataclasses.asdict(self.block)
        for name in ("contestants", "train", "seeds", "first_seed"):
            del block[name]
        if block["most_steps"] is None:
            del block["most_steps"]  # as in the headers of runs from before there was a bound
        worlds = {name: self.worlds[name] for name in sorted(used)}
        described = {
            "suite": self.suite,
            "contestant": dataclasses.asdict(self.contestant),
            "train": self.train,
            "seed": self.seed,
            **block,
            "worlds": {name: world.described() for name, world in worlds.items()},
        }
        # Tuples become lists, as in a file: the header of a finished run is compared with this.
        return with_current_names(json.loads(json.dumps(described)))


def current_kind(kind: str) -> str:
    """Return the current name of a kind of contestant, which older versions may have renamed."""
    return _RENAMED_KINDS.get(kind, kind)


def with_current_names(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return a described task with current names in place of those of older versions."""
    contestant = task.get("contestant")
    if not isinstance(contestant, Mapping):
        return dict(task)
    settings = contestant["settings"]
    front_end = settings.get("front_end", {})
    if (kind := front_end.get("kind")) in _RENAMED_FRONT_ENDS:
        front_end = {**front_end, "kind": _RENAMED_FRONT_ENDS[kind]}
        settings = {**settings, "front_end": front_end}
    kind = current_kind(contestant["kind"])
    name = _current_name(contestant["name"], front_end)
    current = {**contestant, "name": name, "kind": kind, "settings": settings}
    return {**task, "contestant": current}


def _current_name(name: str, front_end: Mapping[str, Any]) -> str:
    """Return the current name of a contestant that was named by an older name of its front end."""
    own, comma, rest = name.partition(",")
    current = _RENAMED_FRONT_ENDS.get(own)
    return current + comma + rest if current and front_end.get("kind") == current else name


@dataclass(frozen=True)
class Suite:
    """A question and the runs that answer it."""

    name: str
    question: str
    worlds: Mapping[str, World]
    contestants: Mapping[str, Contestant]
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ConfigError(f"The suite {self.name!r} has no runs; name at least one.")
        for block in self.blocks:
            for name in block.contestants:
                _require_named("contestant", name, self.contestants)
            change = () if block.then is None else (block.then.world,)
            for name in (*block.train, *block.tests, *block.final_tests, *change):
                _require_named("world", name, self.worlds)
        keys = [task.key for task in self.tasks()]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ConfigError(
                f"The suite {self.name!r} holds the run {twice[0]} twice; put its tests into one "
                "block."
            )

    def tasks(self) -> Iterator[Task]:
        """Yield all runs, seed by seed, so that the first runs already compare all contestants."""
        most = max(block.seeds for block in self.blocks)
        for number in range(most):
            for block in (block for block in self.blocks if number < block.seeds):
                seed = block.first_seed + number
                worlds = {name: world.of(seed) for name, world in self.worlds.items()}
                for name, world in itertools.product(block.contestants, block.train):
                    yield Task(
                        suite=self.name,
                        question=self.question,
                        contestant=self.contestants[name],
                        train=world,
                        seed=seed,
                        block=block,
                        worlds=worlds,
                    )


def key_of(words: str) -> str:
    """Return words as a file name: letters, digits, `-`, `_` and `.` are kept, others are `_`."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in words)


def hint(name: str, known: Collection[str]) -> str:
    """Return a hint at the known name most similar to a wrong one, or at all of them."""
    near = nearest(name, list(known))
    return near if near.startswith("did") else f"there are {', '.join(known)}."


def _require_named(what: str, name: str, known: Mapping[str, Any]) -> None:
    if name not in known:
        raise ConfigError(f"{name!r} is no {what} of this suite; {hint(name, known)}")
