"""Replay an episode as a strip of frames."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from dsrl_agent.errors import CheckpointError
from dsrl_agent.evaluation.evaluate import evaluation_env
from dsrl_agent.experiments.analysis.results import Film
from dsrl_agent.experiments.report.films import strip

WORLD = {"id": "shapes_grid:ShapesGrid-v0", "kwargs": {}}


def test_a_strip_holds_every_frame_of_the_episode_and_the_return_so_far() -> None:
    film = Film(
        suite="fast",
        contestant="ours",
        test="mixed",
        env=WORLD,
        steps=100,
        episode_seed=11,
        acts=[3, 3, 3, 3],
    )
    made = strip(film)
    env = evaluation_env("shapes_grid:ShapesGrid-v0", {}, None)
    first, _ = env.reset(seed=11)
    assert (made.contestant, made.steps, made.frames) == ("ours", 100, 5)
    assert [env.step(action)[1] for action in film.acts] == [1.0, 1.0, 0.0, -1.0]
    assert made.returns == [0, 1, 2, 2, 1]
    assert all(isinstance(one, int) for one in made.returns)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(made.png))).convert("RGB"))
    assert picture.shape == (made.height, 5 * made.width, 3)
    assert np.abs(picture[:, : made.width].astype(int) - first).max() < 32  # 64 colours


def test_a_film_imports_no_module_that_the_results_name() -> None:
    film = Film(
        suite="s",
        contestant="ours",
        test="a",
        env={"id": "this:X-v0", "kwargs": {}},
        steps=1,
        episode_seed=0,
        acts=[0],
    )
    with pytest.raises(CheckpointError, match="The file of results names 'this:X-v0'"):
        strip(film)
