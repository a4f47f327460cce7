"""Write imagined walks as a logic program: the ways over free cells, and their objects.

The agent sweeps the values of its places until they settle (`front_end.tabular.dyna`). The result
can be stated without sweeps. A way has the value of stepping on the object at its end, discounted
by the steps before. Staying away from all objects has the value 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsrl_agent.explain.logic.numbers import number
from dsrl_agent.front_end.knowledge import ImaginedWalks

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


def walks_program(walks: ImaginedWalks, discount: float, actions: Sequence[str]) -> Iterator[str]:
    """Yield the program's lines: the value of stepping on each type, and the ways there.

    `discount` is gamma, and `actions` holds the actions' names in the program.
    """
    yield "% Stepping on a type after so many steps: worth(Type,Action,Steps,HI,LO), discounted."
    yield "#defined worth/5. #defined grid/2. #defined moves/3."
    yield f"#const longest = {LONGEST}."
    for (of, action), worth in walks.worths.items():
        for steps in range(LONGEST + 1):
            now = number(discount**steps * worth)
            if now == (0, 0):
                break
            yield f"worth({of},{actions[action]},{steps},{now})."
    yield "\n" + _WALKS
