"""Encode frames as proposals for the latents of every place; learn that from the model itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.recognition.latents import Factors, Proposals
from dsrl_agent.back_end.compositor.recognition.network import LatentNetwork, places_of
from dsrl_agent.back_end.compositor.recognition.proposed import ProposedScenes
from dsrl_agent.back_end.compositor.recognition.training import Sleep
from dsrl_agent.back_end.compositor.recognition.wake import Wake
from dsrl_agent.back_end.training import denormals_flushed
from dsrl_agent.config.scenes import SceneEncoderConfig
from dsrl_agent.types import Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits
_BATCH = 64  # frames encoded at once, to bound memory


class EncoderFit(NamedTuple):
    """What training reached."""

    steps: int  # gradient steps on drawn scenes
    right: float  # least share of tints and of types surely right in the last draw
    loss: float  # cross-entropy of drawn latents in nats, at the end
    elbo: tuple[float, float]  # of real frames in nats per place, before and after ascending it


class ThingsEncoder:
    """A convolutional encoder of one model's scenes.

    It proposes for frames of any size on a grid of the model's pitch, over any background. Types,
    templates and tints that the model got after training are never proposed.
    """

    def __init__(
        self, network: LatentNetwork, config: SceneEncoderConfig, device: torch.device
    ) -> None:
        self.network, self.config, self.device = network.to(device).eval(), config, device

    @property
    def sure(self) -> float:
        """Posterior of the best type and tint from which on a place is not searched."""
        return self.config.sure

    @property
    def unexplained(self) -> float:
        """Standard deviations of noise's residual from which on a place is searched."""
        return self.config.unexplained

    @classmethod
    def learn(
        cls,
        model: SceneModel,
        frames: Frame,
        config: SceneEncoderConfig,
        rng: Generator,
        device: torch.device,
    ) -> tuple[ThingsEncoder, EncoderFit]:
        """Train a new encoder on drawn scenes, then on frames `[B, H, W, 3]`.

        `rng` draws scenes, weights and batches, on the CPU whatever the device.
        """
        network = _new_network(model, config, rng)
        encoder = cls(network, config, device)
        with denormals_flushed():
            sleep = Sleep(network, model, config, rng)
            sleep.start()
            right, loss = sleep.train()
            elbo = (0.0, 0.0)
            if config.wake_weight > 0 and len(frames):
                step = max(1, len(frames) // config.wake_frames)
                scenes = ProposedScenes(model, encoder)
                wake = Wake(network, scenes, frames[::step], config.hopeless)
                before = wake.elbo(config.beta)
                sleep.finish(wake)
                elbo = before, wake.elbo(config.beta)
        return encoder, EncoderFit(sleep.adam.steps, right, loss, elbo)

    def propose(self, frames: Frame, model: SceneModel) -> Proposals:
        """Return proposals `[B, rows, cols, n]` for frames `uint8 [B, H, W, 3]`."""
        parts = []
        for start in range(0, len(frames), _BATCH):
            batch = frames[start : start + _BATCH]
            places = places_of(batch * _LEVEL, model, self.device)
            flat = self.network.propose(places, self.config.proposals, self.config.tints)
            shape = (len(batch), *model.windows.shape)
            parts.append([part.reshape(*shape, *part.shape[1:]) for part in flat])
        return Proposals(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the weights for a checkpoint."""
        return {name: part.cpu().numpy() for name, part in self.network.state_dict().items()}

    @classmethod
    def load(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        config: SceneEncoderConfig,
        device: torch.device,
    ) -> ThingsEncoder:
        """Restore what `arrays()` returned, with widths as they were trained."""
        factors = Factors(np.array(arrays["latents"]), np.array(arrays["templates"]))
        pixels = arrays["shape_features.weight"].shape[1] // 2
        network = LatentNetwork(
            pixels, np.array(arrays["palette"]), factors, _widths(arrays, config)
        )
        kept = network.state_dict().keys()  # older checkpoints hold more
        state = {name: torch.from_numpy(np.array(arrays[name])) for name in kept}
        network.load_state_dict(state)
        return cls(network, config, device)


def _new_network(model: SceneModel, config: SceneEncoderConfig, rng: Generator) -> LatentNetwork:
    """Return an untrained network for a model; `rng` seeds its weights."""
    pixels = math.prod(model.windows.size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        hypotheses = model.hypotheses
        return LatentNetwork(pixels, hypotheses.palette, Factors.of(hypotheses), config)


def _widths(arrays: Mapping[str, NDArray[Any]], config: SceneEncoderConfig) -> SceneEncoderConfig:
    """Return the settings with the widths of saved layers."""
    names = ("tint_features", "shape_features", "tint_width", "shape_width")
    layers = ("tint_features", "shape_features", "tint_layers.0", "shape_layers.0")
    widths = (arrays[f"{layer}.weight"].shape[0] for layer in layers)
    return replace(config, **dict(zip(names, widths, strict=True)))
