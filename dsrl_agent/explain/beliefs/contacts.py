"""Count the results of touches by type, from the transitions that a front end stores."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from scipy import stats

from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.knowledge import AnyKnowledge
from dsrl_agent.types import Fact, Facts, Transition

_CONFIDENCE = 0.95

Fate = Literal["vanishes", "moves on", "becomes another", "stays", "is out of sight"]


class ContactOutcome(NamedTuple):
    """The result of going for an object. The fields are keys of the JSON."""

    entered: bool  # whether the agent came to stand where the object stood
    fate: Fate  # the object's fate
    becomes: int | None  # the type that stands there instead, where the fate is `becomes another`


class ContactStatistics(NamedTuple):
    """The results of touching a type. The fields are keys of the JSON."""

    type: int
    outcome: ContactOutcome  # the most frequent outcome
    times: int  # touches with this outcome
    of: int  # all touches of the type
    ended: int  # touches that terminated the episode
    reward: float  # the mean reward of all touches
    least: float  # the least reward
    most: float  # the most reward

    @property
    def confidence(self) -> float:
        """The lower end of the one-sided 95 % interval of the outcome's share."""
        return at_least(self.times, self.of)


def at_least(times: int, of: int) -> float:
    """Return the lower end of the one-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    if of == 0:
        return 0.0
    test = stats.binomtest(times, of, alternative="greater")
    return float(test.proportion_ci(_CONFIDENCE).low)


def percent(share: float) -> str:
    """Return a lower bound of a share in per cent, rounded down."""
    return f"{int(1000 * share) / 10:g} %"


def contacts(knowledge: AnyKnowledge) -> dict[int, ContactStatistics]:
    """Count the results of touching each type."""
    agency, effects = knowledge.agency, knowledge.effects
    outcomes: dict[int, Counter[ContactOutcome]] = {}
    rewards: dict[int, list[float]] = {}
    ended: Counter[int] = Counter()
    for transition in knowledge.transitions:
        seen = _touch(agency, effects, transition)
        if seen is not None:
            number, outcome = seen
            outcomes.setdefault(number, Counter())[outcome] += 1
            rewards.setdefault(number, []).append(transition.reward)
            ended[number] += transition.terminated
    touched = sorted(outcomes.items())
    return {of: _statistics(of, counts, ended[of], rewards[of]) for of, counts in touched}


def _statistics(
    number: int, counts: Counter[ContactOutcome], ended: int, rewards: list[float]
) -> ContactStatistics:
    outcome, times = counts.most_common(1)[0]
    return ContactStatistics(
        type=number,
        outcome=outcome,
        times=times,
        of=len(rewards),
        ended=ended,
        reward=sum(rewards) / len(rewards),
        least=min(rewards),
        most=max(rewards),
    )


def _touch(
    agency: Agency, effects: ActionEffects, transition: Transition
) -> tuple[int, ContactOutcome] | None:
    """Return the type that the agent went for and the outcome, `None` if it went for nothing."""
    agent = agency.find(transition.facts)
    effect = None if agent is None else effects.get((agent.type, transition.action))
    if agent is None or effect is None or not effect.moves:
        return None
    move = (effect.d_row, effect.d_col)
    there = (agent.row + move[0], agent.col + move[1])
    target = _at(transition.facts, there)
    if target is None or target == agent:
        return None
    after = agency.find(transition.next_facts)
    entered = after is not None and (after.row, after.col) == there
    fate, becomes = _fate(transition, target, move, entered)
    return target.type, ContactOutcome(entered, fate, becomes)


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
