"""Time decisions of front ends, from facts to action, in worlds of growing size.

Every front end learns in a world of symbols, where nothing is drawn and nothing misread, and then
plays it greedily. Each decision is timed in processor seconds of this thread, so that other work on
the machine does not count. One series of worlds grows in objects, another in cells.
"""

from __future__ import annotations

import copy
import itertools
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.front_end import AnyFrontEnd, make_front_end
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact, Facts, Transition

KINDS = front_end_kinds()
_AGENT, _GOOD, _BAD = 1, 2, 3
_MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
_REWARDS = {_GOOD: 1.0, _BAD: -1.0}
_STEP_LIMIT = 25
_RULE_LESSONS = 400  # steps of learning for rules, which hold for every place
_TABLE_LESSONS = 4000  # and for a table, which has an entry for every place


class Size(NamedTuple):
    """A world of a square grid.

    Attributes:
        side: Cells a side.
        objects: Objects, half of them bad.
    """

    side: int
    objects: int


GROWING_OBJECTS = tuple(Size(16, objects) for objects in (2, 4, 8, 16, 32, 64))
GROWING_GRID = tuple(Size(side, 8) for side in (5, 7, 9, 12, 16))
_LARGEST = Size(16, 64)  # the world learned in: its tables hold every place of the others


class Cost(NamedTuple):
    """The time of a front end's decisions in worlds of a size.

    Attributes:
        kind: The front end's kind.
        side: Cells a side.
        objects: Objects at the start of an episode.
        decisions: Decisions timed.
        median: Median time in seconds.
        high: The 95th percentile.
        first: Median time of the first decision of an episode, when a planner makes its plan.
    """

    kind: str
    side: int
    objects: int
    decisions: int
    median: float
    high: float
    first: float


class Room(NamedTuple):
    """The size of a front end's knowledge in memory.

    Attributes:
        kind: The front end's kind.
        entries: Keys of its table, or rules.
        value_bytes: Bytes of the table's numbers, 8 each.
        all_bytes: Bytes that a copy of the table or the rules allocates.
    """

    kind: str
    entries: int
    value_bytes: int
    all_bytes: int


def measure(kinds: Sequence[str], decisions: int, seed: int) -> tuple[list[Cost], list[Room]]:
    """Teach front ends and time their decisions.

    Args:
        kinds: The front ends' kinds.
        decisions: The fewest to time for each size: the last episode is played to its end.
        seed: Seeds worlds and learning.
    """
    costs, rooms = [], []
    for kind in kinds:
        front_end = taught(kind, seed)
        rooms.append(room_of(front_end))
        costs += [
            cost_of(front_end, size, decisions, seed)
            for size in dict.fromkeys((*GROWING_OBJECTS, *GROWING_GRID))
        ]
    return costs, rooms


def taught(kind: str, seed: int, steps: int | None = None) -> AnyFrontEnd:
    """Return a front end that has learned in the largest of the worlds.

    Args:
        kind: The front end's kind.
        seed: Seeds the worlds.
        steps: Steps of learning; enough for a table of every place if left out.
    """
    front_end = make_front_end(len(_MOVES), FrontEndConfig(kind=kind))
    rng = Streams(seed).get("lessons")
    if steps is None:
        steps = _TABLE_LESSONS if front_end.knowledge().rules is None else _RULE_LESSONS
    size = _LARGEST
    episodes = (_play(front_end, scene(size, rng), size, rng, 0.5) for _ in itertools.count())
    lessons = itertools.chain.from_iterable(episodes)
    for transition, _ in itertools.islice(lessons, steps):
        front_end.learn(transition, rng)
    return front_end


def cost_of(front_end: AnyFrontEnd, size: Size, decisions: int, seed: int) -> Cost:
    """Time a front end's greedy decisions in worlds of a size."""
    rng = Streams(seed).get("worlds")
    seconds: list[float] = []
    first: list[float] = []
    while len(seconds) < decisions:
        episode = [spent for _, spent in _play(front_end, scene(size, rng), size, rng, 0.0)]
        first.append(episode[0])
        seconds += episode
    taken = np.array(seconds)
    return Cost(
        kind=front_end.kind,
        side=size.side,
        objects=size.objects,
        decisions=len(taken),
        median=float(np.median(taken)),
        high=float(np.quantile(taken, 0.95)),
        first=float(np.median(first)),
    )


def room_of(front_end: AnyFrontEnd) -> Room:
    """Return the size of a front end's table or rules in memory."""
    known = front_end.knowledge()
    return Room(known.kind, known.entries, known.value_bytes, _allocated(known.store))


def scene(size: Size, rng: np.random.Generator) -> Facts:
    """Draw a scene: the agent and the objects on cells of their own."""
    places = rng.choice(size.side**2, size.objects + 1, replace=False)
    types = [_AGENT, *itertools.islice(itertools.cycle((_GOOD, _BAD)), size.objects)]
    return tuple(
        sorted(
            Fact(number, *divmod(int(place), size.side))
            for number, place in zip(types, places, strict=True)
        )
    )


def _play(
    front_end: AnyFrontEnd, facts: Facts, size: Size, rng: np.random.Generator, epsilon: float
) -> Iterator[tuple[Transition, float]]:
    """Play one episode; yield each step and the processor seconds of its decision."""
    shape = (size.side, size.side)
    episode = front_end.begin(shape)
    for number in range(_STEP_LIMIT):
        start = time.thread_time()
        action = front_end.decide(facts, episode, rng, epsilon)
        spent = time.thread_time() - start
        following, reward = stepped(facts, action, size.side)
        over = not any(fact.type == _GOOD for fact in following)
        transition = Transition(
            facts=facts,
            action=action,
            reward=reward,
            next_facts=following,
            terminated=over,
            first=number == 0,
            shape=shape,
        )
        yield transition, spent
        if over:
            return
        facts = following


def stepped(facts: Facts, action: int, side: int) -> tuple[Facts, float]:
    """Return the scene and the reward after an action: the agent takes the object it reaches."""
    agent = next(fact for fact in facts if fact.type == _AGENT)
    row, col = agent.row + _MOVES[action][0], agent.col + _MOVES[action][1]
    if not (0 <= row < side and 0 <= col < side):
        return facts, 0.0
    touched = [fact for fact in facts if (fact.row, fact.col) == (row, col)]
    others = [fact for fact in facts if fact != agent and fact not in touched]
    reward = sum(_REWARDS[fact.type] for fact in touched)
    return tuple(sorted([agent._replace(row=row, col=col), *others])), reward


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
