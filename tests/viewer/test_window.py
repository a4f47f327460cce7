"""The window in which play is watched, on SDL's driver without a screen."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
import pytest
from command_line import printed_without_display
from numpy.testing import assert_array_equal

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.types import Frame
from dsrl_agent.viewer import LiveWindow


def noise(height: int = 20, width: int = 30, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)


@pytest.fixture
def pygame() -> Any:
    assert os.environ["SDL_VIDEODRIVER"] == "dummy"  # of conftest.py
    return pytest.importorskip("pygame")


def test_the_window_shows_each_frame(pygame: Any) -> None:
    window = LiveWindow("play", 1000)
    frames = [noise(30, 40, seed) for seed in range(3)]
    for frame in frames:
        assert window.show(frame)
        shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
        assert_array_equal(shown, frame)
    assert pygame.display.get_caption()[0] == "play"
    assert pygame.display.get_surface().get_flags() & pygame.RESIZABLE
    window.close()
    assert not pygame.display.get_init()
    window.close()
    assert not window.show(frames[0])


def test_a_resized_window_shows_the_whole_frame_undistorted(pygame: Any) -> None:
    window = LiveWindow("play", 1000)
    frame = np.full((30, 40, 3), 200, np.uint8)
    assert window.show(frame)
    pygame.display.set_mode((80, 100), pygame.RESIZABLE)  # as if dragged
    assert window.show(frame)
    shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
    window.close()
    expected = np.zeros((100, 80), bool)
    expected[20:80] = True  # 60 x 80 in the middle
    assert_array_equal((shown == 200).all(axis=2), expected)


@pytest.mark.parametrize("way", ["cross", "q", "escape"])
def test_the_window_can_be_closed(pygame: Any, way: str) -> None:
    window = LiveWindow("play", 1000)
    assert window.show(noise())
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a))
    assert window.show(noise())
    events = {
        "cross": pygame.event.Event(pygame.QUIT),
        "q": pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q),
        "escape": pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE),
    }
    pygame.event.post(events[way])
    assert [window.show(noise()), window.show(noise())] == [False, False]
    assert not pygame.display.get_init()


def test_the_window_keeps_to_its_rate(pygame: Any) -> None:
    window = LiveWindow("play", 20)
    window.show(noise())
    begin = pygame.time.get_ticks()
    for _ in range(4):
        window.show(noise())
    assert pygame.time.get_ticks() - begin >= 4 * 50 - 20
    window.close()


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_not_above_zero_is_refused(fps: float) -> None:
    with pytest.raises(ConfigError, match=r"fps is .*, but must be a number above 0"):
        LiveWindow("play", fps)


def test_the_window_refuses_an_array_that_is_no_frame(pygame: Any) -> None:
    window = LiveWindow("play", 1000)
    with pytest.raises(ObservationError, match="must be uint8"):
        window.show(np.zeros((3, 3)))  # type: ignore[arg-type]
    window.close()


WITHOUT_DISPLAY = r"No window can be opened here \({}.*\); write the play .* by --video out.gif"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a matter of Linux")
def test_without_a_display_pygame_is_not_even_imported() -> None:
    code = (
        "import sys\nfrom dsrl_agent.viewer import LiveWindow\n"
        "assert 'pygame' not in sys.modules\n"
        "try: LiveWindow('play', 4)\n"
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
            LiveWindow("play", 4)
    with monkeypatch.context() as patch:
        patch.setattr(pygame.display, "get_driver", lambda: "offscreen")
        patch.delenv("SDL_VIDEODRIVER")
        patch.setenv("DISPLAY", ":99")
        patch.setattr(pygame.display, "init", lambda: None)
        patch.setattr(pygame.display, "set_caption", lambda _: None)
        with pytest.raises(ConfigError, match=WITHOUT_DISPLAY.format("no display answers")):
            LiveWindow("play", 4)


def test_a_window_that_cannot_be_opened_is_an_error(
    pygame: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise pygame.error("no mode")

    window = LiveWindow("play", 4)
    monkeypatch.setattr(pygame.display, "set_mode", failing)
    with pytest.raises(ConfigError, match=WITHOUT_DISPLAY.format("no mode")):
        window.show(noise())
    assert not pygame.display.get_init()
