"""Write rules as a logic program: the rules as facts, and planning as optimisation.

The program holds one scene: `object(Type,Row,Col,0)` and `grid(Rows,Cols)`. A plan takes an action
at step 1 and goes on as long as that pays. Its value is the agent's: the rewards beyond those of
plain steps, minus the price of each step. In an optimal answer set `greedy(A,0)` is the first
action. What no frame shows is given beside the scene where an episode goes on: `in_hand(Type)`,
`taken_before(Type,Times)` and, of each type seen when it began, `began_with(Type)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsrl_agent.explain.logic.planning_text import ANALOGIES, PLANNING
from dsrl_agent.front_end.knowledge import (
    Analogies,
    AnyKnowledge,
    RuleGain,
    RulePlans,
    Situation,
)
from dsrl_agent.front_end.rule import Effect, Rule, Verbs
from dsrl_agent.types import EDGE, FREE, GOING, HELD, KEPT

HORIZON = 20
"""Steps of the longest plan, unless clingo is run with `-c horizon=…`."""
_SCALE = 10_000  # of rewards: whole ten-thousandths of the unit

_DEFINED = """\
#defined condition/4. #defined remote/3. #defined motion/5. #defined grid/2. #defined fence/3.
#defined flings/1. #defined reshapes/1. #defined on_the_spot/1. #defined taker/1. #defined shows/2.
#defined in_hand/1. #defined taken_before/2. #defined began_with/1. #defined analogous/1.
#defined by_analogy/1. #defined affairs_taken/2. #defined affairs_came/2. #defined affairs/4.
#defined lands/2. #defined wears/2. #defined fixed/5."""


def rules_program(
    knowledge: AnyKnowledge, plans: RulePlans, actions: Sequence[str]
) -> Iterator[str]:
    """Yield the program's lines: motions, rules, conditions, planning.

    `actions` holds the actions' names in the program, by number.
    """
    yield "% What the actions do with nothing in the way: motion(Type,Action,Rows,Cols,NewType)."
    for (body, action), effect in sorted(knowledge.effects.items()):
        yield f"motion({body},{actions[action]},{effect.d_row},{effect.d_col},{effect.type})."
    yield from _verbs(plans.verbs, actions)
    yield ""
    yield "% Rules: rule(Number,Verb,Front,Enters,Becomes,Beyond,Gain,Ends); all actions that move"
    yield "% the agent are one verb. Gains are in 1/10000 of the least good one."
    yield _DEFINED
    writer = _RuleWriter(plans.unit, actions)
    met = {(gain.rule.verb, gain.rule.front) for gain in plans.gains}
    unmet = (_unmet(front) for front in (FREE, EDGE) if (GOING, front) not in met)
    for gain in (*plans.gains, *unmet):
        yield from writer.lines(gain)
    for of, down, right in plans.fences:
        yield f"fence({of},{down},{right}). % steps off this type that way are held up"
    if plans.analogies is not None:
        yield from _analogies(plans.analogies, writer, actions)
    yield f"hope({writer.whole(plans.hope)}). % of what was never met"
    yield f"price({writer.whole(plans.step_price)}). % of a step"
    yield f"#const horizon = {HORIZON}."
    yield ""
    yield PLANNING


def situation_as_logic(situation: Situation) -> str:
    """Return what no frame shows of a scene, as facts of the program, one a line."""
    hand = [] if situation.held == FREE else [f"in_hand({situation.held})."]
    taken = [f"taken_before({of},{times})." for of, times in situation.taken]
    start = [f"began_with({of})." for of in sorted(situation.start)]
    return "".join(f"{line}\n" for line in (*hand, *taken, *start))


class _RuleWriter:
    """Writes rules, numbered in their order."""

    def __init__(self, unit: float, actions: Sequence[str]) -> None:
        self._unit, self._actions, self._next = unit, actions, 0

    def whole(self, value: float) -> int:
        """Return a reward as a whole number."""
        return round(value / self._unit * _SCALE)

    def lines(self, gain: RuleGain, *, analogous: bool = False) -> Iterator[str]:
        """Yield the lines of a rule."""
        number, rule, effect = self._next, gain.rule, gain.rule.effect
        self._next += 1
        then = f"{_yes(effect.enters)},{_label(effect.becomes)},{_label(effect.beyond)}"
        what = f"{_verb(rule.verb, self._actions)},{_label(rule.front)}"
        gains = f"{self.whole(gain.reward)},{_yes(gain.ends)}"
        yield f"rule({number},{what},{then},{gains}). % {rule.times} of {rule.cases} times"
        marks = {"analogous": analogous, "flings": effect.flung, "reshapes": effect.turns}
        yield from (f"{mark}({number})." for mark, is_so in marks.items() if is_so)
        if effect.flung and effect.lands != FREE:
            yield f"lands({number},{_label(effect.lands)})."
        if effect.wears != FREE:
            yield f"wears({number},{_label(effect.wears)})."
        for condition in rule.conditions:
            about, value = condition.test
            name = self._actions[value] if about == "action" else _label(value)
            yield f"condition({number},{about},{name},{_yes(condition.wanted)})."
        if rule.front != EDGE:
            for of, now in effect.remote:
                yield f"remote({number},{_label(of)},{_label(now)})."
        for row, col, of, now in effect.fixed:
            yield f"fixed({number},{row},{col},{_label(of)},{_label(now)})."


def _verbs(verbs: Verbs, actions: Sequence[str]) -> Iterator[str]:
    for action, name in enumerate(actions):
        yield f"verb({name},{_verb(verbs.of(action), actions)})."
    for action, name in enumerate(actions):
        if action in verbs.here:
            yield f"on_the_spot({name})."
        if verbs.takes(action):
            yield f"taker({name}). % what vanishes by it is in hand then"
    yield from (f"shows({look},{load})." for look, load in verbs.loads)


def _analogies(analogies: Analogies, writer: _RuleWriter, actions: Sequence[str]) -> Iterator[str]:
    """Yield the rules of types that are like others, and where they count."""
    yield "% What types like another have done: alias(Type,Representative)."
    for of, alike in sorted(analogies.likeness.items()):
        yield f"stands_for_others({alike})."
        if of != alike:
            yield f"alias({of},{alike})."
    for front, gains in sorted(analogies.gains.items()):
        yield f"kind({_label(front)})."
        for gain in gains:
            yield from writer.lines(gain, analogous=True)
    yield "% States of affairs in which types were met: affairs(Number,Verb,Front,InHand)."
    met = [(target, each) for target, of in sorted(analogies.met.items()) for each in of]
    for number, ((verb, front), (held, taken, came)) in enumerate(met):
        yield f"affairs({number},{_verb(verb, actions)},{_label(front)},{_label(held)})."
        general = {analogies.likeness.get(of, of) for of in came}
        yield from (f"affairs_taken({number},{of})." for of in sorted(taken))
        yield from (f"affairs_came({number},{of})." for of in sorted(general))
    yield ANALOGIES


def _unmet(front: int) -> RuleGain:
    effect = Effect(front == FREE, front)
    return RuleGain(Rule(front=front, conditions=(), effect=effect, times=0, cases=0), 0.0, False)


def _verb(verb: int, actions: Sequence[str]) -> str:
    return "going" if verb == GOING else actions[verb]


def _label(label: int) -> str:
    return {FREE: "empty", EDGE: "edge", KEPT: "kept", HELD: "held"}.get(label, str(label))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
