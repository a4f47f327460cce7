"""Keep the rules that samples of contacts tell, and believe the rewards of their touches."""

from __future__ import annotations

from collections import Counter

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Rule, Verbs
from dsrl_agent.front_end.rules.beliefs.belief import Belief, sign
from dsrl_agent.front_end.rules.beliefs.conditions import (
    depends_on_context,
    unsigned,
    unsigned_samples,
    with_full_hands,
)
from dsrl_agent.front_end.rules.beliefs.induction import induce
from dsrl_agent.front_end.rules.beliefs.rewards import RewardBeliefs, Touch, touch_by
from dsrl_agent.front_end.rules.beliefs.samples import ContactSamples, Target
from dsrl_agent.front_end.rules.motion.fixed_changes import FixedChanges
from dsrl_agent.types import FREE, GOING


class InducedRules(ContactSamples, RewardBeliefs):
    """Induces rules from samples, and believes rewards.

    Effects are rules over contexts. Rewards and ends are beliefs for each verb and type in front,
    one for entering its cell and one for being held up by it. Where the sign of a reward changes
    there and back, and conditions explain it, there is a belief for each sign.
    """

    def __init__(
        self, thresholds: RulesThresholds | None = None, verbs: Verbs | None = None
    ) -> None:
        RewardBeliefs.__init__(self, thresholds)
        ContactSamples.__init__(self, self.thresholds.samples, verbs)
        self._sign_changes: Counter[Target] = Counter()
        self._conditional: set[Target] = set()  # of which the sign of the reward depends on context
        self._rules: dict[Target, tuple[Rule, ...]] = {}
        times, share = self.thresholds.fixed_times, self.thresholds.fixed_share
        self.fixed = FixedChanges(times, share)  # what contacts change at fixed places elsewhere

    def rules(self, front: int, verb: int = GOING) -> tuple[Rule, ...]:
        """Return the rules of a type in front; none if it was never met by this verb."""
        target = (verb, front)
        if target not in self._rules and target in self._samples:
            self._rules[target] = tuple(map(self._with_fixed, self._induced(target)))
        return self._rules.get(target, ())

    def _with_fixed(self, rule: Rule) -> Rule:
        """Return a rule with what its contact changes elsewhere."""
        fixed = self.fixed.of((rule.verb, rule.front, unsigned(rule.effect)))
        return rule._replace(effect=rule.effect._replace(fixed=fixed)) if fixed else rule

    def _induced(self, target: Target) -> tuple[Rule, ...]:
        """Return the rules that the samples of a target tell."""
        verb, front = target
        signed, times = target in self._conditional, self._effects[target]
        effects = {effect if signed else unsigned(effect) for effect in times}
        if len(effects) == 1:  # of one effect no condition need be looked for
            count = times.total()
            return (Rule(front, (), effects.pop(), count, count, verb),)
        samples = with_full_hands(self._samples[target])
        found = induce(
            front, samples if signed else unsigned_samples(samples), self.noise, self.thresholds
        )
        return tuple(rule._replace(verb=verb) for rule in found)

    def _believe(self, target: Target, touch: Touch, reward: float, ends: bool) -> bool:
        """Learn the reward and the end of a touch; return whether beliefs have changed."""
        belief = self._beliefs.get(touch)
        if belief is None:
            self._beliefs[touch] = Belief(
                reward, 1, 1, int(ends), confirmed=self.step, thresholds=self.thresholds
            )
            return True
        confirmed = belief.confirmed
        usual = None if target == (GOING, FREE) else self.step_reward
        if not belief.observe(reward, ends, self.step, self.noise, usual):
            return False
        self._doubt(touch, confirmed)
        self._sign_changes[target] += 1
        self._look_for_conditions(target)
        return True

    def _verdict(self, target: Target, touch: Touch) -> object | None:
        """Return what predictions about a target follow from, beside its number of samples.

        `None` says that its rules were not asked for.
        """
        rules, belief = self._rules.get(target), self._beliefs.get(touch)
        if rules is None or belief is None:
            return None
        said = [(rule.conditions, rule.effect) for rule in rules]
        trusted = belief.is_firm(self.noise), belief.is_questioned(self.noise)
        return said, belief.reward, belief.ends, trusted

    def _forget_counts(self, target: Target) -> None:
        """Forget what follows from the number of a target's samples; rules in use are made anew."""
        self._forget_tries(target)
        if self._rules.pop(target, None) is not None:
            self.rules(target[1], target[0])

    def _look_for_conditions(self, target: Target) -> None:
        """Find out whether a reward that changed there and back depends on the context."""
        changes = self._sign_changes[target]
        if target in self._conditional or changes < self.thresholds.sign_changes:
            return
        front, samples = target[1], self._samples[target]
        if depends_on_context(front, samples, changes, self.noise, self.thresholds):
            self._conditional.add(target)
            self._split_beliefs(target)

    def _split_beliefs(self, target: Target) -> None:
        """Replace the beliefs about a target by one for each sign of the reward."""
        old = {key: b for key, b in self._beliefs.items() if (key.verb, key.front) == target}
        counts: Counter[Touch] = Counter()
        for (_, effect), count in self._samples[target].items():
            counts[touch_by(*target, effect, effect.gives)] += count
        for key in old:
            del self._beliefs[key]
        for touch, count in counts.items():
            before = old.get(touch._replace(gives=0))
            believed = self.step_reward if before is None else before.reward
            if sign(believed, self.step_reward) != touch.gives:
                believed = self.step_reward + touch.gives * self.hope
            ended = count if before is not None and before.ends else 0
            self._beliefs[touch] = Belief(
                believed, count, count, ended, confirmed=self.step, thresholds=self.thresholds
            )
        # What was taken for changes of the world was none.
        for belief in self._beliefs.values():
            belief.doubted = False
