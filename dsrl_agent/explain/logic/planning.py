"""Write rules as a logic program: the rules as facts, and planning as optimisation.

The program holds one scene: `object(Type,Row,Col,0)` and `grid(Rows,Cols)`. A plan takes an action
at step 1 and goes on as long as that pays. Its value is the agent's: the rewards beyond those of
plain steps, minus the price of each step. In an optimal answer set `greedy(A,0)` is the first
action.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from dsrl_agent.front_end.knowledge import AnyKnowledge, RuleGain, RulePlans
from dsrl_agent.front_end.rule import Effect, Rule
from dsrl_agent.types import EDGE, FREE, KEPT

HORIZON = 20
"""Steps of the longest plan, unless clingo is run with `-c horizon=…`."""
_SCALE = 10_000  # of rewards: whole ten-thousandths

_PLANNING = """\
% Planning. Step 1 takes an action; later steps may, up to the first that does not.
step(1..horizon).
place(0..R-1,0..C-1) :- grid(R,C).
1 {do(A,1) : action(A)} 1.
{do(A,S) : action(A)} 1 :- step(S), done(S-1), not over(S-1).
done(S) :- do(_,S).
greedy(A,0) :- do(A,1).

% The scene at the start.
own(T) :- self(T).
at(R,C,0) :- object(T,R,C,0), own(T).
body(T,0) :- object(T,_,_,0), own(T).
cell(R,C,T,0) :- object(T,R,C,0), not own(T).

% What the agent goes for: what is in front of it, and what lies beyond.
heads(DR,DC,S) :- do(A,S), body(B,S-1), motion(B,A,DR,DC,_), (DR,DC) != (0,0).
turns(NB,S) :- do(A,S), body(B,S-1), motion(B,A,0,0,NB).
target(R+DR,C+DC,S) :- heads(DR,DC,S), at(R,C,S-1).
next(R+DR,C+DC,S) :- heads(DR,DC,S), target(R,C,S), place(R,C).
front(T,S) :- target(R,C,S), cell(R,C,T,S-1).
front(empty,S) :- target(R,C,S), place(R,C), not cell(R,C,_,S-1).
front(edge,S) :- target(R,C,S), not place(R,C).
beyond(T,S) :- next(R,C,S), cell(R,C,T,S-1).
beyond(empty,S) :- next(R,C,S), place(R,C), not cell(R,C,_,S-1).
beyond(edge,S) :- next(R,C,S), not place(R,C).
beyond(edge,S) :- front(edge,S).

% Which rule applies: the one of which no condition fails.
true(beyond,V,S) :- beyond(V,S).
true(body,V,S) :- front(_,S), body(V,S-1).
true(action,A,S) :- do(A,S).
true(taken,T,S) :- front(_,S), taken(T,N,S-1), N > 0.
true(carried,T,S) :- front(F,S), taken(T,N,S-1), N > #max{0; M : taken(F,M,S-1)}.
fails(I,S) :- front(F,S), rule(I,F,_,_,_,_,_), condition(I,About,V,yes), not true(About,V,S).
fails(I,S) :- front(F,S), rule(I,F,_,_,_,_,_), condition(I,About,V,no), true(About,V,S).
applies(I,S) :- front(F,S), rule(I,F,_,_,_,_,_), not fails(I,S).
met(F) :- rule(_,F,_,_,_,_,_).
applies(unmet,S) :- front(F,S), not met(F).
effect(Enters,Becomes,Beyond,Gain,Ends,S) :-
  applies(I,S), rule(I,_,Enters,Becomes,Beyond,Gain,Ends).
effect(yes,empty,kept,Gain,no,S) :- applies(unmet,S), hope(Gain).
over(S) :- effect(_,_,_,_,yes,S).

% What comes of it.
enters(S) :- effect(yes,_,_,_,_,S), not front(edge,S).
at(R,C,S) :- enters(S), target(R,C,S).
at(R,C,S) :- done(S), not enters(S), at(R,C,S-1).
body(NB,S) :- enters(S), do(A,S), body(B,S-1), motion(B,A,_,_,NB).
body(NB,S) :- turns(NB,S).
body(B,S) :- done(S), not enters(S), not turns(_,S), body(B,S-1).
changed(R,C,Becomes,S) :- effect(_,Becomes,_,_,_,S), target(R,C,S), place(R,C).
changed(R,C,T,S) :- effect(_,_,T,_,_,S), T != kept, next(R,C,S), place(R,C).
near(R,C,S) :- changed(R,C,_,S).
near(R,C,S) :- applies(I,S), remote(I,T,_), cell(R,C,T,S-1).
cell(R,C,T,S) :- changed(R,C,T,S), T != empty.
cell(R,C,N,S) :- applies(I,S), remote(I,T,N), cell(R,C,T,S-1), not changed(R,C,_,S), N != empty.
cell(R,C,T,S) :- done(S), cell(R,C,T,S-1), not near(R,C,S).
takes(F,S) :- effect(_,Becomes,Beyond,_,_,S), front(F,S), F != empty, F != edge,
  Becomes != F, Beyond != F.
taken(F,1,S) :- takes(F,S), not taken(F,_,S-1).
taken(F,N+1,S) :- takes(F,S), taken(F,N,S-1).
taken(T,N,S) :- done(S), taken(T,N,S-1), not takes(T,S).

% The best plan: rewards beyond those of plain steps, minus the price of the steps.
#maximize{Gain,S : effect(_,_,_,Gain,_,S); -P,S,price : done(S), price(P)}.
#show greedy/2.
"""


def rules_program(
    knowledge: AnyKnowledge, plans: RulePlans, actions: Sequence[str]
) -> Iterator[str]:
    """Yield the program's lines: motions, rules, conditions, planning.

    `actions` holds the actions' names in the program, by number.
    """
    yield "% What the actions do with nothing in the way: motion(Type,Action,Rows,Cols,NewType)."
    for (body, action), effect in sorted(knowledge.effects.items()):
        yield f"motion({body},{actions[action]},{effect.d_row},{effect.d_col},{effect.type})."
    yield ""
    yield "% Rules: rule(Number,Front,Enters,Becomes,Beyond,Gain,Ends); gains in 1/10000."
    yield "#defined condition/4. #defined remote/3. #defined motion/5. #defined grid/2."
    rules = [belief.rule for belief in knowledge.rules or ()]
    met = {rule.front for rule in rules}
    unmet = [_unmet(front) for front in (FREE, EDGE) if front not in met]
    gains = chain(plans.gains, repeat(RuleGain(0.0, ends=False)))
    for number, (rule, gain) in enumerate(zip([*rules, *unmet], gains, strict=False)):
        yield from _rule(number, rule, gain, actions)
    yield f"hope({_whole(plans.hope)}). % of what was never met"
    yield f"price({_whole(plans.step_price)}). % of a step"
    yield f"#const horizon = {HORIZON}."
    yield ""
    yield _PLANNING


def _unmet(front: int) -> Rule:
    effect = Effect(front == FREE, front)
    return Rule(front=front, conditions=(), effect=effect, times=0, cases=0)


def _rule(number: int, rule: Rule, gain: RuleGain, actions: Sequence[str]) -> Iterator[str]:
    effect = rule.effect
    then = f"{_yes(effect.enters)},{_label(effect.becomes)},{_label(effect.beyond)}"
    gains = f"{_whole(gain.reward)},{_yes(gain.ends)}"
    held = f"{rule.times} of {rule.cases} times"
    yield f"rule({number},{_label(rule.front)},{then},{gains}). % {held}"
    for condition in rule.conditions:
        about, value = condition.test
        what = actions[value] if about == "action" else _label(value)
        yield f"condition({number},{about},{what},{_yes(condition.wanted)})."
    for of, now in effect.remote:
        yield f"remote({number},{_label(of)},{_label(now)})."


def _label(label: int) -> str:
    return {FREE: "empty", EDGE: "edge", KEPT: "kept"}.get(label, str(label))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _whole(value: float) -> int:
    return round(value * _SCALE)
