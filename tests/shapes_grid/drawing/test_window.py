"""The window, on a screen that nobody sees (SDL's dummy driver)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gymnasium as gym
import numpy as np
import pygame
from numpy.testing import assert_array_equal

from shapes_grid.drawing.window import Window


def test_pygame_is_imported_for_a_window_only(tmp_path: Path) -> None:
    code = (
        "import gymnasium, sys\n"
        "for mode in ('rgb_array', 'ansi', 'human'):\n"
        "    env = gymnasium.make('shapes_grid:ShapesGrid-v0', render_mode=mode)\n"
        "    env.reset(seed=0)\n"
        "    env.step(0)\n"
        "    env.render()\n"
        "    env.close()\n"
        "    print(mode, 'pygame' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    lines = [line for line in run.stdout.splitlines() if not line.startswith("pygame")]
    assert lines == ["rgb_array False", "ansi False", "human True"]


def test_a_window_opens_shows_each_frame_and_closes() -> None:
    env = gym.make("shapes_grid:ShapesGrid-v0", render_mode="human")
    reference = gym.make("shapes_grid:ShapesGrid-v0", render_mode="rgb_array")
    for _ in range(2):  # it opens again after it was closed
        env.reset(seed=0)
        reference.reset(seed=0)
        for action in (None, 0, 2):
            if action is not None:
                env.step(action)
                reference.step(action)
            surface = pygame.display.get_surface()
            assert surface is not None
            shown = pygame.surfarray.array3d(surface).swapaxes(0, 1)
            assert_array_equal(shown, reference.render())
        assert env.render() is None
        env.close()
        assert not pygame.display.get_init()
        env.close()


def test_a_window_shows_rows_downwards_and_columns_to_the_right() -> None:
    frame = np.zeros((2, 3, 3), np.uint8)
    frame[0, 2] = 250, 120, 10
    window = Window("a title", fps=1000)
    window.show(frame)
    surface = pygame.display.get_surface()
    assert surface is not None
    assert surface.get_size() == (3, 2)
    assert tuple(surface.get_at((2, 0)))[:3] == (250, 120, 10)
    window.close()
    assert not pygame.display.get_init()
