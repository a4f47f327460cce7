"""What came of touching things: counted from the transitions that the agent remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from scipy import stats

from dsrl_agent.front_end.agency import Agency, Motion
from dsrl_agent.types import Fact, Facts, Transition

_CONFIDENCE = 0.95

Fate = Literal["vanishes", "moves on", "becomes another", "stays", "is out of sight"]


class Outcome(NamedTuple):
    """What happened when the agent went for an object.

    Attributes:
        entered: Whether the agent came to stand where the object stood.
        fate: What became of the object.
        becomes: The type that stands there instead, where the fate is `becomes another`.
    """

    entered: bool
    fate: Fate
    becomes: int | None


class Contact(NamedTuple):
    """What touching a type brings, by experience.

    Attributes:
        type: The type.
        outcome: What happened most often.
        times: How often that happened.
        of: How often a thing of this type was touched.
        ended: How often the episode terminated with it.
        reward: The mean reward of all these times.
        least, most: The least and the most reward.
    """

    type: int
    outcome: Outcome
    times: int
    of: int
    ended: int
    reward: float
    least: float
    most: float

    @property
    def confidence(self) -> float:
        """The share of cases that have the outcome is at least this, with 95 % confidence.

        The one-sided interval of Clopper and Pearson (1934).
        """
        return at_least(self.times, self.of)


def at_least(times: int, of: int) -> float:
    """Return the lower end of the one-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    if of == 0:
        return 0.0
    test = stats.binomtest(times, of, alternative="greater")
    return float(test.proportion_ci(_CONFIDENCE).low)


def percent(share: float) -> str:
    """Return a share in per cent, rounded down as befits a lower bound."""
    return f"{int(1000 * share) / 10:g} %"


def contacts(agency: Agency, transitions: Iterable[Transition]) -> dict[int, Contact]:
    """Count what touching each type brought."""
    outcomes: dict[int, Counter[Outcome]] = {}
    rewards: dict[int, list[float]] = {}
    ended: Counter[int] = Counter()
    motions = agency.motions()
    for transition in transitions:
        seen = _touch(agency, motions, transition)
        if seen is None:
            continue
        number, outcome = seen
        outcomes.setdefault(number, Counter())[outcome] += 1
        rewards.setdefault(number, []).append(transition.reward)
        ended[number] += transition.terminated
    return {
        number: _contact(number, counts, ended[number], rewards[number])
        for number, counts in sorted(outcomes.items())
    }


def _contact(number: int, counts: Counter[Outcome], ended: int, rewards: list[float]) -> Contact:
    outcome, times = counts.most_common(1)[0]
    mean = sum(rewards) / len(rewards)
    return Contact(number, outcome, times, len(rewards), ended, mean, min(rewards), max(rewards))


def _touch(
    agency: Agency, motions: Mapping[tuple[int, int], Motion], transition: Transition
) -> tuple[int, Outcome] | None:
    """Return what the agent went for and the outcome, or `None` if it went for nothing."""
    agent = agency.find(transition.facts)
    motion = None if agent is None else motions.get((agent.type, transition.action))
    if agent is None or motion is None or (motion.d_row, motion.d_col) == (0, 0):
        return None
    move = (motion.d_row, motion.d_col)
    there = (agent.row + move[0], agent.col + move[1])
    target = _at(transition.facts, there)
    if target is None or target == agent:
        return None
    after = agency.find(transition.next_facts)
    entered = after is not None and (after.row, after.col) == there
    fate, becomes = _fate(transition, target, move, entered)
    return target.type, Outcome(entered, fate, becomes)


def _fate(
    transition: Transition, target: Fact, move: tuple[int, int], entered: bool
) -> tuple[Fate, int | None]:
    beyond = target._replace(row=target.row + move[0], col=target.col + move[1])
    if beyond in transition.next_facts and beyond not in transition.facts:
        return "moves on", None
    if entered:
        return "vanishes", None
    stands = _at(transition.next_facts, (target.row, target.col))
    if stands == target:
        return "stays", None
    return ("is out of sight", None) if stands is None else ("becomes another", stands.type)


def _at(facts: Facts, place: tuple[int, int]) -> Fact | None:
    return next((fact for fact in facts if (fact.row, fact.col) == place), None)
