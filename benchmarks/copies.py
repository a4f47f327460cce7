"""Count how changed copies of an agent's frames are read: rightly, with a doubt, or wrongly.

    python -m benchmarks.copies --seeds 100-399 --out copies.jsonl

Each seed draws a frame of a trained agent's play in one of several worlds, and one change: a copy
is enlarged, shrunk or compressed, in other colours, turned, cut, framed or stained, or of another
world. It is written to a file and read as by `dsrl explain --frame`. Rows and columns are counted
from the first that holds a thing. Types are named after what they mostly are in unchanged frames. A
reading is

    exact     right, and nothing was doubted
    needless  right, but doubted
    told      wrong, but doubted or refused with a message, or what is wrong has no type (`?`)
    silent    wrong without a word

`--save` writes the copies that are read wrongly without a word. `--only` takes some of the copies,
by a part of `world, change`. `--training` seeds the agents.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.changed_pictures import CHANGES, Scene, Truth
from benchmarks.pictures import VERDICTS, counted
from dsrl_agent import DSRL
from dsrl_agent.cli.fitting import fitted
from dsrl_agent.cli.pictures import read_pictures
from dsrl_agent.errors import DSRLError
from dsrl_agent.evaluation.sight_metrics import true_facts
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import UNKNOWN, Facts

WORLDS = (
    *("2 types", "2 types", "4 types", "random colours", "all white", "texture", "noise .1"),
    *("offsets 3 px", "overlap", "sizes .75-1"),
)
"""Rungs of the scaling study; the plainest one twice as often as others."""
STEPS = 300  # of training
EPISODES = 20  # of unchanged frames, after which types are named


class Reader(NamedTuple):
    """An agent that has learned a world, and what its types are."""

    agent: DSRL
    world: Mapping[str, Any]
    env_id: str
    names: Mapping[int, str]

    def scene(self, rng: np.random.Generator) -> Scene:
        """Return a frame of a world that the agent has not seen, some random steps in."""
        env = make_env(self.env_id, dict(self.world))
        frame, info = env.reset(seed=int(rng.integers(2**31)))
        for _ in range(int(rng.integers(12))):
            frame, _, terminated, truncated, info = env.step(int(rng.integers(4)))
            if terminated or truncated:
                frame, info = env.reset()
        env.close()
        return Scene(frame, true_facts(info["truth"]), info["truth"]["cells"].shape)


@cache
def reader(name: str, seed: int) -> Reader:
    """Return an agent trained in a rung's world, its types named."""
    rung = RUNGS[name]
    world = rung.world(seed)
    env = make_env(rung.env_id, dict(world))
    agent = DSRL(env, seed=seed)
    agent.learn(STEPS)
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rng = np.random.default_rng([seed, 1])
    unnamed = Reader(agent, world, rung.env_id, {})
    for _ in range(EPISODES):
        scene = unnamed.scene(rng)
        for fact in copy.deepcopy(agent.perception).facts(scene.frame[None])[0]:
            seen[fact.type][scene.truth.get(fact[1:], "nothing")] += 1
    names = {number: kinds.most_common(1)[0][0] for number, kinds in seen.items()}
    return unnamed._replace(names=names)


def judge(facts: Facts, truth: Truth, names: Mapping[int, str]) -> tuple[bool, bool]:
    """Return whether facts are right, and whether they are but for what has no type."""
    seen = counted({fact[1:]: names.get(fact.type, str(UNKNOWN)) for fact in facts})
    there = counted(truth)
    known = {place: name for place, name in seen.items() if name != str(UNKNOWN)}
    open_to = there.keys() <= seen.keys() and known.items() <= there.items()
    return seen == there, open_to


def measure(seed: int, training: int, only: str, folder: Path) -> dict[str, Any] | None:
    """Return how a seed's copy is read; nothing if it is left out."""
    rng = np.random.default_rng([2911, seed])
    world, change = str(rng.choice(WORLDS)), str(rng.choice([*CHANGES]))
    if only not in f"{world}, {change}":
        return None
    own = reader(world, training)
    copied = CHANGES[change](own.scene(rng), rng)
    path = folder / f"{seed}.{copied.kind}"
    copied.picture.save(path, **copied.options)
    record: dict[str, Any] = {"seed": seed, "world": world, "change": change, "path": path.name}
    begun = time.process_time()
    said, facts = list[str](), Facts()
    try:
        frames, _ = read_pictures([str(path)], own.agent.config.perception.stills.most_pixels)
        picture = fitted(path.name, frames[0], own.agent)
        said = [remark for remark in picture.remarks if remark.startswith("warning")]
        facts = copy.deepcopy(own.agent.perception).facts(picture.frame[None])[0]
    except DSRLError as error:
        said = [str(error)]
    right, open_to = judge(facts, copied.truth, own.names)
    wrong = "told" if said or open_to else "silent"
    verdict = ("needless" if said else "exact") if right else wrong
    took = time.process_time() - begun
    return {**record, "verdict": verdict, "seconds": took, "said": said}


def measured(seeds: range, training: int, only: str, save: Path | None) -> Iterator[dict[str, Any]]:
    """Yield how the copies of some seeds are read."""
    with tempfile.TemporaryDirectory() as name:
        for seed in seeds:
            record = measure(seed, training, only, Path(name))
            if record is not None and record["verdict"] == "silent" and save:
                save.mkdir(parents=True, exist_ok=True)
                (Path(name) / record["path"]).replace(save / record["path"])
            if record is not None:
                yield record


def main() -> None:
    """Read the copies of some seeds and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", default="100-399")
    parser.add_argument("--training", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with options.out.open("w", encoding="utf-8") as out:
        seeds = range(first, last + 1)
        for record in measured(seeds, options.training, options.only, options.save):
            counts[record["change"]][record["verdict"]] += 1
            out.write(json.dumps(record) + "\n")
            out.flush()
    verdicts = VERDICTS[:-1]
    for change, own in [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]:
        shown = ", ".join(f"{own[name]} {name}" for name in verdicts)
        sys.stdout.write(f"{change:26} {own.total():4}: {shown}\n")


if __name__ == "__main__":
    main()
