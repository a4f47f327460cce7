"""Store samples of contacts by verb and type in front, and summarise what was tried."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from dsrl_agent.front_end.rule import Context, Effect, Verbs, sample_of
from dsrl_agent.front_end.rules.beliefs.conditions import unsigned
from dsrl_agent.front_end.rules.beliefs.tries import Tries, does_nothing, tries_in
from dsrl_agent.front_end.rules.motion.fences import Fences
from dsrl_agent.types import EDGE, FREE, GOING

Target = tuple[int, int]
"""A verb and a type in front."""


class ContactSamples:
    """How often each effect followed in each context, of the latest contacts.

    `most` is the number of samples kept of each verb and type in front.
    """

    def __init__(self, most: int, verbs: Verbs | None = None) -> None:
        self.verbs = verbs or Verbs()  # the kinds of actions
        self.fences = Fences()  # the sides from which types cannot be left
        self._most = most
        self._samples: dict[Target, dict[tuple[Context, Effect], int]] = {}
        self._effects: dict[Target, Counter[Effect]] = {}  # how often each followed, in these
        # the latest samples of cells that were never seen again, as the episode ended with the
        # agent there
        self._unseen: dict[Target, deque[tuple[Context, Effect]]] = {}
        self._unseen_stay: set[Target] = set()  # where such cells count as what stayed
        self._tries: dict[Target, Tries] = {}
        self._idle_verbs: dict[int, int] | None = None
        self._wrecking: frozenset[int] | None = None

    @property
    def fronts(self) -> list[int]:
        """The types met, ascending, `EDGE` and `FREE` among them."""
        return sorted({front for _, front in self._samples})

    @property
    def targets(self) -> list[Target]:
        """The verbs and types met, by type and then by verb, `GOING` first."""
        return sorted(self._samples, key=lambda target: (target[1], target[0]))

    def tries(self, front: int, verb: int = GOING) -> Tries:
        """Return what has been tried on a type by a verb."""
        target = (verb, front)
        if target not in self._tries:
            self._tries[target] = tries_in(self._samples.get(target, {}))
        return self._tries[target]

    def idle_types(self, verb: int) -> int:
        """Return the number of types that a verb was tried on, 0 if it ever had an effect."""
        if self._idle_verbs is None:
            counts: Counter[int] = Counter(of for of, _ in self._samples)
            active = {
                target[0]
                for target, samples in self._samples.items()
                if any(not does_nothing(target[1], effect) for _, effect in samples)
            }
            self._idle_verbs = {of: 0 if of in active else n for of, n in counts.items()}
        return self._idle_verbs.get(verb, 0)

    def wrecks(self, verb: int) -> bool:
        """Say whether a verb was seen to make a thing vanish."""
        if self._wrecking is None:
            self._wrecking = frozenset(
                of
                for (of, front), samples in self._samples.items()
                if front != FREE and any(effect.becomes == FREE for _, effect in samples)
            )
        return verb in self._wrecking

    def _target(self, context: Context) -> Target:
        return self.verbs.of(context.action), context.front

    def _add(self, context: Context, effect: Effect, times: int) -> None:
        target = self._target(context)
        samples = self._samples.setdefault(target, {})
        effects = self._effects.setdefault(target, Counter())
        key = (context, effect)
        old = samples.pop(key, 0)
        count = max(0, old + times)
        if count:
            samples[key] = count  # the latest stand last
        _count(effects, effect, count - old)
        if effects.total() > self._most:
            oldest = next(iter(samples))
            samples[oldest] -= 1
            _count(effects, oldest[1], -1)
            if not samples[oldest]:
                del samples[oldest]

    def _clear_samples(self) -> None:
        self._samples.clear()
        self._effects.clear()

    def _inherit_samples(self, child: int, parent: int) -> list[Target]:
        """Copy the samples of a type for another; return the targets that have got some."""
        found = []
        for verb, front in list(self._samples):
            if front != parent:
                continue
            for (context, effect), count in list(self._samples[verb, parent].items()):
                becomes = child if effect.becomes == parent else effect.becomes
                beyond = child if effect.beyond == parent else effect.beyond
                lands = child if effect.lands == parent else effect.lands
                of_child = effect._replace(becomes=becomes, beyond=beyond, lands=lands)
                self._add(context._replace(front=child), of_child, count)
            found.append((verb, child))
        return found

    def _replace(self, context: Context, old: Effect, new: Effect) -> None:
        """Correct a sample; what it shows of cells that were never seen again is corrected too."""
        self._exchange(context, old, new)
        self._book_unseen(self._target(context))

    def _exchange(self, context: Context, old: Effect, new: Effect) -> None:
        for known, effect in list(self._samples.get(self._target(context), {})):
            if known == context and unsigned(effect) == unsigned(old):
                self._add(context, effect, -1)
                self._add(context, new._replace(gives=effect.gives), 1)
                return

    def _take_unseen(self, context: Context, effect: Effect) -> bool:
        """Remember that it was not seen what the agent left, as the episode ended with it there.

        Such a cell holds what most others of its type held then. Returns whether samples change.
        """
        target = self._target(context)
        if target[1] in (FREE, EDGE) or effect.becomes == target[1]:
            return False
        self._unseen.setdefault(target, deque(maxlen=self._most)).append((context, effect))
        stay = target in self._unseen_stay
        if stay:
            self._exchange(context, effect, effect._replace(becomes=target[1]))
        return self._book_unseen(target) or stay

    def _book_unseen(self, target: Target) -> bool:
        """Let cells that were never seen again count as most of those that were seen again.

        One that another thing walked into does not make all stay. Returns whether samples change.
        """
        unseen, front = self._unseen.get(target), target[1]
        if not unseen:
            return False
        entered = {of: n for of, n in self._effects.get(target, {}).items() if of.enters}
        stayed = sum(n for of, n in entered.items() if of.becomes == front)
        gone = sum(n for of, n in entered.items() if of.becomes == FREE)
        booked = target in self._unseen_stay
        stayed -= len(unseen) * booked
        gone -= len(unseen) * (not booked)
        stay = stayed >= gone if booked else stayed > max(0, gone)
        if stay == booked:
            return False
        self._unseen_stay ^= {target}
        for context, effect in unseen:
            both = effect, effect._replace(becomes=front)
            self._exchange(context, *(both if stay else both[::-1]))
        return True

    def _unseen_state(self) -> dict[str, Any]:
        """Return the cells that were never seen again, JSON-able."""
        unseen = [[*each] for of in self._unseen.values() for each in of]
        return {"unseen": unseen, "unseen_stay": sorted(self._unseen_stay)}

    def _load_unseen(self, state: Mapping[str, Any]) -> None:
        """Take what `_unseen_state` gave, after a round through JSON, of this or an older version.

        The samples hold already what such cells count as.
        """
        self._unseen.clear()
        for context, effect in (sample_of(*each) for each in state.get("unseen", ())):
            of = self._unseen.setdefault(self._target(context), deque(maxlen=self._most))
            of.append((context, effect))
        self._unseen_stay = {(verb, front) for verb, front in state.get("unseen_stay", ())}

    def _forget_tries(self, *targets: Target) -> None:
        for target in targets:
            self._tries.pop(target, None)
        self._idle_verbs = self._wrecking = None


def _count(effects: Counter[Effect], effect: Effect, more: int) -> None:
    """Count an effect so many times more; those that are left out have no count."""
    effects[effect] += more
    if not effects[effect]:
        del effects[effect]
