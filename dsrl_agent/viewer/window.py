"""The window in which play is watched live. pygame is imported when one is opened, not before."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING

import numpy as np

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame
from dsrl_agent.viewer.picture import BACKGROUND, to_image

if TYPE_CHECKING:
    import pygame


class LiveWindow:
    """A window that shows pictures as they come, until someone closes it.

    Args:
        title: The window's title.
        fps: Frames a second at most.

    Raises:
        ConfigError: There is no display, or no positive fps.
    """

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
        # Without a reachable display, SDL falls back to windows that nobody can see.
        unseen = pygame.display.get_driver() in ("offscreen", "dummy")
        if unseen and not os.environ.get("SDL_VIDEODRIVER"):
            self.close()
            raise _no_display("no display answers")
        self._clock = pygame.time.Clock()

    def show(self, frame: Frame) -> bool:
        """Show a frame `uint8 [H, W, 3]`, fitted into the window, and wait as the rate asks for.

        Returns:
            False once someone has closed the window or pressed q or escape.

        Raises:
            ConfigError: The window cannot be opened.
            ObservationError: The frame is of another dtype or shape.
        """
        if self._closed:
            return False
        pygame = self._pygame
        width, height = to_image(frame).size
        if self._screen is None:
            try:
                self._screen = pygame.display.set_mode((width, height), pygame.RESIZABLE)
            except pygame.error as error:
                self.close()
                raise _no_display(str(error)) from error
        picture = pygame.surfarray.make_surface(np.ascontiguousarray(frame.swapaxes(0, 1)))
        room = self._screen.get_size()  # of the window as it is now
        scale = min(room[0] / width, room[1] / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if size != (width, height):
            picture = pygame.transform.smoothscale(picture, size)
        self._screen.fill(BACKGROUND)
        self._screen.blit(picture, ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
        pygame.display.flip()
        self._clock.tick(self._fps)
        for event in pygame.event.get():
            leaves = event.type == pygame.KEYDOWN and event.key in (pygame.K_q, pygame.K_ESCAPE)
            if leaves or event.type == pygame.QUIT:
                self.close()
                return False
        return True

    def close(self) -> None:
        """Close the window. It cannot be opened again."""
        if not self._closed:
            self._closed = True
            self._pygame.display.quit()


def _no_display(reason: str) -> ConfigError:
    return ConfigError(
        f"No window can be opened here ({reason}); write the play to a file by --video out.gif."
    )
