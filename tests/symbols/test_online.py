"""Types that live: unknown, newcomers, tracking, flicker, and what a refit is reminded of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent import DSRL
from dsrl_agent.config import AgentConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.tabular.q_learning import TabularFrontEnd
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.symbols import Codebook, LivingTypes, parents_of
from dsrl_agent.symbols.candidates import SIGHTINGS, Newcomers
from dsrl_agent.symbols.novelty import calibrate, distances
from dsrl_agent.symbols.tracking import TypeTransitions, match
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame

ENV = "shapes_grid:ShapesGrid-v0"
OFF_GRID = "shapes_grid:ShapesGrid-Offsets-v0"


def codebook(places: list[float], types: list[int]) -> Codebook:
    """Make a codebook of one latent: groups of variance 4 at given places, all equally common."""
    count = len(places)
    return Codebook(
        np.array([2.0]),
        np.array(places)[:, None] / 2,
        np.full((count, 1), 4.0),
        np.full(count, 1 / count),
        np.array(types),
    )


def spread(places: list[float], count: int = 50) -> np.ndarray:
    """Return spectra spread by one codebook unit (2) around places."""
    steps = np.linspace(-2.0, 2.0, count)
    return np.concatenate([place + steps for place in places])[:, None]


# Unknown.


def test_distances_are_scaled_and_squared() -> None:
    # 20 is 10 units: 10 and 5 units from groups of variance 4: 100 / 4 and 25 / 4.
    found = distances(codebook([0.0, 10.0], [0, 1]), np.array([[20.0]]))
    assert_allclose(found, [[25.0, 6.25]])


def test_the_novelty_limit_is_four_times_the_distance_of_held_out_members() -> None:
    book = codebook([0.0, 1000.0], [0, 1])
    # Members up to 40 units away: (40^2) / 4 = 400 at most, of which the quantile takes .99.
    wide = np.linspace(0.0, 80.0, 101)[:, None]
    narrow = 1000.0 + np.linspace(0.0, 2.0, 101)[:, None]
    limits = calibrate(book, np.concatenate([wide, narrow]))
    assert_allclose(limits[0], 4 * (39.6**2 / 4))
    assert limits[1] == 16.0  # the least


def test_a_small_cluster_takes_the_limit_of_all_clusters() -> None:
    wide = np.linspace(0.0, 80.0, 101)[:, None]
    limits = calibrate(codebook([0.0, 1000.0], [0, 1]), np.concatenate([wide, [[1000.0]]]))
    assert_allclose(
        limits[1], 4 * np.quantile(np.append(np.linspace(0, 40, 101), 0) ** 2 / 4, 0.99)
    )


def test_spectra_far_from_all_clusters_are_unknown_but_emptiness_never_is() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0], [0, 1])
    living.renew(book, spread([0.0, 100.0]))
    found = living.classify(book, np.array([[[0.0], [104.0]], [[50.0], [-300.0]]]))
    assert_array_equal(found, [[0, 1], [UNKNOWN, UNKNOWN]])


# Newcomers.


def see(living: LivingTypes, book: Codebook, values: list[float]) -> Codebook:
    spectra = np.array(values)[:, None]
    strange = spectra[living.classify(book, spectra) == UNKNOWN]
    return living.notice(book, strange, next_number=7)


def test_five_sightings_in_three_frames_make_a_type_and_leave_the_others_alone() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0], [0, 1])
    living.renew(book, spread([0.0, 100.0]))
    old = spread([0.0, 100.0])
    before = living.classify(book, old)
    new = see(living, book, [0.0, 50.0, 51.0])
    new = see(living, new, [100.0, 49.0, 50.0])
    assert_array_equal(new.known, [1])  # four sightings
    new = see(living, new, [50.0])
    assert SIGHTINGS == 5
    assert_array_equal(new.known, [1, 7])
    assert_array_equal(living.classify(new, np.array([[50.0], [52.0], [75.0]])), [7, 7, UNKNOWN])
    assert_array_equal(living.classify(new, old), before)
    assert_allclose(new.spectrum(7), [50.0])  # the sightings' mean


def test_a_late_cluster_claims_nothing_that_fitted_clusters_claim() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0], [0, 1])
    living.renew(book, spread([0.0, 100.0]))
    # The limit is 16: 4 deviations of 2 units, 16 in latents. 17 is just beyond emptiness.
    for _ in range(5):
        book = see(living, book, [17.0])
    # 15.9 is nearer to the new group by far, but within what emptiness may be.
    assert_array_equal(living.classify(book, np.array([[15.9], [17.0]])), [0, 7])


def test_one_crowded_frame_or_a_mixture_makes_no_type() -> None:
    newcomers = Newcomers()
    assert newcomers.see(np.zeros((9, 1)), np.ones(1), 16.0) == []
    other = Newcomers()
    for value in (0.0, 10.0, 20.0, 30.0, 40.0):
        assert other.see(np.array([[value]]), np.ones(1), 16.0) == []


def test_the_candidate_seen_longest_ago_is_dropped_when_there_are_too_many() -> None:
    newcomers = Newcomers()
    for _ in range(4):
        newcomers.see(np.array([[0.0]]), np.ones(1), 16.0)
    for number in range(16):
        newcomers.see(np.array([[100.0 * (number + 1)]]), np.ones(1), 16.0)
    assert newcomers.see(np.array([[0.0]]), np.ones(1), 16.0) == []  # it starts at one again


# Tracking.


def test_objects_of_one_type_are_matched_by_distance() -> None:
    before: Facts = (Fact(1, 0, 0), Fact(1, 0, 4), Fact(2, 4, 4))
    after: Facts = (Fact(1, 0, 1), Fact(1, 0, 3), Fact(2, 4, 4))
    assert match(before, after, TypeTransitions()) == [
        (Fact(2, 4, 4), Fact(2, 4, 4)),
        (Fact(1, 0, 0), Fact(1, 0, 1)),
        (Fact(1, 0, 4), Fact(1, 0, 3)),
    ]


def test_type_transitions_break_ties_of_distance() -> None:
    before: Facts = (Fact(1, 2, 2),)
    after: Facts = (Fact(1, 2, 3), Fact(2, 2, 1))
    assert match(before, after, TypeTransitions()) == [(Fact(1, 2, 2), Fact(1, 2, 3))]
    learned = TypeTransitions()
    for _ in range(9):  # type 1 has always turned into type 2
        learned.observe((Fact(1, 0, 0),), 0, (Fact(2, 0, 0),))
    assert learned.likelihood(1, 2) == 0.9
    assert learned.likelihood(1, 1) == 0.1
    assert match(before, after, learned) == [(Fact(1, 2, 2), Fact(2, 2, 1))]


def test_neighbour_counts_break_remaining_ties() -> None:
    # Two alike, one step off each: the one that had a neighbour is the one that has one.
    before: Facts = (Fact(1, 1, 2), Fact(3, 0, 2))
    after: Facts = (Fact(1, 1, 1), Fact(1, 1, 3), Fact(3, 0, 2), Fact(4, 0, 0))
    partners = dict(match(before, after, TypeTransitions()))
    # At column 3 it has one neighbour (3), as before; at column 1 it would have two.
    assert partners[Fact(1, 1, 2)] == Fact(1, 1, 3)


def test_distant_objects_are_not_matched() -> None:
    assert match((Fact(1, 0, 0),), (Fact(1, 0, 3),), TypeTransitions()) == []


def stand(transitions: TypeTransitions, action: int, first: int, last: int, times: int) -> None:
    for _ in range(times):
        transitions.observe((Fact(first, 2, 2),), action, (Fact(last, 2, 2),))


def test_types_that_change_whatever_the_action_flicker() -> None:
    flicker = TypeTransitions()
    for action in (0, 1):
        for first, last in ((3, 3), (5, 5), (3, 5), (5, 3)):
            assert flicker.flickering() is None
            stand(flicker, action, first, last, 8)
    assert flicker.flickering() == (3, 5)
    flicker.forget(5)
    assert flicker.flickering() is None


def test_an_agent_that_turns_does_not_flicker() -> None:
    turning = TypeTransitions()
    for action in (0, 1):  # left and right change how it looks
        stand(turning, action, 3, 5, 20)
        stand(turning, action, 5, 3, 20)
    for number in (3, 5):  # forward, against a wall, does not
        stand(turning, 2, number, number, 20)
    assert turning.flickering() is None


def test_a_switch_that_is_pressed_does_not_flicker() -> None:
    pressed = TypeTransitions()
    for action in (0, 1):
        stand(pressed, action, 3, 5, 20)
        stand(pressed, action, 5, 5, 20)
    assert pressed.flickering() is None


def test_joined_types_keep_the_older_name() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0, 200.0], [0, 1, 2])
    living.renew(book, spread([0.0, 100.0, 200.0]))
    for step in range(80):
        looks = (1, 2) if step % 4 < 2 else (2, 1)
        before: Facts = (Fact(looks[step % 2], 0, 0),)
        after: Facts = (Fact(looks[1 - step % 2], 0, 0),)
        joined = living.track(before, step % 3, after)
        if joined is not None:
            kept, dropped = joined
            book = book.joined({dropped: kept})
    assert_array_equal(book.types, [0, 1, 1])
    assert living.joined == {2: 1}


# Across refits.


def test_a_split_off_type_knows_its_parent() -> None:
    labels = np.array([1, 1, 1, 4, 4, 4, 5, 5, 0])
    old = np.array([1, 1, 1, 1, 1, 0, 0, 1, 1])
    # 4 was mostly type 1; 5 as often emptiness: it comes from nowhere.
    assert parents_of(labels, old, np.array([1])) == {4: 1}


@pytest.mark.parametrize("kind", ["relational", "srl_cs", "garnelo2016"])
def test_a_split_off_type_begins_with_what_its_parent_knows(kind: Any) -> None:
    front_end = make_front_end(2, FrontEndConfig(kind=kind))
    assert isinstance(front_end, TabularFrontEnd)
    front_end.table = {(1, 0, 1): np.array([0.0, 1.0]), (2, 0, 1): np.array([3.0, 0.0])}
    front_end.inherit(4, 1)
    assert_array_equal(front_end.table[4, 0, 1], [0.0, 1.0])
    front_end.table[4, 0, 1][0] = 9.0
    assert_array_equal(front_end.table[1, 0, 1], [0.0, 1.0])  # a copy
    assert (4, 0, 2) not in front_end.table


def test_a_type_missed_by_a_fit_returns_unless_another_type_claims_it() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0], [0, 1])
    living.renew(book, spread([0.0, 100.0]))
    assert_array_equal(living.remember(book, 9, np.array([[50.0], [51.0]])).known, [1, 9])
    assert_array_equal(living.remember(book, 9, np.array([[99.0], [101.0]])).known, [1])


def test_a_checkpoint_holds_the_whole_state() -> None:
    living, book = LivingTypes(), codebook([0.0, 100.0], [0, 1])
    living.renew(book, spread([0.0, 100.0]))
    for _ in range(4):
        book = see(living, book, [50.0])
    living.track((Fact(1, 0, 0),), 0, (Fact(2, 0, 0),))
    other = LivingTypes()
    living.joined = {9: 2}
    other.load(living.arrays(), json.loads(json.dumps(living.state())))
    assert other.joined == {9: 2}
    assert_array_equal(see(other, book, [50.0]).known, [1, 7])  # the fifth sighting
    assert other.transitions.state() == living.transitions.state()


# In worlds where it happens.


class Later(gym.Wrapper[Any, Any, Any, Any]):
    """Another environment from the first episode that begins after so many steps."""

    def __init__(self, first: gym.Env[Any, Any], second: gym.Env[Any, Any], steps: int) -> None:
        super().__init__(first)
        self._second, self._left = second, steps

    def reset(self, **kwargs: Any) -> Any:
        if self._left <= 0:
            self.env = self._second
        return self.env.reset(**kwargs)

    def step(self, action: Any) -> Any:
        self._left -= 1
        return self.env.step(action)


def world(**objects: int) -> gym.Env[Any, Any]:
    rewards = {"circle": -1.0, "cross": 1.0, "star": 1.0}
    return make_env(ENV, {"objects": objects, "rewards": rewards})


def scenes(env: gym.Env[Any, Any]) -> tuple[Frame, list[dict[str, Any]]]:
    seen = [env.reset(seed=seed) for seed in range(40)]
    return np.stack([frame for frame, _ in seen]), [info["truth"] for _, info in seen]


@pytest.fixture(scope="module")
def late() -> Iterator[DSRL]:
    """Yield an agent that has met circles and crosses alone for 3,000 steps; stars come then."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    env = Later(world(circle=4, cross=4), world(circle=3, cross=3, star=2), 3000)
    config = AgentConfig(PerceptionConfig(refit_growth=0.0), front_end=FrontEndConfig(replay=0))
    yield DSRL(env, config, seed=0).learn(3000)
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_a_shape_first_met_after_3000_steps_is_a_type_within_ten_sightings(late: DSRL) -> None:
    old_frames, old_truths = scenes(world(circle=4, cross=4))
    before = late.perception.facts(old_frames)
    assert exact_share(before, old_truths) == 1.0
    known = late.perception.require_codebook().known
    frames, truths = scenes(world(circle=3, cross=3, star=2))
    stars = [
        [fact for fact in facts if fact.type == UNKNOWN] for facts in late.perception.facts(frames)
    ]
    assert [len(each) for each in stars] == [2] * len(frames)  # unknown, all of them, and only they
    sightings = 0
    while len(late.perception.require_codebook().known) == len(known):
        sightings += 2  # two stars in every frame
        late.perception.watch((), 0, frames[sightings // 2])
    assert sightings <= 10
    assert exact_share(late.perception.facts(frames), truths) == 1.0
    assert late.perception.facts(old_frames) == before
    # Learning goes on through it, and the next fit finds it under its name.
    numbers = late.perception.require_codebook().known
    late._next_fit = late.num_timesteps + 60
    late.learn(80)
    assert late.perception.fits == 2
    assert_array_equal(late.perception.require_codebook().known, numbers)
    assert exact_share(late.perception.facts(frames), truths) == 1.0


@pytest.mark.slow
def test_a_type_gone_from_memory_keeps_its_name(late: DSRL) -> None:
    crosses, truths = scenes(world(cross=8))
    name = {fact.type for facts in late.perception.facts(crosses) for fact in facts}
    env = late.env
    late.env = world(circle=8)
    late._memory.__init__(late.config.perception.memory + 1, crosses.shape[1:])  # type: ignore[misc]
    late._next_fit = late.num_timesteps + 160
    fits = late.perception.fits
    late.learn(170)
    late.env = env
    assert late.perception.fits == fits + 1
    assert {fact.type for facts in late.perception.facts(crosses) for fact in facts} == name
    assert exact_share(late.perception.facts(crosses), truths) == 1.0


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_off_the_grid_too_a_shape_first_met_later_is_a_type_within_ten_sightings() -> None:
    def offset(**objects: int) -> gym.Env[Any, Any]:
        rewards = {"circle": -1.0, "cross": 1.0, "star": 1.0}
        return make_env(OFF_GRID, {"objects": objects, "rewards": rewards})

    config = AgentConfig(PerceptionConfig(refit_growth=0.0), front_end=FrontEndConfig(replay=0))
    perception = DSRL(offset(circle=4, cross=4), config, seed=0).learn(200).perception
    assert perception.grid is not None
    old_frames, old_truths = scenes(offset(circle=4, cross=4))
    assert exact_share(perception.facts(old_frames), old_truths) == 1.0
    known = perception.require_codebook().known
    frames, truths = scenes(offset(circle=3, cross=3, star=2))
    shown = 0
    while len(perception.require_codebook().known) == len(known):
        perception.watch((), 0, frames[shown])
        shown += 1
    assert 2 * shown <= 10  # two stars in every frame
    assert exact_share(perception.facts(frames), truths) > 0.95
    assert exact_share(perception.facts(old_frames), old_truths) == 1.0


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


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("memory", [1000, 160])
def test_two_appearances_of_one_object_become_one_type(memory: int, tmp_path: Path) -> None:
    frame, _ = world(cross=20).reset(seed=0)
    colours, counts = np.unique(frame.reshape(-1, 3), axis=0, return_counts=True)
    red, green, blue = (int(part) for part in colours[np.argsort(counts)[-2]])
    env = Blinking(world(circle=4, cross=4), (red, green, blue))
    config = AgentConfig(
        PerceptionConfig(refit_growth=0.0, memory=memory), front_end=FrontEndConfig(replay=0)
    )
    agent = DSRL(env, config, seed=0).learn(161)
    assert len(agent.perception.require_codebook().known) == 4  # agent, circle, two crosses
    agent.learn(200)
    known = agent.perception.require_codebook().known
    assert len(known) == 3
    frames, truths = scenes(env)
    assert exact_share(agent.perception.facts(frames), truths) == 1.0
    ((look, now),) = agent.perception.living.joined.items()
    assert isinstance(agent.front_end, TabularFrontEnd)
    keys = [key for key in agent.front_end.table if isinstance(key, tuple)]
    if agent._memory.complete:  # all that happened was learned in these terms
        assert {key[0] for key in keys} == set(known) - agent.front_end.agency.self_types
    else:  # the type knows what was known of the look that is no more
        of = {number: {key[1:] for key in keys if key[0] == number} for number in (look, now)}
        assert of[look]
        assert of[look] <= of[now]
    agent.save(tmp_path / "agent")
    perception = DSRL.load(tmp_path / "agent", env).perception
    # A fit that is told no rewards finds both looks again; they stay one type, by its name.
    perception.learn(agent._memory.transitions())
    assert_array_equal(perception.require_codebook().known, known)
    assert exact_share(perception.facts(frames), truths) == 1.0
