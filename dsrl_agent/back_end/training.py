"""Train the network of a back end on images, and encode and decode with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR

from dsrl_agent.back_end.devices import choose_device
from dsrl_agent.back_end.encoder import ImagesOf, Latents, OnStep
from dsrl_agent.back_end.objectives import OBJECTIVES, Batch
from dsrl_agent.back_end.vae import CELL_LAYERS, ConvVAE, Layer, MixturePrior
from dsrl_agent.config import BackEndConfig
from dsrl_agent.config.back_end import COMPOSITOR
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Floats32

_LOSS_WINDOW = 20  # steps at a fit's end whose mean loss is the loss of the fit


class BackEnd:
    """A fully-convolutional beta-VAE for images of some channels, and its training.

    `config.kind` chooses the objective; the compositor, which encodes no cells, stands for the
    plain beta-VAE. The seed seeds the weights, the batches and the noise. The
    device `"auto"` is a GPU where there is one.

    Raises:
        ConfigError: There is no such device, or `kind` has no network.
    """

    def __init__(
        self,
        channels: int,
        config: BackEndConfig,
        seed: int,
        device: str,
        layers: Sequence[Layer] = CELL_LAYERS,
    ) -> None:
        self.config = config
        self.device = choose_device(device)
        kind = "vae" if config.kind == COMPOSITOR else config.kind
        if kind not in OBJECTIVES:
            raise ConfigError(
                f"back_end.kind is {config.kind!r}, but it must be a kind with a network here: "
                f"{', '.join(OBJECTIVES)}."
            )
        self.objective = OBJECTIVES[kind]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = ConvVAE(channels, config.latents, config.width, layers)
        # On the CPU whatever the device, so that a seed draws the same batches everywhere.
        self._generator = torch.Generator().manual_seed(seed)
        if config.kind == "mixture":
            self.network.prior = MixturePrior(config.latents, self._generator)
        self.network.to(self.device)

    def fit(self, count: int, images_of: ImagesOf, steps: int, on_step: OnStep = None) -> float:
        """Train on from the current weights; return the objective's mean over the last 20 steps.

        Raises:
            ConfigError: The loss became infinite or no number with these settings.
        """
        batch = self._batch_size(images_of(np.zeros(1, np.int64)))
        rate = self.config.learning_rate
        optimiser = Adam(self.network.parameters(), lr=rate)
        cycle = OneCycleLR(optimiser, rate, total_steps=steps) if self.config.one_cycle else None
        losses: list[float] = []
        self.network.train()
        with denormals_flushed():
            for step in range(steps):
                chosen = torch.randint(count, (batch,), generator=self._generator)
                images = torch.from_numpy(images_of(chosen.numpy())).to(self.device)
                losses.append(self._descend(images, step / steps, optimiser))
                if cycle is not None:
                    cycle.step()
                if on_step is not None:
                    on_step(step, losses[-1])
        self.network.eval()
        loss = float(np.mean(losses[-_LOSS_WINDOW:]))
        if not np.isfinite(loss):
            raise ConfigError(
                f"The back end's loss is {loss} after {steps} steps, but it must be finite: "
                f"back_end.learning_rate is {rate:g} and back_end.beta {self.config.beta:g}; take "
                "less of one of them."
            )
        return loss

    @torch.inference_mode()
    def encode(self, images: Floats32) -> Latents:
        """Return the posterior of images `[B, C, H, W]` in [0, 1]."""
        posterior = self.network.encode(torch.from_numpy(images).to(self.device))
        mean, log_variance = (part.movedim(1, 3).cpu().numpy() for part in posterior)
        return Latents(mean, log_variance)

    @torch.inference_mode()
    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pictures `[T, 12, 12, C]` in [0, 1] of spectra `[T, K]`."""
        latents = torch.from_numpy(np.ascontiguousarray(spectra))[:, :, None, None]
        pictures = torch.sigmoid(self.network.decode(latents.to(self.device)))
        return np.asarray(pictures.movedim(1, 3).cpu().numpy(), np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return weights and random state, for a checkpoint."""
        state = {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}
        return {**state, "generator": self._generator.get_state().numpy()}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore weights and random state from a checkpoint."""
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
        self._generator.set_state(tensors.pop("generator"))
        self.network.load_state_dict(tensors)
        self.network.eval()

    def _batch_size(self, image: Floats32) -> int:
        """Return how many images like `image` `[1, C, H, W]` make a gradient step, at least 1."""
        height, width = (side // self.network.stride for side in image.shape[2:])
        return max(1, self.config.batch_places // int(height * width))

    def _descend(self, images: Tensor, progress: float, optimiser: Adam) -> float:
        """Take one gradient step on images `[B, C, H, W]`, and return their loss before it."""
        batch = Batch(images, progress, self.config.beta, self._generator)
        loss = self.objective(self.network, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        length = nn.utils.clip_grad_norm_(self.network.parameters(), self.config.gradient_norm)
        if not length.isfinite():  # one overflow would make every weight NaN
            optimiser.zero_grad(set_to_none=True)
        optimiser.step()
        return float(loss.detach())


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """Treat denormal numbers as zero within the context, and restore the setting afterwards.

    Saturated sigmoids leave denormal gradients, on which processors are slow: a fit takes a third
    of the time without them.
    """
    before = not (torch.tensor(1e-40) * 1.0).view(torch.int32).any()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
