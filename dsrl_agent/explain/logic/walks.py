"""Write imagined walks as a logic program: the ways over free cells, and their objects.

The agent sweeps the values of its places until they settle (`front_end.tabular.walks.dyna`). This
can be stated without sweeps. A way has the value of stepping on the object at its end, discounted
by the steps before. Staying away from all objects has the value 0. Where no way is worth more,
bad objects are worth the good ones behind them as well (`front_end.tabular.walks.openings`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsrl_agent.explain.logic.numbers import BASE, TIE, number
from dsrl_agent.front_end.knowledge import ImaginedWalks

LONGEST = 64
"""Steps of the longest way, unless clingo is run with `-c longest=…`."""

_WALKS = f"""\
% The grid: as large as it is said to be, or as anything is seen.
rows(N,Time) :- time(Time), N = #max{{R+1 : object(_,R,_,Time); R : grid(R,_)}}.
cols(N,Time) :- time(Time), N = #max{{C+1 : object(_,_,C,Time); C : grid(_,C)}}.
free(R,C,Time) :- rows(M,Time), cols(N,Time), R = 0..M-1, C = 0..N-1, not stands(R,C,Time).
stands(R,C,Time) :- thing(_,R,C,Time).
thing(T,R,C,Time) :- relation(T,R,C,_,_,Time), not plain(T). % the others are walked over

% Where the first action of a way leads, and which free places follow after so many more steps.
leads(A,R+DR,C+DC,Time) :- agent(R,C,Time), moves(A,DR,DC), free(R+DR,C+DC,Time).
meets(A,T,Time) :- agent(R,C,Time), moves(A,DR,DC), thing(T,R+DR,C+DC,Time).
leads(A,R,C,Time) :- agent(R,C,Time), action(A), not leads_on(A,Time), not meets(A,_,Time).
leads_on(A,Time) :- agent(R,C,Time), moves(A,DR,DC), free(R+DR,C+DC,Time).
way(A,R,C,1,Time) :- leads(A,R,C,Time).
way(A,R+DR,C+DC,K+1,Time) :-
  way(A,R,C,K,Time), moves(_,DR,DC), free(R+DR,C+DC,Time), K < longest, K < N, room(N,Time).
room(N,Time) :- time(Time), N = #count{{R,C : free(R,C,Time)}}. % no best way goes anywhere twice

% Nothing good is in reach: then it counts what is behind bad objects, which no way leads through.
promising(Time) :- way(_,R,C,_,Time), moves(B,DR,DC), thing(T,R+DR,C+DC,Time), gains(T,B).
promising(Time) :- meets(A,T,Time), gains(T,A).
lacks(Time) :- agent(_,_,Time), not promising(Time).
passes(R,C,Time) :- free(R,C,Time), lacks(Time).
passes(R,C,Time) :- thing(T,R,C,Time), good(T), lacks(Time).
inside(R,C,Time) :- agent(R,C,Time), lacks(Time).
inside(R+DR,C+DC,Time) :- inside(R,C,Time), moves(_,DR,DC), passes(R+DR,C+DC,Time).
behind(R,C,R,C,Time) :- lacks(Time), thing(T,R,C,Time), bad(T).
behind(R0,C0,R+DR,C+DC,Time) :-
  behind(R0,C0,R,C,Time), moves(_,DR,DC), passes(R+DR,C+DC,Time), not inside(R+DR,C+DC,Time).
opens(R0,C0,K,HI,LO,Time) :- behind(R0,C0,R0,C0,Time), K = 0..longest,
  HI = #sum{{H,R,C : behind(R0,C0,R,C,Time), thing(S,R,C,Time), gift(S,K,H,_)}},
  LO = #sum{{L,R,C : behind(R0,C0,R,C,Time), thing(S,R,C,Time), gift(S,K,_,L)}}.

% What the ways are worth: the best object at the end of one, or 0.
ends(A,T,R+DR,C+DC,B,K,Time) :-
  way(A,R,C,K,Time), moves(B,DR,DC), thing(T,R+DR,C+DC,Time).
says(A,HI,LO,Time) :- ends(A,T,R,C,B,K,Time), worth(T,B,K,HI,LO), not opens(R,C,K,_,_,Time).
says(A,HI+H+(LO+L)/{BASE},(LO+L)\\{BASE},Time) :-
  ends(A,T,R,C,B,K,Time), worth(T,B,K,HI,LO), opens(R,C,K,H,L,Time).
says(A,H+L/{BASE},L\\{BASE},Time) :-
  ends(A,T,R,C,B,K,Time), not worth(T,B,K,_,_), opens(R,C,K,H,L,Time).
high(A,Time,M) :- leads(A,_,_,Time), M = #max{{0; HI : says(A,HI,_,Time)}}.
sum(A,Time,M,N) :- high(A,Time,M), N = #max{{0; LO : says(A,M,LO,Time)}}.
met(A,R+DR,C+DC,T,Time) :- agent(R,C,Time), moves(A,DR,DC), thing(T,R+DR,C+DC,Time).
own(A,Time,HI,LO) :- meets(A,T,Time), worth(T,A,0,HI,LO).
own(A,Time,0,0) :- meets(A,T,Time), not worth(T,A,0,_,_).
both(A,Time,HI+H+(LO+L)/{BASE},(LO+L)\\{BASE}) :-
  own(A,Time,HI,LO), met(A,R,C,_,Time), opens(R,C,0,H,L,Time).
pays(A,Time) :- both(A,Time,HI,_), HI > 0.
pays(A,Time) :- both(A,Time,0,LO), LO > {TIE}. % a loss made good is no gain
sum(A,Time,HI,LO) :- both(A,Time,HI,LO), pays(A,Time).
sum(A,Time,HI,LO) :- own(A,Time,HI,LO), not pays(A,Time).
sum(A,Time,0,0) :- action(A), time(Time), not agent(_,_,Time).
"""


def walks_program(walks: ImaginedWalks, discount: float, actions: Sequence[str]) -> Iterator[str]:
    """Yield the program's lines: the value of stepping on each type, and the ways there.

    `discount` is gamma, and `actions` holds the actions' names in the program.
    """
    yield "% Stepping on a type after so many steps: worth(Type,Action,Steps,HI,LO), discounted."
    yield "#defined worth/5. #defined grid/2. #defined moves/3. #defined gains/2."
    yield "#defined good/1. #defined bad/1. #defined gift/4. #defined plain/1."
    yield f"#const longest = {LONGEST}."
    for (of, action), worth in walks.worths.items():
        yield from _discounted(f"worth({of},{actions[action]}", worth, discount)
        if worth > 0.0:
            yield f"gains({of},{actions[action]})."
    if walks.plain:
        yield "% Types that are walked over without effect."
        yield from (f"plain({number})." for number in sorted(walks.plain))
    yield "% The mean reward of touching each type after so many steps, discounted likewise."
    for of, reward in walks.gifts.items():
        if reward > 0.0:
            yield f"good({of})."
            yield from _discounted(f"gift({of}", reward, discount)
        elif reward < 0.0:
            yield f"bad({of})."
    yield "\n" + _WALKS


def _discounted(atom: str, value: float, discount: float) -> Iterator[str]:
    """Yield an atom, open at its end, with a value after every number of steps."""
    for steps in range(LONGEST + 1):
        now = number(discount**steps * value)
        if now == (0, 0):
            return
        yield f"{atom},{steps},{now})."
