"""A person at the keys: what a key does, and the window, on SDL's driver without a screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
from PIL.ImageDraw import ImageDraw

from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame
from dsrl_agent.viewer import Game, Keyboard, KeyboardWindow, keys_of
from dsrl_agent.viewer.game import Status

pygame = pytest.importorskip("pygame")

LEFT, RIGHT, UP, ESCAPE, SPACE = (
    pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_ESCAPE, pygame.K_SPACE
)  # fmt: skip
KEYS = {(LEFT,): 0, "d": 1, (RIGHT,): 1, (RIGHT, UP): 2}


class Walk(gym.Env[Any, Any]):
    """A line of cells 0 to 4, begun on 2: left and right by one, or right by two.

    Cell 4 gives 1 and ends the episode; other steps give -0.1, and after four it is cut short.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"]}  # type: ignore[misc]
    tape: ClassVar[list[Any]] = []
    """Seeds and actions of all that was played, in order."""

    def __init__(self, render_mode: str | None = None, keys: Any = None) -> None:
        self.render_mode = render_mode
        self.action_space = gym.spaces.Discrete(3)
        self.observation_space = gym.spaces.Discrete(5)
        self.keys = KEYS if keys is None else keys

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        self.tape.append(("seed", seed))
        self.cell, self.left = 2, 4
        return 2, {"truth": {"steps_left": 4}}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.tape.append(action)
        self.cell = min(4, max(0, self.cell + (-1, 1, 2)[action]))
        self.left -= 1
        home = self.cell == 4
        return self.cell, 1.0 if home else -0.1, home, self.left == 0, {}

    def render(self) -> Frame:
        frame = np.zeros((10, 50, 3), np.uint8)
        frame[:, 10 * self.cell : 10 * self.cell + 10] = 200
        return frame

    def get_keys_to_action(self) -> Any:
        return self.keys

    def legend(self) -> list[tuple[Frame, str]]:
        return [(np.full((7, 7, 3), 200, np.uint8), "you")]


SEEDS = [("seed", Streams(5).seed_for("play", episode)) for episode in range(3)]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    assert os.environ["SDL_VIDEODRIVER"] == "dummy"  # of conftest.py
    Walk.tape.clear()
    yield
    pygame.display.quit()


def keyboard(episodes: int | None = None, **kwargs: Any) -> Keyboard:
    env = Walk("rgb_array", **kwargs)
    return Keyboard(Game(env, 5), keys_of(env), episodes)


def press(keys: Keyboard, *codes: int) -> Status:
    for code in codes:
        keys.press(code)
        keys.release(code)
    return keys.game.status


def written(keys: Keyboard, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines of text in the picture."""
    texts: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(ImageDraw, "text", lambda self, xy, text, *_, **__: texts.append(text))
        keys.picture()
    return texts


def about(score: float) -> Any:
    """Return what equals a score up to rounding, in place of one in a record."""
    return pytest.approx(score)


# What a key does


def test_a_press_is_a_step() -> None:
    keys = keyboard()
    assert keys.game.status == Status(0, steps=0, limit=4, score=0.0, reward=None, ended=None)
    assert press(keys, LEFT) == Status(0, 1, 4, -0.1, -0.1, None)
    assert press(keys, ord("d"), RIGHT) == Status(0, 3, 4, about(-0.3), -0.1, None)
    assert press(keys, UP, ord("x"), SPACE) == Status(0, 3, 4, about(-0.3), -0.1, None)
    assert Walk.tape == [SEEDS[0], 0, 1, 1]
    assert not keys.quit


def test_an_episode_ends_finished_or_out_of_time_and_another_begins() -> None:
    keys = keyboard()
    assert press(keys, RIGHT, RIGHT) == Status(0, 2, 4, about(0.9), 1.0, "finished")
    assert press(keys, RIGHT, LEFT) == Status(0, 2, 4, about(0.9), 1.0, "finished")
    assert press(keys, SPACE) == Status(1, limit=4)
    last = press(keys, LEFT, LEFT, LEFT, LEFT)
    assert last == Status(1, 4, 4, about(-0.4), -0.1, "out of time")
    assert press(keys, ord("r")) == Status(2, limit=4)
    assert Walk.tape == [SEEDS[0], 1, 1, SEEDS[1], 0, 0, 0, 0, SEEDS[2]]


def test_r_begins_the_same_world_again() -> None:
    keys = keyboard()
    assert press(keys, LEFT, ord("r")) == Status(0, limit=4)
    assert Walk.tape == [SEEDS[0], 0, SEEDS[0]]


def test_after_the_last_episode_it_is_over() -> None:
    keys = keyboard(episodes=2)
    press(keys, RIGHT, RIGHT, SPACE, RIGHT, RIGHT)
    assert not keys.quit
    press(keys, SPACE)
    assert keys.quit
    assert Walk.tape == [SEEDS[0], 1, 1, SEEDS[1], 1, 1]


@pytest.mark.parametrize("key", [ord("q"), ESCAPE])
def test_q_and_escape_quit(key: int) -> None:
    keys = keyboard()
    press(keys, key)
    assert keys.quit


def test_keys_held_together_are_an_action_of_their_own() -> None:
    keys = keyboard(keys={(LEFT,): 0, (RIGHT,): 1, (UP, RIGHT): 2})
    keys.press(RIGHT)
    keys.press(UP)
    assert Walk.tape == [SEEDS[0], 1, 2]
    press(keys, SPACE)
    keys.release_all()
    keys.press(UP)
    keys.press(LEFT)  # no action with up: its own
    keys.press(LEFT)  # as a key does that is held
    keys.release_all()
    press(keys, RIGHT)
    keys.press(UP)  # when right is no longer held
    assert Walk.tape[3:] == [SEEDS[1], 0, 0, 1]


def test_the_environment_s_keys_keep_their_meaning() -> None:
    keys = keyboard(keys={("q",): 0, ("R",): 1, (SPACE,): 1, (ESCAPE,): 0})
    assert press(keys, ord("q")).steps == 1
    assert press(keys, ord("r"), SPACE, SPACE).ended == "finished"
    assert press(keys, SPACE, ord("r"), ord("q")).episode == 0
    assert press(keys, pygame.K_RETURN).episode == 1
    assert not keys.quit
    press(keys, ESCAPE)
    assert keys.quit


def test_the_picture_shows_the_state_of_play(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keyboard(episodes=2)
    hints = ["d, right, left, up act", "r restarts, q or Esc quits"]
    begun = ["score +0", "last reward none yet", "episode 1, step 0 of 4", "Walk", "you", *hints]
    assert written(keys, monkeypatch) == begun
    press(keys, LEFT, RIGHT, RIGHT, RIGHT)
    over = ["Episode over: finished", "r or space: the next world"]
    ended = ["score +0.7", "last reward +1", "episode 1, step 4 of 4", "Walk", *over, "you"]
    assert written(keys, monkeypatch) == [*ended, *hints]
    press(keys, SPACE, LEFT, LEFT, LEFT, LEFT)
    message = written(keys, monkeypatch)[4:6]
    assert message == ["Episode over: out of time", "r or space: the end"]


def test_a_score_that_rounds_to_zero_has_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(action: int) -> Any:
        return 2, rewards.pop(0), False, False, {}

    rewards = [0.1, 0.2, -0.3, -0.0]  # whose sum is 5.6e-17
    env = Walk("rgb_array")
    monkeypatch.setattr(env, "step", step)
    keys = Keyboard(Game(env, 5), keys_of(env))
    press(keys, LEFT, LEFT, LEFT, LEFT)
    assert written(keys, monkeypatch)[:2] == ["score +0", "last reward +0"]


def test_the_hints_list_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def hints(*codes: Any) -> list[str]:
        return written(keyboard(keys={(code,): 0 for code in codes}), monkeypatch)[-2:]

    arrows = [LEFT, RIGHT, UP, pygame.K_DOWN]
    assert hints(*arrows) == ["arrows move", "r restarts, q or Esc quits"]
    assert hints(*arrows, SPACE)[0] == "arrows, space act"
    assert hints("q", "r", pygame.K_RETURN) == ["Enter, q, r act", "Esc quits"]
    assert hints(LEFT, pygame.K_DOWN)[0] == "left, down move"
    assert hints(pygame.K_F1) == [f"key {pygame.K_F1} act", "r restarts, q or Esc quits"]


# The window


def post(kind: int, **fields: Any) -> None:
    pygame.event.post(pygame.event.Event(kind, **fields))


def shown() -> Frame:
    return np.asarray(pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1))


def test_the_window_passes_keys_on_and_shows_the_picture() -> None:
    keys = keyboard()
    window = KeyboardWindow("play", keys, 8)
    assert window.update()
    np.testing.assert_array_equal(shown(), keys.picture())
    assert pygame.display.get_surface().get_flags() & pygame.RESIZABLE
    assert pygame.key.get_repeat() == (250, 125)  # ms: eight a second
    for key in (RIGHT, UP, LEFT):  # up does nothing once right is released
        post(pygame.KEYDOWN, key=key)
        post(pygame.KEYUP, key=key)
    post(pygame.KEYDOWN, key=RIGHT)
    assert window.update()
    assert keys.game.status == Status(0, 3, 4, about(-0.3), -0.1, None)
    np.testing.assert_array_equal(shown(), keys.picture())
    post(pygame.WINDOWFOCUSLOST)
    post(pygame.KEYDOWN, key=UP)  # with right still held it would be a step
    assert window.update()
    assert keys.game.status.steps == 3
    post(pygame.KEYDOWN, key=pygame.K_q)
    assert [window.update(), window.update()] == [False, False]
    assert not pygame.display.get_init()


def test_a_resized_window_shows_the_picture_anew() -> None:
    keys = keyboard()
    window = KeyboardWindow("play", keys, 8)
    assert window.update()
    pygame.display.set_mode((600, 900), pygame.RESIZABLE)  # as if dragged
    post(pygame.WINDOWRESIZED, x=600, y=900)
    assert window.update()
    picture = keys.picture((600, 900))
    height, width = picture.shape[:2]
    assert (width, height < 900) == (600, True)
    top = (900 - height) // 2
    np.testing.assert_array_equal(shown()[top : top + height], picture)
    window.close()


def test_closing_the_window_quits() -> None:
    window = KeyboardWindow("play", keyboard(), 8)
    assert window.update()
    post(pygame.QUIT)
    assert not window.update()


def test_the_window_keeps_to_60_frames_a_second() -> None:
    window = KeyboardWindow("play", keyboard(), 8)
    window.update()
    begin = pygame.time.get_ticks()
    for _ in range(12):
        window.update()
    assert pygame.time.get_ticks() - begin >= 12 * 16 - 20
    window.close()
