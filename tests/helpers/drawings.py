"""Facts and transitions read from drawings, for tests of the front ends."""

from __future__ import annotations

import itertools

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import RulesFrontEnd, TabularFrontEnd, make_front_end
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.types import FREE, Fact, Facts, Shape, Transition

LEFT, RIGHT, UP, DOWN = range(4)
MOVES = {LEFT: (0, -1), RIGHT: (0, 1), UP: (-1, 0), DOWN: (1, 0)}
TYPES = {letter: number for number, letter in enumerate("+xo#bkdsSgv")}
"""The agent, things that give something, wall, box, key, door, switch off and on, gate, lethal."""


def scene(*rows: str) -> Facts:
    """Read facts from a drawing: the agent `+` is type 0, `x` 1, `o` 2, and so on."""
    return tuple(
        sorted(
            Fact(TYPES[letter], r, c)
            for r, row in enumerate(rows)
            for c, letter in enumerate(row)
            if letter != "."
        )
    )


def shape_of(drawing: str) -> Shape:
    rows = drawing.split()
    return len(rows), len(rows[0])


def step(
    before: str,
    action: int,
    reward: float,
    after: str,
    terminated: bool = False,
    first: bool = False,
) -> Transition:
    """Return a transition between two drawings, their rows apart by blanks."""
    seen, then = scene(*before.split()), scene(*after.split())
    return Transition(seen, action, reward, then, terminated, first, shape_of(before))


def film(start: str, *steps: tuple[int, float, str]) -> list[Transition]:
    """Return an episode: a drawing, then (action, reward, drawing) for each step.

    The last drawing may end in `!`: there the episode terminates.
    """
    tape: list[Transition] = []
    before = start
    for action, reward, drawn in steps:
        after = drawn.rstrip("!")
        tape.append(step(before, action, reward, after, drawn.endswith("!"), not tape))
        before = after
    return tape


EXIT = film(
    "o. +x x.",
    (UP, 0.0, "o. +x x."), (RIGHT, 0.0, "o. .+ x."), (LEFT, 0.0, "o. +. x."),
    (UP, 0.0, "o. +. x."), (DOWN, 0.0, "o. .. +."), (UP, 0.0, "o. +. .."), (UP, 1.0, "+. .. ..!"),
)  # fmt: skip
"""An exit that blocks the way until both `x` are taken."""
OPENS_LAST = film(
    "+x.x.x.o",
    (RIGHT, 0.0, ".+.x.x.o"), (RIGHT, 0.0, "..+x.x.o"), (RIGHT, 0.0, "...+.x.o"),
    (RIGHT, 0.0, "....+x.o"), (RIGHT, 0.0, ".....+.k"),
)  # fmt: skip
"""The last `x` turns an `o` into a `k`."""
LEVER = [
    *film("s+gx. ####g", (RIGHT, 0.0, "s+gx. ####g"), (DOWN, 0.0, "s+gx. ####g")),
    *3 * film(
        "s+gx. ####g",
        (LEFT, 0.0, "s+.x. ####g"), (RIGHT, 0.0, "s.+x. ####g"), (RIGHT, 1.0, "s..+. ####g!"),
    ),
]  # fmt: skip
"""An `s` that opens one `g` at a fixed place, and leaves another as it is."""


def board(drawing: str, taken: str = "") -> Board:
    """Return a scene as rules see it."""
    rows, cols = shape_of(drawing)
    letters = "".join(drawing.split())
    cells = tuple(FREE if letter in ".+" else TYPES[letter] for letter in letters)
    counts = sorted((TYPES[letter], taken.count(letter)) for letter in set(taken))
    return Board((rows, cols), cells, letters.index("+"), TYPES["+"], tuple(counts))


def round_trip(cost: float = 0.0) -> list[Transition]:
    """Return four steps of the agent alone: they show who it is and what every action does."""
    steps = ((RIGHT, ".+ .."), (DOWN, ".. .+"), (LEFT, ".. +."), (UP, "+. .."))
    return film("+. ..", *((action, 0.0 - cost, drawn) for action, drawn in steps))


def acquainted() -> Agency:
    """Return an agency that knows the agent and its moves."""
    agency = Agency()
    for transition in round_trip():
        agency.observe(transition)
    return agency


def tabular(kind: str, num_actions: int = 4, **settings: float) -> TabularFrontEnd:
    """Return a new front end with tables."""
    config = FrontEndConfig(kind=kind, **settings)  # type: ignore[arg-type]
    front_end = make_front_end(num_actions, config)
    assert isinstance(front_end, TabularFrontEnd)
    return front_end


def taught_rules(*films: list[Transition], cost: float = 0.0) -> RulesFrontEnd:
    """Return a front end of rules that has made the round trip and seen some films."""
    front_end = RulesFrontEnd(4, FrontEndConfig(kind="rules"))
    for transition in itertools.chain(round_trip(cost), *films):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def dyed_rules() -> RulesFrontEnd:
    """Return a front end whose agent `+` looks like `v` once it came upon `s`.

    The gate `g` lets only `v` pass; the `x` behind it ends the episode with 1.
    """
    passes = film("+sgx", (RIGHT, 0.0, ".vgx"), (RIGHT, 0.0, ".svx"), (RIGHT, 1.0, ".sgv!"))
    blocked = film("+gx.", (RIGHT, 0.0, "+gx."))
    walks = [film(f"{of}..", (RIGHT, 0.0, f".{of}."), (LEFT, 0.0, f"{of}..")) for of in "++v"]
    front_end = RulesFrontEnd(4, FrontEndConfig(kind="rules"))
    front_end.agency.take(frozenset({TYPES["+"], TYPES["v"]}))
    for transition in itertools.chain(round_trip(), *3 * [*walks, passes, blocked]):
        front_end.learn(transition, np.random.default_rng(0))
    return front_end
