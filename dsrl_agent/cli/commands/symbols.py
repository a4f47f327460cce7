"""Run `dsrl symbols`: find the symbols of still pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Set

import numpy as np

from dsrl_agent.cli.options import SymbolsOptions
from dsrl_agent.cli.pictures import read_pictures
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.stills.cells import StillSymbols
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import UNKNOWN, Facts, Frame

_FIGURE_1_4 = "shapes_grid:ShapesGrid-Toy-v0"


def run(options: SymbolsOptions, given: Set[str]) -> int:
    """Print the grid and the facts of each picture."""
    config = PerceptionConfig()
    frames, remarks = _figure_1_4(), list[str]()
    if options.pictures:
        frames, remarks = read_pictures(options.pictures, config.stills.most_pixels)
    for remark in remarks:
        _say(remark)
    sight = StillSight.fit(frames, config, _say)
    _say("reading the facts")
    found = sight.symbols(frames)
    names = options.pictures or ("Figure 1.4",)
    for line in lines_of(names, found):
        print(line)
    if _is_coloured(found):
        _say(
            "things of one shape have several colours here, and nothing in still pictures tells "
            "whether shape, colour or both make a type: take the column that matters to you"
        )
    for doubt in doubts(names, found, config.stills.explained):
        _say(f"warning: {doubt}")
    return 0


def lines_of(names: tuple[str, ...], found: StillSymbols) -> Iterator[str]:
    """Yield the lines that show the grid and the facts of each picture.

    Where things of one shape have several colours, they show shape and colour in place of a type.
    """
    coloured, pitch = _is_coloured(found), found.grid.pitch
    for number, (name, facts) in enumerate(zip(names, found.facts, strict=True)):
        yield f"{name}: cells of {pitch[0]} x {pitch[1]} pixels"
        yield "  Shape  Colour   Location" if coloured else "  Type  Location"
        own = found.colours[number] if coloured and found.colours else ()
        colours = {fact[1:]: _colour(fact.type) for fact in own}
        for fact in facts:
            label = "?" if fact.type == UNKNOWN else str(fact.type)
            shown = f"{label:<5}  {colours[fact[1:]]:<7}" if coloured else f"{label:<4}"
            yield f"  {shown}  [{fact.row}, {fact.col}]"


def _is_coloured(found: StillSymbols) -> bool:
    """Return whether things of one shape have several colours."""
    return any(len(colours) > 1 for colours in found.colours_by_type().values())


def _colour(code: int) -> str:
    """Return a colour, as `StillSymbols.colours` has it, in the notation of web pages."""
    return "?" if code == UNKNOWN else f"#{code - 1:06x}"


def doubts(names: tuple[str, ...], found: StillSymbols, least: float) -> list[str]:
    """Return a warning for each picture that grid and facts do not explain."""
    remedy = (
        "Give a picture of things on one floor, in cells of one size, or several such pictures."
    )
    pairs = zip(names, found.facts, found.explained.tolist(), strict=True)
    return [*_shared_doubts(found), *_doubted_things(names, found)] + [
        f"grid and facts explain {share:.0%} of what stands out in {name}{_unknown(facts)}, but "
        f"facts can be trusted from {least:.0%} on. {remedy}"
        for name, facts, share in pairs
        if share < least
    ]


def _shared_doubts(found: StillSymbols) -> Iterator[str]:
    """Yield a warning for each doubt that concerns all pictures."""
    if not found.clear:
        yield (
            "what stands out has no clear gaps between cells, or is too little, and so few "
            "pictures do not tell where cells meet, so locations may be wrong. Give several "
            "pictures of one size."
        )
    if found.alternatives:
        types = len({fact.type for facts in found.facts for fact in facts} - {UNKNOWN})
        others = " or ".join(str(number) for number in found.alternatives)
        yield (
            f"{types} types were found, but {others} would explain the things about as well, as in "
            "pictures that were shrunk or enlarged, so types may be wrong. Give the picture in its "
            "own size, or several such pictures."
        )


def _doubted_things(names: tuple[str, ...], found: StillSymbols) -> Iterator[str]:
    """Yield a warning for each picture with things whose types are doubtful."""
    for name, facts in zip(names, found.told_apart, strict=False):
        if facts:
            yield (
                f"some of what stands at {_places(facts)} in {name} looks the same, but has "
                "different types, so grid and types may be wrong. Give several such pictures."
            )
    for name, facts in zip(names, found.unlike, strict=False):
        if facts:
            yield (
                f"what stands at {_places(facts)} in {name} is much less like its type than other "
                "things are, so its type may be wrong. Give several such pictures, or larger ones."
            )


def _places(facts: Facts) -> str:
    """Return where facts are, in words."""
    return ", ".join(f"[{fact.row}, {fact.col}]" for fact in facts)


def _unknown(facts: Facts) -> str:
    """Return how many facts have no type, in words; empty if none."""
    count = sum(fact.type == UNKNOWN for fact in facts)
    return f" ({count} of {len(facts)} facts have no type)" if count else ""


def _say(text: str) -> None:
    print(f"dsrl: {text}", file=sys.stderr, flush=True)


def _figure_1_4() -> Frame:
    """Return the world of the thesis's Figure 1.4 as a frame, `uint8 [1, H, W, 3]`."""
    env = make_env(_FIGURE_1_4, {})
    frame, _ = env.reset()
    env.close()
    return np.asarray(frame)[None]
