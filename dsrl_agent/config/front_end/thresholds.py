"""Thresholds of what front ends believe and do."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.checks import require_fields


@dataclass(frozen=True)
class AgencyThresholds:
    """Thresholds of finding the agent among the objects and the effects of its actions.

    Attributes:
        verdict_every: Transitions between two decisions on which type is the agent. Each of the
            first `verdict_every` transitions is followed by a decision as well. Not searched.
        appearance_changes: Times that the agent must have been seen to change into a type before
            that type counts as another appearance of the agent. Not searched.
        met_share: Share of a type's frames. A type that is seen together with the agent in more of
            its frames is not an appearance of the agent. Not searched.
        move_share: Share of an action's tries. A displacement seen in no larger share of the tries
            counts as misread. Not searched.
        few_tries: Tries. An appearance that was seen to take an action fewer times than this is
            believed to move as the agent's other appearances do. Not searched.
        given_share: Share of frames. The appearances that perception found are dropped, if a
            smaller share of the frames since then shows exactly one of them. Not searched.
        told_share: Share of an action's steps that leave the agent where it is. The action acts on
            the spot if more of them give an unusual reward, or if it turns the agent at some places
            and not at others. Not searched.
        remembered: Scenes in which the agent's place is remembered, as it is asked for several
            times in a step. Not searched.
        kept_looks: Share of the agent's motions. Things that it enters are taken to change its
            looks only if at least this share of its motions ends in the looks that the action
            usually gives it: looks that flicker are no one's doing. Not searched.
    """

    verdict_every: int = 64
    appearance_changes: int = 2
    met_share: float = 0.02
    move_share: float = 0.05
    few_tries: int = 3
    given_share: float = 0.5
    told_share: float = 0.5
    remembered: int = 64
    kept_looks: float = 0.75

    def __post_init__(self) -> None:
        shares = ("met_share", "move_share", "given_share", "told_share", "kept_looks")
        require_fields("front_end.agency", self, shares=shares)


@dataclass(frozen=True)
class DynaThresholds:
    """Thresholds of the imagined walks of `relational`.

    Attributes:
        settled: Change of a place's value, as a share of the largest value of stepping on a thing.
            Sweeps over the scene end when no value changes by more. Not searched.
    """

    settled: float = 1e-6

    def __post_init__(self) -> None:
        require_fields("front_end.dyna", self, positive=("settled",))


@dataclass(frozen=True)
class RulesThresholds:
    """Thresholds of the front end `rules`.

    Attributes:
        calm_contacts: Contacts without a surprise after which the front end counts as settled.
            Not searched.
        settled_starts: Episodes. To count as settled, the front end must find nothing new to try
            on its plans from where this many of the latest episodes began. Not searched.
        idle_tries: Tries. An action that was tried this many times without an effect on the agent
            is not tried again for its own sake. Not searched.
        prior_objects: Objects. Weight of the prior on the rate of reading errors. Not searched.
        prior_error_rate: Errors per object. Mean of that prior. Not searched.
        error_rate: Errors per object. Above this rate a change away from the agent must be read in
            two frames in a row to be believed. Not searched.
        error_rate_change: Share of the error rate in use. Rules are induced again when the
            estimated rate differs from it by more than this share. Not searched.
        change_rate: Probability per touch, a prior: what touching a type gives has changed. One
            surprise is enough where reading errors are rarer than twice this rate. Not searched.
        firm_touches: Touches that must agree on a reward before it is acted on. Not searched.
        firm_after_change: The same after a change was noticed. More than `firm_touches`, as two
            equal reading errors in a row happen in most runs: an agent that believed at once that
            a good type turned bad would never touch it again, and never find out. Not searched.
        samples: Contacts kept for each type in front; older ones make room, as worlds change. Not
            searched.
        conditions: The most preconditions of a rule; longer rules are hard to read. Not searched.
        condition_cost: Nats. Description length of a precondition beside its name: a larger value
            asks for more evidence before a rule is split. Not searched.
        remote_condition_cost: Nats. Description length of a precondition about things that came up
            or are gone elsewhere, beside that of any precondition. Not searched.
        fixed_times: Contacts with a thing from which on they count as the cause of a change at a
            fixed place elsewhere. Not searched.
        fixed_share: Share of the contacts that could bring such a change, and of all times it was
            seen, that must have brought it. Not searched.
        mean_touches: Touches. The reward believed is the mean of at most so many of the latest
            rewards, where they differ without a change of sign. Not searched.
        sign_changes: Changes of a reward's sign, there and back, after which conditions are looked
            for that explain the sign better than a change of the world does. Not searched.
        unknown_reward: Reward expected of a type never touched, as long as no positive reward has
            been met; later it is the best reward met (R-max). Not searched.
        steps_saved: Steps. Where a step costs, an end at no loss is worth the cost of so many
            steps. Not searched.
        step_price: Reward taken off a plan's value for each step, so that of equal returns the
            quickest wins. What the world charges for a step is no part of it. Not searched.
        exact_goods: Good things in a scene. With more of them the nearest is fetched first; up to
            this number the best order is searched for. Not searched.
        scenes: Scenes expanded by one search for a plan. Not searched; docs/rules.md names a world
            of 11 good things where 400 cut the search.
    """

    calm_contacts: int = 20
    settled_starts: int = 3
    idle_tries: int = 4
    prior_objects: float = 200.0
    prior_error_rate: float = 0.001
    error_rate: float = 0.01
    error_rate_change: float = 0.2
    change_rate: float = 0.001
    firm_touches: int = 2
    firm_after_change: int = 4
    samples: int = 200
    conditions: int = 3
    condition_cost: float = 1.0
    remote_condition_cost: float = 1.0
    fixed_times: int = 3
    fixed_share: float = 0.8
    mean_touches: int = 10
    sign_changes: int = 2
    unknown_reward: float = 1.0
    steps_saved: float = 100.0
    step_price: float = 0.01
    exact_goods: int = 6
    scenes: int = 400

    def __post_init__(self) -> None:
        rates = ("prior_error_rate", "change_rate")
        require_fields(
            "front_end.rules",
            self,
            shares=(*rates, "error_rate", "fixed_share"),
            positive=(*rates, "prior_objects", "unknown_reward", "step_price"),
        )


@dataclass(frozen=True)
class ExplorationPrices:
    """Prices of exploration by `rules`, in steps.

    Where no plan promises a reward, the contact is made whose price and distance are lowest. What
    was never tried costs its distance alone.

    Attributes:
        in_hand: Price of an action on a type that it was tried on, but not with this thing in hand;
            and of going for what blocked the way, now with another thing beyond it or other things
            taken. Not searched; the values are those of a prototype, set by thought.
        affairs: Price where it was not tried in this state of affairs: the thing in hand, the
            things taken, and the types that came up, or of which nothing is left, since the
            episode began; and of bringing a scene about in which nothing is left of other types
            than ever before. Not searched.
        bad: Price of a contact known to end the episode without gain, or to cost, in another state
            of affairs than all earlier ones. One that costs is tried only while nothing good is
            known; an end that costs nothing is then tried in the same state too, or if it was ever
            good. Not searched.
        again: Price of an action on a type that it had no effect on. Not searched.
        again_each: Added to `again` for each earlier try, and to `bad` of an end that is tried in
            the same state of affairs. Not searched.
        repeat: Added for each time that the same was tried at the same place in this episode. Not
            searched.
        idle_each: Added for an action that never had an effect, for each type it was tried on. Not
            searched.
        idle_most: The most that is added so. Not searched.
        wreck: Added for an action that makes things vanish without having them in hand. Not
            searched.
        unknown: Price of an action of which it is not known what it reaches. Not searched.
        unknown_each: Added for each time that it was tried in this state of affairs. Not searched.
        puts: The most places of one scene at which plans put a thing down. Not searched.
        states: States, each a scene with a place and an appearance of the agent, expanded by one
            search for a plan: a bound on the time of a decision. Not searched.
    """

    in_hand: float = 4.0
    affairs: float = 10.0
    bad: float = 30.0
    again: float = 16.0
    again_each: float = 4.0
    repeat: float = 6.0
    idle_each: float = 1.5
    idle_most: float = 12.0
    wreck: float = 8.0
    unknown: float = 1.0
    unknown_each: float = 3.0
    puts: int = 4
    states: int = 6000

    def __post_init__(self) -> None:
        require_fields("front_end.exploration", self)


@dataclass(frozen=True)
class ChanceThresholds:
    """Thresholds of `rules` for what is left to chance: things that walk, and slippery ground.

    Attributes:
        walks: Steps of a type, away from the agent, before the type may count as one that walks.
            Not searched.
        walking_share: Share of its chances to step that a type must have taken to count as one that
            walks; reading errors look like steps now and then. Not searched.
        risk_tries: Steps beside things that walk, a prior: the weight of no risk in the estimated
            risk that one comes in and ends the episode. Not searched.
        slip_tries: Steps of an action before its steps may count as uncertain. Not searched.
        certain_share: Share of an action's steps. Where none of its directions has a larger share,
            the ground is slippery. Not searched.
        slip_rounds: Rounds of expectation maximisation for the chances of directions. Not searched.
        slip_growth: Share by which the steps counted must have grown before the chances are
            estimated anew. Not searched.
        open_entries: Times that a thing of a type must have been entered before such things count
            as no hindrance; and times that it must alone explain an end or a stay before it counts
            as what ends or blocks. Not searched.
        slip_share: Chance. Directions that are less likely are left out. Not searched.
        layers: Steps over which the places of things that walk are foreseen. Not searched.
        patience: Discount per step of plans among chances: it weighs haste against safety. Not
            searched.
        certain_patience: The same on slippery ground, where ways are longer. Not searched.
        sweeps: The most sweeps of value iteration. Not searched.
        settled: Change of a value, as a share of the best, below which sweeps end. Not searched.
    """

    walks: int = 2
    walking_share: float = 0.1
    risk_tries: float = 5.0
    slip_tries: int = 6
    certain_share: float = 0.85
    slip_rounds: int = 15
    slip_growth: float = 0.05
    open_entries: int = 2
    slip_share: float = 0.04
    layers: int = 6
    patience: float = 0.97
    certain_patience: float = 0.99
    sweeps: int = 200
    settled: float = 1e-5

    def __post_init__(self) -> None:
        shares = ("walking_share", "certain_share", "slip_share", "patience", "certain_patience")
        require_fields("front_end.chance", self, shares=shares, positive=("settled",))
