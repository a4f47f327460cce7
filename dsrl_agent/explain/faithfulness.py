"""Measure the faithfulness of explanations by erasing objects from frames.

An explanation names the decisive objects (`reasons.decisive_objects`). Its claims are tested on
pixels. The cells of the named objects, and in another copy those of all other objects, are painted
over with an empty cell of the same frame; then the agent perceives and decides again. An
explanation holds if the greedy actions change without the named objects and stay without the
others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.evaluation.estimate import Estimate, share
from dsrl_agent.explain.policy import policy_of, without
from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects, decisive_objects
from dsrl_agent.explain.replay import Watched
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame

_MOST_FRAMES = 20  # frames looked at, at most, for each frame to be explained


class Faithfulness(NamedTuple):
    """Changes of the agent's choice when objects are erased. The fields are keys of the JSON."""

    frames: int  # frames with a choice and objects to explain it by; the rates are of these
    # further frames, in which all actions were alike to the agent, or in which no object was
    # decisive
    indifferent: int
    without_named: Estimate  # share in which the choice changed without the objects named
    # share in which it changed without all others; frames without others count as unchanged
    without_others: Estimate
    # share in which it changed without as many others, drawn at random, of the frames that have
    # enough others; `None` if none has
    without_as_many: Estimate | None
    sizes: dict[int, int]  # number of frames by the number of objects named
    undecided: int  # frames in which no set was found that is both sufficient and necessary


class _Test(NamedTuple):
    named: DecisiveObjects
    without_named: bool
    without_others: bool
    without_as_many: bool | None


Progress = Callable[[int, int], None]
"""Called with the number of frames done and of all frames."""


def faithfulness(
    agent: DSRL, env: gym.Env[Any, Any], frames: int, seed: int, progress: Progress | None = None
) -> Faithfulness:
    """Measure explanations over frames of the agent's own greedy play.

    Every frame is explained as if an episode began with it. `progress` is called after each.
    `seed` seeds the worlds, and the draw of other objects.

    Raises:
        ConfigError: No object matters to the agent in any frame.
    """
    rng = Streams(seed).get("faithfulness")
    tests: list[_Test] = []
    indifferent = 0
    for frame, facts in islice(_frames(agent, env, seed), _MOST_FRAMES * frames):
        test = _test(agent, frame, facts, rng)
        if test is None:
            indifferent += 1
            continue
        tests.append(test)
        if progress is not None:
            progress(len(tests), frames)
        if len(tests) == frames:
            break
    if not tests:
        raise ConfigError(
            f"In none of {indifferent} frames of its play did an object matter to the agent, so "
            "there is nothing to explain; train it longer."
        )
    as_many = [test.without_as_many for test in tests if test.without_as_many is not None]
    return Faithfulness(
        frames=len(tests),
        indifferent=indifferent,
        without_named=share([test.without_named for test in tests]),
        without_others=share([test.without_others for test in tests]),
        without_as_many=share(as_many) if as_many else None,
        sizes=dict(sorted(Counter(len(test.named.objects) for test in tests).items())),
        undecided=sum(not (test.named.suffice and test.named.necessary) for test in tests),
    )


def _test(agent: DSRL, frame: Frame, facts: Facts, rng: np.random.Generator) -> _Test | None:
    """Test the explanation of one frame; `None` if there is nothing to explain."""
    policy = policy_of(agent.front_end, agent.perception.shape_of(frame))
    own, whole = agent.front_end.agency.find(facts), policy(facts)
    if own is None or len(whole) == agent.num_actions:
        return None
    named = decisive_objects(policy, own, facts)
    if not named.objects:
        return None
    others = without(facts, (own, *named.objects))

    def changed(objects: Facts) -> bool:
        return policy(agent.facts(agent.perception.erased(frame, facts, objects))) != whole

    as_many = None
    if len(others) >= len(named.objects):
        drawn = rng.choice(len(others), len(named.objects), replace=False)
        as_many = changed(tuple(others[index] for index in drawn))
    return _Test(named, changed(named.objects), bool(others) and changed(others), as_many)


def faithfulness_in_words(measured: Faithfulness) -> list[str]:
    """Return the measurement as lines of text."""
    sizes = ", ".join(f"{size} in {count}" for size, count in measured.sizes.items())
    return [
        f"Faithfulness over {measured.frames} frames of its own play in unseen worlds; the objects "
        "are painted out of the picture",
        f"  the action changes without the objects named:       {measured.without_named}",
        f"  the action changes without all the other objects:   {measured.without_others}",
        f"  … without as many of the others, drawn at random:   {measured.without_as_many}",
        f"  objects named: {sizes}; in {measured.undecided} frames none were found that decide",
        f"  left out: {measured.indifferent} frames in which nothing mattered to it",
    ]


def _frames(agent: DSRL, env: gym.Env[Any, Any], seed: int) -> Iterator[tuple[Frame, Facts]]:
    """Play greedily without end."""
    actor, streams = Watched(agent), Streams(seed)
    for step in play(env, actor, count(), lambda e: streams.seed_for("faithfulness", e)):
        yield step.frame, actor.facts
