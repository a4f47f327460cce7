"""The neural back end as the rest of the agent sees it: images in, latents out, and training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.back_end.losses import negative_elbo
from dsrl_agent.back_end.vae import CELL_LAYERS, ConvVAE, Layer
from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Floats32, Ints

# Gradients are cut to a length that they always exceed, so all steps weigh alike in Adam's moments:
# the first ones are twenty times as long as later ones and would slow these down.
_GRADIENT_NORM = 10.0
_LOSS_WINDOW = 20  # a fit's loss is reported as the mean of its last so many steps


class BackEnd:
    """A fully-convolutional beta-VAE with its training.

    It knows pictures only: no rewards, no actions, no facts.

    Args:
        channels: Channels of the images.
        config: Its settings.
        seed: Seeds the weights, the batches and the noise.
        device: `"auto"` takes a GPU where there is one.
        layers: The network's layers.
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
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = ConvVAE(channels, config.latents, config.width, layers)
            self.network.to(self.device)
        # Drawn on the CPU whatever the device, so that a seed means the same batches everywhere.
        self._generator = torch.Generator().manual_seed(seed)

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Train on images, from the weights as they are.

        Args:
            count: How many images there are.
            images_of: Gives the images of the chosen indices, `float32 [B, C, H, W]`.
            steps: Gradient steps.
            on_step: Called with the step and its loss.

        Returns:
            The negative ELBO in nats per image, averaged over the last steps.

        Raises:
            ConfigError: The loss grew beyond all numbers with these settings.
        """
        first = images_of(np.zeros(1, np.int64))
        places = (first.shape[2] // self.network.stride) * (first.shape[3] // self.network.stride)
        batch = max(1, self.config.batch_places // places)
        rate = self.config.learning_rate
        optimiser = torch.optim.Adam(self.network.parameters(), lr=rate)
        cycle = OneCycleLR(optimiser, rate, total_steps=steps) if self.config.one_cycle else None
        losses: list[float] = []
        self.network.train()
        with denormals_flushed():
            for step in range(steps):
                chosen = torch.randint(count, (batch,), generator=self._generator)
                images = torch.from_numpy(images_of(chosen.numpy())).to(self.device)
                loss = self._loss(images, step / steps)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                length = nn.utils.clip_grad_norm_(self.network.parameters(), _GRADIENT_NORM)
                if not length.isfinite():  # one overflow would make every weight NaN
                    optimiser.zero_grad(set_to_none=True)
                optimiser.step()
                if cycle is not None:
                    cycle.step()
                losses.append(float(loss.detach()))
                if on_step is not None:
                    on_step(step, losses[-1])
        self.network.eval()
        last = float(np.mean(losses[-_LOSS_WINDOW:]))
        if not np.isfinite(last):
            raise ConfigError(
                f"The back end's loss is {last} after {steps} steps, but it must be finite: "
                f"back_end.learning_rate is {rate:g} and back_end.beta {self.config.beta:g}; "
                "take less of one of them."
            )
        return last

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        """Return the loss of a batch of images, `progress` in [0, 1) of the fit being done."""
        logits, posterior = self.network(images, self._generator)
        mean, log_variance = posterior
        return negative_elbo(logits, images, mean, log_variance, self.config.beta)

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
        """Return weights and random state for a checkpoint."""
        state = {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}
        return {**state, "generator": self._generator.get_state().numpy()}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take weights and random state from a checkpoint."""
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
        self._generator.set_state(tensors.pop("generator"))
        self.network.load_state_dict(tensors)
        self.network.eval()


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """Take denormal numbers for zero, and leave the processor as it was.

    Saturated sigmoids leave denormal gradients, on which processors are slow: a fit takes a third
    of the time without them.
    """
    before = not (torch.tensor(1e-40) * 1.0).view(torch.int32).any()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def choose_device(device: str) -> torch.device:
    """Return the device meant: `"auto"` is a GPU where there is one.

    Raises:
        ConfigError: No such device here.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen).cpu()
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"device is {device!r}, but no such device is here; use auto, cpu, or cuda with a GPU."
        ) from error
    return chosen


def device_name(device: str) -> str:
    """Return what a figure's reader is to know a device by: `"cpu"`, or the GPU's own name.

    Raises:
        ConfigError: No such device here.
    """
    chosen = choose_device(device)
    return torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else chosen.type
