"""Scenes drawn from the model: the statistics of their latents and of their noise."""

from __future__ import annotations

import numpy as np
import pytest
from small_things import BAR, BLOCK, GREEN, RED, small_model

from dsrl_agent.back_end.compositor.composition import draw_scenes
from dsrl_agent.back_end.compositor.recognition.drawing import draw_frames, draw_latents


def test_types_placements_and_tints_are_equally_frequent() -> None:
    model = small_model((5, 5))
    scene = draw_latents(model, 1000, (0.2, 0.6), np.random.default_rng(1))
    there = scene.types >= 0
    # The share that holds something is 0.4 on average: 25000 places, deviation of the mean 0.005.
    assert there.mean() == pytest.approx(0.4, abs=0.02)
    blocks, bars = (scene.types == kind for kind in (BLOCK, BAR))
    assert bars.sum() / there.sum() == pytest.approx(0.5, abs=0.02)
    counts = np.bincount(scene.templates[blocks], minlength=9)
    assert counts / counts.sum() == pytest.approx(np.full(9, 1 / 9), abs=0.02)
    assert (scene.tints[blocks] == RED).mean() == pytest.approx(0.5, abs=0.03)
    assert set(scene.tints[bars].tolist()) == {GREEN}
    assert np.array_equal(scene.types[there], model.hypotheses.types[scene.templates[there]])


def test_the_share_that_holds_something_differs_between_frames() -> None:
    scene = draw_latents(small_model((10, 10)), 200, (0.1, 0.9), np.random.default_rng(2))
    shares = (scene.types >= 0).mean(axis=(1, 2))
    assert shares.min() < 0.25
    assert shares.max() > 0.75


def test_frames_are_the_drawing_with_the_noise_of_the_likelihood() -> None:
    model = small_model((4, 4), noise=0.1)
    rng = np.random.default_rng(3)
    scene = draw_latents(model, 50, (0.1, 0.9), rng)
    noise = draw_frames(scene, model, rng) - draw_scenes(scene, model)
    assert float(noise.mean()) == pytest.approx(0, abs=0.002)
    assert float(noise.std()) == pytest.approx(0.1, abs=0.001)


def test_a_seed_draws_the_same_scenes_and_another_seed_others() -> None:
    model = small_model()
    one, two, other = (
        draw_latents(model, 20, (0.1, 0.9), np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    assert np.array_equal(one.types, two.types)
    assert np.array_equal(one.templates, two.templates)
    assert not np.array_equal(one.types, other.types)
