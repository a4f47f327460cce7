"""Write the gallery: `python benchmarks/gallery.py [WORLD ...]`, by default all of its worlds.

The front end `rules` learns each world of the suite `others` from its pixels, within the steps of
that suite and with the first of its seeds. `docs/gallery.md` shows for each a frame that it has
not learned from, with the facts drawn over it, and what it believes, in its own words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from dsrl_agent import DSRL
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.evaluation.evaluate import Limits, Report, evaluate
from dsrl_agent.experiments.plan.suite import Suite
from dsrl_agent.experiments.plan.suite_files import read_suite
from dsrl_agent.experiments.worlds.making import training_env, unseen_env
from dsrl_agent.front_end.describe import describe_types
from dsrl_agent.records.type_names import NO_NAMES
from dsrl_agent.viewer.marks import marked, marks_of

ROOT = Path(__file__).parents[1]
WORLDS = (
    "DoorKey-5x5", "DoorKey-8x8", "KeyCorridorS3R1", "RedBlueDoors-6x6", "MultiRoom-N2-S4",
    "Dynamic-Obstacles-6x6", "FourRooms", "LavaCrossingS9N1", "FrozenLake 8x8",
    "FrozenLake 4x4 slippery", "CliffWalking", "Taxi",
)  # fmt: skip
_EPISODES = 20
_FRAME = 1000  # seed of the episode whose first frame is shown; the tests' are others

_HEAD = """\
# Gallery

Worlds that nobody here wrote, as the agent sees them. Each was learned from its pixels alone by the
front end `rules` with the defaults. The frame begins an episode that it did not learn from; its
facts are drawn over it, a number for each type and a white frame without one for the agent. The
sentences are what it believes, each with the share of touches that agree.

Written by `python benchmarks/gallery.py`. Figures over several seeds stand in
[Bring your own environment](environments.md), words in the [glossary](glossary.md).
"""


@dataclass(frozen=True)
class Piece:
    """A world of the gallery: how it was learned, and what was seen and believed."""

    name: str
    id: str
    steps: int  # of training
    picture: Image.Image  # a frame with facts drawn over it
    beliefs: Sequence[str]  # a sentence for each rule or type
    report: Report  # of an evaluation afterwards


def learned(suite: Suite, name: str, episodes: int = _EPISODES) -> Piece:
    """Learn a world as the suite's first block that has it does, with the block's first seed."""
    block = next(block for block in suite.blocks if name in block.train)
    world, seed, steps = suite.worlds[name], block.first_seed, block.marks[-1]
    door = training_env(world)
    agent = DSRL(door, front_end="rules", seed=seed).learn(steps)
    limits = Limits(steps=block.most_steps)
    report = evaluate(AgentActor(agent), unseen_env(world, door.view), episodes, seed, limits)
    frame, _ = unseen_env(world, door.view).reset(seed=_FRAME)
    seen = agent.perception
    marks = marks_of(seen.grid, frame, agent.facts(frame), seen.agent_types, NO_NAMES)
    beliefs = describe_types(agent.front_end, seen.known)
    return Piece(name, world.id, steps, marked(frame, marks), beliefs, report)


def page_of(pieces: Sequence[Piece]) -> str:
    """Return the page of the gallery, in Markdown."""
    return "\n".join([_HEAD, *map(_section, pieces)])


def file_of(name: str) -> str:
    """Return the name of a world's picture."""
    return f"{re.sub('[^a-z0-9]+', '_', name.lower())}.png"


def _section(piece: Piece) -> str:
    report = piece.report
    played = f"mean return of {len(report.returns)} episodes afterwards"
    beliefs = [f"- {line[0].upper()}{line[1:]}." for line in piece.beliefs]
    return "\n".join(
        [
            f"## {piece.name}",
            "",
            f"`{piece.id}`, {piece.steps:,} steps; {played}: {report.returns.mean():.2f}.",
            "",
            f"![{piece.name}: facts drawn over a frame](gallery/{file_of(piece.name)})",
            "",
            *beliefs,
            "",
        ]
    )


def main(names: Sequence[str]) -> None:
    """Learn the worlds of the gallery and write its page and pictures."""
    suite, docs, pieces = read_suite("others"), ROOT / "docs", []
    (docs / "gallery").mkdir(exist_ok=True)
    for name in names or WORLDS:
        piece = learned(suite, name)
        # A palette makes the files a third as large, and these frames have few colours.
        piece.picture.quantize(64).save(docs / "gallery" / file_of(name), optimize=True)
        sys.stdout.write(f"{name}: mean return {piece.report.returns.mean():.2f}\n")
        pieces.append(piece)
    (docs / "gallery.md").write_text(page_of(pieces), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
