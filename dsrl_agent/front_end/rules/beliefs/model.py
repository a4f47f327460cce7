"""Model contacts: rules by verb and type in front, and the rewards believed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import (
    Context,
    Effect,
    Rule,
    Verbs,
    sample_of,
    state_of,
    verbs_from,
)
from dsrl_agent.front_end.rules.beliefs.analogy import (
    Likeness,
    general_context,
    general_effect,
    special_effect,
)
from dsrl_agent.front_end.rules.beliefs.belief import Belief, sign
from dsrl_agent.front_end.rules.beliefs.conditions import of_hand, unsigned
from dsrl_agent.front_end.rules.beliefs.induced import InducedRules
from dsrl_agent.front_end.rules.beliefs.induction import rule_for
from dsrl_agent.front_end.rules.beliefs.rewards import Touch, touch_by, touch_of
from dsrl_agent.front_end.rules.beliefs.samples import Target
from dsrl_agent.front_end.rules.beliefs.tries import Tries, is_tried
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.motion.fixed_changes import Cause, Change
from dsrl_agent.types import EDGE, FREE, GOING, HELD, KEPT, UNKNOWN


class Prediction(NamedTuple):
    """The expectation of a contact."""

    effect: Effect
    reward: float  # the reward; of a type never touched, the best reward known
    ends: bool  # whether the episode ends
    known: bool  # whether this rests on enough touches to be believed


class ContactModel(InducedRules):
    """Learns the effects and rewards of contacts, and what to expect of them."""

    def __init__(
        self, thresholds: RulesThresholds | None = None, verbs: Verbs | None = None
    ) -> None:
        super().__init__(thresholds, verbs)
        self._predicted: dict[Context, Prediction] = {}  # by analogy
        # by verb, type and effect; of types never met by a verb, the effect is `None`
        self._expected: dict[tuple[int, int, Effect | None], Prediction] = {}
        self._plain: frozenset[int] | None = None
        self._staying: frozenset[int] | None = None
        self._in_place: bool | None = None
        self._becoming: dict[int, set[int]] | None = None  # by type: what it may become
        self.likeness: Likeness = {}  # the representatives of types that resemble another
        self.general: ContactModel | None = None  # what all like a representative have shown

    # Learning.

    def resemble(self, likeness: Likeness) -> bool:
        """Take representatives of types; return whether contacts so far must be booked anew."""
        known = set(self.fronts)
        both, old = likeness.keys() | self.likeness.keys(), self.likeness
        moved = {of for of in both if likeness.get(of, of) != old.get(of, of)}
        self.likeness = dict(likeness)
        if likeness and self.general is None:
            self.general = ContactModel(self.thresholds, self.verbs)
            moved |= known
        self._forget_derived()
        return bool(known & moved)

    def observe(self, context: Context, effect: Effect, reward: float, ends: bool) -> None:
        """Learn from a contact."""
        self.step += 1
        if context.front == UNKNOWN:  # the next unknown object may be of another type
            return
        if self.general is not None:
            alike = general_context(context, self.likeness)
            self.general.observe(alike, general_effect(effect, self.likeness), reward, ends)
        target = self._target(context)
        plain = target == (GOING, FREE)
        gives = 0 if plain else sign(reward, self.step_reward)
        key = touch_by(*target, effect, gives if target in self._conditional else 0)
        before = self._verdict(target, key)
        self._add(context, effect._replace(gives=gives), 1)
        changed = self._believe(target, key, reward, ends)
        self._forget_counts(target)
        if changed or before is None or self.general or before != self._verdict(target, key):
            self._forget_derived(target)

    def set_noise(self, noise: float) -> None:
        """Set the rate of reading errors; rules are induced again if it has changed enough."""
        if abs(noise - self.noise) > self.thresholds.error_rate_change * self.noise:
            self.noise = noise
            self._forget_derived(*self._rules)
            if self.general is not None:
                self.general.set_noise(noise)

    def amend(self, context: Context, old: Effect, new: Effect) -> None:
        """Correct a sample whose effect shows only now: the object that the agent stood on."""
        if self.general is not None:
            effects = (general_effect(of, self.likeness) for of in (old, new))
            self.general.amend(general_context(context, self.likeness), *effects)
        self._replace(context, old, new)
        self._forget_derived(self._target(context))

    def leave_unseen(self, context: Context, effect: Effect) -> None:
        """Take note that an episode ended with the agent on a cell: what it hid was never seen."""
        if self.general is not None:
            kin = general_context(context, self.likeness), general_effect(effect, self.likeness)
            self.general.leave_unseen(*kin)
        if self._take_unseen(context, effect):
            self._forget_derived(self._target(context))

    def observe_elsewhere(self, cause: Cause | None, board: Board, changes: list[Change]) -> None:
        """Learn what changed away from the agent in a step, with the contact made, if one was."""
        changed = self.fixed.observe(cause, board.cells, board.shape[1], changes)
        if changed:
            self._forget_derived(*(of[:2] for of in changed))

    def inherit(self, child: int, parent: int) -> None:
        """Let a type begin with the knowledge of another, if nothing is known of it yet."""
        if child in self.fronts or parent not in self.fronts:
            return
        self._forget_derived(*self._inherit_samples(child, parent))
        for key in [key for key in self._beliefs if key.front == parent]:
            self._beliefs[key._replace(front=child)] = replace(self._beliefs[key], surprises=[])

    # Beliefs.

    def tries_for(self, context: Context) -> tuple[Tries, Context]:
        """Return what was tried of a contact or, if nothing was, of those that are like it.

        The context returned is in the terms of the tries.
        """
        verb, front = self._target(context)
        own = self.tries(front, verb)
        if own.times or self.general is None:
            return own, context
        alike = general_context(context, self.likeness)
        return self.general.tries(alike.front, verb), alike

    def worth(self, front: int) -> float:
        """Return the highest gain that a type may give, at least 0."""
        if front != FREE and not self.rules(front):
            alike, general = self.likeness.get(front, front), self.general
            known = general is not None and bool(general.rules(alike))
            return general.worth(alike) if general is not None and known else self.hope
        found = [
            self.hope if self.is_questioned(key) else self.gain(belief.reward, belief.ends)
            for key, belief in self.beliefs_about(front)
            if (key.verb, front) != (GOING, FREE)
        ]
        return max(0.0, 0.0, *found)

    def promise(self, front: int) -> float:
        """Return the highest gain that a type may give, or what it becomes by a known effect."""
        if self._becoming is None:
            self._becoming = {}
            rules = chain.from_iterable(self.rules(of, verb) for verb, of in self._samples)
            for rule in rules:
                own, effect = rule.front, rule.effect
                shown = ((own, new) for *_, new in effect.fixed if self.rules(new))
                for old, new in ((own, effect.becomes), *effect.remote, *shown):
                    if old not in (FREE, EDGE) and new not in (FREE, EDGE, HELD):
                        self._becoming.setdefault(old, set()).add(new)
        found, left = set[int](), {front}
        while left:
            found |= left
            left = set().union(*(self._becoming.get(of, ()) for of in left)) - found
        return max(map(self.worth, found))

    @property
    def staying(self) -> frozenset[int]:
        """The types that stay where they are when the agent enters their cells."""
        if self._staying is None:
            found = set()
            for verb, front in self._samples:
                effects = (rule.effect for rule in self.rules(front, verb))
                left = {effect.becomes for effect in effects if effect.enters}
                if front not in (EDGE, FREE) and left == {front}:
                    found.add(front)
            general = frozenset[int]() if self.general is None else self.general.staying
            kin = frozenset(number for number, alike in self.likeness.items() if alike in general)
            self._staying = frozenset(found) | kin.difference(self.fronts)
        return self._staying

    @property
    def stays_in_place(self) -> bool:
        """Whether good things lie where they are until they are entered, and the agent only steps.

        Then the steps to them can be told from places alone.
        """
        if self._in_place is None:
            rules = chain.from_iterable(self.rules(front, verb) for verb, front in self._samples)
            self._in_place = all(map(self._leaves_in_place, rules))
        return self._in_place and (self.general is None or self.general.stays_in_place)

    def is_certain(self, verb: int, front: int) -> bool:
        """Say whether what a verb does to a type depends on nothing but the thing in hand."""
        return self.general is None and len(self.rules(front, verb)) == 1

    def predict(self, context: Context) -> Prediction:
        """Return the expectation in a context."""
        if self.general is None:
            return self._by_rules(context)
        found = self._predicted.get(context)
        if found is None:
            found = self._predicted[context] = self._by_likeness(context, self.general)
        return found

    @property
    def plain(self) -> frozenset[int]:
        """The contents that can be walked over without effect: `FREE` and idle types."""
        if self._plain is None:
            rules = chain.from_iterable(self.rules(front, verb) for verb, front in self._samples)
            tests = [condition.test for rule in rules for condition in rule.conditions]
            useful = {
                test.value for test in tests if test.about in ("carried", "taken", "beyond", "gone")
            }
            met = {front for verb, front in self._samples if verb == GOING}
            self._plain = frozenset([FREE, *filter(self._is_idle, met - useful)])
        return self._plain

    # Saving.

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        counted = chain.from_iterable(of_front.items() for of_front in self._samples.values())
        samples = [[list(context), list(effect), count] for (context, effect), count in counted]
        return {
            "noise": self.noise,
            "step": self.step,
            "samples": samples,
            "beliefs": [[*key, *belief.state()] for key, belief in self._beliefs.items()],
            **state_of(self.verbs),
            "fences": self.fences.state(),
            "fixed": self.fixed.state(),
            "sign_changes": [[*target, count] for target, count in self._sign_changes.items()],
            "conditional": sorted(self._conditional),
            **self._unseen_state(),
            "likeness": sorted(self.likeness.items()),
            "general": None if self.general is None else self.general.state(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON, of this or an older version."""
        self.noise, self.step = state["noise"], state["step"]
        self.verbs = verbs_from(state)
        self.fences.load(state.get("fences", []))
        self.fixed.load(state.get("fixed", []))
        self._conditional = {(verb, front) for verb, front in state.get("conditional", ())}
        self._sign_changes = Counter({(v, of): n for v, of, n in state.get("sign_changes", ())})
        self._clear_samples()
        self._beliefs.clear()
        self._forget_derived(*self._rules)
        self.likeness = dict(state.get("likeness", ()))
        if state.get("general") is not None:
            self.general = ContactModel(self.thresholds, self.verbs)
            self.general.load(state["general"])
        for context, effect, count in state["samples"]:
            self._add(*sample_of(context, effect), count)
        self._load_unseen(state)
        for row in state["beliefs"]:
            # Older versions knew no verbs and no signs: a row began with front and `enters`.
            old = isinstance(row[1], bool)
            key, belief = ([GOING, *row[:2], 0], row[2:]) if old else (row[:4], row[4:])
            self._beliefs[Touch(*key)] = Belief(*belief, thresholds=self.thresholds)

    # Internals.

    def _by_rules(self, context: Context) -> Prediction:
        verb, front = self._target(context)
        rules = self.rules(front, verb)
        effect = of_hand(rule_for(rules, context).effect, context.held) if rules else None
        return self.expected(verb, front, effect)

    def _by_likeness(self, context: Context, general: ContactModel) -> Prediction:
        verb, front = self._target(context)
        alike = general_context(context, self.likeness)
        tried = is_tried(self.tries(front, verb), context, self.likeness)
        has_kin = alike != context or front in self.likeness.values()
        if has_kin and not tried and general.rules(alike.front, verb):
            return self.by_analogy(verb, front, general.predict(alike))
        return self._by_rules(context)

    def by_analogy(self, verb: int, front: int, found: Prediction) -> Prediction:
        """Return the expectation of a type from that of its representative.

        An effect that the type itself has shown has the types and rewards that it had then.
        """
        for rule in self.rules(front, verb):
            if unsigned(general_effect(rule.effect, self.likeness)) == unsigned(found.effect):
                return self.expected(verb, front, rule.effect)
        return found._replace(effect=special_effect(found.effect, front, self.likeness))

    def expected(self, verb: int, front: int, effect: Effect | None) -> Prediction:
        """Return the expectation of an effect on a type by a verb; `None` if it was never met."""
        key = (verb, front, effect)
        if key not in self._expected:
            found = self._unmet(verb, front) if effect is None else self._met(verb, front, effect)
            self._expected[key] = found
        return self._expected[key]

    def _met(self, verb: int, front: int, effect: Effect) -> Prediction:
        """Return the expectation of an effect that was met."""
        touch = touch_by(verb, front, effect, effect.gives)
        belief = self.belief_about(touch)
        if belief is None:  # the effect was amended or outvoted by now
            return Prediction(effect, self.step_reward, False, False)
        if self.is_questioned(touch):
            return Prediction(effect, self.optimism, False, False)
        return Prediction(effect, belief.reward, belief.ends, belief.is_firm(self.noise))

    def _unmet(self, verb: int, front: int) -> Prediction:
        """Return the expectation of a type never met by a verb."""
        if verb != GOING or front == EDGE:
            return Prediction(Effect(False, front), self.step_reward, False, front == EDGE)
        hope = self.step_reward if front == FREE else self.optimism
        return Prediction(Effect(True, FREE), hope, False, False)

    def _is_idle(self, front: int) -> bool:
        """Say whether entering a type does nothing that matters."""
        rules = self.rules(front)
        if len(rules) != 1:
            return False
        effect, belief = rules[0].effect, self.belief_about(touch_of(rules[0]))
        if belief is None or belief.ends or self.is_unusual(belief.reward):
            return False
        stays = effect._replace(becomes=FREE, gives=0) == Effect(True, FREE)
        return stays and belief.is_firm(self.noise) and effect.becomes in (FREE, front)

    def _leaves_in_place(self, rule: Rule) -> bool:
        effect = rule.effect
        moves = effect.flung or effect.beyond != KEPT or effect.becomes == HELD
        return not moves and (effect.enters or self.promise(rule.front) <= 0.0)

    def _forget_derived(self, *targets: Target) -> None:
        for target in targets:
            self._rules.pop(target, None)
        self._predicted.clear()
        self._expected.clear()
        self._plain = self._staying = self._becoming = self._in_place = None
        self._forget_tries(*targets)
