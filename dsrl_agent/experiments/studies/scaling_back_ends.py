"""The back ends that the scaling study compares, by name.

Everything else of the agent's sight is the same for all: the grid, the typing of spectra, what is
joined. Typing measures spectra in posterior deviations; back ends without a posterior get others.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from torch import Tensor, nn
from torch.nn import functional

from dsrl_agent.back_end import CELL_LAYERS, BackEnd, Encoder, EncoderMaker, Latents, Layer
from dsrl_agent.back_end.losses import (
    binary_cross_entropy,
    kl_to_standard_normal,
    negative_elbo,
    reparameterise,
)
from dsrl_agent.config import BackEndConfig
from dsrl_agent.perception.cells import cells_of
from dsrl_agent.perception.stills.sight import MakeNetwork
from dsrl_agent.types import CELL_SIDE, Floats32, Ints

_CAPACITY = 25.0  # nats that each place may hold in the end (Burgess et al. 2018)
_PRESSURE = 1000.0  # gamma: the weight of what differs from the capacity allowed so far
_NOISE = 0.1  # standard deviation, of pixels in [0, 1]
_SHIFT = 1  # pixels, of the 12 of a cell
_CATEGORIES = 32  # twice the most kinds of any rung; also the Gaussians of a mixture
_SHRUNK = 0.75  # the least size of a cell's content
_WARM, _COLD = 1.0, 0.3  # temperatures at the beginning and the end
_CATEGORY_DEVIATION = 0.05


class RawPixels:
    """No network: a cell's spectrum is its pixels, which shows what a network contributes.

    Differences are measured against the whole range of a pixel.
    """

    def __init__(self, config: BackEndConfig) -> None:
        self.config = config
        self.device = torch.device("cpu")

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Learn nothing."""
        return 0.0

    def encode(self, images: Floats32) -> Latents:
        """Return the pixels of every cell."""
        cells = cells_of(images)
        mean = np.asarray(cells.reshape(*cells.shape[:3], -1), np.float32)
        return Latents(mean, np.zeros_like(mean))

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pixels as pictures."""
        pictures = spectra.reshape(len(spectra), -1, CELL_SIDE, CELL_SIDE)
        return np.asarray(pictures.transpose(0, 2, 3, 1))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return nothing."""
        return {}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take nothing."""


class PrincipalComponents(RawPixels):
    """No network either: as many principal components of the cells as the networks have latents.

    As short as a network's spectrum, but linear. Differences are measured as those of pixels are:
    by the deviation that probabilistic PCA gives (Tipping & Bishop 1999) noise of .3 and texture
    were seen worse.
    """

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Find the components."""
        pixels = super().encode(images_of(np.arange(count))).mean
        self._pca = PCA(self.config.latents, svd_solver="covariance_eigh")
        self._pca.fit(pixels.reshape(-1, pixels.shape[-1]))
        return 0.0

    def encode(self, images: Floats32) -> Latents:
        """Return the components of every cell."""
        pixels = super().encode(images).mean
        found = self._pca.transform(pixels.reshape(-1, pixels.shape[-1]))
        mean = np.asarray(found.reshape(*pixels.shape[:3], -1), np.float32)
        return Latents(mean, np.zeros_like(mean))

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pictures that components stand for."""
        pixels = self._pca.inverse_transform(spectra).astype(np.float32)
        return np.clip(super().decode(pixels), 0, 1)


class PlainAutoencoder(BackEnd):
    """An autoencoder: no noise in the latents and no KL term (Garnelo et al. 2016).

    It has no posterior; the deviation of each latent over the images stands in for it.
    """

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Learn to reconstruct, then measure how far each latent varies."""
        loss = super().fit(count, images_of, steps, on_step)
        mean = super().encode(images_of(np.arange(min(count, 64)))).mean
        deviation = mean.reshape(-1, mean.shape[-1]).std(axis=0)
        self._log_variance = 2 * np.log(np.maximum(deviation, 1e-6), dtype=np.float32)
        return loss

    def encode(self, images: Floats32) -> Latents:
        """Return the latents, all with the same deviations."""
        mean = super().encode(images).mean
        return Latents(mean, np.broadcast_to(self._log_variance, mean.shape))

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        latents = self.network.encode(images).mean
        loss: Tensor = binary_cross_entropy(self.network.decode(latents), images).mean()
        return loss


class CapacityVAE(BackEnd):
    """A beta-VAE whose latents may hold ever more: the capacity schedule of Burgess et al. 2018."""

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        logits, posterior = self.network(images, self._generator)
        kl = kl_to_standard_normal(*posterior).flatten(1).mean(dim=1)  # nats per place
        places = posterior.mean[0, 0].numel()
        away = (kl - progress * _CAPACITY).abs() * places
        loss: Tensor = (binary_cross_entropy(logits, images) + _PRESSURE * away).mean()
        return loss


class _ChangedVAE(BackEnd):
    """Sees pictures that something was done to, and is to give them back as they were."""

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        logits, posterior = self.network(self._changed(images), self._generator)
        return negative_elbo(
            logits,
            self._wanted(images),
            posterior.mean,
            posterior.log_variance,
            self.config.beta,
        )

    def _wanted(self, images: Tensor) -> Tensor:
        """Return what is to be given back."""
        return images

    @abstractmethod
    def _changed(self, images: Tensor) -> Tensor:
        """Return images with a change drawn anew."""


class DenoisingVAE(_ChangedVAE):
    """Sees pictures through noise and is to give them back without (Im et al. 2017)."""

    def _changed(self, images: Tensor) -> Tensor:
        noise = torch.randn(images.shape, generator=self._generator).to(images.device)
        return (images + _NOISE * noise).clamp(0, 1)


class ShiftedVAE(_ChangedVAE):
    """Sees whole pictures moved by up to a pixel and is to give them back unmoved.

    At the edges of a cell its neighbours come in, as when a camera shakes.
    """

    def _changed(self, images: Tensor) -> Tensor:
        down, right = torch.randint(-_SHIFT, _SHIFT + 1, (2,), generator=self._generator).tolist()
        padded = functional.pad(images, (_SHIFT,) * 4, mode="replicate")
        high, wide = images.shape[2:]
        top, left = _SHIFT + down, _SHIFT + right
        return padded[..., top : top + high, left : left + wide]


class _InvariantVAE(_ChangedVAE):
    """Is to give pictures back changed as well, in a way of its own.

    What the change hides cannot be told from what is seen, so it does not pay to encode it.
    """

    def _wanted(self, images: Tensor) -> Tensor:
        return self._changed(images)


class ResizedVAE(_InvariantVAE):
    """Every cell's content shrinks to .75-1 of its size."""

    def _changed(self, images: Tensor) -> Tensor:
        cells = _cells(images)
        sizes = torch.empty(len(cells)).uniform_(_SHRUNK, 1.0, generator=self._generator)
        turns = torch.zeros(len(cells), 2, 3)
        turns[:, 0, 0] = turns[:, 1, 1] = 1 / sizes
        places = functional.affine_grid(turns, list(cells.shape), align_corners=False)
        shrunk = functional.grid_sample(cells, places.to(images.device), align_corners=False)
        return _whole(shrunk.clamp(0, 1), images.shape)


class RecolouredVAE(_InvariantVAE):
    """Every picture's colours are mixed: each channel becomes a mean of all, weighted at random."""

    def _changed(self, images: Tensor) -> Tensor:
        weights = torch.rand((len(images), 3, 3), generator=self._generator)
        weights = weights / weights.sum(dim=2).amax(dim=1)[:, None, None]
        return torch.einsum("bij,bjhw->bihw", weights.to(images.device), images)


class _Mixture(nn.Module):
    """A density over latents: Gaussians whose means, deviations and shares are learned."""

    def __init__(self, latents: int, generator: torch.Generator) -> None:
        super().__init__()
        self.means = nn.Parameter(torch.randn((_CATEGORIES, latents), generator=generator))
        self.log_variances = nn.Parameter(torch.zeros(_CATEGORIES, latents))
        self.scores = nn.Parameter(torch.zeros(_CATEGORIES))

    def log_density(self, latents: Tensor) -> Tensor:
        """Return the log density `[B, h, w]` of latents `[B, K, h, w]`, less a constant.

        The constant, K halves of log 2 pi, is left out of the posterior's density as well.
        """
        away = latents.movedim(1, -1)[..., None, :] - self.means
        each = -0.5 * (self.log_variances + away.square() / self.log_variances.exp()).sum(dim=-1)
        return (each + self.scores.log_softmax(dim=0)).logsumexp(dim=-1)


class MixtureVAE(BackEnd):
    """A VAE whose prior is a mixture that is learned with it (Jiang et al. 2017).

    The KL term has no closed form then; one sample of the latents stands for its expectation.
    """

    def __init__(
        self,
        channels: int,
        config: BackEndConfig,
        seed: int,
        device: str,
        layers: Sequence[Layer] = CELL_LAYERS,
    ) -> None:
        super().__init__(channels, config, seed, device, layers)
        # A part of the network, to be learned and stored with it.
        self.network.prior = _Mixture(config.latents, self._generator).to(self.device)

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        mean, log_variance = self.network.encode(images)
        latents = reparameterise(mean, log_variance, self._generator)
        away = (latents - mean).square() / log_variance.exp()
        posterior = -0.5 * (log_variance + away).sum(dim=1)
        prior = self.network.prior.log_density(latents)  # type: ignore[operator, union-attr]
        kl = (posterior - prior).flatten(1).sum(dim=1)
        unlike = binary_cross_entropy(self.network.decode(latents), images)
        loss: Tensor = (unlike + self.config.beta * kl).mean()
        return loss


class CategoricalVAE(BackEnd):
    """One category for each place, drawn by Gumbel-softmax (Jang et al. 2017).

    The prior is uniform. The categories' probabilities stand for the means, and a twentieth for
    every deviation.
    """

    def encode(self, images: Floats32) -> Latents:
        """Return the probabilities of the categories."""
        scores = torch.from_numpy(super().encode(images).mean)
        mean = np.asarray(scores.softmax(dim=-1).numpy(), np.float32)
        return Latents(mean, np.full_like(mean, 2 * np.log(_CATEGORY_DEVIATION)))

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        scores = self.network.encode(images).mean
        logs = scores.log_softmax(dim=1)
        uniform = torch.rand(scores.shape, generator=self._generator).to(scores.device)
        gumbel = -(-uniform.clamp_min(1e-9).log()).log()
        temperature = _WARM + progress * (_COLD - _WARM)
        drawn = ((scores + gumbel) / temperature).softmax(dim=1)
        kl = (logs.exp() * (logs + np.log(scores.shape[1]))).flatten(1).sum(dim=1)
        unlike = binary_cross_entropy(self.network.decode(drawn), images)
        loss: Tensor = (unlike + self.config.beta * kl).mean()
        return loss


def _cells(images: Tensor) -> Tensor:
    """Return images `[B, C, 12 rows, 12 cols]` as `[B rows cols, C, 12, 12]`."""
    count, channels, height, width = images.shape
    rows, cols = height // CELL_SIDE, width // CELL_SIDE
    split = images.reshape(count, channels, rows, CELL_SIDE, cols, CELL_SIDE)
    return split.permute(0, 2, 4, 1, 3, 5).flatten(0, 2)


def _whole(cells: Tensor, shape: torch.Size) -> Tensor:
    """Return the images of a shape that `_cells` took apart."""
    count, channels, height, width = shape
    split = cells.reshape(
        count, height // CELL_SIDE, width // CELL_SIDE, channels, *cells.shape[2:]
    )
    return split.permute(0, 3, 1, 4, 2, 5).reshape(shape)


def encoder_maker(name: str, config: BackEndConfig, device: str = "cpu") -> EncoderMaker:
    """Return what makes a back end of a name in `BACK_ENDS`; its network, if any, on a device."""

    def make(seed: int) -> Encoder:
        if name in _WITHOUT_NETWORK:
            return _WITHOUT_NETWORK[name](config)
        return network_maker(name, device)(config, seed, CELL_LAYERS)

    return make


def network_maker(name: str, device: str = "cpu") -> MakeNetwork:
    """Return what makes the network of a back end that has one, of any layers."""

    def make(config: BackEndConfig, seed: int, layers: Sequence[Layer]) -> BackEnd:
        changed = dataclasses.replace(
            config,
            beta=_BETAS.get(name, 1.0) * config.beta,
            latents=_LATENTS.get(name, config.latents),
        )
        return _NETWORKS.get(name, BackEnd)(3, changed, seed, device, layers)

    return make


_WITHOUT_NETWORK: Mapping[str, type[RawPixels]] = {
    "pixels": RawPixels,
    "pca": PrincipalComponents,
}
_NETWORKS: Mapping[str, type[BackEnd]] = {
    "autoencoder": PlainAutoencoder,
    "capacity": CapacityVAE,
    "denoising": DenoisingVAE,
    "shifted": ShiftedVAE,
    "categorical": CategoricalVAE,
    "mixture": MixtureVAE,
    "resized": ResizedVAE,
    "recoloured": RecolouredVAE,
}
_BETAS: Mapping[str, float] = {"beta 4": 4.0}  # times what is configured
_LATENTS: Mapping[str, int] = {"categorical": _CATEGORIES}
BACK_ENDS: Mapping[str, str] = {
    "default": "VAE, beta 1: the agent's own",
    "pixels": "no network: the cell's pixels",
    "autoencoder": "plain autoencoder",
    "beta 4": "beta-VAE, beta 4",
    "capacity": "beta-VAE, capacity rising to 25 nats a place",
    "pca": "no network: the cell's first 8 principal components",
    "denoising": "VAE, beta 1, that sees through noise of .1",
    "shifted": "VAE, beta 1, that sees cells moved by up to 1 pixel",
    "categorical": "VAE, beta 1, of one of 32 categories a place",
    "mixture": "VAE, beta 1, whose prior is a mixture of 32 Gaussians, learned with it",
    "resized": "VAE, beta 1, that gives cells back in another size, .75-1",
    "recoloured": "VAE, beta 1, that gives pictures back in other colours",
}
"""The back ends by name, with what they are."""

WITH_NETWORK = tuple(n for n in BACK_ENDS if n not in _WITHOUT_NETWORK and n != "resized")
"""Those that can also learn pictures whose grid is not known, at every shift."""
