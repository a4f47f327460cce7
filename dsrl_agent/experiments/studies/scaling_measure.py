"""What is measured of an agent's sight: objects, places and types against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import adjusted_rand_score, v_measure_score

from dsrl_agent.baselines import RandomActor
from dsrl_agent.evaluation.evaluate import exact_share, true_facts
from dsrl_agent.perception.grid import Grid
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact, Facts, Floats, FrameTransitions


class Film(NamedTuple):
    """Random play.

    Attributes:
        motion: Its transitions.
        rewards: `[N]`: what each gave.
        truths: What the frames before them truly show.
    """

    motion: FrameTransitions
    rewards: Floats
    truths: list[dict[str, Any]]


def film(env_id: str, world: Mapping[str, Any], frames: int, seed: int, stream: str) -> Film:
    """Play at random until there are so many frames.

    Args:
        env_id: Where.
        world: Keywords for it.
        frames: How many transitions.
        seed: Decides the worlds and the actions, together with `stream`.
        stream: Name of the random streams to take.
    """
    env = make_env(env_id, dict(world))
    streams = Streams(seed)
    actor = RandomActor(int(env.action_space.n), streams.get(stream))  # type: ignore[attr-defined]
    steps = []
    for step in play(env, actor, range(frames), lambda e: streams.seed_for(stream, e)):
        steps.append(step)
        if len(steps) == frames:
            break
    env.close()
    motion = FrameTransitions(
        np.stack([step.frame for step in steps]),
        np.array([step.action for step in steps], np.int64),
        np.stack([step.next_frame for step in steps]),
    )
    rewards = np.array([step.reward for step in steps])
    return Film(motion, rewards, [step.info["truth"] for step in steps])


def score(
    facts: Sequence[Facts], truths: Sequence[dict[str, Any]], grid: Grid, world: Mapping[str, Any]
) -> dict[str, float]:
    """Compare facts with the truth.

    A fact is right about a place if the middle of its cell, in pixels, lies in a cell that truly
    holds something, once for each; whatever its type.

    Args:
        facts: What was seen in each frame.
        truths: What was there.
        grid: The grid that was found, of these frames' size.
        world: Keywords of the environment: `cell` and `border` are its true grid.

    Returns:
        `precision`, `recall` and `f1` of objects (the agent is one); `location_error`, the mean
        distance in pixels from the middle of the cell that was found to that of the true one, over
        right facts; `ari` (adjusted Rand index) and `v_measure` of their types against the true
        kinds; `exact`, the share of frames whose facts are all right under the best one-to-one
        naming of types; `types_found` among the facts, and `types_true`.
    """
    hits = list(_hits(facts, truths, grid, world))
    seen = sum(len(each) for each in facts)
    there = sum(len(true_facts(truth)) for truth in truths)
    kinds = [hit.kind for hit in hits]
    types = [hit.type for hit in hits]
    return {
        "precision": len(hits) / seen if seen else 0.0,
        "recall": len(hits) / there if there else 0.0,
        "f1": 2 * len(hits) / (seen + there) if seen + there else 0.0,
        "location_error": float(np.mean([hit.distance for hit in hits])) if hits else np.nan,
        "ari": float(adjusted_rand_score(kinds, types)) if hits else 0.0,
        "v_measure": float(v_measure_score(kinds, types)) if hits else 0.0,
        "exact": exact_share(facts, truths),
        "types_found": len({fact.type for each in facts for fact in each}),
        "types_true": len({kind for truth in truths for kind in true_facts(truth).values()}),
    }


def counted_anew(facts: Sequence[Facts], grid: Grid, world: Mapping[str, Any]) -> list[Facts]:
    """Return facts whose rows and columns are the true grid's, for what knows pixels alone."""
    cell, (top, _, _, left) = world["cell"], world["border"]
    anew = []
    for each in facts:
        places = [_middle(grid.origin, grid.pitch, (fact.row, fact.col)) for fact in each]
        moved = [
            Fact(fact.type, int((row - top) // cell), int((col - left) // cell))
            for fact, (row, col) in zip(each, places, strict=True)
        ]
        anew.append(tuple(sorted(moved)))
    return anew


class _Hit(NamedTuple):
    """A fact about a cell that truly holds something."""

    type: int
    kind: str
    distance: float


def _hits(
    facts: Sequence[Facts], truths: Sequence[dict[str, Any]], grid: Grid, world: Mapping[str, Any]
) -> Iterator[_Hit]:
    cell, (top, _, _, left) = world["cell"], world["border"]
    for found, truth in zip(facts, truths, strict=True):
        objects = true_facts(truth)
        for fact in found:
            middle = _middle(grid.origin, grid.pitch, (fact.row, fact.col))
            place = int((middle[0] - top) // cell), int((middle[1] - left) // cell)
            kind = objects.pop(place, None)
            if kind is not None:
                truly = _middle((top, left), (cell, cell), place)
                distance = float(np.hypot(*np.subtract(middle, truly)))
                yield _Hit(fact.type, kind, distance)


def _middle(
    origin: tuple[int, int], pitch: tuple[int, int], place: tuple[int, int]
) -> tuple[float, float]:
    row, col = (o + p * (at + 0.5) for o, p, at in zip(origin, pitch, place, strict=True))
    return row, col
