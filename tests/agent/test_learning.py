"""Learning with an injected perception and front end, and what a change of types does to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from colour_types import AGENT, CIRCLE, CROSS, read_types
from numpy.testing import assert_array_equal
from seen_worlds import scenes, world

from dsrl_agent import DSRL
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.episode_memory import EpisodeMemory
from dsrl_agent.agent.learning import Learning
from dsrl_agent.config import AgentConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.config.scenes import PartsThresholds
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.errors import ConfigError, DSRLWarning, PerceptionError
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.front_end import RulesFrontEnd, TabularFrontEnd, make_front_end
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.protocol import FixedPerception, PerceptionFit
from dsrl_agent.perception.sight import Arrays, GroupSighting, Progress, Sighting, TypeChange
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.symbols import facts_of
from dsrl_agent.types import Facts, Floats, Frame, FrameTransitions, Shape

ENV = "shapes_grid:ShapesGrid-v0"
GRID = Grid((9, 9), (3, 3), (5, 5), (50, 50))

pytestmark = pytest.mark.usefixtures("one_thread")


class StubPerception(FixedPerception):
    """Reads types from colours, and reports the changes of types that are given by step."""

    grid: Grid | None = GRID

    def __init__(self, changes: Mapping[int, TypeChange] | None = None) -> None:
        self.changes = dict(changes or {})
        self.steps = 0

    @property
    def known(self) -> list[int]:
        return [CIRCLE, CROSS, AGENT]

    def learn(
        self,
        transitions: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> PerceptionFit:
        raise AssertionError("A perception that does not learn is never asked to.")

    def facts(self, frames: Frame) -> list[Facts]:
        return [facts_of(types) for types in read_types(frames, GRID)]

    def watch(self, before: Facts, action: int, frame: Frame) -> Sighting:
        self.steps += 1
        return Sighting(self.facts(frame[None])[0], self.changes.get(self.steps))

    def shape_of(self, frame: Frame) -> Shape:
        return GRID.shape

    def state(self) -> dict[str, Any]:
        return {"steps": self.steps}

    def load(self, arrays: Arrays, state: Mapping[str, Any]) -> None:
        self.steps = state["steps"]


class Labelled(RulesFrontEnd):
    """A front end that differs from one that the settings make."""

    label = "none"


def labelled(label: str) -> Labelled:
    front_end = Labelled(4, FrontEndConfig(kind="rules"))
    front_end.label = label
    return front_end


def config(memory: int = 1000) -> AgentConfig:
    return AgentConfig(
        PerceptionConfig(first_frames=20, frames=20, memory=memory),
        front_end=FrontEndConfig(replay=0),
    )


# Injected parts.


def test_an_injected_perception_is_used_from_the_first_step() -> None:
    perception = StubPerception()
    agent = DSRL(make_env(ENV, {}), config(), perception=perception, seed=1).learn(150)
    assert agent.perception is perception
    assert perception.steps == 150
    learned = list(agent.front_end.transitions)
    frames = agent.frames()
    assert [transition.facts for transition in learned] == perception.facts(frames.before)
    assert [transition.next_facts for transition in learned] == perception.facts(frames.after)
    outcomes = [(t.action, t.reward, t.terminated, t.first) for t in learned]
    assert outcomes == list(agent._learning.buffers.outcomes())
    assert sum(transition.first for transition in learned) > 1
    assert {transition.shape for transition in learned} == {(5, 5)}
    assert agent.front_end.agency.self_type == AGENT
    figures = agent.inspect().facts  # perception is ready, so that there are facts to tell of
    assert figures is not None
    report = evaluate(AgentActor(agent), make_env(ENV, {"split": "test"}), 10, seed=1)
    assert report.positive_share is not None
    assert report.positive_share.value >= 0.8


def test_a_copy_of_an_injected_front_end_is_used() -> None:
    given = labelled("mine")
    agent = DSRL(make_env(ENV, {}), config(), perception=StubPerception(), front_end=given)
    assert isinstance(agent.front_end, Labelled)
    assert agent.front_end is not given
    assert agent.front_end.label == "mine"
    agent.learn(30)
    assert len(agent.front_end.transitions) == 30
    assert len(given.transitions) == 0


def test_without_injection_perception_and_front_end_are_those_of_the_settings() -> None:
    agent = DSRL(make_env(ENV, {}), AgentConfig(front_end=FrontEndConfig(kind="rules")))
    assert isinstance(agent.perception, Perception)
    assert agent.front_end.kind == "rules"


def test_an_agent_with_injected_parts_is_saved_and_loaded(tmp_path: Path) -> None:
    perception, given = StubPerception(), labelled("mine")
    agent = DSRL(make_env(ENV, {}), config(), perception=perception, front_end=given).learn(40)
    agent.save(tmp_path / "agent")
    other = StubPerception()
    loaded = DSRL.load(tmp_path / "agent", perception=other, front_end=labelled("mine"))
    assert loaded.perception is other
    assert other.steps == 40
    assert isinstance(loaded.front_end, Labelled)
    assert isinstance(agent.front_end, Labelled)
    assert loaded.front_end.state() == agent.front_end.state()
    assert loaded.num_timesteps == 40


# A change of types.

SPLIT = TypeChange({CROSS: CIRCLE})


def test_after_a_change_of_types_the_front_end_starts_anew_as_a_copy_of_the_blank_one() -> None:
    given = labelled("mine")
    agent = DSRL(
        make_env(ENV, {}), config(), perception=StubPerception({25: SPLIT}), front_end=given
    ).learn(24)
    before = agent.front_end
    agent.learn(1)
    assert agent.front_end is not before
    assert isinstance(agent.front_end, Labelled)
    assert agent.front_end.label == "mine"
    # It has learned all 25 steps in the present terms, and nothing else.
    assert [t.facts for t in agent.front_end.transitions] == agent.perception.facts(
        agent.frames().before
    )
    assert len(agent.front_end.transitions) == 25
    assert len(given.transitions) == 0


def test_a_change_without_parents_leaves_the_front_end_and_begins_a_new_run_of_steps() -> None:
    perception = StubPerception({25: TypeChange({})})
    agent = DSRL(make_env(ENV, {}), config(), perception=perception, front_end=labelled("mine"))
    front_end = agent.learn(24).front_end
    agent.learn(3)
    assert agent.front_end is front_end
    assert len(front_end.transitions) == 27
    starts = [transition.first for transition in front_end.transitions]
    assert starts[24]  # the 25th step is not taken for a continuation


def test_when_frames_were_forgotten_a_type_inherits_the_knowledge_of_its_parent() -> None:
    inherited: list[tuple[int, int]] = []

    class Inheriting(Labelled):
        def resemble(self, likeness: Mapping[int, int]) -> None: ...

        def inherit(self, child: int, parent: int) -> None:
            inherited.append((child, parent))

    given = Inheriting(4, FrontEndConfig(kind="rules"))
    agent = DSRL(
        make_env(ENV, {}), config(memory=20), perception=StubPerception({40: SPLIT}),
        front_end=given,
    ).learn(39)  # fmt: skip
    front_end = agent.front_end
    agent.learn(1)
    assert agent.front_end is front_end
    assert inherited == [(CROSS, CIRCLE)]
    assert len(front_end.transitions) == 40  # the step that told of the change is learned too


# Fits.


class BlindPerception(StubPerception):
    """Is to be learned, but nothing ever moves."""

    learns = True
    ready = False

    def learn(
        self,
        transitions: FrameTransitions,
        progress: Progress | None = None,
        rewards: Floats | None = None,
    ) -> PerceptionFit:
        raise PerceptionError("Nothing moved.")


def test_a_fit_without_motion_is_tried_again_after_twice_the_steps() -> None:
    learning = Learning(
        4,
        config(),
        BlindPerception(),
        lambda: make_front_end(4, FrontEndConfig()),
        (50, 50, 3),
        Streams(0),
    )
    assert learning.next_fit == 20
    assert not learning.acts
    learning.num_timesteps = 20
    assert learning.fit(None) is None
    assert learning.next_fit == 40
    with pytest.raises(PerceptionError, match="Nothing moved"):
        learning.fit_perception(None)


def test_a_perception_that_does_not_learn_is_never_due() -> None:
    blank = make_front_end(4, FrontEndConfig())
    learning = Learning(4, config(), StubPerception(), lambda: blank, (50, 50, 3), Streams(0))
    assert learning.acts
    assert learning.front_end is blank
    assert learning.next_fit > 10**15


def learning_with(perception: Any, num_envs: int = 1, **settings: Any) -> Learning:
    """Return a learner on frames of 50 x 50 pixels, with some settings of sight."""
    given = PerceptionConfig(**{"first_frames": 20, "frames": 100, "memory": 200, **settings})
    agent = AgentConfig(given, front_end=FrontEndConfig(replay=0))
    front_end = FrontEndConfig(kind="relational")
    return Learning(
        4,
        agent,
        perception,
        lambda: make_front_end(4, front_end),
        (50, 50, 3),
        Streams(0),
        num_envs,
    )


@pytest.mark.parametrize(
    ("taken", "due"),
    [(10, 20), (3, 6), (1, 2), (5, 10)],
)
def test_after_a_failed_fit_the_next_is_due_after_so_many_times_the_steps(
    taken: int, due: int
) -> None:
    learning = learning_with(BlindPerception())
    learning.num_timesteps = taken
    assert learning.fit(None) is None
    assert (learning.next_fit, learning.complaint) == (due, "Nothing moved.")


@pytest.mark.parametrize(
    ("acts", "taken", "settings", "due"),
    [
        (True, 50, {"refit_growth": 4.0}, 200),
        (True, 3, {"refit_growth": 1.1}, 4),  # 3 * 1.1 is no step more than 3
        (True, 3, {"refit_growth": 1.5}, 4),
        (True, 50, {"refit_growth": 0.0}, 2**62),  # never
        (False, 20, {"retry_growth": 1.5}, 30),
        (False, 90, {"retry_growth": 1.5}, 100),  # no later than the last frame of the budget
    ],
)
def test_the_next_fit_is_due_by_the_growth_of_the_steps(
    acts: bool, taken: int, settings: dict[str, Any], due: int
) -> None:
    learning = learning_with(StubPerception(), **settings)
    learning.acts, learning.num_timesteps = acts, taken
    assert learning._steps_to_next_fit() == due


def test_a_checkpoint_is_exact_where_running_episodes_are_remembered_by_nothing_but_frames() -> (
    None
):
    learning = learning_with(StubPerception())
    memory = learning._memories[0]
    assert learning.exact([])  # nothing runs
    assert not learning.exact([0])
    memory.cut_off(None)
    assert learning.exact([0])
    memory.episode = learning.front_end.begin((5, 5))  # as between a decision and its step
    assert not learning.exact([0])
    learning.acts = False  # at random: there is nothing to remember
    assert learning.exact([0])


def test_plans_are_forgotten_by_an_agent_that_acts_as_at_the_beginning_of_its_life() -> None:
    learning = learning_with(StubPerception())
    learning.buffers.each[0].begin(np.zeros((50, 50, 3), np.uint8))
    memory = learning._memories[0]
    for acts in (False, True):
        memory.episode, memory.cut, learning.acts = learning.front_end.begin((5, 5)), False, acts
        learning.forget([0])
        assert (memory.episode is None, memory.cut) == (acts, acts)


def test_an_episode_that_begins_forgets_the_one_before() -> None:
    learning = learning_with(StubPerception())
    memory = learning._memories[0]
    memory.cut_off(())
    memory.episode = learning.front_end.begin((5, 5))
    learning.begin(0)
    assert learning._memories[0] == EpisodeMemory(cut=True)


def test_learning_goes_on_inside_episodes_where_frames_are_remembered() -> None:
    learning = learning_with(StubPerception())
    assert not learning.go_on()
    learning.buffers.each[0].begin(np.zeros((50, 50, 3), np.uint8))
    learning._memories[0].cut = False
    assert learning.go_on()
    assert learning._memories[0].inside
    assert learning._memories[0].cut


@pytest.mark.parametrize("name", ["num_timesteps", "next_fit"])
def test_counters_that_are_none_are_refused(name: str) -> None:
    learning, counters = learning_with(StubPerception()), {"num_timesteps": 30, "next_fit": 80}
    learning.restore({**counters, "acts": 0})
    assert (learning.num_timesteps, learning.next_fit, learning.acts) == (30, 80, False)
    learning.restore({**counters, "acts": True})
    assert learning.acts
    with pytest.raises(ConfigError, match=f"{name} is -1, but it must be at least 0"):
        learning.restore({**counters, name: -1, "acts": True})
    assert learning.num_timesteps == 30


class Faulty(StubPerception):
    """Was restored from what does not fit together."""

    def facts(self, frames: Frame) -> list[Facts]:
        raise LookupError("no such type")


def test_what_was_restored_is_tried_on_a_frame_if_there_is_one() -> None:
    faulty = Faulty()
    learning = learning_with(faulty)
    learning.rehearse()  # nothing to try it on
    learning.buffers.each[0].begin(np.zeros((50, 50, 3), np.uint8))
    with pytest.raises(LookupError, match="no such type"):
        learning.rehearse()
    faulty.ready = False
    learning.rehearse()  # nothing is known yet


class Forgetful(StubPerception):
    """Leaves out the last of several frames, in one of its methods."""

    def __init__(self, method: str, change: TypeChange | None = None) -> None:
        super().__init__()
        self.method, self.change = method, change

    def facts(self, frames: Frame) -> list[Facts]:
        return super().facts(frames[:-1] if self.method == "facts" else frames)

    def watch_all(
        self, before: Sequence[Facts], actions: Sequence[int], frames: Frame
    ) -> GroupSighting:
        seen = super().facts(frames[:-1] if self.method == "watch_all" else frames)
        return GroupSighting(seen, self.change)


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("change", [None, TypeChange({}), SPLIT], ids=["none", "cut", "split"])
@pytest.mark.parametrize("method", ["facts", "watch_all", ""])
def test_facts_of_fewer_frames_than_were_shown_are_an_error(
    method: str, change: TypeChange | None, known: bool
) -> None:
    """Nothing is learned of some environments alone."""
    learning = learning_with(Forgetful(method, change), num_envs=2)
    black = np.zeros((50, 50, 3), np.uint8)
    steps = [Step(env, 0, black, {}, 0, 0.0, False, False, black, {}, env) for env in range(2)]
    for memory in learning._memories:
        memory.facts = () if known else None
    if not method or (method == "facts" and known and change is None):  # nothing is left out
        learning.observe(steps)
        assert [memory.facts for memory in learning._memories] == [(), ()]
        return
    with pytest.raises(ValueError, match="argument 2 is shorter than argument 1"):
        learning.observe(steps)


def test_a_rehearsal_leaves_no_trace() -> None:
    agent = DSRL(make_env(ENV, {}), config(), perception=StubPerception(), seed=1).learn(30)
    before = agent.checkpoint()[1]
    agent._learning.rehearse()
    assert agent.checkpoint()[1] == before
    assert len(agent.front_end.transitions) == 30


def test_sight_that_explains_too_little_is_trusted_when_the_frames_are_spent() -> None:
    """Nothing responds in these frames, so that nothing is explained."""
    learning = learning_with(StubPerception(), first_frames=20, frames=30, explained=0.5)
    learning.buffers.each[0].begin(np.zeros((50, 50, 3), np.uint8))
    for _ in range(3):
        learning.buffers.each[0].step(0, 0.0, False, np.zeros((50, 50, 3), np.uint8))
    for taken, acts in [(29, False), (30, True), (31, True)]:
        learning.acts, learning.num_timesteps = False, taken
        learning._relearn()
        assert learning.acts is acts
    learning.num_timesteps = 29
    learning._relearn()
    assert learning.acts  # once trusted it stays so


def test_frames_of_another_size_put_the_next_fit_off() -> None:
    learning = learning_with(StubPerception())
    learning.next_fit, learning.num_timesteps = 25, 10
    learning.buffers.each[0].begin(np.zeros((50, 50, 3), np.uint8))
    learning.remember((50, 50, 3))  # the same size: nothing to say
    assert learning.next_fit == 25
    with pytest.warns(DSRLWarning, match="now of 60 x 40 pixels, so the 1 remembered frames"):
        learning.remember((60, 40, 3))
    assert learning.next_fit == 30  # 10 + 20 steps
    assert learning.buffers.frame_shape == (60, 40, 3)


@pytest.mark.parametrize("kind", ["relational", "srl_cs", "dsrl"])
def test_a_split_off_type_begins_with_what_its_parent_knows(kind: Any) -> None:
    front_end = make_front_end(2, FrontEndConfig(kind=kind))
    assert isinstance(front_end, TabularFrontEnd)
    front_end.table = {(1, 0, 1): np.array([0.0, 1.0]), (2, 0, 1): np.array([3.0, 0.0])}
    front_end.inherit(4, 1)
    assert_array_equal(front_end.table[4, 0, 1], [0.0, 1.0])
    front_end.table[4, 0, 1][0] = 9.0
    assert_array_equal(front_end.table[1, 0, 1], [0.0, 1.0])  # a copy
    assert (4, 0, 2) not in front_end.table


# Types that flicker.


class Blinking(gym.ObservationWrapper[Any, Any, Any]):
    """Crosses change their colour by chance in every frame, all at once."""

    def __init__(self, env: gym.Env[Any, Any], colour: tuple[int, int, int]) -> None:
        super().__init__(env)
        self._colour = np.array(colour, np.uint8)
        self._rng = np.random.default_rng(0)

    def observation(self, observation: Frame) -> Frame:
        if self._rng.random() < 0.5:
            return observation
        changed = observation.copy()
        changed[(observation == self._colour).all(axis=-1)] = (250, 60, 220)
        return changed


@pytest.mark.filterwarnings("ignore::dsrl_agent.runtime.door.origin.OriginWarning")
@pytest.mark.slow
@pytest.mark.parametrize("memory", [1000, 160])
def test_two_appearances_of_one_object_become_one_type(memory: int, tmp_path: Path) -> None:
    frame, _ = world(cross=20).reset(seed=0)
    colours, counts = np.unique(frame.reshape(-1, 3), axis=0, return_counts=True)
    red, green, blue = (int(part) for part in colours[np.argsort(counts)[-2]])
    env = Blinking(world(circle=4, cross=4), (red, green, blue))
    # With parts in colours of their own, both would be one type at once.
    things = ThingsThresholds(parts=PartsThresholds(unlike=1.0))
    sight = PerceptionConfig(refit_growth=0.0, memory=memory, things=things)
    config = AgentConfig(sight, front_end=FrontEndConfig(replay=0))
    agent = DSRL(env, config, seed=0).learn(161)
    assert len(agent.perception.known) == 4  # agent, circle, two crosses
    agent.learn(200)
    known = agent.perception.known
    assert len(known) == 3
    frames, truths = scenes(env)
    assert exact_share(agent.perception.facts(frames), truths) == 1.0
    assert isinstance(agent.perception, Perception)
    ((appearance, now),) = agent.perception.flicker.merged.items()
    assert isinstance(agent.front_end, TabularFrontEnd)
    keys = [key for key in agent.front_end.table if isinstance(key, tuple)]
    if agent._learning.buffers.complete:  # all that happened was learned in these terms
        assert {key[0] for key in keys} == set(known) - agent.front_end.agency.self_types
    else:  # the type knows what was known of the appearance that is no more
        of = {number: {key[1:] for key in keys if key[0] == number} for number in (appearance, now)}
        assert of[appearance]
        assert of[appearance] <= of[now]
    agent.save(tmp_path / "agent")
    perception = DSRL.load(tmp_path / "agent", env).perception
    # A fit without rewards finds both appearances again; they stay one type, by its name.
    perception.learn(agent.frames())
    assert_array_equal(perception.known, known)
    assert exact_share(perception.facts(frames), truths) == 1.0
