"""A front end as a logic program: its facts, what it knows, and its greedy policy.

The program is complete but for the facts of the scenes, `object(Type,Row,Col,Time)`. Its answer
set holds `greedy(Action,Time)` for each action that shares the choice at each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.beliefs import own_types
from dsrl_agent.explain.contacts import contacts
from dsrl_agent.explain.deciding import Explained, names_of
from dsrl_agent.explain.logic.numbers import BASE, TIE, number
from dsrl_agent.explain.logic.planning import rules_program
from dsrl_agent.explain.logic.walks import walks_program
from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.types import Facts, Floats, Shape

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


def program(front_end: Explained) -> str:
    """Return a front end as a logic program.

    Raises:
        ConfigError: There is no such program for this kind of front end, or a value is too large.
    """
    if isinstance(front_end, RulesFrontEnd):
        return "\n".join([_head(front_end), *rules_program(front_end, action_atoms(front_end))])
    body = _BODIES.get(front_end.kind)
    if body is None or not isinstance(front_end, TabularFrontEnd):
        raise ConfigError(
            f"A front end of kind {front_end.kind} cannot be written as a logic program; "
            f"those of kinds rules, {', '.join(_BODIES)} can."
        )
    return "\n".join([_head(front_end), _SCENE, *body(front_end)])


def facts_as_logic(facts: Facts, time: int, shape: Shape | None = None) -> str:
    """Return facts as `object(Type,Row,Col,Time)`, one a line, and the grid if it is known."""
    grid = "" if shape is None else f"grid({shape[0]},{shape[1]}).\n"
    return grid + "".join(f"object({fact.type},{fact.row},{fact.col},{time}).\n" for fact in facts)


def _head(front_end: Explained) -> str:
    lines = [
        f"% What an agent with the front end {front_end.kind!r} knows, and how it chooses.",
        "% Add the facts of a scene, object(Type,Row,Col,Time), and run: clingo FILE",
        "",
        "% Itself: its type, its actions, and the rows and columns these move it by.",
    ]
    lines += [f"self({own})." for own in sorted(own_types(front_end))]
    lines.append("#defined self/1. #defined object/4. #defined q/6. #defined touch/6.")
    names = action_atoms(front_end)
    lines += [f"action({name})." for name in names]
    moves = sorted(front_end.agency.moves().items())
    lines += [f"moves({names[action]},{row},{col})." for action, (row, col) in moves]
    lines += [
        "",
        "% Touching a type: the mean reward, what came of it, how often, of how many.",
    ]
    for contact in contacts(front_end.agency, front_end.memory).values():
        fate = contact.outcome.fate.replace(" ", "_")
        lines.append(
            f"touch({contact.type},{number(contact.reward)},{fate},{contact.times},{contact.of})."
        )
    return "\n".join([*lines, ""])


def action_atoms(front_end: Explained) -> list[str]:
    """Return the actions' names as constants of the program; each is another's nowhere."""
    names = [name.replace(" ", "_") for name in names_of(front_end)]
    return [
        name if names.count(name) == 1 else f"action_{action}" for action, name in enumerate(names)
    ]


def _entries(
    front_end: TabularFrontEnd, weigh: Callable[[int, int], float] = lambda d_row, d_col: 1.0
) -> Iterator[str]:
    yield "% The table: q(Type, rows below, columns right, Action, HI, LO); what is 0 is left out."
    names = action_atoms(front_end)
    for key, row in _rows(front_end):
        weight = weigh(key[1], key[2])
        for name, value in zip(names, row, strict=True):
            if value != 0.0:
                yield f"q({key[0]},{key[1]},{key[2]},{name},{number(float(value / weight))})."


def _rows(front_end: TabularFrontEnd) -> Iterable[tuple[tuple[int, int, int], Floats]]:
    return sorted(
        ((key[0], key[1], key[2]), row)
        for key, row in front_end.table.items()
        if isinstance(key, tuple)
    )


def _dsrl(front_end: TabularFrontEnd) -> Iterator[str]:
    yield from _entries(front_end)
    yield "\n" + _SUM
    yield _CHOICE


def _srl_cs(front_end: TabularFrontEnd) -> Iterator[str]:
    yield "% Entries are divided by the squared distance, as their parts are."
    yield from _entries(front_end, lambda d_row, d_col: max(1, d_row**2 + d_col**2))
    yield "\n" + _SUM
    yield _CHOICE


def _relational(front_end: TabularFrontEnd) -> Iterator[str]:
    yield from walks_program(front_end, action_atoms(front_end))
    yield _CHOICE


_BODIES: dict[str, Callable[[TabularFrontEnd], Iterator[str]]] = {
    "relational": _relational,
    "srl_cs": _srl_cs,
    "dsrl": _dsrl,
}
