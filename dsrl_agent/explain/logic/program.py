"""Write a front end as a logic program: its knowledge and its greedy policy.

The program is complete but for the facts of the scenes, `object(Type,Row,Col,Time)`. Its answer
set holds `greedy(Action,Time)` for each action that shares the choice at each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.beliefs.contacts import contacts
from dsrl_agent.explain.logic.numbers import BASE, TIE, number
from dsrl_agent.explain.logic.planning import rules_program, situation_as_logic
from dsrl_agent.explain.logic.walks import walks_program
from dsrl_agent.explain.policy import names_of
from dsrl_agent.front_end import AnyFrontEnd
from dsrl_agent.front_end.knowledge import (
    AnyKnowledge,
    Episode,
    ImaginedWalks,
    RulePlans,
    SummedParts,
)
from dsrl_agent.front_end.relations import distance_weight
from dsrl_agent.types import Facts, Shape

_SCENE = """\
% The scene: the agent is the object of its own type, if there is just one; the others are seen from
% it. A value is HI / 10^6 + LO / 10^12.
time(Time) :- object(_,_,_,Time).
agent(R,C,Time) :- object(T,R,C,Time), self(T), 1 = #count{R1,C1 : object(T1,R1,C1,Time), self(T1)}.
relation(T,R,C,R-R0,C-C0,Time) :- agent(R0,C0,Time), object(T,R,C,Time), (R,C) != (R0,C0).
"""

_CHOICE = f"""\
% The greedy policy: the action of the highest value; values closer than 10^-9 share the choice.
value(A,Time,H+L/{BASE},L\\{BASE}) :- sum(A,Time,H,L).
best_high(Time,M) :- time(Time), M = #max{{H : value(_,Time,H,_)}}.
best(Time,M,N) :- best_high(Time,M), N = #max{{L : value(_,Time,M,L)}}.
greedy(A,Time) :- value(A,Time,M,L), best(Time,M,N), N-L <= {TIE}.
greedy(A,Time) :- value(A,Time,M-1,L), best(Time,M,N), N+{BASE}-L <= {TIE}.
#show greedy/2.
"""

_SUM = """\
% The value of an action is the sum of all objects' parts in it.
sum(A,Time,H,L) :- action(A), time(Time),
  H = #sum{HI,R,C : relation(T,R,C,DR,DC,Time), q(T,DR,DC,A,HI,_)},
  L = #sum{LO,R,C : relation(T,R,C,DR,DC,Time), q(T,DR,DC,A,_,LO)}.
"""

_DEEDS = "its table is of actions that do not move it but do something, such as picking up"


def program(front_end: AnyFrontEnd) -> str:
    """Return a front end as a logic program.

    Raises:
        ConfigError: The front end's knowledge names no form of its choice, or a value is too large.
    """
    knowledge = front_end.knowledge()
    names = action_atoms(front_end)
    match knowledge.choice:
        case RulePlans() as plans:
            body = rules_program(knowledge, plans, names)
        case ImaginedWalks() as walks:
            body = chain([_SCENE], walks_program(walks, knowledge.discount, names), [_CHOICE])
        case SummedParts() as parts:
            body = chain([_SCENE], _entries(knowledge, parts, names), ["\n" + _SUM, _CHOICE])
        case None:
            raise ConfigError(_refusal(knowledge))
    return "\n".join([_head(knowledge, names), *body])


def _refusal(knowledge: AnyKnowledge) -> str:
    if knowledge.reaches is None:
        return (
            f"A front end of kind {knowledge.kind} cannot be written as a logic program; those "
            "that sum tables over relations, imagine walks or plan on rules can."
        )
    reason = knowledge.unwritten or _DEEDS
    return (
        f"What this agent knows cannot be written as a logic program: {reason}, "
        "and the program has no words for this. `dsrl explain` without --logic says what it "
        "believes."
    )


def facts_as_logic(facts: Facts, time: int, shape: Shape | None = None) -> str:
    """Return facts as `object(Type,Row,Col,Time)`, one a line, and the grid if it is known."""
    grid = "" if shape is None else f"grid({shape[0]},{shape[1]}).\n"
    return grid + "".join(f"object({fact.type},{fact.row},{fact.col},{time}).\n" for fact in facts)


def scene_as_logic(
    front_end: AnyFrontEnd, facts: Facts, shape: Shape | None, episode: Episode | None
) -> str:
    """Return the scene of a decision as facts of the program, one a line.

    Of an episode that goes on, a front end that plans on rules tells what no frame shows: what the
    agent stands on, what it has taken and what it has in hand.
    """
    told = front_end.knowledge().situation
    situation = None if told is None or episode is None else told(facts, episode)
    if situation is None:
        return facts_as_logic(facts, 0, shape)
    return facts_as_logic(situation.objects, 0, shape) + situation_as_logic(situation)


def _head(knowledge: AnyKnowledge, names: Sequence[str]) -> str:
    agency = knowledge.agency
    lines = [
        f"% What an agent with the front end {knowledge.kind!r} knows, and how it chooses.",
        "% Add the facts of a scene, object(Type,Row,Col,Time), and run: clingo FILE",
        "",
        "% Itself: its type, its actions, and the rows and columns these move it by.",
    ]
    lines += [f"self({own})." for own in sorted(agency.self_types)]
    lines.append("#defined self/1. #defined object/4. #defined q/6. #defined touch/6.")
    lines += [f"action({name})." for name in names]
    moves = sorted(agency.moves().items())
    lines += [f"moves({names[action]},{row},{col})." for action, (row, col) in moves]
    if knowledge.rules is None:  # rules say more of each touch
        lines += _touches(knowledge)
    return "\n".join([*lines, ""])


def _touches(knowledge: AnyKnowledge) -> Iterator[str]:
    yield "\n% Touching a type: the mean reward, what came of it, how often, of how many."
    for contact in contacts(knowledge).values():
        fate = contact.outcome.fate.replace(" ", "_")
        yield f"touch({contact.type},{number(contact.reward)},{fate},{contact.times},{contact.of})."


def action_atoms(front_end: AnyFrontEnd) -> list[str]:
    """Return the actions' names as constants of the program, no two alike."""
    names = [name.replace(" ", "_") for name in names_of(front_end)]
    return [
        name if names.count(name) == 1 else f"action_{action}" for action, name in enumerate(names)
    ]


def _entries(knowledge: AnyKnowledge, parts: SummedParts, names: Sequence[str]) -> Iterator[str]:
    if parts.by_distance:
        yield "% Entries are divided by the squared distance, as their parts are."
    yield "% The table: q(Type, rows below, columns right, Action, HI, LO); what is 0 is left out."
    for (of, row, col), entry in sorted((knowledge.relations or {}).items()):
        weight = distance_weight(row, col) if parts.by_distance else 1
        for name, value in zip(names, entry, strict=True):
            if value != 0.0:
                yield f"q({of},{row},{col},{name},{number(float(value / weight))})."
