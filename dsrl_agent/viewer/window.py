"""Show play in windows; pygame is imported when a window is made, not before."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Protocol

import numpy as np

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import BACKGROUND

if TYPE_CHECKING:
    import pygame

_KEYBOARD_FPS = 60
_BEFORE_REPEAT = 250  # ms until a held key repeats


class Directed(Protocol):
    """What a person directs by keys: a game, or the play of an agent."""

    quit: bool  # whether the person has quit, or nothing is left to show

    def press(self, key: int) -> None:
        """Act on the press of a key (SDL's code), or on its repetition while the key is held."""

    def release(self, key: int) -> None:
        """Record that a key is no longer held."""

    def release_all(self) -> None:
        """Release all keys, as another window has the keyboard and receives their releases."""

    def pass_time(self, seconds: float) -> bool:
        """Let time pass; return whether the picture is another one."""

    def picture(self, room: tuple[int, int] | None = None) -> Frame:
        """Return the present picture `uint8 [H, W, 3]`, fitted into a width and height."""


class _Window:
    """A resizable window."""

    def __init__(self, title: str, fps: float) -> None:
        if not (math.isfinite(fps) and fps > 0):
            raise ConfigError(f"fps is {fps!r}, but must be a number above 0; 4 reads well.")
        displays = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
        if sys.platform.startswith("linux") and not any(map(os.environ.get, displays)):
            raise _no_display("neither DISPLAY nor WAYLAND_DISPLAY is set")
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        import pygame

        self._pygame = pygame
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


class KeyboardWindow(_Window):
    """A window in which a person plays, or directs what is played.

    What is directed receives the keys and gives the pictures; `fps` are the presses per second
    while a key is held.

    Raises:
        ConfigError: There is no display, or no positive fps.
    """

    def __init__(self, title: str, directed: Directed, fps: float) -> None:
        super().__init__(title, fps)
        self._directed = directed
        self._passed = 0.0  # seconds since the last update
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
        moved = self._directed.pass_time(self._passed)
        if self._directed.quit:
            self.close()
            return False
        room = None if self._screen is None else self._screen.get_size()
        if events or moved or room is None:  # drawing takes time
            picture = self._surface(self._directed.picture(room))
            self._blit(self._open(picture.get_size()), picture)
        self._passed = self._clock.tick(_KEYBOARD_FPS) / 1000
        return True

    def _take(self, event: pygame.Event) -> None:
        pygame, directed = self._pygame, self._directed
        if event.type == pygame.QUIT:
            directed.quit = True
        elif event.type == pygame.KEYDOWN:
            directed.press(event.key)
        elif event.type == pygame.KEYUP:
            directed.release(event.key)
        elif event.type == pygame.WINDOWFOCUSLOST:
            directed.release_all()


def _no_display(reason: str) -> ConfigError:
    return ConfigError(
        f"No window can be opened here ({reason}); write the play to a file by --video out.gif."
    )
