"""Model contacts: rules by type in front, and the rewards believed."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Context, Effect, Rule
from dsrl_agent.front_end.rules.belief import Belief
from dsrl_agent.front_end.rules.induction import induce, rule_for
from dsrl_agent.types import EDGE, FREE, KEPT, UNKNOWN, frozen

_SAME = 1e-6  # rounding: rewards that differ by less are the same


class Prediction(NamedTuple):
    """The expectation of a contact."""

    effect: Effect
    reward: float  # the reward; of a type never touched, the best reward known
    ends: bool  # whether the episode ends
    known: bool  # whether this rests on enough touches to be believed


class ContactModel:
    """Learns the effects and rewards of contacts.

    Effects are rules over contexts. Rewards and ends are beliefs for each type in front, one for
    entering its cell and one for being held up by it.
    """

    def __init__(self, thresholds: RulesThresholds | None = None) -> None:
        self.thresholds = thresholds or RulesThresholds()  # when samples and rewards are believed
        self.noise = self.thresholds.prior_error_rate  # the rate of reading errors, in (0, 1)
        self.step = 0  # contacts observed
        self._samples: dict[int, dict[tuple[Context, Effect], int]] = {}
        self._beliefs: dict[tuple[int, bool], Belief] = {}
        self._rules: dict[int, tuple[Rule, ...]] = {}
        self._predicted: dict[Context, Prediction] = {}
        self._plain: frozenset[int] | None = None

    # Learning.

    def observe(self, context: Context, effect: Effect, reward: float, ends: bool) -> None:
        """Learn from a contact."""
        self.step += 1
        if context.front == UNKNOWN:  # the next unknown object may be of another type
            return
        self._add(context, effect, 1)
        key = (context.front, effect.enters)
        belief = self._beliefs.get(key)
        if belief is None:
            self._beliefs[key] = Belief(
                reward, 1, 1, int(ends), confirmed=self.step, thresholds=self.thresholds
            )
        else:
            confirmed = belief.confirmed
            if belief.observe(reward, ends, self.step, self.noise):
                self._doubt(key, confirmed)
        self._forget_derived(context.front)

    def set_noise(self, noise: float) -> None:
        """Set the rate of reading errors; rules are induced again if it has changed enough."""
        if abs(noise - self.noise) > self.thresholds.error_rate_change * self.noise:
            self.noise = noise
            self._forget_derived(*self._rules)

    def amend(self, context: Context, old: Effect, new: Effect) -> None:
        """Correct a sample whose effect shows only now: the object that the agent stood on."""
        if self._samples.get(context.front, {}).get((context, old)):
            self._add(context, old, -1)
            self._add(context, new, 1)
            self._forget_derived(context.front)

    def inherit(self, child: int, parent: int) -> None:
        """Let a type begin with the knowledge of another, if nothing is known of it yet."""
        if child in self._samples or parent not in self._samples:
            return
        for (context, effect), count in self._samples[parent].items():
            becomes = child if effect.becomes == parent else effect.becomes
            beyond = child if effect.beyond == parent else effect.beyond
            of_child = effect._replace(becomes=becomes, beyond=beyond)
            self._add(context._replace(front=child), of_child, count)
        for enters in (True, False):
            belief = self._beliefs.get((parent, enters))
            if belief is not None:
                self._beliefs[child, enters] = replace(belief, surprises=[])
        self._forget_derived(child)

    # Beliefs.

    @property
    def fronts(self) -> list[int]:
        """The types met, ascending, `EDGE` and `FREE` among them."""
        return sorted(self._samples)

    def rules(self, front: int) -> tuple[Rule, ...]:
        """Return the rules of a type in front; none if it was never met."""
        if front not in self._rules and front in self._samples:
            self._rules[front] = induce(front, self._samples[front], self.noise, self.thresholds)
        return self._rules.get(front, ())

    def belief(self, front: int, enters: bool) -> Belief | None:
        """Return the belief about a type, for entering its cell or for being held up."""
        return self._beliefs.get((front, enters))

    def is_questioned(self, front: int, enters: bool) -> bool:
        """Say whether a type's reward is to be tried rather than believed."""
        belief = self._beliefs.get((front, enters))
        return belief is not None and front not in (EDGE, FREE) and belief.is_questioned(self.noise)

    def is_firm(self, front: int) -> bool:
        """Say whether enough touches of a type agree on its rewards."""
        known = [self._beliefs.get((front, enters)) for enters in (True, False)]
        met = [belief for belief in known if belief is not None]
        return bool(met) and all(belief.is_firm(self.noise) for belief in met)

    @property
    def step_reward(self) -> float:
        """The reward of a plain step: minus what a step costs."""
        belief = self._beliefs.get((FREE, True))
        return 0.0 if belief is None else belief.reward

    def is_unusual(self, reward: float) -> bool:
        """Say whether a reward differs from that of a plain step."""
        return abs(reward - self.step_reward) >= _SAME

    @property
    def optimism(self) -> float:
        """The reward expected of the unknown: the best met so far, or a constant (R-max)."""
        known = [belief.reward for belief in self._beliefs.values()]
        unknown = self.thresholds.unknown_reward
        return max([reward for reward in known if reward > 0.0], default=unknown)

    def predict(self, context: Context) -> Prediction:
        """Return the expectation in a context."""
        found = self._predicted.get(context)
        if found is None:
            found = self._predicted[context] = self._predict(context)
        return found

    @property
    def plain(self) -> frozenset[int]:
        """The contents that can be walked over without effect: `FREE` and idle types."""
        if self._plain is None:
            rules = chain.from_iterable(map(self.rules, self._samples))
            tests = [condition.test for rule in rules for condition in rule.conditions]
            useful = {test.value for test in tests if test.about in ("carried", "taken", "beyond")}
            idle = [front for front in self._samples.keys() - useful if self._is_idle(front)]
            self._plain = frozenset([FREE, *idle])
        return self._plain

    def is_curious(self, context: Context) -> bool:
        """Say whether a contact may teach something that could open a way.

        It may where a type has blocked the way, but not yet with this content beyond it or with
        these things taken. It may also where a belief about a type rests on too few touches.
        """
        if context.front in (EDGE, FREE):
            return False
        belief = self._beliefs.get((context.front, True))
        if belief is not None and not belief.is_firm(self.noise):
            return True
        samples = self._samples.get(context.front, {})
        if all(effect.enters for _, effect in samples):
            return False
        had = {number for number, _ in context.taken}
        tried = [known for known, _ in samples]
        return all(known.beyond != context.beyond for known in tried) or all(
            {number for number, _ in known.taken} != had for known in tried
        )

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        counted = chain.from_iterable(of_front.items() for of_front in self._samples.values())
        samples = [[list(context), list(effect), count] for (context, effect), count in counted]
        beliefs = [[*key, *belief.state()] for key, belief in self._beliefs.items()]
        return {"noise": self.noise, "step": self.step, "samples": samples, "beliefs": beliefs}

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.noise, self.step = state["noise"], state["step"]
        self._samples.clear()
        self._beliefs.clear()
        self._forget_derived(*self._rules)
        for context, effect, count in state["samples"]:
            self._add(Context(*frozen(context)), Effect(*frozen(effect)), count)
        for front, enters, *belief in state["beliefs"]:
            self._beliefs[front, enters] = Belief(*belief, thresholds=self.thresholds)

    def _add(self, context: Context, effect: Effect, times: int) -> None:
        samples = self._samples.setdefault(context.front, {})
        key = (context, effect)
        count = samples.pop(key, 0) + times  # the latest stand last
        if count > 0:
            samples[key] = count
        if sum(samples.values()) > self.thresholds.samples:
            oldest = next(iter(samples))
            samples[oldest] -= 1
            if not samples[oldest]:
                del samples[oldest]

    def _doubt(self, changed: tuple[int, bool], confirmed: int) -> None:
        """Doubt the rewards of entering other types: where one has changed, others may have.

        A belief that has itself changed since the first was last confirmed is part of the same
        change and is not doubted.
        """
        for key, belief in self._beliefs.items():
            front, enters = key
            if key != changed and enters and front != FREE and belief.changed < confirmed:
                belief.doubted = True

    def _predict(self, context: Context) -> Prediction:
        rules = self.rules(context.front)
        if not rules:
            if context.front == EDGE:
                return Prediction(Effect(False, EDGE), self.step_reward, False, True)
            hope = self.step_reward if context.front == FREE else self.optimism
            return Prediction(Effect(True, FREE), hope, False, False)
        effect = rule_for(rules, context).effect
        belief = self._beliefs.get((context.front, effect.enters))
        if belief is None:  # the effect was amended or outvoted by now
            return Prediction(effect, self.step_reward, False, False)
        if self.is_questioned(context.front, effect.enters):
            return Prediction(effect, self.optimism, False, False)
        return Prediction(effect, belief.reward, belief.ends, belief.is_firm(self.noise))

    def _is_idle(self, front: int) -> bool:
        """Say whether entering a type does nothing that matters."""
        rules, belief = self.rules(front), self._beliefs.get((front, True))
        if len(rules) != 1 or belief is None or not belief.is_firm(self.noise) or belief.ends:
            return False
        effect = rules[0].effect
        return (
            effect.enters
            and effect.beyond == KEPT
            and not effect.remote
            and effect.becomes in (FREE, front)
            and abs(belief.reward - self.step_reward) < _SAME
        )

    def _forget_derived(self, *fronts: int) -> None:
        for front in fronts:
            self._rules.pop(front, None)
        self._predicted.clear()
        self._plain = None
