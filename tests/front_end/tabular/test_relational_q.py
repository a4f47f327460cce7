"""The default front end in several environments: each acts as it would alone."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import RIGHT, scene, step, tabular

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end.protocol import decide_together, learn_together, require_group_learner
from dsrl_agent.front_end.tabular.q_learning import TabularFrontEnd
from dsrl_agent.front_end.tabular.relational_q import RelationalQ
from dsrl_agent.types import Transition

WALK = [
    step("+..x", 0, 0.0, "+..x", first=True),
    step("+..x", RIGHT, 0.0, ".+.x"),
    step(".+.x", 2, 0.0, ".+.x"),
    step(".+.x", RIGHT, 0.0, "..+x"),
    step("..+x", RIGHT, 1.0, "...+", terminated=True),
]


def taught() -> TabularFrontEnd:
    front_end = tabular("relational")
    for transition in WALK:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_the_actions_of_several_are_the_greedy_ones_of_each() -> None:
    front_end = taught()
    scenes = [scene("+..x"), scene("x..+"), scene("..+x"), scene("...x")]
    episodes = [front_end.begin((1, 4)) for _ in scenes]
    rng = np.random.default_rng(1)
    drawn = {tuple(decide_together(front_end, scenes, episodes, rng, 0.0)) for _ in range(100)}
    for place, facts in enumerate(scenes):
        values = front_end.action_values(facts, front_end.begin((1, 4)))
        greedy = set(np.flatnonzero(values >= values.max()).tolist())
        assert {actions[place] for actions in drawn} == greedy
    explored = {tuple(decide_together(front_end, scenes, episodes, rng, 1.0)) for _ in range(300)}
    assert all({actions[place] for actions in explored} == {0, 1, 2, 3} for place in range(4))


def test_what_several_environments_teach_is_learned_from_all() -> None:
    front_end = tabular("relational")
    for transition in WALK:
        others = [transition._replace(env=env) for env in range(3)]
        learn_together(front_end, others, np.random.default_rng(0))
    assert len(front_end.transitions) == 15
    assert front_end.touches[1].times == 3
    assert front_end.table[1, 0, 1][RIGHT] == taught().table[1, 0, 1][RIGHT] == 1.0


class Alone:
    """A front end that learns from one environment at a time."""

    kind = "alone"

    def __init__(self) -> None:
        self.learned: list[Transition] = []

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        self.learned.append(transition)


def test_a_front_end_that_learns_from_one_environment_is_refused_several() -> None:
    alone, rng = Alone(), np.random.default_rng(0)
    learn_together(alone, WALK[:1], rng)  # type: ignore[arg-type]
    assert alone.learned == WALK[:1]
    with pytest.raises(ConfigError, match="'alone' learns from one environment at a time; write"):
        require_group_learner(alone)  # type: ignore[arg-type]
    assert FrontEndConfig().kind == "relational"


def test_several_scenes_are_imagined_anew_only_if_they_change() -> None:
    front_end = taught()
    assert isinstance(front_end, RelationalQ)
    episodes = [front_end.begin((1, 4)) for _ in range(2)]
    rng = np.random.default_rng(1)

    def decided(*drawings: str) -> list[object]:
        decide_together(front_end, [scene(drawn) for drawn in drawings], episodes, rng, 0.0)
        return [episode.imagined for episode in episodes]

    first = decided("+..x", "x..+")
    again = decided(".+.x", "x.+.")  # the agents' places do not matter
    assert [a is b for a, b in zip(first, again, strict=True)] == [True, True]
    moved = decided("..+x", ".x.+")
    assert [a is b for a, b in zip(first, moved, strict=True)] == [True, False]
    front_end.revise_entry((1, 0, 1), RIGHT, 0.5)  # an x is worth less now
    learned = decided("..+x", ".x.+")
    assert [a is b for a, b in zip(moved, learned, strict=True)] == [False, False]


def test_no_action_is_drawn_that_does_not_share_the_choice() -> None:
    front_end = taught()
    scenes, rng = [scene("..+x"), scene("...x")], np.random.default_rng(1)
    episodes = [front_end.begin((1, 4)) for _ in scenes]
    drawn = [decide_together(front_end, scenes, episodes, rng, 0.0) for _ in range(50)]
    assert {actions[0] for actions in drawn} == {RIGHT}
    assert {actions[1] for actions in drawn} == {0, 1, 2, 3}  # no agent, no preference
