"""Play by contacts: when the table of contacts is needed, and worlds that it solves."""

from __future__ import annotations

import json
from collections import deque

import numpy as np
import pytest
from drawings import LEFT, RIGHT, TYPES, film, round_trip, scene
from others_worlds import OthersWorld, frozen_score, trained

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.contact_q import ContactLearner, Deeds
from dsrl_agent.front_end.tabular.q_learning import TabularEpisode
from dsrl_agent.front_end.tabular.relational_q import RelationalQ
from dsrl_agent.types import FREE


def relational(actions: int = 4) -> RelationalQ:
    front_end = make_front_end(actions, FrontEndConfig(kind="relational"))
    assert isinstance(front_end, RelationalQ)
    return front_end


def test_relations_do_where_every_action_moves_the_agent_that_is_always_seen() -> None:
    front_end, rng = relational(), np.random.default_rng(0)
    for transition in [*round_trip(), *3 * film("+x", (RIGHT, 1.0, ".+!"))]:
        front_end.learn(transition, rng)
    assert not front_end.contacts.active
    assert front_end.choice() is not None


def ended_unseen() -> RelationalQ:
    """Return a front end that saw ends without the agent: a good x, and a bad o."""
    front_end, rng = relational(), np.random.default_rng(0)
    good, bad = film("+x", (RIGHT, 1.0, ".x!")), film("+o", (RIGHT, 0.0, ".o!"))
    for transition in [*round_trip(), *3 * good, *2 * bad]:
        front_end.learn(transition, rng)
    return front_end


def test_contacts_decide_where_the_agent_is_not_seen_at_ends() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    assert front_end.contacts.active
    assert front_end.choice() is None
    episode = front_end.begin((1, 5))
    assert front_end.decide(scene("o.+.x"), episode, rng, 0.0) == RIGHT
    values = front_end.values(scene("o.+.x"), episode)
    assert values.values.argmax() == RIGHT
    assert values.values[RIGHT] == pytest.approx(0.9)
    course = front_end.knowledge().course
    assert course is not None
    expected = course(scene("o.+.x"), episode, RIGHT)
    assert expected is not None
    assert expected.actions == (RIGHT, RIGHT)
    (touched,) = expected.touches
    assert (touched.fact, touched.reward, touched.known) == ((1, 0, 4), 1.0, True)
    total = np.sum([values.correction, *(part for _, part in values.parts)], axis=0)
    assert total == pytest.approx(values.values)


def test_each_time_that_something_was_done_counts_as_a_step_more() -> None:
    contacts = ended_unseen().contacts
    assert isinstance(contacts, ContactLearner)
    followed = TrackedScene((1, 3))
    contacts.follow(followed, scene("+.x"), -1)
    once, _ = contacts.values(followed, Deeds())
    again, _ = contacts.values(followed, Deeds({(2, RIGHT, -2): 2}))
    assert again[RIGHT] == pytest.approx(once[RIGHT] * 0.9**2)


def test_without_a_scene_or_something_good_no_harmless_action_is_left_out() -> None:
    contacts, rng = ended_unseen().contacts, np.random.default_rng(0)
    assert isinstance(contacts, ContactLearner)
    unseen = TrackedScene((1, 3))
    assert {contacts.choose(unseen, Deeds(), rng) for _ in range(100)} == {0, 1, 2, 3}
    idle = TrackedScene((1, 3))
    contacts.follow(idle, scene("o+."), -1)
    values = contacts.values(idle, Deeds())[0]
    harmless = set(np.flatnonzero(values >= 0.0).tolist())
    assert not np.any(values > 0.0)
    assert {contacts.choose(idle, Deeds(), rng) for _ in range(100)} == harmless


def test_an_episode_goes_on_behind_a_cut_where_the_same_is_seen() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    contacts = front_end.contacts
    first, second = film("+..", (RIGHT, 0.0, ".+."), (RIGHT, 0.0, "..+"))
    front_end.learn(first, rng)
    followed = contacts._scenes[0]
    front_end.learn(second._replace(first=True), rng)  # as after a fit of perception
    assert contacts._scenes[0] is followed
    front_end.learn(first._replace(first=True), rng)  # another episode
    assert contacts._scenes[0] is not followed


def test_contacts_are_saved_and_loaded() -> None:
    front_end, loaded = ended_unseen(), relational()
    text = json.dumps(front_end.state())
    loaded.load(json.loads(text))
    assert json.dumps(loaded.state()) == text
    old = json.loads(text)
    del old["contacts"]
    loaded.load(old)  # of a version without a table of contacts
    assert not loaded.contacts.active


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "steps"),
    [("Empty-Random-6x6", 600), ("SimpleCrossingS9N1", 1000), ("DoorKey-5x5", 1500)],
)
def test_worlds_of_an_agent_that_turns_are_solved(name: str, steps: int) -> None:
    pytest.importorskip("minigrid")
    world, front_end = OthersWorld(name), relational(7)
    trained(front_end, world, seed=1, steps=steps)
    assert frozen_score(front_end, world, 10, seed=40_000)[0] == 1.0


def test_an_episode_is_followed_by_its_first_action_too() -> None:
    """Action 0 is an action like any other; only -1 stands for a first frame."""
    contacts, followed = ended_unseen().contacts, TrackedScene((1, 3))
    contacts.follow(followed, scene("x+o"), -1)
    contacts.follow(followed, scene("+.o"), LEFT)
    assert followed.start == {1, 2}  # what was there when the episode began
    contacts.follow(followed, scene("+.o"), -1)
    assert followed.start == {2}


def test_stored_contacts_are_replayed_for_each_step() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    table = front_end.contacts.table
    ((x, row),) = [(key, row) for key, row in table.rows.items() if key.front == 1]
    table._updates = deque(update for update in table._updates if update.key == x)
    row[:] = 0.0
    (walk,) = film("+..", (RIGHT, 0.0, ".+."))
    front_end.learn_together([walk, walk._replace(env=1)], rng)
    # Its gain is 1; each replay closes a share of what is missing, as often as there are steps.
    config = front_end.config
    missing = (1.0 - config.learning_rate) ** (2 * config.replay)
    assert config.replay > 0
    assert table.rows[x][RIGHT] == pytest.approx(1.0 - missing)


@pytest.mark.parametrize("reward", [-0.5, 0.5])
def test_a_loss_tells_of_a_contact_as_a_gain_does(reward: float) -> None:
    """The agent is not seen after the step; only the reward says that something was reached."""
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    (lost,) = film("+d", (RIGHT, reward, ".d"))
    front_end.learn(lost, rng)
    (of_door,) = [key for key in front_end.contacts.table.rows if key.front == TYPES["d"]]
    assert front_end.contacts.table.rows[of_door][RIGHT] == reward
    front_end, same = ended_unseen(), film("+d", (RIGHT, 0.0, ".d"))
    front_end.learn(same[0], rng)  # here nothing tells of it
    assert not [key for key in front_end.contacts.table.rows if key.front == TYPES["d"]]


def test_the_scene_of_equal_facts_is_the_one_that_was_followed() -> None:
    """Facts read anew, as after a copy of the agent, are no other scene."""
    front_end, episode = ended_unseen(), TabularEpisode((1, 5))
    front_end.decide(scene("o.+.x"), episode, np.random.default_rng(0), 0.0)
    assert front_end._scene(scene("o.+.x"), episode) is episode.scene
    assert front_end._scene(scene("o+..x"), episode) is not episode.scene
    assert front_end._scene(scene("o.+.x"), None) is not episode.scene


def test_what_was_done_in_an_episode_counts_as_a_step_more_each_time() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    facts, episode = scene("o.+x."), front_end.begin((1, 5))
    assert front_end.decide(facts, episode, rng, 0.0) == RIGHT
    assert episode.deeds == {(3, RIGHT, FREE): 1}
    assert front_end.values(facts, episode).values[RIGHT] == pytest.approx(0.9)
    assert front_end.values(facts).values[RIGHT] == pytest.approx(1.0)


def test_an_action_that_took_what_is_put_down_later_takes() -> None:
    """Two actions that move nothing: one takes a key and puts it down, the other does nothing."""
    front_end, rng = relational(6), np.random.default_rng(0)
    take, idle = 4, 5
    taken = film("+.k.", (RIGHT, 0.0, ".+k."), (take, 0.0, ".+.."), (idle, 0.0, ".+.."))
    for transition in [*round_trip(), *round_trip(), *taken]:
        front_end.learn(transition, rng)
    known = front_end.contacts.understanding
    assert not known._takers  # it may have been wrecked
    (put,) = film(".+..", (take, 0.0, ".+k."))
    front_end.learn(put._replace(first=False), rng)
    assert known._takers == {take}


def test_by_contacts_too_epsilon_is_the_share_of_random_actions() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(3)
    drawn = []
    for _ in range(400):
        episode = front_end.begin((1, 5))
        drawn.append(front_end.decide(scene("o.+.x"), episode, rng, 0.4))
        assert episode.action == drawn[-1]
    # 0.4 / 4 each and 0.6 more for the greedy action; 4 standard deviations are 0.1.
    shares = np.bincount(drawn, minlength=4) / 400
    assert shares == pytest.approx([0.1, 0.7, 0.1, 0.1], abs=0.1)
    assert shares.min() > 0.0


def test_contacts_are_needed_from_a_third_unseen_end_on_if_these_are_the_most() -> None:
    front_end, rng = relational(), np.random.default_rng(0)
    (good,), (bad,) = film("+x", (RIGHT, 1.0, ".x!")), film("+o", (RIGHT, 0.0, ".+!"))
    for transition in round_trip():
        front_end.learn(transition, rng)
    active = []
    for transition in (bad, bad, good, good, good, bad, bad, good, good):
        front_end.learn(transition, rng)
        active.append(front_end.contacts.active)
    # Of ends unseen: 0/1, 0/2, 1/3, 2/4, 3/5, 3/6, 3/7, 4/8, 5/9.
    assert active == [False] * 4 + [True] + [False] * 3 + [True]


def test_learning_by_contacts_goes_on_after_saving_and_loading() -> None:
    """In the middle of an episode as well: the scene followed is saved."""
    whole, resumed = ended_unseen(), relational()
    first, second = film("+.o..", (RIGHT, 0.0, ".+o.."), (RIGHT, -1.0, "..+.."))
    whole.learn(first, np.random.default_rng(0))
    resumed.load(json.loads(json.dumps(whole.state())))
    for front_end in (whole, resumed):
        front_end.learn(second, np.random.default_rng(1))
    assert json.dumps(resumed.state()) == json.dumps(whole.state())


def test_an_action_of_unknown_effect_is_a_puzzle_with_each_try() -> None:
    front_end, rng = relational(5), np.random.default_rng(0)
    good, bad = film("+x", (RIGHT, 1.0, ".x!")), film("+o", (RIGHT, 0.0, ".o!"))
    for transition in [*round_trip(), *3 * good, *2 * bad]:
        front_end.learn(transition, rng)
    assert front_end.contacts.active
    assert sum(front_end.contacts.table.puzzles.values()) == 0
    course = front_end.knowledge().course
    assert course is not None
    found = course(scene("+"), front_end.begin((1, 1)), 4)
    assert found is not None
    assert (found.actions, found.touches, found.planned) == ((4,), (), False)
    assert found.value == 1.0  # what is hoped for
    nowhere = course(scene("+"), front_end.begin((1, 1)), LEFT)  # at the edge
    assert nowhere is not None
    assert (nowhere.actions, nowhere.value) == ((LEFT,), 0.0)
    assert course(scene("x"), front_end.begin((1, 1)), LEFT) is None  # no agent


def test_what_was_never_reached_is_expected_to_be_worth_the_best_and_not_known() -> None:
    front_end = ended_unseen()
    course = front_end.knowledge().course
    assert course is not None
    found = course(scene("+d"), front_end.begin((1, 2)), RIGHT)
    assert found is not None
    (touched,) = found.touches
    assert (touched.step, touched.reward, touched.known) == (1, 1.0, False)


def test_a_contact_that_changes_the_scene_is_worth_what_it_opens() -> None:
    front_end, rng = ended_unseen(), np.random.default_rng(0)
    front_end.learn(film("+kx", (RIGHT, 0.0, ".+x"))[0], rng)
    ((of_key, row),) = [
        (key, row) for key, row in front_end.contacts.table.rows.items() if key.front == TYPES["k"]
    ]
    assert of_key.taken == ()
    # The x beyond, of which nothing is known with a key taken, is hoped to be worth 1.
    assert row[RIGHT] == pytest.approx(0.9)


def test_reaching_and_stepping_on_a_type_are_revised_by_name() -> None:
    front_end = ended_unseen()
    (entry,) = front_end.revisable(scene("+x"), front_end.begin((1, 2)))
    assert entry.says == "reaching type 1 as things are"
    front_end.revise(entry.key, "right", -3.0)
    assert front_end.values(scene("+x"), front_end.begin((1, 2))).values[RIGHT] == -3.0
    plain = relational()
    for transition in round_trip():
        plain.learn(transition, np.random.default_rng(0))
    (stepping,) = plain.revisable(scene("+x"), plain.begin((1, 2)))
    assert [field.value for field in stepping.fields] == [None] * 4
    plain.revise(stepping.key, "left", 0.5)
    plain.revise(stepping.key, "right", 2.0)
    assert plain.table[1, 0, 1].tolist() == [0.0, 2.0, 0.0, 0.0]
    assert plain.table[1, 0, -1].tolist() == [0.5, 0.0, 0.0, 0.0]
