"""The contract of an encoder, for every `back_end.kind`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.encoder import Encoder
from dsrl_agent.back_end.kinds import make_encoder
from dsrl_agent.config import BackEndConfig, BackEndKind
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.types import Floats32

KINDS: tuple[BackEndKind, ...] = get_args(BackEndKind)

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.parametrize("kind", KINDS)]


def images() -> Floats32:
    """Return 40 images of two cells: the left one is red, the right one has a blue bar."""
    both = np.zeros((40, 3, 12, 24), np.float32)
    both[:, 0, 2:9, 2:9] = 0.9
    both[:, 2, 5:7, 13:23] = 0.8
    return both


def made(kind: BackEndKind, seed: int = 0) -> Encoder:
    slow = BackEndConfig(kind=kind, steps=60, batch_places=20, learning_rate=3e-3, one_cycle=False)
    return make_encoder(slow, seed, "cpu")


def fitted(kind: BackEndKind, steps: int, seed: int = 0) -> Encoder:
    encoder, pictures = made(kind, seed), images()
    encoder.fit(len(pictures), lambda chosen: pictures[chosen], steps)
    return encoder


def test_unlike_cells_have_unlike_spectra(kind: BackEndKind) -> None:
    latents = fitted(kind, 60).encode(images()[:1])
    assert latents.mean.shape == latents.log_variance.shape
    assert latents.mean.dtype == latents.log_variance.dtype == np.float32
    assert latents.mean.shape[:3] == (1, 1, 2)
    away = np.abs(latents.mean[0, 0, 0] - latents.mean[0, 0, 1])
    assert (away / np.exp(0.5 * latents.log_variance[0, 0, 0])).max() > 0.5


def test_pictures_of_spectra_are_cells_in_range(kind: BackEndKind) -> None:
    encoder = fitted(kind, 5)
    pictures = encoder.decode(encoder.encode(images()[:3]).mean[:, 0, 1])
    assert pictures.shape == (3, 12, 12, 3)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1


def test_what_was_learned_survives_a_checkpoint_and_trains_on(
    kind: BackEndKind, tmp_path: Path
) -> None:
    encoder, pictures = fitted(kind, 5), images()
    save_checkpoint(tmp_path / "saved", {"back_end": encoder.arrays()}, {})
    other = made(kind, seed=9)
    other.load(load_checkpoint(tmp_path / "saved").arrays["back_end"])
    for _ in range(2):  # as loaded, and after a further fit
        for one, same in zip(encoder.encode(pictures), other.encode(pictures), strict=True):
            assert_array_equal(one, same)
        spectra = encoder.encode(pictures).mean[:, 0, 0]
        assert_array_equal(encoder.decode(spectra), other.decode(spectra))
        for each in (encoder, other):
            each.fit(len(pictures), lambda chosen: pictures[chosen], 3)


def test_an_encoder_that_has_learned_nothing_can_be_saved(kind: BackEndKind) -> None:
    encoder, other = made(kind), made(kind, seed=9)
    other.load(encoder.arrays())
    for name, array in encoder.arrays().items():
        assert_array_equal(array, other.arrays()[name])


def test_the_seed_alone_decides(kind: BackEndKind) -> None:
    first, again, other = (fitted(kind, 5, seed).encode(images()).mean for seed in (1, 1, 2))
    assert_array_equal(first, again)
    if kind not in ("pca", "pixels"):
        assert (first != other).any()
    assert torch.device("cpu") == made(kind).device
