"""The convolutional beta-VAE: any size of image, one cell a place, and a fit that is repeatable."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from equality import assert_equal
from numpy.testing import assert_allclose, assert_array_equal
from torch import Tensor

from dsrl_agent.back_end.objectives import OBJECTIVES, Batch
from dsrl_agent.back_end.training import BackEnd
from dsrl_agent.back_end.vae import ConvVAE
from dsrl_agent.config import BackEndConfig, BackEndKind
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import CELL_SIDE, Floats32

SMALL = BackEndConfig(latents=4, width=8, batch_places=8, steps=10)


pytestmark = pytest.mark.usefixtures("one_thread")


def images(count: int, rows: int, cols: int, seed: int = 0) -> Floats32:
    rng = np.random.default_rng(seed)
    return rng.random((count, 3, rows * CELL_SIDE, cols * CELL_SIDE), np.float32)


def fit(back_end: BackEnd, pictures: Floats32, steps: int) -> list[float]:
    losses: list[float] = []
    back_end.fit(
        len(pictures), lambda chosen: pictures[chosen], steps, lambda _, loss: losses.append(loss)
    )
    return losses


@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (5, 5), (9, 16)])
def test_the_same_weights_take_any_size_of_image(rows: int, cols: int) -> None:
    back_end = BackEnd(3, SMALL, 0, "cpu")
    latents = back_end.encode(images(2, rows, cols))
    for part in latents:
        assert part.shape == (2, rows, cols, 4)
        assert part.dtype == np.float32
    pictures = back_end.decode(latents.mean[0, 0])
    assert pictures.shape == (cols, CELL_SIDE, CELL_SIDE, 3)
    assert (pictures > 0).all()
    assert (pictures < 1).all()


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_the_kind_mixture_alone_learns_a_prior(kind: BackEndKind) -> None:
    network = BackEnd(3, dataclasses.replace(SMALL, kind=kind), 0, "cpu").network
    assert (network.prior is not None) == (kind == "mixture")


def test_a_place_sees_its_cell_and_nothing_else() -> None:
    back_end = BackEnd(3, SMALL, 0, "cpu")
    image = images(1, 3, 4)
    changed = image.copy()
    changed[:, :, 12:24, 24:36] = 1.0 - changed[:, :, 12:24, 24:36]  # cell (1, 2)
    expected = np.zeros((1, 3, 4), np.bool_)
    expected[0, 1, 2] = True
    for before, after in zip(back_end.encode(image), back_end.encode(changed), strict=True):
        assert_array_equal((before != after).any(axis=3), expected)


def test_what_a_place_sees_does_not_depend_on_the_image_around_it() -> None:
    back_end = BackEnd(3, SMALL, 0, "cpu")
    image = images(1, 5, 7)
    alone = np.ascontiguousarray(image[:, :, 24:36, 60:72])  # cell (2, 5)
    for part, single in zip(back_end.encode(image), back_end.encode(alone), strict=True):
        assert_allclose(single[0, 0, 0], part[0, 2, 5], rtol=0, atol=1e-6)


@pytest.mark.slow
def test_four_images_are_overfitted() -> None:
    pictures = np.zeros((4, 3, CELL_SIDE, CELL_SIDE), np.float32)
    pictures[0, :, :6] = 1.0  # upper half white
    pictures[1, :, :, 6:] = 1.0  # right half white
    pictures[2, 0] = 1.0  # red
    pictures[3, 2, 3:9, 3:9] = 1.0  # a blue square
    back_end = BackEnd(3, BackEndConfig(batch_places=16, width=16), 0, "cpu")
    losses = fit(back_end, pictures, 400)
    # It begins at a coin toss for each value of 12 x 12 x 3: 432 ln 2 = 299 nats. In the end it
    # has to tell which of four images it is, ln 4 = 1.4 nats, and little more.
    assert losses[0] == pytest.approx(299.4, rel=0.02)
    assert np.mean(losses[-20:]) < 20.0
    spectra = back_end.encode(pictures).mean[:, 0, 0]
    assert_allclose(back_end.decode(spectra).transpose(0, 3, 1, 2), pictures, rtol=0, atol=0.1)


def test_the_loss_returned_is_the_mean_of_the_last_steps() -> None:
    pictures = images(6, 1, 1)
    losses: list[float] = []
    returned = BackEnd(3, SMALL, 0, "cpu").fit(
        6, lambda chosen: pictures[chosen], 30, lambda step, loss: losses.append(loss)
    )
    assert len(losses) == 30
    assert returned == pytest.approx(np.mean(losses[-20:]))


@pytest.mark.parametrize(("rows", "batch"), [(1, 8), (2, 2), (5, 1)])
def test_larger_images_make_smaller_batches(rows: int, batch: int) -> None:
    # 8 places a step: 8 images of one, 2 of 2 x 2, and never less than one image.
    pictures = images(3, rows, rows)
    sizes = []

    def images_of(chosen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats32:
        sizes.append(len(chosen))
        return pictures[chosen]

    BackEnd(3, SMALL, 0, "cpu").fit(3, images_of, 2)
    assert sizes[1:] == [batch, batch]  # the first call asks for the size alone


def test_the_same_seed_fits_the_same_and_another_seed_otherwise() -> None:
    pictures = images(6, 2, 2)
    first, again, other = (BackEnd(3, SMALL, seed, "cpu") for seed in (3, 3, 4))
    assert (first.arrays()["generator"] != other.arrays()["generator"]).any()
    losses = [fit(back_end, pictures, 5) for back_end in (first, again, other)]
    assert losses[0] == losses[1]
    assert_equal(first.arrays(), again.arrays())
    assert (np.array(losses[0]) != losses[2]).all()
    assert any((first.arrays()[name] != array).any() for name, array in other.arrays().items())


def test_one_cycle_ends_with_steps_of_nothing() -> None:
    pictures = images(6, 1, 1)
    config = dataclasses.replace(SMALL, one_cycle=True, learning_rate=0.03)
    back_end = BackEnd(3, config, 0, "cpu")
    weights = back_end.network.get_parameter("encoder.0.weight")
    seen: list[torch.Tensor] = []
    back_end.fit(
        6, lambda chosen: pictures[chosen], 40, lambda *_: seen.append(weights.detach().clone())
    )
    moved = [float((b - a).abs().max()) for a, b in itertools.pairwise(seen)]
    # Adam moves a weight by about the rate: .03 / 25 at first, .03 after 30 % of the steps, and
    # .03 / 250,000 in the end.
    assert 0.01 < max(moved[8:16]) < 0.1
    assert max(moved[0], moved[-1]) < 0.005
    assert moved[-1] < 1e-5


def test_steps_that_overflow_are_left_out() -> None:
    def overflowing(network: ConvVAE, batch: Batch) -> Tensor:
        return (network.encode(batch.images).mean.abs().sum() * 1e38).exp()

    back_end = BackEnd(3, SMALL, 0, "cpu")
    back_end.objective = overflowing
    with pytest.raises(ConfigError, match=r"loss is inf after 1 steps.*learning_rate is 0\.03"):
        fit(back_end, np.ones((4, 3, 12, 12), np.float32), steps=1)
    after, before = back_end.network.state_dict(), BackEnd(3, SMALL, 0, "cpu").network.state_dict()
    assert after.keys() == before.keys()
    for name, weights in after.items():
        assert_array_equal(weights, before[name])


@pytest.mark.slow
def test_rare_pictures_are_reproduced_as_well_as_common_ones() -> None:
    # 60 frames of a grid of 5 x 7, in which one kind of cell stands 12 times and four once each:
    # squares of one outline that differ inside, as walls, boxes and doors do.
    rng = np.random.default_rng(0)
    kinds = np.zeros((5, CELL_SIDE, CELL_SIDE), np.float32)
    kinds[:, 1:-1, 1:-1] = 0.5
    kinds[1, 4:8, 4:8] = 1.0
    kinds[2, 3:9, 5:7] = 0.0
    kinds[3, 5:7, 3:9] = 1.0
    kinds[4, 2:10, 2:10] *= np.eye(8, dtype=np.float32)
    cells = np.zeros((60, 35, CELL_SIDE, CELL_SIDE), np.float32)
    where = np.array([rng.permutation(35)[:16] for _ in cells])
    for frame, places in zip(cells, where, strict=True):
        frame[places] = kinds[[0] * 12 + [1, 2, 3, 4]]
    pictures = cells.reshape(60, 5, 7, CELL_SIDE, CELL_SIDE).transpose(0, 1, 3, 2, 4)
    pictures = np.repeat(pictures.reshape(60, 1, 60, 84), 3, axis=1)
    back_end = BackEnd(3, BackEndConfig(), 1, "cpu")
    fit(back_end, pictures, BackEndConfig().steps)
    spectra = back_end.encode(pictures).mean.reshape(60, 35, -1)
    for rare in range(12, 16):
        seen = back_end.decode(spectra[np.arange(60), where[:, rare]])[..., 0]
        lost = np.square(seen - kinds[rare - 11]).sum() / (60 * np.square(kinds[rare - 11]).sum())
        assert lost < 0.05, f"kind {rare - 11}"


def test_a_loaded_back_end_goes_on_bit_for_bit() -> None:
    pictures = images(6, 2, 2)
    whole, half = BackEnd(3, SMALL, 3, "cpu"), BackEnd(3, SMALL, 3, "cpu")
    for back_end in (whole, half):
        fit(back_end, pictures, 10)
    loaded = BackEnd(3, SMALL, 99, "cpu")
    loaded.load({name: array.copy() for name, array in half.arrays().items()})
    assert_equal(loaded.arrays(), half.arrays())
    assert fit(loaded, pictures, 10) == fit(whole, pictures, 10)
    assert_equal(loaded.arrays(), whole.arrays())
    for part, other in zip(loaded.encode(pictures), whole.encode(pictures), strict=True):
        assert_array_equal(part, other)


def flushes_denormals() -> bool:
    return not (torch.tensor(1e-40) * 1.0).view(torch.int32).any()


@pytest.mark.parametrize("flush", [False, True])
def test_global_state_of_torch_is_left_unchanged(flush: bool) -> None:
    torch.set_flush_denormal(flush)
    try:
        state, within = torch.get_rng_state(), []
        pictures = images(2, 1, 1)
        back_end = BackEnd(3, SMALL, 7, "cpu")
        back_end.fit(
            2, lambda chosen: pictures[chosen], 2, lambda *_: within.append(flushes_denormals())
        )
        assert torch.equal(torch.get_rng_state(), state)
        assert within == [True, True]
        assert flushes_denormals() == flush
    finally:
        torch.set_flush_denormal(False)


def test_a_fit_that_is_interrupted_leaves_the_processor_as_it_was() -> None:
    pictures = images(2, 1, 1)

    def stop(step: int, loss: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        BackEnd(3, SMALL, 7, "cpu").fit(2, lambda chosen: pictures[chosen], 2, stop)
    assert not flushes_denormals()


@pytest.mark.parametrize("device", ["gpu", "", "cuda:99", "meta"])
def test_a_device_that_is_not_here_is_refused(device: str) -> None:
    with pytest.raises(ConfigError, match=f"device is {device!r}, but no such device is here; use"):
        BackEnd(3, SMALL, 0, device)


def test_a_kind_without_a_network_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"kind is 'pca', but it must be a kind with a network"):
        BackEnd(3, dataclasses.replace(SMALL, kind="pca"), 0, "cpu")
