"""Count how single pictures are read: rightly, with a doubt, or wrongly without a word.

    python -m benchmarks.pictures --seeds 9600-9799 --out pictures.jsonl

Each seed draws one picture: a board of the scaling study without its agent, in cells of 5 to 40
pixels, as it is drawn or resampled by one of Pillow's filters, at times unevenly. It is read as by
`dsrl symbols`. Rows and columns are counted from the first that holds a thing, and types have no
given names. A reading is

    exact     right, and nothing was doubted
    needless  right, but doubted
    told      wrong, but doubted or refused with a message, or what is wrong has no type (`?`)
    silent    wrong without a word
    crash     the code failed

`--save` writes the pictures that are not read exactly. `--only` takes some of the pictures, by a
part of `board, filter` (`drawn` where none is).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from dsrl_agent.cli.commands.symbols import doubts
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.sight_metrics import true_facts
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.experiments.studies.scaling_stills import StillPictures, pictures_of
from dsrl_agent.perception.stills.sight import StillSight
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame

BOARDS = (
    *("2 types", "2 types", "2 types", "4 types", "8 types", "16 types", "80 % full"),
    *("90 % full", "random colours", "colour-coded", "all white", "sizes .75-1"),
    *("sizes, all white", "offsets 3 px", "2 colours a shape", "3 colours a shape", "noise .1"),
    *("overlap", "everything"),
)
"""Rungs of the scaling study; the plainest one three times as often as others."""
SIDES = (5, 7, 8, 9, 11, 12, 13, 15, 16, 18, 24, 32, 40)  # pixels of a cell
FACTORS = (0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.4, 1.5, 2.0, 2.5, 3.0, 4.0)
FILTERS = ("nearest", "bilinear", "bicubic", "lanczos")
DRAWN, UNEVEN = 1 / 3, 1 / 4  # shares of pictures that are not resampled, or unevenly
VERDICTS = ("exact", "needless", "told", "silent", "crash")
ALIKE = 32  # levels of 0-255 by which colours differ that look alike
LEAST, MOST = 4.5, 60.0  # pixels of a cell after resampling


class Board(NamedTuple):
    """How one picture is made."""

    seed: int
    rung: str
    cell: int
    factors: tuple[float, float] = (1.0, 1.0)  # down and right
    kind: str = ""  # of Pillow's filters; empty if the picture is not resampled

    def picture(self) -> tuple[Frame, dict[tuple[int, int], str]]:
        """Return the picture `uint8 [H, W, 3]`, and the true type at each (row, column)."""
        stills = StillPictures(RUNGS[self.rung], changed={"cell": self.cell}, pictures=1)
        frames, truths, _ = pictures_of(stills, self.seed, "train", 1)
        frame = frames[0]
        if self.kind:
            height, width = (
                round(n * by) for n, by in zip(frame.shape, self.factors, strict=False)
            )
            method = Image.Resampling[self.kind.upper()]
            frame = np.asarray(Image.fromarray(frame).resize((width, height), method))
        return frame, true_facts(truths[0])


def draw(seed: int) -> Board:
    """Return the board of a seed."""
    rng = np.random.default_rng([2811, seed])
    rung = BOARDS[rng.integers(len(BOARDS))]
    least = 11 if RUNGS[rung].roomy else min(SIDES)
    cell = int(rng.choice([side for side in SIDES if side >= least]))
    if rng.random() < DRAWN:
        return Board(seed, rung, cell)
    possible = [by for by in FACTORS if LEAST <= by * cell <= MOST]
    down, right = (float(by) for by in rng.choice(possible, 2))
    kind = FILTERS[rng.integers(len(FILTERS))]
    return Board(seed, rung, cell, (down, right if rng.random() < UNEVEN else down), kind)


def judge(facts: Facts, true: Mapping[tuple[int, int], str]) -> tuple[bool, bool]:
    """Return whether facts are right, and whether they are but for what has no type.

    Types may have any names, but each true type has one of its own. Places count from the first row
    and column that hold something.
    """
    seen = counted({fact[1:]: str(fact.type) for fact in facts})
    there = counted(dict(true))
    known = {place: name for place, name in seen.items() if name != str(UNKNOWN)}
    pairs = {(name, there.get(place, "")) for place, name in known.items()}
    alike = len(pairs) == len({own for own, _ in pairs}) == len({other for _, other in pairs})
    open_to = alike and all(other for _, other in pairs) and there.keys() <= seen.keys()
    return open_to and known.keys() == there.keys(), open_to


def measure(board: Board, config: PerceptionConfig) -> dict[str, Any]:
    """Return how a board's picture is read."""
    frame, true = board.picture()
    begun = time.process_time()
    record: dict[str, Any] = {**board._asdict(), "size": frame.shape[:2], "things": len(true)}
    try:
        found = StillSight.fit(frame[None], config).symbols(frame[None])
    except PerceptionError as error:
        took = time.process_time() - begun
        return {**record, "verdict": "told", "seconds": took, "said": [str(error)]}
    except ValueError as error:  # of NumPy: a fault of the code, which is no reading
        took = time.process_time() - begun
        return {**record, "verdict": "crash", "seconds": took, "said": [repr(error)]}
    took, said = time.process_time() - begun, doubts(("it",), found, config.stills.explained)
    right, open_to = judge(found.facts[0], true)
    if board.rung == "colour-coded" and found.colours is not None and not right:
        # The picture does not tell whether shape or colour is the type; both columns are shown.
        right, open_to = judge(_of_near_colours(found.colours[0]), true)
    wrong = "told" if said or open_to else "silent"
    return {
        **record,
        "verdict": ("needless" if said else "exact") if right else wrong,
        "seconds": took,
        "said": said,
        "pitch": found.grid.pitch,
        "types": [len({fact.type for fact in found.facts[0]}), len(set(true.values()))],
        "explained": round(float(found.explained[0]), 3),
    }


def _of_near_colours(facts: Facts) -> Facts:
    """Return facts, whose types are colours, with one type for colours that look alike."""
    seen, named = list[np.ndarray[Any, Any]](), list[Fact]()
    for fact in facts:
        colour = np.array([(fact.type - 1) >> shift & 255 for shift in (16, 8, 0)])
        near = [n for n, other in enumerate(seen) if np.abs(colour - other).max() <= ALIKE]
        if not near:
            seen.append(colour)
        number = UNKNOWN if fact.type == UNKNOWN else 1 + (near or [len(seen) - 1])[0]
        named.append(fact._replace(type=number))
    return tuple(named)


def counted(names: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """Return names by place, counted from the first row and column that hold something."""
    top, left = (min((place[axis] for place in names), default=0) for axis in (0, 1))
    return {(row - top, col - left): name for (row, col), name in names.items()}


def main() -> None:
    """Read the pictures of some seeds and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", default="9600-9799")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    config, records = PerceptionConfig(), list[dict[str, Any]]()
    with options.out.open("w", encoding="utf-8") as out:
        for board in (draw(seed) for seed in range(first, last + 1)):
            if options.only not in f"{board.rung}, {board.kind or 'drawn'}":
                continue
            records.append(measure(board, config))
            out.write(json.dumps(records[-1]) + "\n")
            out.flush()
            if options.save and records[-1]["verdict"] != "exact":
                options.save.mkdir(parents=True, exist_ok=True)
                Image.fromarray(board.picture()[0]).save(options.save / f"{board.seed}.png")
    counts = Counter(record["verdict"] for record in records)
    seconds = [record["seconds"] for record in records]
    shown = ", ".join(f"{counts[name]} {name}" for name in VERDICTS)
    sys.stdout.write(
        f"{len(records)} pictures: {shown}; {np.median(seconds):.2f} CPU-seconds in the median, "
        f"{max(seconds):.2f} at most\n"
    )


if __name__ == "__main__":
    main()
