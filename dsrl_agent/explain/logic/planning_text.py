"""Hold the part of a logic program of rules that is the same for every agent: how it plans."""

from __future__ import annotations

PLANNING = """\
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
hand(T,0) :- in_hand(T), not shows(_,_).
hand(T,S) :- body(B,S), shows(B,T).
taken(T,N,0) :- taken_before(T,N).
began(T) :- cell(_,_,T,0), not began_with(_).
began(T) :- began_with(T).

% What the agent goes for: what is in front of it, and what lies beyond. An action on the spot
% reaches what it stands on.
does(V,S) :- do(A,S), verb(A,V).
spot(S) :- do(A,S), on_the_spot(A), body(B,S-1), motion(B,A,_,_,_).
held_up(S) :- does(going,S), do(A,S), body(B,S-1), motion(B,A,DR,DC,_), at(R,C,S-1),
  cell(R,C,T,S-1), fence(T,DR,DC).
heads(DR,DC,S) :- do(A,S), body(B,S-1), motion(B,A,DR,DC,_), (DR,DC) != (0,0), not spot(S),
  not held_up(S).
turns(NB,S) :- do(A,S), body(B,S-1), motion(B,A,0,0,NB), not spot(S).
target(R+DR,C+DC,S) :- heads(DR,DC,S), at(R,C,S-1).
target(R,C,S) :- spot(S), at(R,C,S-1).
next(R+DR,C+DC,S) :- heads(DR,DC,S), target(R,C,S), place(R,C).
front(T,S) :- target(R,C,S), cell(R,C,T,S-1).
front(empty,S) :- target(R,C,S), place(R,C), not cell(R,C,_,S-1).
front(edge,S) :- target(R,C,S), not place(R,C).
beyond(T,S) :- next(R,C,S), cell(R,C,T,S-1).
beyond(empty,S) :- next(R,C,S), place(R,C), not cell(R,C,_,S-1).
beyond(edge,S) :- next(R,C,S), not place(R,C).
beyond(edge,S) :- front(edge,S).
beyond(edge,S) :- spot(S).

% Which rule applies: the one of which no condition fails.
true(beyond,V,S) :- beyond(V,S).
true(body,V,S) :- front(_,S), body(V,S-1), not spot(S).
true(body,empty,S) :- spot(S).
true(action,A,S) :- do(A,S).
true(taken,T,S) :- front(_,S), taken(T,N,S-1), N > 0.
true(carried,T,S) :- front(F,S), taken(T,N,S-1), N > #max{0; M : taken(F,M,S-1)}.
true(held,T,S) :- front(_,S), hand(T,S-1).
true(held,empty,S) :- front(_,S), not hand(_,S-1).
true(came,T,S) :- front(_,S), cell(_,_,T,S-1), not began(T).
true(gone,T,S) :- front(_,S), began(T), not left(T,S).
left(T,S) :- front(_,S), cell(R,C,T,S-1), not target(R,C,S).
meets(V,F,S) :- does(V,S), front(F,S).
own_rule(I,V,F) :- rule(I,V,F,_,_,_,_,_), not analogous(I).
fails(I,S) :- meets(V,F,S), own_rule(I,V,F), condition(I,About,T,yes), not true(About,T,S).
fails(I,S) :- meets(V,F,S), own_rule(I,V,F), condition(I,About,T,no), true(About,T,S).
applies(I,S) :- meets(V,F,S), own_rule(I,V,F), not fails(I,S), not by_analogy(S).
met(V,F) :- own_rule(_,V,F).
applies(unmet,S) :- meets(going,F,S), not met(going,F), not by_analogy(S).
effect(Enters,Becomes,Beyond,Gain,Ends,S) :-
  applies(I,S), rule(I,_,_,Enters,Becomes,Beyond,Gain,Ends), Becomes != held.
effect(Enters,T,Beyond,Gain,Ends,S) :-
  applies(I,S), rule(I,_,_,Enters,held,Beyond,Gain,Ends), hand(T,S-1).
effect(yes,empty,kept,Gain,no,S) :- applies(unmet,S), hope(Gain).
over(S) :- effect(_,_,_,_,yes,S).
over(S) :- applies(I,S), flings(I), not flies(_,_,S), S > 1.

% What comes of it.
enters(S) :- effect(yes,_,_,_,_,S), not front(edge,S).
at(R,C,S) :- enters(S), target(R,C,S).
may_fly(R,C,S) :- applies(I,S), lands(I,T), cell(R,C,T,S-1), not target(R,C,S), not at(R,C,S-1).
flies(R,C,S) :- may_fly(R,C,S), 1 = #count{R1,C1 : may_fly(R1,C1,S)}.
at(R,C,S) :- flies(R,C,S).
at(R,C,S) :- done(S), not enters(S), not flies(_,_,S), at(R,C,S-1).
body(NB,S) :- enters(S), do(A,S), body(B,S-1), motion(B,A,_,_,NB), not worn(S).
body(T,S) :- enters(S), applies(I,S), wears(I,T).
worn(S) :- enters(S), applies(I,S), wears(I,_).
body(NB,S) :- turns(NB,S).
reshaped(S) :- applies(I,S), reshapes(I), not enters(S), not front(edge,S).
reshaped(S) :- flies(_,_,S), not enters(S).
body(NB,S) :- reshaped(S), do(A,S), body(B,S-1), motion(B,A,_,_,NB).
body(B,S) :- done(S), not enters(S), not turns(_,S), not reshaped(S), body(B,S-1).
changed(R,C,Becomes,S) :- effect(_,Becomes,_,_,_,S), target(R,C,S), place(R,C).
changed(R,C,T,S) :- effect(_,_,T,_,_,S), T != kept, next(R,C,S), place(R,C).
near(R,C,S) :- changed(R,C,_,S).
near(R,C,S) :- applies(I,S), remote(I,T,_), cell(R,C,T,S-1).
near(R,C,S) :- comes(R,C,_,S).
comes(R,C,N,S) :- applies(I,S), fixed(I,R,C,T,N), cell(R,C,T,S-1), not remote(I,T,_),
  not changed(R,C,_,S).
comes(R,C,N,S) :- applies(I,S), fixed(I,R,C,empty,N), place(R,C), not cell(R,C,_,S-1),
  not changed(R,C,_,S).
cell(R,C,T,S) :- changed(R,C,T,S), T != empty.
cell(R,C,N,S) :- applies(I,S), remote(I,T,N), cell(R,C,T,S-1), not changed(R,C,_,S), N != empty.
cell(R,C,N,S) :- comes(R,C,N,S), N != empty.
cell(R,C,T,S) :- done(S), cell(R,C,T,S-1), not near(R,C,S).

% What was taken and what is in hand. Going over a thing takes it, whatever is left there; other
% actions take what vanishes.
puts(T,S) :- applies(I,S), rule(I,_,_,_,held,_,_,_), hand(T,S-1).
takes(F,S) :- effect(_,Becomes,Beyond,_,_,S), front(F,S), F != empty, F != edge,
  Becomes != F, Beyond != F, does(going,S).
takes(F,S) :- effect(_,empty,Beyond,_,_,S), front(F,S), F != empty, F != edge,
  Beyond != F, not does(going,S).
taken(F,1,S) :- takes(F,S), not taken(F,_,S-1).
taken(F,N+1,S) :- takes(F,S), taken(F,N,S-1).
taken(T,N-1,S) :- puts(T,S), taken(T,N,S-1), N > 0.
taken(T,0,S) :- puts(T,S), taken(T,0,S-1).
taken(T,N,S) :- done(S), taken(T,N,S-1), not takes(T,S), not puts(T,S).
grasps(F,S) :- takes(F,S), do(A,S), taker(A).
hand(F,S) :- grasps(F,S), not shows(_,_).
hand(T,S) :- done(S), hand(T,S-1), not grasps(_,S), not puts(_,S), not shows(_,_).

% The best plan: rewards beyond those of plain steps, minus the price of the steps.
#maximize{Gain,S : effect(_,_,_,Gain,_,S); -P,S,price : done(S), price(P)}.
#show greedy/2.
"""


ANALOGIES = """\
% By analogy: in a state of affairs in which a type was not met by an action, what types like it
% have done is expected of it. The conditions of such rules are about representatives.
kind(empty). kind(edge).
kind(T) :- object(T,_,_,_).
like(T,G) :- alias(T,G).
like(T,T) :- kind(T), not alias(T,_).
true_of_like(beyond,G,S) :- beyond(T,S), like(T,G).
true_of_like(body,B,S) :- true(body,B,S).
true_of_like(action,A,S) :- true(action,A,S).
true_of_like(taken,G,S) :- true(taken,T,S), like(T,G).
true_of_like(carried,V,S) :- front(F,S), like(F,G), condition(I,carried,V,_), analogous(I),
  0 < #sum{M,T,more : taken(T,M,S-1), like(T,V); -M,T,less : taken(T,M,S-1), like(T,G)}.
true_of_like(held,G,S) :- true(held,T,S), like(T,G).
true_of_like(came,G,S) :- true(came,T,S), like(T,G).
true_of_like(gone,G,S) :- true(gone,T,S), like(T,G).
kin(S) :- front(F,S), alias(F,_).
kin(S) :- front(F,S), stands_for_others(F).
kin(S) :- beyond(T,S), alias(T,_).
kin(S) :- true(taken,T,S), alias(T,_).
kin(S) :- true(held,T,S), alias(T,_).
kin(S) :- true(came,T,S), alias(T,_).
other(K,S) :- meets(V,F,S), affairs(K,V,F,_), affairs_taken(K,T), not true(taken,T,S).
other(K,S) :- meets(V,F,S), affairs(K,V,F,_), true(taken,T,S), not affairs_taken(K,T).
other(K,S) :- meets(V,F,S), affairs(K,V,F,_), affairs_came(K,G), not true_of_like(came,G,S).
other(K,S) :- meets(V,F,S), affairs(K,V,F,_), true_of_like(came,G,S), not affairs_came(K,G).
tried(S) :- meets(V,F,S), affairs(K,V,F,H), true(held,H,S), not other(K,S).
by_analogy(S) :- kin(S), not tried(S), meets(V,F,S), like_rule(_,V,F).
like_rule(I,V,F) :- rule(I,V,F,_,_,_,_,_), analogous(I).
unlike(I,S) :- meets(V,F,S), like_rule(I,V,F), condition(I,A,T,yes), not true_of_like(A,T,S).
unlike(I,S) :- meets(V,F,S), like_rule(I,V,F), condition(I,A,T,no), true_of_like(A,T,S).
applies(I,S) :- by_analogy(S), meets(V,F,S), like_rule(I,V,F), not unlike(I,S).
"""
