"""Time decisions from facts to action, in worlds of more and more objects and cells.

Every front end learns in a world of symbols, where nothing is drawn or misread, and then plays it
greedily. Each decision is timed by the CPU clock of its thread, so that other processes do not
count.
"""

from __future__ import annotations

import copy
import itertools
import tracemalloc
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.experiments.timing.clock import Samples, seconds_of
from dsrl_agent.front_end import AnyFrontEnd, make_front_end
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact, Facts, Transition

KINDS = front_end_kinds()
_AGENT, _FIRST = 1, 2  # the types of the agent and of the first good thing; others follow
_MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
_STEP_LIMIT = 25
_RULE_STEPS = 400  # learning steps of front ends with rules, which hold for every place
_TABLE_STEPS = 4000  # learning steps of all others, enough for a table of every place


class Size(NamedTuple):
    """Size of a world: cells a side of the square grid, and objects, half of them bad."""

    side: int
    objects: int


GROWING_OBJECTS = tuple(Size(16, objects) for objects in (2, 4, 8, 16, 32, 64))
GROWING_GRID = tuple(Size(side, 8) for side in (5, 7, 9, 12, 16))
_LARGEST = Size(16, 64)  # the world of learning: its tables hold every place that others need


class Cost(NamedTuple):
    """Time in seconds of a kind of front end's decisions in worlds of one size."""

    kind: str
    side: int  # cells a side
    objects: int  # objects at the start of an episode
    decisions: int  # number of decisions timed
    median: float
    high: float  # the 95th percentile
    first: float  # median of the first decision of an episode, when a planner plans

    @property
    def size(self) -> Size:
        """Size of the worlds."""
        return Size(self.side, self.objects)


class Storage(NamedTuple):
    """Memory taken by the knowledge of a front end."""

    kind: str  # kind of the front end
    entries: int  # number of keys of its table, or of rules
    value_bytes: int  # bytes of the numbers in the table, 8 for each; 0 for rules
    all_bytes: int  # all bytes that a copy of the table or the rules allocates


def measure(kinds: Sequence[str], decisions: int, seed: int) -> tuple[list[Cost], list[Storage]]:
    """Train kinds of front ends, time their decisions and measure the memory of their knowledge.

    At least `decisions` are timed for each size; the last episode is played to its end.
    """
    costs, storages = [], []
    sizes = list(dict.fromkeys((*GROWING_OBJECTS, *GROWING_GRID)))
    for kind in kinds:
        front_end = trained(kind, seed)
        storages.append(storage_of(front_end))
        costs += [cost_of(front_end, size, decisions, seed) for size in sizes]
    return costs, storages


def trained(kind: str, seed: int, steps: int | None = None, types: int = 2) -> AnyFrontEnd:
    """Return a front end of a kind that has learned in the largest of the worlds.

    Objects are of so many `types`. Without `steps` of learning it takes enough for a table of
    every place.
    """
    front_end = make_front_end(len(_MOVES), FrontEndConfig(kind=kind))
    rng = Streams(seed).get("lessons")
    if steps is None:
        steps = _TABLE_STEPS if front_end.knowledge().rules is None else _RULE_STEPS
    episodes = (_play(front_end, _LARGEST, rng, 0.5, types) for _ in itertools.count())
    played = itertools.chain.from_iterable(episodes)
    for transition, _ in itertools.islice(played, steps):
        front_end.learn(transition, rng)
    return front_end


def cost_of(front_end: AnyFrontEnd, size: Size, decisions: int, seed: int, types: int = 2) -> Cost:
    """Time a front end's greedy decisions in worlds of a size, with objects of so many types."""
    rng = Streams(seed).get("worlds")
    seconds: list[float] = []
    first: list[float] = []
    while len(seconds) < decisions:
        episode = [spent for _, spent in _play(front_end, size, rng, 0.0, types)]
        first.append(episode[0])
        seconds += episode
    taken, firsts = Samples(tuple(seconds)), Samples(tuple(first))
    kind, count, median, high = front_end.kind, len(seconds), taken.median, taken.quantile(0.95)
    return Cost(kind, *size, count, median=median, high=high, first=firsts.median)


def storage_of(front_end: AnyFrontEnd) -> Storage:
    """Return the memory taken by the table or the rules of a front end."""
    known = front_end.knowledge()
    return Storage(known.kind, known.entries, known.value_bytes, _allocated(known.store))


def scene(size: Size, rng: np.random.Generator, types: int = 2) -> Facts:
    """Draw a scene: the agent and the objects, each on a cell of its own."""
    places = rng.choice(size.side**2, size.objects + 1, replace=False).tolist()
    shown = [_AGENT, *(_FIRST + number % types for number in range(size.objects))]
    drawn = zip(shown, places, strict=True)
    return tuple(sorted(Fact(number, *divmod(place, size.side)) for number, place in drawn))


def _play(
    front_end: AnyFrontEnd, size: Size, rng: np.random.Generator, epsilon: float, types: int = 2
) -> Iterator[tuple[Transition, float]]:
    """Play one episode; yield each transition and the CPU seconds of its decision."""
    facts, shape = scene(size, rng, types), (size.side, size.side)
    episode = front_end.begin(shape)
    for number in range(_STEP_LIMIT):
        action, seconds = seconds_of(partial(front_end.decide, facts, episode, rng, epsilon))
        next_facts, reward = stepped(facts, action, size.side)
        over = not any(_reward(fact.type) > 0.0 for fact in next_facts)
        ends = {"terminated": over, "first": number == 0}
        yield Transition(facts, action, reward, next_facts, shape=shape, **ends), seconds
        if over:
            return
        facts = next_facts


def stepped(facts: Facts, action: int, side: int) -> tuple[Facts, float]:
    """Return the scene after an action, and its reward: the agent takes objects that it reaches."""
    agent = next(fact for fact in facts if fact.type == _AGENT)
    row, col = agent.row + _MOVES[action][0], agent.col + _MOVES[action][1]
    if not (0 <= row < side and 0 <= col < side):
        return facts, 0.0
    touched = [fact for fact in facts if (fact.row, fact.col) == (row, col)]
    others = [fact for fact in facts if fact != agent and fact not in touched]
    reward = sum(_reward(fact.type) for fact in touched)
    return tuple(sorted([agent._replace(row=row, col=col), *others])), reward


def _reward(number: int) -> float:
    """Return the reward of touching a type."""
    return 0.0 if number == _AGENT else 1.0 if (number - _FIRST) % 2 == 0 else -1.0


def _allocated(thing: object) -> int:
    """Return the bytes that a deep copy allocates."""
    tracemalloc.start()
    try:
        kept = copy.deepcopy(thing)
        size, _ = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return size
