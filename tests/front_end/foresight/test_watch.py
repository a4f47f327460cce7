"""The memory of a running episode."""

from __future__ import annotations

import json

from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import Fact

BALL, AGENT = 1, 9


def begun() -> Watch:
    watch = Watch((5, 5), ages=15, rests=8)
    watch.begin((Fact(BALL, 0, 0), Fact(AGENT, 4, 2)), Fact(AGENT, 4, 2), {AGENT})
    return watch


def test_an_episode_begins_rested() -> None:
    watch = begun()
    assert (watch.place, watch.rest, watch.shot_rest) == ((4, 2), 8, 8)
    assert watch.labels == {(0, 0): BALL}


def test_rest_begins_anew_with_every_step() -> None:
    watch = begun()
    watch.advance((Fact(BALL, 1, 0), Fact(AGENT, 4, 3)), Fact(AGENT, 4, 3), {AGENT})
    assert (watch.place, watch.rest) == ((4, 3), 1)
    watch.advance((Fact(BALL, 2, 0), Fact(AGENT, 4, 3)), Fact(AGENT, 4, 3), {AGENT})
    assert watch.rest == 2
    watch.threw(True)
    assert watch.shot_rest == 1
    watch.threw(False)
    assert watch.shot_rest == 2


def test_an_agent_out_of_sight_is_believed_where_it_was() -> None:
    watch = begun()
    watch.advance((Fact(BALL, 1, 0),), None, {AGENT})
    assert watch.place == (4, 2)


def test_a_copy_goes_its_own_way() -> None:
    watch = begun()
    other = watch.copy()
    other.advance((Fact(BALL, 1, 0), Fact(AGENT, 4, 3)), Fact(AGENT, 4, 3), {AGENT})
    assert watch.place == (4, 2)
    assert watch.tracks[0].row == 0


def test_a_checkpoint_keeps_all() -> None:
    watch = begun()
    watch.advance((Fact(BALL, 1, 0), Fact(AGENT, 4, 3)), Fact(AGENT, 4, 3), {AGENT})
    assert Watch.from_state(json.loads(json.dumps(watch.state()))) == watch
    fresh = Watch((5, 5), ages=15, rests=8)
    assert Watch.from_state(json.loads(json.dumps(fresh.state()))) == fresh
