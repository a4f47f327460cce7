"""Train the thesis's autoencoders by Adam on the binary cross-entropy, epoch by epoch.

An epoch depends on the weights, Adam's moments, the seed and the epoch's number only. A killed run
therefore resumes from its last whole epoch bit for bit.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import entr
from torch import Tensor, nn

from dsrl_agent.back_end.losses import binary_cross_entropy
from dsrl_agent.back_end.training import denormals_flushed
from dsrl_agent.experiments.studies.thesis_networks import NetworkKind, make_network
from dsrl_agent.types import Floats32, Frame

_SCORED_AT_ONCE = 500  # images, to bound memory


@dataclass(frozen=True)
class Setting:
    """Settings of the training of one network."""

    kind: NetworkKind
    kernel: int  # pixels of a side of the convolutions' filters
    batch: int  # images of a gradient step
    learning_rate: float  # Adam's
    epochs: int  # passes over the training images


class Epoch(NamedTuple):
    """Figures of one epoch."""

    number: int  # whole epochs done, this one included
    train: float  # mean loss over the epoch while it trained, nats per image
    validation: float  # loss on the test images after it, nats per image
    seconds: float  # CPU time of the epoch's training


class AutoencoderTraining:
    """A network in training on images `[N, 1, 28, 28]` in [0, 1]; `done` counts whole epochs.

    The seed decides the first weights and the order of the images.
    """

    def __init__(self, setting: Setting, seed: int) -> None:
        self.setting = setting
        self.network = make_network(setting.kind, setting.kernel, seed)
        # Fused, as with one image per step most of the time goes into launching small operations.
        weights, rate = self.network.parameters(), setting.learning_rate
        self._optimiser = torch.optim.Adam(weights, lr=rate, fused=True)
        self._seed = seed
        self.done = 0

    def run(self, train: Tensor, validation: Tensor) -> Iterator[Epoch]:
        """Train for the remaining epochs, and yield after each."""
        while self.done < self.setting.epochs:
            start = time.process_time()
            loss = self._epoch(train)
            seconds = time.process_time() - start
            self.done += 1
            yield Epoch(self.done, loss, score(self.network, validation), seconds)

    def _epoch(self, images: Tensor) -> float:
        rng = np.random.default_rng([self._seed, self.done])
        order = torch.from_numpy(rng.permutation(len(images)))
        total = torch.zeros(())
        with denormals_flushed(), _small_convolutions(self.setting.batch):
            for chosen in torch.split(order, self.setting.batch):
                batch = images[chosen]
                losses = binary_cross_entropy(self.network(batch), batch)
                self._optimiser.zero_grad(set_to_none=True)
                losses.mean().backward()  # type: ignore[no-untyped-call]
                self._optimiser.step()
                total += losses.detach().sum()
        return float(total) / len(images)

    def arrays(self) -> dict[str, dict[str, NDArray[Any]]]:
        """Return weights and Adam's moments for a checkpoint."""
        moments = {
            f"{number}.{name}": value.numpy()
            for number, state in self._optimiser.state_dict()["state"].items()
            for name, value in state.items()
        }
        weights = {name: value.numpy() for name, value in self.network.state_dict().items()}
        return {"network": weights, "optimiser": moments}

    def load(self, arrays: Mapping[str, Mapping[str, NDArray[Any]]], done: int) -> None:
        """Restore what `arrays()` returned after `done` epochs."""
        weights = {k: torch.from_numpy(np.array(v)) for k, v in arrays["network"].items()}
        self.network.load_state_dict(weights)
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in arrays["optimiser"].items():
            number, name = key.split(".")
            state.setdefault(int(number), {})[name] = torch.from_numpy(np.array(value))
        self._optimiser.load_state_dict({**self._optimiser.state_dict(), "state": state})
        self.done = done


@contextmanager
def _small_convolutions(batch: int) -> Iterator[None]:
    """Disable oneDNN for batches of one image: its set-up takes longer than the sums."""
    if batch > 1:
        yield
        return
    with warnings.catch_warnings():
        # The context also sets the setting of Intel GPUs, and torch warns if there is none.
        warnings.filterwarnings("ignore", "TF32 acceleration", UserWarning)
        with torch.backends.mkldnn.flags(enabled=False):
            yield


@torch.inference_mode()
def score(network: nn.Module, images: Tensor) -> float:
    """Return the mean binary cross-entropy of reconstructions, in nats per image."""
    parts = torch.split(images, _SCORED_AT_ONCE)
    total = sum(float(binary_cross_entropy(network(part), part).sum()) for part in parts)
    return total / len(images)


@torch.inference_mode()
def reconstruct(network: nn.Module, images: Tensor) -> Floats32:
    """Return reconstructions `[B, 28, 28]` in [0, 1] of images `[B, 1, 28, 28]`."""
    return np.asarray(torch.sigmoid(network(images))[:, 0].numpy(), np.float32)


def to_tensor(images: Frame) -> Tensor:
    """Return images `uint8 [N, 28, 28]` as `float32 [N, 1, 28, 28]` in [0, 1]."""
    return torch.from_numpy(images[:, None].astype(np.float32) / np.float32(255.0))


def floor(images: Floats32) -> float:
    """Return the loss of a perfect reconstruction of images `[N, ...]` in [0, 1], nats per image.

    This is the entropy of the grey pixels: the binary cross-entropy of each image with itself.
    """
    return float((entr(images) + entr(1.0 - images)).sum(dtype=np.float64) / len(images))
