"""The front end `relational` as a logic program: the ways it imagines, and what they lead to.

The agent sweeps the values of its places until they settle (`front_end.simulation`). What comes out
can be said without sweeping: a way is worth what stepping on the object at its end is worth,
discounted by the steps before that, and staying away from all objects is worth 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsrl_agent.explain.logic.numbers import number
from dsrl_agent.front_end import TabularFrontEnd

LONGEST = 64
"""Steps of the longest way, unless clingo is run with `-c longest=…`."""

_WALKS = """\
% The grid: as large as it is said to be, or as anything is seen.
rows(N,Time) :- time(Time), N = #max{R+1 : object(_,R,_,Time); R : grid(R,_)}.
cols(N,Time) :- time(Time), N = #max{C+1 : object(_,_,C,Time); C : grid(_,C)}.
free(R,C,Time) :- rows(M,Time), cols(N,Time), R = 0..M-1, C = 0..N-1, not stands(R,C,Time).
stands(R,C,Time) :- relation(_,R,C,_,_,Time).

% Where the first action of a way leads, and which free places follow after so many more steps.
leads(A,R+DR,C+DC,Time) :- agent(R,C,Time), moves(A,DR,DC), free(R+DR,C+DC,Time).
meets(A,T,Time) :- agent(R,C,Time), moves(A,DR,DC), relation(T,R+DR,C+DC,_,_,Time).
leads(A,R,C,Time) :- agent(R,C,Time), action(A), not leads_on(A,Time), not meets(A,_,Time).
leads_on(A,Time) :- agent(R,C,Time), moves(A,DR,DC), free(R+DR,C+DC,Time).
way(A,R,C,1,Time) :- leads(A,R,C,Time).
way(A,R+DR,C+DC,K+1,Time) :-
  way(A,R,C,K,Time), moves(_,DR,DC), free(R+DR,C+DC,Time), K < longest, K < N, room(N,Time).
room(N,Time) :- time(Time), N = #count{R,C : free(R,C,Time)}. % no best way goes anywhere twice

% What the ways are worth: the best object at the end of one, or 0.
says(A,HI,LO,Time) :-
  way(A,R,C,K,Time), moves(B,DR,DC), relation(T,R+DR,C+DC,_,_,Time), worth(T,B,K,HI,LO).
high(A,Time,M) :- leads(A,_,_,Time), M = #max{0; HI : says(A,HI,_,Time)}.
sum(A,Time,M,N) :- high(A,Time,M), N = #max{0; LO : says(A,M,LO,Time)}.
sum(A,Time,HI,LO) :- meets(A,T,Time), worth(T,A,0,HI,LO).
sum(A,Time,0,0) :- meets(A,T,Time), not worth(T,A,0,_,_).
sum(A,Time,0,0) :- action(A), time(Time), not agent(_,_,Time).
"""


def walks_program(front_end: TabularFrontEnd, actions: Sequence[str]) -> Iterator[str]:
    """Yield the program's lines: what stepping on each type is worth, and the ways there.

    Args:
        front_end: Whose table.
        actions: The actions' names in the program, by number.
    """
    discount = front_end.config.discount
    yield "% Stepping on a type after so many steps: worth(Type,Action,Steps,HI,LO), discounted."
    yield "#defined worth/5. #defined grid/2. #defined moves/3."
    yield f"#const longest = {LONGEST}."
    for kind, action, value in _worths(front_end):
        for steps in range(LONGEST + 1):
            now = number(discount**steps * value)
            if now == (0, 0):
                break
            yield f"worth({kind},{actions[action]},{steps},{now})."
    yield "\n" + _WALKS


def _worths(front_end: TabularFrontEnd) -> Iterator[tuple[int, int, float]]:
    """Yield what the front end takes stepping on each type by each action to be worth."""
    kinds = {key[0] for key in front_end.table if isinstance(key, tuple)} | set(front_end.touches)
    for kind in sorted(kinds):
        for action, move in sorted(front_end.agency.moves().items()):
            row, touch = front_end.lookup((kind, *move)), front_end.touches.get(kind)
            if row is not None:
                yield kind, action, float(row[action])
            elif touch is not None:
                yield kind, action, touch.reward / touch.times
