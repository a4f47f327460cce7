"""The memory of an episode: copies, and things taken that are carried over."""

from __future__ import annotations

from drawings import TYPES, acquainted, board, scene

from dsrl_agent.front_end.rules.episode import RulesEpisode
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.types import FREE


def begun(*rows: str) -> RulesEpisode:
    episode = RulesEpisode(TrackedScene((len(rows), len(rows[0]))))
    episode.scene.begin(scene(*rows), acquainted())
    return episode


def test_a_copy_shares_nothing_that_changes() -> None:
    episode = begun("+.d")
    copy = episode.copy()
    episode.note(1)
    episode.scene.doubts[2] = 5
    episode.scene.hands[3] = 5
    assert copy == begun("+.d")


def test_actions_are_counted_by_what_is_done_where() -> None:
    episode = begun("+.d")
    body = TYPES["+"]
    for action in (1, 2, 1):
        episode.note(action)
    assert episode.action == 1
    assert episode.tries == {(body, 1): 2, (body, 2): 1}
    assert episode.deeds == {(1, 0, body, FREE): 2, (2, 0, body, FREE): 1}


def test_things_taken_are_carried_over() -> None:
    earlier, later = begun("k+d"), begun(".+d")
    assert not later.carry_over(earlier)  # nothing was taken
    earlier.scene.board = board("+.d", taken="k")
    assert later.carry_over(earlier)
    assert later.scene.board == board(".+d", taken="k")


def test_an_episode_without_a_scene_begins_with_what_is_carried_over() -> None:
    earlier = begun("+.d")
    earlier.scene.board = board("+.d", taken="k")
    later = RulesEpisode(TrackedScene())
    assert later.carry_over(earlier)
    later.scene.begin(scene(".+d"), acquainted())
    assert later.scene.board == board(".+d", taken="k")
    later.scene.begin(scene(".+d"), acquainted())
    assert later.scene.board == board(".+d")  # once
