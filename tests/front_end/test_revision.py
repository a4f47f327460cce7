"""Beliefs revised by hand, of every kind of front end."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import LEFT, RIGHT, film, round_trip, scene

from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.protocol import AnyFrontEnd
from dsrl_agent.front_end.revision import (
    RevisableBelief,
    RevisableField,
    revisable_beliefs,
    revise_belief,
)

TAPE = [
    *round_trip(),
    *film("o+x", (RIGHT, 1.0, "o.+")),
    *film("o+x", (LEFT, -1.0, "+.x")),
    *film("o+x", (RIGHT, 1.0, "o.+")),
    *film("o+x", (LEFT, -1.0, "+.x")),
]
SCENE = scene("o+x")


def taught(kind: str) -> AnyFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(kind=kind))
    for transition in TAPE:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def values_of(front_end: AnyFrontEnd) -> list[float]:
    episode = front_end.begin((1, 3))
    front_end.decide(SCENE, episode, np.random.default_rng(0), 0.0)
    return [float(value) for value in front_end.values(SCENE, episode).values]


def beliefs_of(front_end: AnyFrontEnd) -> tuple[RevisableBelief, ...]:
    episode = front_end.begin((1, 3))
    front_end.decide(SCENE, episode, np.random.default_rng(0), 0.0)
    return revisable_beliefs(front_end, SCENE, episode)


@pytest.mark.parametrize("kind", front_end_kinds())
def test_a_revised_belief_changes_what_it_does_and_can_be_read_again(kind: str) -> None:
    front_end = taught(kind)
    values = values_of(front_end)
    assert values[RIGHT] > values[LEFT]
    for belief in beliefs_of(front_end):
        if "1" in belief.says.partition(":")[0] or belief.says == "this scene":  # the cross
            name = "right" if "right" in {f.name for f in belief.fields} else "reward"
            revise_belief(front_end, belief, name, -5)
            (again,) = (one for one in beliefs_of(front_end) if one.key == belief.key)
            assert next(f.value for f in again.fields if f.name == name) == -5.0
    values = values_of(front_end)
    assert values[LEFT] > values[RIGHT]


class _Blank:
    """Offers nothing to revise."""


def test_a_front_end_need_not_be_revisable() -> None:
    assert revisable_beliefs(_Blank(), (), None) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rewards", 1.0, "no field 'rewards'; it has reward, ends"),
        ("reward", "1", "reward is '1', but it must be a finite number"),
        ("reward", True, "must be a finite number"),
        ("reward", float("nan"), "must be a finite number"),
        ("ends", "perhaps", "ends is 'perhaps', but it must be one of: no, yes"),
        ("ends", 1, "must be one of: no, yes"),
    ],
)
def test_a_value_that_is_none_is_refused(name: str, value: object, words: str) -> None:
    fields = (RevisableField("reward", 1.0), RevisableField("ends", "no", ("no", "yes")))
    with pytest.raises(ConfigError, match=words):
        revise_belief(taught("rules"), RevisableBelief("k", "s", fields), name, value)
