"""The encoder of each kind: the factory, the plain autoencoder and the categorical VAE."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.kinds import CELL_KINDS, Autoencoder, CategoricalVAE, make_encoder
from dsrl_agent.back_end.linear import PrincipalComponents, RawPixels
from dsrl_agent.back_end.training import BackEnd
from dsrl_agent.back_end.vae import FINE_LAYERS
from dsrl_agent.config import BackEndConfig, BackEndKind
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Floats32

KINDS: tuple[BackEndKind, ...] = get_args(BackEndKind)

pytestmark = pytest.mark.usefixtures("one_thread")


def images(height: int = 24, width: int = 24) -> Floats32:
    return np.random.default_rng(0).random((6, 3, height, width), np.float32)


def test_the_default_kind_is_the_variational_autoencoder() -> None:
    encoder, vae = make_encoder(BackEndConfig(), 3, "cpu"), BackEnd(3, BackEndConfig(), 3, "cpu")
    assert type(encoder) is BackEnd
    assert_array_equal(encoder.encode(images()).mean, vae.encode(images()).mean)


def test_each_kind_has_its_class() -> None:
    found = {kind: type(make_encoder(BackEndConfig(kind=kind), 0, "cpu")) for kind in KINDS}
    special: dict[BackEndKind, type] = {
        "pixels": RawPixels,
        "pca": PrincipalComponents,
        "autoencoder": Autoencoder,
        "categorical": CategoricalVAE,
    }
    assert found == {**dict.fromkeys(KINDS, BackEnd), **special}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_whole_cells_refuse_other_layers(kind: BackEndKind) -> None:
    config = BackEndConfig(kind=kind)
    if kind in CELL_KINDS:
        with pytest.raises(ConfigError, match=f"kind is '{kind}', which sees cells of a known"):
            make_encoder(config, 0, "cpu", FINE_LAYERS)
    else:
        encoder, pictures = make_encoder(config, 0, "cpu", FINE_LAYERS), images(20, 16)
        encoder.fit(6, lambda chosen: pictures[chosen], 2)
        assert encoder.encode(pictures).mean.shape[:3] == (6, 5, 4)


def test_an_autoencoders_deviations_are_those_of_its_latents() -> None:
    encoder, pictures = make_encoder(BackEndConfig(kind="autoencoder"), 0, "cpu"), images()
    encoder.fit(6, lambda chosen: pictures[chosen], 3)
    mean, log_variance = encoder.encode(pictures)
    assert_allclose(np.exp(0.5 * log_variance[0, 0, 0]), mean.reshape(24, 8).std(axis=0), rtol=1e-5)
    assert_array_equal(log_variance, np.broadcast_to(log_variance[0, 0, 0], mean.shape))


def test_an_autoencoder_measures_64_images_at_most() -> None:
    many = np.zeros((70, 3, 12, 12), np.float32)
    many[64:] = 1.0
    asked: list[int] = []

    def images_of(chosen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats32:
        asked.append(len(chosen))
        return many[chosen]

    encoder = make_encoder(BackEndConfig(kind="autoencoder", batch_places=2), 0, "cpu")
    encoder.fit(70, images_of, 1)
    assert asked[-1] == 64
    # The first 64 are alike: no latent varies, and the least deviation stands.
    assert_allclose(encoder.encode(many).log_variance, 2 * np.log(1e-6), rtol=1e-3)


def test_a_categorical_spectrum_is_a_distribution() -> None:
    mean, log_variance = make_encoder(
        BackEndConfig(kind="categorical", latents=5), 0, "cpu"
    ).encode(images())
    assert mean.shape == (6, 2, 2, 5)
    assert_allclose(mean.sum(axis=-1), 1.0, rtol=1e-5)
    assert_allclose(np.exp(0.5 * log_variance), 0.05, rtol=1e-5)
