"""Play that a person pauses, steps, takes back and speeds up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL.ImageDraw import ImageDraw

from dsrl_agent.types import Frame
from dsrl_agent.viewer import playback
from dsrl_agent.viewer.marks import Mark
from dsrl_agent.viewer.picture import Panel, compose
from dsrl_agent.viewer.playback import END_SCENES, Playback, PlayScene

SPACE, LEFT, RIGHT, UP, DOWN, ESCAPE = 32, 0x40000050, 0x4000004F, 0x40000052, 0x40000051, 27
MARK = Mark(2, 2, 4, 4, "2", (255, 255, 255))


def flat(value: int) -> Frame:
    return np.full((10, 10, 3), value, np.uint8)


def scene(number: int, episode: int = 0, last: bool = False) -> PlayScene:
    panel = Panel("", [], [], ["left"], None, [f"scene {number}"])
    return PlayScene(flat(number % 100), flat(100 + number % 100), [MARK], panel, episode, last)


class Source:
    """Episodes of three scenes, numbered through: 0 1 2, 3 4 5, ..."""

    def __init__(self, episodes: int = 100) -> None:
        self.made = 0
        self.episodes = episodes
        self.running: Iterator[PlayScene] = iter(())

    def more(self, anew: bool) -> PlayScene | None:
        found = None if anew else next(self.running, None)
        if found is None and self.made < self.episodes:
            first, episode = 3 * self.made, self.made
            self.running = iter([scene(first + n, episode, n == 2) for n in range(3)])
            self.made += 1
            found = next(self.running)
        return found


def shown(play: Playback) -> int:
    """Return the number of the scene that is shown: the colour of its frame's corner."""
    return int(play.picture()[20, 20, 0])


def test_scenes_follow_one_another_at_the_rate_and_ends_stay() -> None:
    play, seen = Playback(Source().more, 4), []
    for _ in range(9):
        seen.append(shown(play))
        play.pass_time(0.25)
    assert END_SCENES == 4
    assert seen == [0, 1, 2, 2, 2, 2, 3, 4, 5]
    assert not play.pass_time(0.1)
    assert not play.pass_time(0.1)


def test_the_keys_pause_step_and_go_back() -> None:
    play = Playback(Source().more, 4)
    play.press(SPACE)
    assert not play.pass_time(10.0)
    for key, number in ((RIGHT, 1), (RIGHT, 2), (RIGHT, 3), (LEFT, 2), (LEFT, 1), (RIGHT, 2)):
        play.press(key)
        assert shown(play) == number
    play.press(SPACE)
    play.pass_time(1.0)  # the end of an episode stays for four
    assert shown(play) == 3
    for _ in range(9):
        play.press(LEFT)
    assert shown(play) == 0


def test_going_back_pauses() -> None:
    play = Playback(Source().more, 4)
    play.pass_time(0.25)
    play.press(LEFT)
    assert not play.pass_time(10.0)
    assert shown(play) == 0


def test_up_and_down_double_and_halve_the_speed_within_bounds() -> None:
    play = Playback(Source().more, 4)
    play.press(UP)
    assert play.pass_time(0.125)
    play.press(DOWN)
    play.press(DOWN)
    assert not play.pass_time(0.4)
    assert play.pass_time(0.1)
    for _ in range(20):
        play.press(DOWN)
    assert not play.pass_time(3.9 * 4)  # the slowest is .25 a second, and this is an end


def test_a_given_speed_beyond_the_bounds_is_kept() -> None:
    play = Playback(Source().more, 200)
    play.press(UP)
    assert play.pass_time(0.005)


def test_r_begins_the_episode_again_and_n_the_next() -> None:
    play = Playback(Source().more, 4)
    for _ in range(4):
        play.press(RIGHT)
    assert shown(play) == 4
    play.press(ord("r"))
    assert shown(play) == 3
    play.press(ord("n"))  # 4 was shown, but 5 never is
    assert shown(play) == 6
    for _ in range(4):
        play.press(LEFT)
    assert shown(play) == 1
    play.press(ord("n"))
    assert shown(play) == 3


def test_f_shows_the_world_without_facts() -> None:
    play = Playback(Source().more, 4)
    play.press(ord("f"))
    assert shown(play) == 100
    play.press(ord("f"))
    assert shown(play) == 0


@pytest.mark.parametrize("key", [ord("q"), ESCAPE])
def test_q_and_escape_quit(key: int) -> None:
    play = Playback(Source().more, 4)
    play.press(ord("x"))
    play.release(ord("x"))
    play.release_all()
    assert not play.quit
    play.press(key)
    assert play.quit
    assert not play.pass_time(10.0)


def test_it_goes_on_until_closed_or_until_there_are_no_scenes() -> None:
    endless = Playback(Source().more, 4)
    for _ in range(200):
        endless.press(RIGHT)
    assert not endless.quit
    play = Playback(Source(episodes=1).more, 4)
    for _ in range(6):
        play.pass_time(0.25)
    assert play.quit


def test_the_oldest_scenes_are_forgotten_where_memory_would_run_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(playback, "_KEPT", 5 * 2 * 300)  # five scenes of two pictures
    play = Playback(Source().more, 4)
    for _ in range(20):
        play.press(RIGHT)
    assert shown(play) == 20
    for _ in range(20):
        play.press(LEFT)
    assert shown(play) == 16
    play.press(ord("r"))
    assert shown(play) == 16  # the first of its episode is forgotten


def test_the_keys_and_the_speed_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(ImageDraw, "text", lambda self, xy, text, *_, **__: texts.append(text))
    play = Playback(Source().more, 4)
    play.press(SPACE)
    play.picture((700, 400))
    assert "4 steps a second, paused" in texts
    assert texts[-3:] == [
        "space pauses, right steps, left goes back",
        "up faster, down slower, r again, n next",
        "f facts on or off, q or Esc quits",
    ]


def test_without_marks_the_world_is_shown() -> None:
    bare = PlayScene(flat(1), flat(2), [], scene(0).panel, 0, False)
    assert_array_equal(bare.picture(bare.panel, marked=True), compose(flat(2), bare.panel))
