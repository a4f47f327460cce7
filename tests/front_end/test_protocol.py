"""Every registered front end keeps the interface: episodes are copied, reading teaches nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawings import LEFT, RIGHT, film, round_trip, scene

from dsrl_agent.config import FrontEndConfig, front_end_kinds
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.protocol import AnyFrontEnd, altered

TAPE = [*round_trip(), *film("+x", (RIGHT, 1.0, ".+")), *film("o+", (LEFT, -1.0, "+."))]


def taught(kind: str) -> AnyFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(kind=kind))
    for transition in TAPE:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


@pytest.mark.parametrize("kind", front_end_kinds())
def test_it_stores_the_transitions_in_order(kind: str) -> None:
    front_end = taught(kind)
    assert list(front_end.transitions) == TAPE
    assert front_end.knowledge().transitions == front_end.transitions


@pytest.mark.parametrize("kind", front_end_kinds())
def test_a_copied_episode_goes_its_own_way(kind: str) -> None:
    front_end, rng = taught(kind), np.random.default_rng(0)
    episode = front_end.begin((1, 3))
    front_end.decide(scene("o+x"), episode, rng, 0.0)
    copy = episode.copy()
    front_end.decide(scene("o.+"), episode, rng, 0.0)
    assert copy.copy() == copy
    assert not copy.carry_over(front_end.begin((1, 3)))  # nothing was taken there


@pytest.mark.parametrize("kind", front_end_kinds())
def test_asking_for_knowledge_teaches_nothing(kind: str) -> None:
    front_end = taught(kind)
    before = json.dumps(front_end.state())
    assert front_end.knowledge().kind == kind
    assert json.dumps(front_end.state()) == before


def test_an_altered_memory_has_other_values_of_some_attributes() -> None:
    episode = make_front_end(4, FrontEndConfig(kind="rules")).begin((2, 3))
    other = altered(episode, action=3)
    assert (episode.action, other.action) == (-1, 3)
    assert type(other) is type(episode)
    assert other.scene is episode.scene  # what is not given is shared
    assert altered(other, action=-1) == episode
