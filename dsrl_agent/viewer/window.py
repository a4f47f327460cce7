"""Show play in windows; pygame is imported when a window is made, not before."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING

import numpy as np

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import BACKGROUND, to_image
from dsrl_agent.viewer.keyboard import Keyboard

if TYPE_CHECKING:
    import pygame

_KEYBOARD_FPS = 60
_BEFORE_REPEAT = 250  # ms until a held key repeats


class _Window:
    """A resizable window; its `fps` are frames, or steps while a key is held, per second."""

    def __init__(self, title: str, fps: float) -> None:
        if not (math.isfinite(fps) and fps > 0):
            raise ConfigError(f"fps is {fps!r}, but must be a number above 0; 4 reads well.")
        displays = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
        if sys.platform.startswith("linux") and not any(map(os.environ.get, displays)):
            raise _no_display("neither DISPLAY nor WAYLAND_DISPLAY is set")
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        import pygame

        self._pygame = pygame
        self._fps = fps
        self._screen: pygame.Surface | None = None
        self._closed = False
        try:
            pygame.display.init()
            pygame.display.set_caption(title)
        except pygame.error as error:
            raise _no_display(str(error)) from error
        # Without a reachable display, SDL falls back to invisible windows.
        unseen = pygame.display.get_driver() in ("offscreen", "dummy")
        if unseen and not os.environ.get("SDL_VIDEODRIVER"):
            self.close()
            raise _no_display("no display answers")
        self._clock = pygame.time.Clock()

    def close(self) -> None:
        """Close the window. It cannot be opened again."""
        if not self._closed:
            self._closed = True
            self._pygame.display.quit()

    def _open(self, size: tuple[int, int]) -> pygame.Surface:
        """Return the screen; open it in the given size if it is not open yet."""
        if self._screen is None:
            try:
                self._screen = self._pygame.display.set_mode(size, self._pygame.RESIZABLE)
            except self._pygame.error as error:
                self.close()
                raise _no_display(str(error)) from error
        return self._screen

    def _blit(self, screen: pygame.Surface, picture: pygame.Surface) -> None:
        """Show a picture in the middle of the screen."""
        screen.fill(BACKGROUND)
        sides = zip(screen.get_size(), picture.get_size(), strict=True)
        left, top = ((room - side) // 2 for room, side in sides)
        screen.blit(picture, (left, top))
        self._pygame.display.flip()

    def _surface(self, frame: Frame) -> pygame.Surface:
        return self._pygame.surfarray.make_surface(np.ascontiguousarray(frame.swapaxes(0, 1)))


class LiveWindow(_Window):
    """A window that shows pictures one by one, at most `fps` per second, until it is closed.

    Raises:
        ConfigError: There is no display, or no positive fps.
    """

    def show(self, frame: Frame) -> bool:
        """Show a frame `uint8 [H, W, 3]`, fitted into the window, and wait to keep the rate.

        The result is false after the window was closed or q or Esc was pressed.

        Raises:
            ConfigError: The window cannot be opened.
            ObservationError: The frame is of another dtype or shape.
        """
        if self._closed:
            return False
        pygame = self._pygame
        width, height = to_image(frame).size
        screen = self._open((width, height))
        picture = self._surface(frame)
        room = screen.get_size()
        scale = min(room[0] / width, room[1] / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if size != (width, height):
            picture = pygame.transform.smoothscale(picture, size)
        self._blit(screen, picture)
        self._clock.tick(self._fps)
        for event in pygame.event.get():
            leaves = event.type == pygame.KEYDOWN and event.key in (pygame.K_q, pygame.K_ESCAPE)
            if leaves or event.type == pygame.QUIT:
                self.close()
                return False
        return True


class KeyboardWindow(_Window):
    """A window in which a person plays.

    The keyboard receives the keys and gives the pictures; `fps` are the steps per second while a
    key is held.

    Raises:
        ConfigError: There is no display, or no positive fps.
    """

    def __init__(self, title: str, keyboard: Keyboard, fps: float) -> None:
        super().__init__(title, fps)
        self._keyboard = keyboard
        self._pygame.key.set_repeat(_BEFORE_REPEAT, max(1, round(1000 / fps)))

    def update(self) -> bool:
        """Pass events on, show the game, and wait to keep 60 frames per second.

        The result is false after the person has quit or closed the window.

        Raises:
            ConfigError: The window cannot be opened.
        """
        if self._closed:
            return False
        events = self._pygame.event.get()
        for event in events:
            self._take(event)
        if self._keyboard.quit:
            self.close()
            return False
        room = None if self._screen is None else self._screen.get_size()
        if events or room is None:  # nothing else changes the picture, and drawing takes time
            picture = self._surface(self._keyboard.picture(room))
            self._blit(self._open(picture.get_size()), picture)
        self._clock.tick(_KEYBOARD_FPS)
        return True

    def _take(self, event: pygame.Event) -> None:
        pygame, keyboard = self._pygame, self._keyboard
        if event.type == pygame.QUIT:
            keyboard.quit = True
        elif event.type == pygame.KEYDOWN:
            keyboard.press(event.key)
        elif event.type == pygame.KEYUP:
            keyboard.release(event.key)
        elif event.type == pygame.WINDOWFOCUSLOST:
            keyboard.release_all()


def _no_display(reason: str) -> ConfigError:
    return ConfigError(
        f"No window can be opened here ({reason}); write the play to a file by --video out.gif."
    )
