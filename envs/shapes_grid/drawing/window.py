"""Show frames in a window. No other module imports pygame."""

from __future__ import annotations

import numpy as np
import pygame

from shapes_grid.drawing.canvas import Frame


class Window:
    """A window that shows frames at a fixed rate, `fps` a second."""

    def __init__(self, title: str, fps: int) -> None:
        pygame.display.init()
        pygame.display.set_caption(title)
        self._clock = pygame.time.Clock()
        self._fps = fps
        self._screen: pygame.Surface | None = None

    def show(self, frame: Frame) -> None:
        """Show a frame `uint8 [H, W, 3]`, then wait until the next frame is due."""
        if self._screen is None:
            self._screen = pygame.display.set_mode((frame.shape[1], frame.shape[0]))
        surface = pygame.surfarray.make_surface(np.ascontiguousarray(frame.swapaxes(0, 1)))
        self._screen.blit(surface, (0, 0))
        pygame.event.pump()
        pygame.display.flip()
        self._clock.tick(self._fps)

    def close(self) -> None:
        """Close the window."""
        pygame.display.quit()
