"""The studies: their figures on numbers worked by hand, and each command on a small case."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.cli.main import main
from dsrl_agent.errors import ConfigError, DataError
from dsrl_agent.experiments.studies import autoencoders, losses
from dsrl_agent.experiments.studies.autoencoder_training import Setting, Training, floor, to_tensor
from dsrl_agent.experiments.studies.disentanglement import mutual_information_gap
from dsrl_agent.experiments.studies.factors import dsprites, shapes_grid_cells
from dsrl_agent.experiments.studies.mnist import Mnist
from dsrl_agent.experiments.studies.options import AutoencodersOptions, BetaOptions, LossesOptions
from dsrl_agent.experiments.studies.thesis_networks import FullyConnected, FullyConvolutional

pytestmark = pytest.mark.usefixtures("one_thread")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def records(folder: Path, kind: str) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]


def test_a_wrong_option_is_refused_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("study", "autoencoders", "--kernel=9") == 2
    assert capsys.readouterr().err == "dsrl: kernel is 9, but it must be from 1 to 7.\n"
    assert run("study", "autoencoders") == 2
    assert "give --data FOLDER" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="betas"):
        BetaOptions(betas=[float("inf")])
    with pytest.raises(ConfigError, match="digits is 0"):
        LossesOptions(digits=0)


# Autoencoders.


def test_the_networks_have_the_tables_parameters() -> None:
    def size(network: torch.nn.Module) -> int:
        return sum(values.numel() for values in network.parameters())

    # 784 * 32 + 32 and 32 * 784 + 784.
    assert size(FullyConnected()) == 25120 + 25872
    # Kernel 3: 1*32*9 + 32, 32*4*9 + 4, 4*32*9 + 32, 32*1*9 + 1.
    assert size(FullyConvolutional(3)) == 320 + 1156 + 1184 + 289


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_convolutions_keep_the_size_whatever_the_kernel(kernel: int) -> None:
    assert FullyConvolutional(kernel)(torch.zeros(2, 1, 28, 28)).shape == (2, 1, 28, 28)


def test_the_floor_is_the_grey_pixels_entropy() -> None:
    # ln 2 for a pixel of one half, nothing for black and white: 2 halves in 2 images.
    images = np.array([[0.5, 0.0], [0.5, 1.0]], np.float32)
    assert_allclose(floor(images), np.log(2.0), rtol=1e-6)


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped() -> None:
    images = to_tensor(np.random.default_rng(0).integers(0, 256, (12, 28, 28)).astype(np.uint8))
    setting = Setting("fully_convolutional", 2, batch=1, learning_rate=1e-3, epochs=3)
    whole = Training(setting, 0)
    epochs = list(whole.run(images, images))
    first = Training(setting, 0)
    next(first.run(images, images))
    second = Training(setting, 1)  # its own first weights are overwritten
    second.load(first.arrays(), first.done)
    second._seed = 0
    rest = list(second.run(images, images))
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert [epoch.validation for epoch in rest] == [epoch.validation for epoch in epochs[1:]]
    assert epochs[2].validation < epochs[0].validation


def test_autoencoders_write_scores_and_pictures_and_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 5:20, 12:15] = 255
    labels = np.zeros(40, np.int64)
    data = Mnist(images, labels, images, labels)
    monkeypatch.setattr(autoencoders, "load_or_download", lambda *_: data)
    out = tmp_path / "run"
    assert run("study", "autoencoders", f"--out={out}") == 0
    printed = capsys.readouterr().out
    assert "71.94 (Table 2.1)" in printed
    assert "64.89 (Table 2.2)" in printed
    scores = {k: v for record in records(out, "score") for k, v in record.items()}
    for kind in ("fully_connected", "fully_convolutional"):
        assert (out / f"{kind}.png").read_bytes().startswith(b"\x89PNG")
        assert scores[f"{kind}_validation"] == records(out, kind)[-1]["validation"]
    assert len(records(out, "fully_connected")) == 8
    # All epochs are done: going on trains nothing and writes the same page again.
    page = (out / "README.md").read_text()
    (out / "README.md").unlink()
    assert run("study", "autoencoders", f"--resume={out}") == 0
    assert (out / "README.md").read_text() == page
    assert len(records(out, "fully_connected")) == 8


def test_another_studys_run_cannot_be_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("study", "losses", f"--out={tmp_path / 'losses'}") == 0
    assert run("study", "autoencoders", f"--resume={tmp_path / 'losses'}") == 2
    assert "is no run of this study" in capsys.readouterr().err
    assert AutoencodersOptions().setting == "fast"


# Losses.


def test_the_losses_on_two_pixels() -> None:
    image, rebuilt = np.array([[1.0, 0.0]]), np.array([[0.5, 0.25]])
    # sqrt(0.5^2 + 0.25^2), and -ln 0.5 - ln 0.75.
    assert_allclose(losses.euclidean(image, rebuilt), np.sqrt(0.3125))
    assert_allclose(losses.cross_entropy(image, rebuilt, 1e-7), -np.log(0.5) - np.log(0.75))
    # A white pixel taken for black costs -ln of the clip.
    assert_allclose(losses.cross_entropy(image[:, :1], np.zeros((1, 1)), 0.01), -np.log(0.01))


def test_half_a_pixel_down_and_right() -> None:
    image = np.zeros((3, 3))
    image[0, 0] = 1.0
    assert_array_equal(
        losses.shift_half(image), [[0.25, 0.25, 0.0], [0.25, 0.25, 0.0], [0.0, 0.0, 0.0]]
    )


def test_the_gap_is_the_costliest_below_the_limit() -> None:
    image = np.array([[0.6, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    # A pixel of 0.6 costs 0.6, one of 1 too much, and any square with a 1 in it as well.
    assert_array_equal(losses.break_stroke(image, 0.9), image * (image == 1.0))
    # Below 1.5, the square of two ones costs sqrt(2).
    assert_array_equal(losses.break_stroke(image, 1.5), image * (image == 0.6))


def test_the_eyes_choice_costs_less_entropy_and_more_distance(tmp_path: Path) -> None:
    out = tmp_path / "losses"
    assert run("study", "losses", f"--out={out}") == 0
    itself, shifted, gap = records(out, "losses")
    assert itself["euclidean"] == 0.0
    assert gap["euclidean"] < shifted["euclidean"]
    assert itself["bce_1e-07"] < shifted["bce_1e-07"] < gap["bce_1e-07"]
    assert (out / "losses.png").is_file()


# Beta.


def test_the_gap_is_one_for_a_latent_of_its_own_and_none_for_a_shared_one() -> None:
    factors = np.array([[a, b] for a in range(4) for b in range(4)])
    own = np.stack([factors[:, 0], factors[:, 1], np.zeros(16)], axis=1).astype(np.float64)
    assert_allclose(mutual_information_gap(own, factors), [1.0, 1.0])
    # Both latents tell the first factor whole: there is no gap, and nothing tells the second.
    shared = np.stack([factors[:, 0], -factors[:, 0]], axis=1).astype(np.float64)
    assert_allclose(mutual_information_gap(shared, factors), [0.0, 0.0], atol=1e-12)


@pytest.mark.slow
def test_every_combination_of_factors_is_drawn_once() -> None:
    data = shapes_grid_cells()
    assert data.images.shape == (1800, 3, 12, 12)
    assert len(np.unique(data.factors, axis=0)) == 1800
    assert len(np.unique(data.images.reshape(1800, -1), axis=0)) == 1800
    # The last factor moves an object one pixel to the right: the first two images are neighbours.
    assert_array_equal(data.factors[1] - data.factors[0], [0, 0, 0, 0, 1])
    floor_colour = data.images[0, :, :1, -1:]
    inner = data.images[0] - floor_colour
    assert_array_equal(np.roll(inner, 1, axis=2), data.images[1] - floor_colour)


def test_dsprites_is_read_and_another_file_refused(tmp_path: Path) -> None:
    file = tmp_path / "dsprites.npz"
    classes = np.arange(60).reshape(10, 6)
    images = np.zeros((10, 64, 64), np.uint8)
    images[:, 3, 4] = 1
    np.savez(file, imgs=images, latents_classes=classes)
    data = dsprites(file, 4, seed=0)
    assert data.images.shape == (4, 1, 64, 64)
    assert_array_equal(data.images[:, 0, 3, 4], np.ones(4))
    assert set(map(tuple, data.factors)) <= set(map(tuple, classes[:, 1:]))
    np.savez(file, imgs=images[:, :32], latents_classes=classes)
    with pytest.raises(DataError, match="dSprites has images of 64 x 64"):
        dsprites(file, 4, seed=0)
    with pytest.raises(DataError, match="cannot be read as dSprites"):
        dsprites(tmp_path / "none.npz", 4, seed=0)


@pytest.mark.slow
def test_beta_buys_less_kl_with_a_worse_reconstruction(tmp_path: Path) -> None:
    out = tmp_path / "beta"
    quick = ["--betas=[0.1,4]", "--seeds=1", "--steps=120", "--latents=4"]
    assert run("study", "beta", *quick, f"--out={out}") == 0
    low, high = records(out, "beta")
    assert low["kl"] > high["kl"]
    assert low["reconstruction"] < high["reconstruction"]
    for name in ("terms", "reconstructions", "traversals_beta_0.1"):
        assert (out / f"{name}.png").is_file()
    assert "| 0.1 |" in (out / "README.md").read_text()


# Living types.


@pytest.mark.slow
def test_a_late_shape_is_found_in_the_study(tmp_path: Path) -> None:
    out = tmp_path / "living"
    quick = ["--seeds=1", "--steps=200", "--noise=[0]", "--shapes=[star]"]
    assert run("study", "living", *quick, f"--out={out}") == 0
    (found,) = records(out, "living")
    assert found["unknown"] == 1.0
    assert found["sightings"] <= 10
    assert found["exact"] == found["old_exact"] == found["undisturbed"] == 1.0
    assert "| 0 | star | 1.00 | 1 of 1 |" in (out / "README.md").read_text()
