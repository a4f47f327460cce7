"""When foresight is needed, and what is learned of a world that moves by itself."""

from __future__ import annotations

from itertools import pairwise

from arcade import AGENT, BALL, CAR, Catch, Road, play

from dsrl_agent.config import AgencyThresholds, ForesightThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.foresight.learner import MotionLearner
from dsrl_agent.types import Fact, Transition

RIGHT = 0


def walk(learner: MotionLearner, reward: float) -> None:
    """The agent steps onto a thing that stands, beside a ball that moves."""
    agency = Agency(AgencyThresholds())
    agency.take(frozenset([AGENT]))
    before = (Fact(BALL, 0, 0), Fact(CAR, 2, 1), Fact(AGENT, 2, 0))
    after = (Fact(BALL, 1, 0), Fact(AGENT, 2, 1))
    for _ in range(70):
        seen = Transition(before, RIGHT, reward, after, False, True, (3, 3))
        agency.observe(seen)
        learner.observe(seen, agency)
        still = Transition(before, 1, 0.0, before, False, True, (3, 3))
        agency.observe(still)
        learner.observe(still, agency)
        learner.observe(still, agency)


def test_the_agents_own_touches_need_no_foresight() -> None:
    learner = MotionLearner(2, ForesightThresholds())
    walk(learner, 1.0)
    assert learner.walks.movers == {BALL}
    assert learner.gait.steps == {RIGHT: (0, 1)}
    assert not learner.needed


def test_what_happens_apart_from_the_agent_needs_it() -> None:
    learned = play(Catch(), 60).foresight
    assert learned.needed
    assert learned.walks.movers == {BALL}


def test_the_rest_that_the_agent_needs_is_learned() -> None:
    learned = play(Road(), 300).foresight
    assert learned.gait.rests() == 2
    assert learned.gait.axes() == (True, False)
    assert learned.walks.movers == {CAR}


def test_what_turns_a_thing_away_was_met_by_it() -> None:
    """A ball goes up and down below a block, which pays each time that it throws the ball back."""
    learner, agency = MotionLearner(2, ForesightThresholds()), Agency(AgencyThresholds())
    agency.take(frozenset([AGENT]))
    rows = [1, 2, 3, 2] * 20
    frames = [(Fact(BALL, row, 1), Fact(CAR, 0, 1), Fact(AGENT, 4, 3)) for row in rows]
    for step, (before, after) in enumerate(pairwise(frames)):
        reward = float(rows[step] == 1)
        learner.observe(Transition(before, RIGHT, reward, after, False, step == 0, (5, 4)), agency)
    assert learner.events is not None
    assert learner.events.gain_of((BALL, CAR)) > 0.9
