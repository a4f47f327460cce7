"""Training of the autoencoders: its floor, and that it resumes bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.experiments.studies.autoencoder_training import (
    AutoencoderTraining,
    Setting,
    floor,
    to_tensor,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_floor_is_the_grey_pixels_entropy() -> None:
    # ln 2 for a pixel of one half, nothing for black and white: 2 halves in 2 images.
    images = np.array([[0.5, 0.0], [0.5, 1.0]], np.float32)
    assert_allclose(floor(images), np.log(2.0), rtol=1e-6)


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped() -> None:
    images = to_tensor(np.random.default_rng(0).integers(0, 256, (12, 28, 28)).astype(np.uint8))
    setting = Setting("fully_convolutional", 2, batch=1, learning_rate=1e-3, epochs=3)
    whole = AutoencoderTraining(setting, 0)
    epochs = list(whole.run(images, images))
    first = AutoencoderTraining(setting, 0)
    next(first.run(images, images))
    second = AutoencoderTraining(setting, 0)
    next(second.run(images, images))  # its own weights are overwritten
    second.load(first.arrays(), first.done)
    rest = list(second.run(images, images))
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert [epoch.validation for epoch in rest] == [epoch.validation for epoch in epochs[1:]]
    assert epochs[2].validation < epochs[0].validation
