"""Thresholds of foresight in worlds that move by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class ForesightThresholds:
    """Thresholds of `rules` for worlds that move by themselves.

    In them most of what happens does so without the agent's going for a thing.

    Attributes:
        happenings: Steps with an end, an unusual reward or a fling, before the world may count as
            one that moves by itself. Not searched.
        apart: Share of those steps. The world counts as one, if in more of them the agent went for
            no thing. Not searched.
        alike: Times that circumstances must have been met before they decide what a thing or the
            agent does in them; else wider circumstances do. Not searched.
        least_chance: Chance. Displacements of things that are less likely are left out, and throws
            as well. Not searched.
        slip: Chance. Displacements of the agent that are less likely are left out. Not searched.
        circumstances: The most circumstances in which the steps of things are counted. Where there
            are more, the half that was met least often makes room. Not searched.
        guesses: The most places at which one thing is foreseen in a step. Not searched.
        layers: Steps over which things are foreseen. Not searched.
        ages: Steps. The longest time that a thing is known to have stood. Not searched.
        rests: Steps. The longest rest that the agent may need before it moves or throws again. Not
            searched.
        rest_tries: Tries after a rest before its rate of moves or throws counts. Not searched.
        held_back: Share of the best rate of moves or throws. With a smaller one after a rest, the
            agent counts as held back. Not searched.
        throw_reach: Cells, in king's moves. What comes up farther from the agent was not thrown by
            it. Not searched.
        throws: Times that a thing must have come up by an action before the action may count as one
            that throws it. Not searched.
        contrast: Factor. The action must throw it so much more often than all others do. Not
            searched.
        prior_cause: Chance that a cause is followed by an event, before any experience, with the
            weight of one occasion. Not searched.
        logged: Events that are booked anew when their number doubles, as causes are known better
            then. Not searched.
        concern: Share of the ends, the flings or the unusual rewards. Things of types to which no
            such share is booked are not foreseen, to save time. Not searched.
        growth: Share by which the occasions of a type must have grown before what its things do is
            estimated anew, where nothing happened. Not searched.
        doubt: Occasions, a prior: the weight of what is known of similar causes. Not searched.
        hope: Share by which offsets of a thing that were seldom met are expected to do less than
            the others along the agent's way. Not searched: without it the agent did not try to
            catch a ball that it had always missed.
        tries: Times that the agent goes for a place in hope of a reward, while nothing good is
            known. Not searched.
        patience: Discount per step. Not searched.
        refresh: Steps between two estimates of the value of places in the long run. Not searched.
        sweeps: The most sweeps of value iteration in such an estimate. Not searched.
        settled: Change of a value, as a share of the cost of an end, below which sweeps end. Not
            searched.
    """

    happenings: int = 5
    apart: float = 0.5
    alike: int = 2
    least_chance: float = 0.1
    slip: float = 0.02
    circumstances: int = 50_000
    guesses: int = 4
    layers: int = 12
    ages: int = 15
    rests: int = 8
    rest_tries: int = 8
    held_back: float = 0.5
    throw_reach: int = 2
    throws: int = 3
    contrast: float = 3.0
    prior_cause: float = 0.5
    logged: int = 512
    concern: float = 0.05
    growth: float = 0.125
    doubt: float = 0.5
    hope: float = 0.5
    tries: int = 3
    patience: float = 0.97
    refresh: int = 64
    sweeps: int = 200
    settled: float = 1e-4

    def __post_init__(self) -> None:
        shares = (
            "concern",
            "apart",
            "least_chance",
            "slip",
            "held_back",
            "prior_cause",
            "hope",
            "patience",
        )
        positive = ("contrast", "doubt", "settled")
        require_fields("front_end.foresight", self, shares=shares, positive=positive)
