"""Stored updates: applied together, they do what they do one by one where they do not meet."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.tabular.replay import Key, Update, UpdateMemory
from dsrl_agent.types import Floats

CONFIG = FrontEndConfig(discount=0.5, learning_rate=0.5, memory=4)
A, B, C = (1, 0, 1), (1, 0, 2), (2, 1, 0)


def tables() -> dict[Key, Floats]:
    return {A: np.array([1.0, 0.0]), B: np.array([2.0, -1.0])}


def zeros() -> dict[Key, Floats]:
    return {key: np.zeros(2) for key in (A, B, C)}


def memory(*updates: Update, config: FrontEndConfig = CONFIG) -> UpdateMemory:
    found = UpdateMemory(2, config)
    found.extend(updates)
    return found


def test_entries_move_towards_reward_and_the_next_entry() -> None:
    table = tables()
    memory(Update(A, 1, 1.0, B), Update(B, 1, 3.0, None)).replay(table, np.array([0, 1]))
    # A: half way from 0 to 1 + 0.5 * 2; B: half way from -1 to 3.
    assert {key: row.tolist() for key, row in table.items()} == {A: [1.0, 1.0], B: [2.0, 1.0]}


def test_several_updates_of_an_entry_are_as_many_steps_towards_their_mean() -> None:
    table = tables()
    stored = memory(Update(A, 1, 1.0, None), Update(A, 1, 3.0, None))
    stored.replay(table, np.array([0, 1, 1]))
    # Three half steps from 0 towards (1 + 3 + 3) / 3: 7/8 of 7/3.
    np.testing.assert_allclose(table[A], [1.0, 7 / 8 * 7 / 3])


def test_what_the_table_lacks_is_worth_nothing_and_stays_unknown() -> None:
    table = tables()
    memory(Update(A, 0, 4.0, C), Update(C, 0, 5.0, None)).replay(table, np.array([0, 1]))
    assert table[A].tolist() == [2.5, 0.0]  # half way from 1 to 4
    assert set(table) == {A, B}


def test_the_oldest_updates_make_room() -> None:
    updates = [Update(A, 0, float(reward), None) for reward in range(7)]
    stored = memory(*updates[:3])
    stored.extend(updates[3:])
    assert list(stored) == updates[3:]
    assert stored[0] == updates[3]
    table = tables()
    for number, update in enumerate(updates[3:]):
        table[A][:] = 1.0
        stored.replay(table, np.array([number]))
        assert table[A][0] == 0.5 + 0.5 * update.reward
    stored.clear()
    assert len(stored) == 0


def test_room_is_made_as_updates_come() -> None:
    tracemalloc.start()
    try:
        stored = memory(config=replace(CONFIG, memory=10**9))
        for reward in range(3000):
            stored.extend([Update(A, 0, float(reward), None)])
        # 4 numbers of 8 bytes for at most 4,096 updates, twice while they are copied, and objects.
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    table = tables()
    stored.replay(table, np.array([2999]))
    assert table[A][0] == 0.5 + 0.5 * 2999


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 12))
def test_the_latest_are_kept_however_they_come(batches: list[int], capacity: int) -> None:
    stored = memory(config=replace(CONFIG, memory=capacity))
    rewards: list[int] = []
    for size in batches:
        new = list(range(len(rewards), len(rewards) + size))
        stored.extend([Update(A, 0, float(reward), None) for reward in new])
        rewards += new
    table = tables()
    for number, reward in enumerate(rewards[-capacity:]):
        table[A][:] = 1.0
        stored.replay_in_turn(table, np.array([number]))
        assert table[A][0] == 0.5 + 0.5 * reward


@given(
    st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(0, 1)), unique=True, min_size=1),
    st.integers(1, 3),
)
def test_updates_of_different_entries_are_those_made_one_by_one(
    entries: list[tuple[tuple[int, int, int], int]], reward: int
) -> None:
    updates = [Update(key, action, float(reward), None) for key, action in entries]
    together, alone = zeros(), zeros()
    config = replace(CONFIG, memory=8)
    memory(*updates, config=config).replay(together, np.arange(len(updates)))
    stored = memory(*updates, config=config)
    for number in range(len(updates)):
        stored.replay(alone, np.array([number]))
    assert all(np.array_equal(together[key], alone[key]) for key in together)


def test_what_follows_counts_where_no_update_ended_an_episode() -> None:
    table = tables()
    stored = memory(Update(A, 1, 1.0, B), Update(B, 1, 3.0, A))
    stored.replay_in_turn(table, np.array([0, 1]))
    # A: half way from 0 to 1 + 0.5 * 2; B: half way from -1 to 3 + 0.5 * 1.
    assert {key: row.tolist() for key, row in table.items()} == {A: [1.0, 1.0], B: [2.0, 1.25]}


def test_updates_in_turn_build_on_each_other_and_make_rows() -> None:
    table: dict[Key, Floats] = {}
    stored = memory(Update(A, 0, 1.0, B), Update(B, 1, 4.0, None), Update(C, 1, 2.0, C))
    stored.replay_in_turn(table, np.array([0, 1, 0, 2, 2]))
    # A: half of 1, nothing being known of B; then, with B at 2, half way from 0.5 to 1 + 0.5 * 2.
    # C: half of 2, and then half way from 1 to 2 + 0.5 * 1.
    assert {key: row.tolist() for key, row in table.items()} == {
        A: [1.25, 0.0],
        B: [0.0, 2.0],
        C: [0.0, 1.75],
    }


def test_after_the_oldest_made_room_each_number_is_the_update_listed() -> None:
    updates = [Update(A, 0, float(reward), B if reward % 2 else None) for reward in range(10)]
    stored = memory(*updates[:5])
    stored.extend([])
    stored.extend(updates[5:])
    table = tables()
    for number, update in enumerate(stored):
        table[A][:] = 1.0, 0.0
        stored.replay_in_turn(table, np.array([number]))
        follows = 0.0 if update.next_key is None else 1.0
        assert table[A][0] == 0.5 + 0.5 * (update.reward + follows)


def test_what_was_forgotten_leaves_no_trace() -> None:
    stored = memory(Update(A, 0, 9.0, None), Update(B, 0, 9.0, A), Update(C, 0, 9.0, A))
    stored.replay_in_turn(zeros(), np.array([0, 1, 2]))
    for replayed in (stored.replay, stored.replay_in_turn):
        table = zeros()
        stored.clear()
        stored.extend([Update(C, 1, 1.0, None), Update(B, 0, 6.0, None)])
        replayed(table, np.array([0, 1]))
        assert {key: row.tolist() for key, row in table.items()} == {
            A: [0.0, 0.0],
            B: [3.0, 0.0],
            C: [0.0, 0.5],
        }
    assert len(stored) == 2
    assert [stored[0].key, stored[1].key] == [C, B]
