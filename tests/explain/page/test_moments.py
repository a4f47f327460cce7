"""Record the steps of an episode, up to its end or a number of steps."""

from __future__ import annotations

import numpy as np
import pytest
from inspected import ENV, WORLD, agent_of, film_of

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.moments import record
from dsrl_agent.explain.replay import replay
from dsrl_agent.runtime.envs import make_env

pytestmark = pytest.mark.usefixtures("one_thread")


def test_an_episode_that_ends_has_a_moment_after_its_last_step() -> None:
    film = film_of("rules")
    assert film.ending == "finished"
    *played, end = film.moments
    assert [moment.number for moment in film.moments] == list(range(len(played) + 1))
    assert end.why is None
    assert end.total == film.total == sum(moment.reward for moment in played)
    assert all(moment.why is not None for moment in played)
    # The worlds hold two crosses, each worth 1.
    assert film.total == 2.0


def test_decisions_are_those_that_dsrl_explain_replays() -> None:
    env = make_env(ENV, {**WORLD, "split": "test"})
    moment, decision = film_of("rules").moments[2], replay(agent_of("rules"), env, 0, 1, 2)
    assert np.array_equal(moment.frame, decision.frame)
    assert moment.facts == decision.facts
    assert moment.why is not None
    assert moment.why.chosen == decision.action


def test_a_film_is_cut_after_a_number_of_steps() -> None:
    env = make_env(ENV, {**WORLD, "split": "test"})
    told: list[tuple[int, float]] = []
    film = record(agent_of("rules"), env, 0, 1, 2, lambda *each: told.append(each))
    assert (len(film.moments), film.ending) == (2, "shown up to step 2")
    assert told == [(0, 0.0), (1, film.moments[0].reward)]


def test_episodes_count_from_1() -> None:
    env = make_env(ENV, {**WORLD, "split": "test"})
    with pytest.raises(ConfigError, match="episodes count from 1"):
        record(agent_of(), env, 0, 0, 2, None)
