"""`dsrl play` with a run: a video and a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from command_line import run
from PIL import Image

from dsrl_agent.cli.evaluate import load_agent
from dsrl_agent.cli.options import WorldOptions
from dsrl_agent.cli.play import pictures


def test_pictures_show_every_step_and_the_end_four_times(finished: Path) -> None:
    worlds = WorldOptions(device="cpu", env_kwargs={"step_limit": 5})
    agent, env = load_agent(str(finished), worlds, render_mode="rgb_array")
    shown = list(pictures(agent, env, 2, seed=1))
    assert len(shown) == 2 * (5 + 4)
    assert len({picture.shape for picture in shown}) == 1
    assert all(np.array_equal(shown[5], end) for end in shown[6:9])
    assert not np.array_equal(shown[4], shown[5])


def test_play_writes_a_video(finished: Path, tmp_path: Path) -> None:
    video = tmp_path / "out.gif"
    assert run("play", str(finished), f"--video={video}", "--episodes=1") == 0
    with Image.open(video) as picture:
        assert picture.n_frames > 1  # type: ignore[attr-defined]
        assert picture.size[0] > 400


def test_play_opens_a_window(finished: Path) -> None:
    # Under SDL's dummy driver: everything but the pixels on a screen.
    assert run("play", str(finished), "--episodes=1", "--fps=200") == 0
