"""The window in which a person plays or directs play, on SDL's driver without a screen."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
import pytest
from command_line import printed_without_display
from numpy.testing import assert_array_equal

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame
from dsrl_agent.viewer import KeyboardWindow


def noise(height: int = 20, width: int = 30, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)


@pytest.fixture
def pygame() -> Any:
    assert os.environ["SDL_VIDEODRIVER"] == "dummy"  # of conftest.py
    return pytest.importorskip("pygame")


class Film:
    """Pictures one after another, one at each passing of time."""

    def __init__(self, pictures: list[Frame]) -> None:
        self.pictures = pictures
        self.quit = False
        self.keys: list[int] = []
        self.rooms: list[tuple[int, int] | None] = []

    def press(self, key: int) -> None:
        self.keys.append(key)

    def release(self, key: int) -> None:
        self.keys.append(-key)

    def release_all(self) -> None:
        self.keys.append(0)

    def pass_time(self, seconds: float) -> bool:
        if seconds > 0:  # not at the first picture
            self.quit = self.quit or len(self.pictures) == 1
            self.pictures = self.pictures[1:] or self.pictures
        return seconds > 0

    def picture(self, room: tuple[int, int] | None = None) -> Frame:
        self.rooms.append(room)
        return self.pictures[0]


def on_screen(pygame: Any) -> Frame:
    shown: Frame = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
    return shown


def test_the_window_shows_each_picture_until_there_are_no_more(pygame: Any) -> None:
    frames = [noise(30, 40, seed) for seed in range(3)]
    film = Film(frames)
    window = KeyboardWindow("play", film, 8)
    for frame in frames:
        assert window.update()
        assert_array_equal(on_screen(pygame), frame)
    assert pygame.display.get_caption()[0] == "play"
    assert pygame.display.get_surface().get_flags() & pygame.RESIZABLE
    assert not window.update()
    assert not pygame.display.get_init()
    assert not window.update()
    assert film.rooms == [None, (40, 30), (40, 30)]


def test_a_smaller_picture_stands_in_the_middle(pygame: Any) -> None:
    window = KeyboardWindow("play", Film([np.full((30, 40, 3), 200, np.uint8)] * 3), 8)
    assert window.update()
    pygame.display.set_mode((60, 50), pygame.RESIZABLE)  # as if dragged
    assert window.update()
    shown = on_screen(pygame)
    window.close()
    expected = np.zeros((50, 60), bool)
    expected[10:40, 10:50] = True
    assert_array_equal((shown == 200).all(axis=2), expected)


def test_what_is_directed_gets_the_keys(pygame: Any) -> None:
    film = Film([noise()] * 9)
    window = KeyboardWindow("play", film, 8)
    for kind, key in ((pygame.KEYDOWN, pygame.K_a), (pygame.KEYUP, pygame.K_a)):
        pygame.event.post(pygame.event.Event(kind, key=key))
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert window.update()
    assert film.keys == [pygame.K_a, -pygame.K_a, 0]
    window.close()


def test_the_cross_closes_the_window(pygame: Any) -> None:
    film = Film([noise()] * 9)
    window = KeyboardWindow("play", film, 8)
    assert window.update()
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert not window.update()
    assert film.quit
    assert not pygame.display.get_init()


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_not_above_zero_is_refused(fps: float) -> None:
    with pytest.raises(ConfigError, match=r"fps is .*, but must be a number above 0"):
        KeyboardWindow("play", Film([noise()]), fps)


WITHOUT_DISPLAY = r"No window can be opened here \({}.*\); write the play .* by --video out.gif"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a matter of Linux")
def test_without_a_display_pygame_is_not_even_imported() -> None:
    code = (
        "import sys\nfrom dsrl_agent.viewer import KeyboardWindow\n"
        "assert 'pygame' not in sys.modules\n"
        "try: KeyboardWindow('play', None, 4)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        "print('pygame' in sys.modules)"
    )
    assert printed_without_display(code) == (
        "ConfigError No window can be opened here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
        "write the play to a file by --video out.gif.\nFalse\n"
    )


def test_a_display_that_does_not_answer_is_an_error(
    pygame: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pygame.display.quit()
    with monkeypatch.context() as patch:
        patch.setenv("SDL_VIDEODRIVER", "nonsense")
        with pytest.raises(ConfigError, match=WITHOUT_DISPLAY.format("nonsense not available")):
            KeyboardWindow("play", Film([noise()]), 4)
    with monkeypatch.context() as patch:
        patch.setattr(pygame.display, "get_driver", lambda: "offscreen")
        patch.delenv("SDL_VIDEODRIVER")
        patch.setenv("DISPLAY", ":99")
        patch.setattr(pygame.display, "init", lambda: None)
        patch.setattr(pygame.display, "set_caption", lambda _: None)
        with pytest.raises(ConfigError, match=WITHOUT_DISPLAY.format("no display answers")):
            KeyboardWindow("play", Film([noise()]), 4)


def test_a_window_that_cannot_be_opened_is_an_error(
    pygame: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise pygame.error("no mode")

    window = KeyboardWindow("play", Film([noise()]), 4)
    monkeypatch.setattr(pygame.display, "set_mode", failing)
    with pytest.raises(ConfigError, match=WITHOUT_DISPLAY.format("no mode")):
        window.update()
    assert not pygame.display.get_init()
