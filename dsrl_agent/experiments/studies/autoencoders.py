"""`dsrl study autoencoders`: repeat section 2.4, Tables 2.1 and 2.2, Figures 2.6 and 2.8.

Two plain autoencoders learn MNIST: a fully-connected one with 32 latents and a fully-convolutional
one with a latent map of 4 x 7 x 7. The score is the binary cross-entropy summed over an image's
pixels, averaged over the test images.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
from matplotlib.figure import Figure

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.autoencoder_training import (
    AutoencoderTraining,
    Epoch,
    Setting,
    floor,
    reconstruct,
    score,
    to_tensor,
)
from dsrl_agent.experiments.studies.mnist import Mnist, download_mnist, load_mnist
from dsrl_agent.experiments.studies.options import AutoencodersOptions
from dsrl_agent.experiments.studies.page import Page, resumed_study, study_folder
from dsrl_agent.experiments.studies.thesis_networks import NetworkKind
from dsrl_agent.records import RunFolder, load_checkpoint
from dsrl_agent.runtime.progress import progress_bar
from dsrl_agent.types import Floats32, Frame

KINDS: tuple[NetworkKind, ...] = get_args(NetworkKind)
Trainings = dict[NetworkKind, AutoencoderTraining]
_DEFAULT_FOLDER = Path("data/mnist")
_SHOWN_ROWS, _SHOWN_PAIRS = 4, 4


class ThesisResult(NamedTuple):
    """The thesis's result for a network: its table, its figure and its score, nats per image."""

    table: str
    figure: str
    score: float


THESIS: dict[NetworkKind, ThesisResult] = {
    "fully_connected": ThesisResult("2.1", "2.6", 71.94),
    "fully_convolutional": ThesisResult("2.2", "2.8", 64.89),
}


def study(options: AutoencodersOptions) -> str:
    """Train both networks, score and draw them; return the page's text and path."""
    resumed = None
    if options.resume is not None:  # the data may have moved
        resumed, options = resumed_study("autoencoders", options, ("data", "download"))
    mnist = load_or_download(options.data, options.download)
    with resumed or study_folder("autoencoders", options, options.seed) as folder:
        trainings = _trainings(folder, options)
        _train(trainings, mnist, folder)
        return _page(trainings, mnist, folder, options).write()


def setting_of(options: AutoencodersOptions, kind: NetworkKind) -> Setting:
    """Return the settings of a network's training: the draft's, or faster ones."""
    if options.setting == "thesis":
        return Setting(kind, options.kernel, batch=1, learning_rate=1e-4, epochs=15)
    if kind == "fully_connected":
        return Setting(kind, options.kernel, batch=32, learning_rate=1e-3, epochs=8)
    return Setting(kind, options.kernel, batch=32, learning_rate=3e-3, epochs=3)


def load_or_download(data: str | None, download: bool) -> Mnist:
    """Read MNIST from a folder, after downloading missing files if `download` is set.

    Raises:
        ConfigError: No folder is named, and `download` is not set.
        DataError: The files cannot be downloaded or are not MNIST's.
    """
    if data is None and not download:
        raise ConfigError(
            "No data are named; give --data FOLDER with MNIST's four IDX files, or --download true."
        )
    folder = _DEFAULT_FOLDER if data is None else Path(data)
    if download:
        download_mnist(folder)
    return load_mnist(folder)


def _trainings(folder: RunFolder, options: AutoencodersOptions) -> Trainings:
    """Return both networks untrained, or as the folder's newest checkpoint has them."""
    settings = {kind: setting_of(options, kind) for kind in KINDS}
    trainings = {kind: AutoencoderTraining(each, options.seed) for kind, each in settings.items()}
    latest = folder.latest()
    if latest is not None:
        arrays, data = load_checkpoint(latest)
        for kind, done in data["done"].items():
            parts = {part: arrays[f"{kind}_{part}"] for part in ("network", "optimiser")}
            trainings[kind].load(parts, done)
    return trainings


def _train(trainings: Trainings, mnist: Mnist, folder: RunFolder) -> None:
    train, validation = to_tensor(mnist.train_images), to_tensor(mnist.test_images)
    total = sum(training.setting.epochs for training in trainings.values())
    done = sum(training.done for training in trainings.values())
    with progress_bar(total=total, initial=done, desc="epochs") as bar:
        for kind, training in trainings.items():
            for epoch in training.run(train, validation):
                _record(folder, kind, epoch, trainings)
                bar.update()
                bar.set_postfix_str(f"{kind} {epoch.validation:.2f} nats", refresh=False)


def _record(folder: RunFolder, kind: NetworkKind, epoch: Epoch, trainings: Trainings) -> None:
    folder.log(kind, epoch.number, {k: v for k, v in epoch._asdict().items() if k != "number"})
    done = {name: training.done for name, training in trainings.items() if training.done}
    arrays = {
        f"{name}_{part}": content
        for name in done
        for part, content in trainings[name].arrays().items()
    }
    folder.save(sum(done.values()), arrays, {"done": done})


def _page(
    trainings: Trainings, mnist: Mnist, folder: RunFolder, options: AutoencodersOptions
) -> Page:
    page = Page(folder, "Autoencoders on MNIST (Sherburn 2017, section 2.4)")
    images = to_tensor(mnist.test_images)
    least = floor(images.numpy())
    scores = {kind: score(training.network, images) for kind, training in trainings.items()}
    rows = []
    for kind, training in trainings.items():
        setting, thesis = training.setting, THESIS[kind]
        kernel = "" if kind == "fully_connected" else f", kernel {setting.kernel}"
        name = f"{kind.replace('_', '-')}{kernel}"
        how = f"batch {setting.batch}, Adam {setting.learning_rate:g}, {setting.epochs} epochs"
        theirs = f"{thesis.score:.2f} (Table {thesis.table})"
        rows.append([name, how, f"{scores[kind]:.2f}", theirs])
    page.say(Table(["network", "training", "validation, nats per image", "thesis"], rows))
    floored = f"A perfect reconstruction costs {least:.2f} nats: the grey pixels' own entropy."
    page.say(f"Seed {options.seed}. {floored}")
    shown = mnist.test_images[: _SHOWN_ROWS * _SHOWN_PAIRS]
    for kind, training in trainings.items():
        folder.log("score", training.done, {f"{kind}_validation": scores[kind]})
        pictures = pairs(shown, reconstruct(training.network, to_tensor(shown)))
        figure = f"reconstruction to its right (as Figure {THESIS[kind].figure})"
        name = f"{kind.replace('_', '-')}, {scores[kind]:.2f} nats"
        page.show(kind, f"Test images, each with its {figure}: {name}.", _figure(pictures))
    return page


def pairs(images: Frame, reconstructions: Floats32) -> Floats32:
    """Lay images `[N, 28, 28]` out, each with its reconstruction in [0, 1] to its right.

    N pairs in rows of four make a picture `[rows * 28, pairs * 56]` in [0, 1].
    """
    both = np.concatenate([images.astype(np.float32) / np.float32(255), reconstructions], axis=2)
    rows = both.reshape(-1, _SHOWN_PAIRS, *both.shape[1:])
    return np.asarray(np.concatenate([np.concatenate(row, axis=1) for row in rows]), np.float32)


def _figure(picture: Floats32) -> Figure:
    height, width = picture.shape
    figure = Figure(figsize=(width / 50, height / 50), dpi=100)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    return figure
