"""Train the encoder of scenes: on scenes drawn from the model, then on the ELBO of real frames.

Drawn scenes come with their latents. The loss is the cross-entropy of their posterior,

    -E_{z ~ p(z)} E_{x ~ p(x|z)} [ log q(z|x) ],                         (sleep)

the sleep phase of wake-sleep (Hinton et al. 1995). It minimises D_KL(p(z|x) || q(z|x)) over frames
of the model, where the ELBO (2.22) minimises D_KL(q(z|x) || p(z|x)) over real ones. Real frames
share what drawn ones do not have, so the second phase ascends the ELBO of real frames. For one
place, with all other places as they are, (2.23) and (2.29) become

    sum_j q_j log p(x|z_j) - beta sum_j q_j (log q_j - log p_j).          (wake)

The sums run over the proposals of the place, nothing, and all else, which counts as the worst
proposal. So no sample, and no reparameterisation (2.30), is needed. log p(x|z) is that of (2.28)
for Gaussian noise: the squared residual times minus the precision. log p_j is the prior of
presence, type, placement and tint, in place of N(0, I) (2.24). So the KL divergence is that of a
Bernoulli and of categorical distributions, in place of (2.27).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional

from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.recognition.adam import Adam
from dsrl_agent.back_end.compositor.recognition.drawing import draw_frames, draw_latents
from dsrl_agent.back_end.compositor.recognition.network import LatentNetwork, Places, places_of
from dsrl_agent.back_end.compositor.recognition.wake import Wake
from dsrl_agent.config.scenes import SceneEncoderConfig

_WARM = 0.1  # share of the steps in which the step size rises


class _Drawn(NamedTuple):
    """Features and latents of the places of drawn scenes; those of shape of things only."""

    seen: Tensor  # [N, F]
    tints: Tensor  # [N]: P for nothing
    shapes: Tensor  # [T, G]
    templates: Tensor  # [T]


class Sleep:
    """Training on drawn scenes; the first layer stays as it was initialised.

    It spans what sprites look like, and with it fixed a step takes a tenth of the time.
    """

    def __init__(
        self, network: LatentNetwork, model: SceneModel, config: SceneEncoderConfig, rng: Generator
    ) -> None:
        self.network, self.model, self.config, self.rng = network, model, config, rng
        layers = (network.tint_layers, network.shape_layers)
        self.adam = Adam(each for layer in layers for each in layer.parameters())

    def start(self) -> None:
        """Set the first layer to the principal components of things in drawn scenes."""
        places, tints, _ = self.drawn_places()
        there = torch.nonzero(tints < len(self.network.palette))[:, 0]
        things = Places(*(part[there] for part in places))
        self.network.start_from(things, tints[there], self.rng)

    def train(self) -> tuple[float, float]:
        """Train; return the share that is surely right in the last draw, and the loss in nats."""
        losses, right, steps = [math.inf], 0.0, self.config.steps
        while self.adam.steps < steps:
            drawn = self._draw()
            right = self._right(drawn)
            if right >= self.config.enough:
                break
            for _ in range(self.config.reuse):
                losses += self._pass(drawn)
        return right, float(np.mean(losses[-20:]))

    def finish(self, wake: Wake) -> None:
        """Descend on drawn scenes and ascend the ELBO of real ones together, by small steps."""
        config, adam = self.config, Adam(self.adam.parameters)
        while adam.steps < config.wake_steps and len(wake.own.seen):
            drawn = self._draw()
            for some, own in self._batches(drawn):
                negative = wake.loss(config.batch, config.beta, self.rng)
                adam.step(
                    self._loss(drawn, some, own) + config.wake_weight * negative, config.wake_rate
                )
                if adam.steps >= config.wake_steps:
                    break

    def _draw(self) -> _Drawn:
        places, tints, templates = self.drawn_places()
        there = torch.nonzero(tints < len(self.network.palette))[:, 0]
        things = Places(*(part[there] for part in places))
        with torch.no_grad():
            seen = self.network.see_tints(places)
            shapes = self.network.see_shapes(things, tints[there])
        return _Drawn(seen, tints, shapes, templates[there])

    def drawn_places(self) -> tuple[Places, Tensor, Tensor]:
        """Return the places of drawn frames, their tints (P for nothing) and their templates."""
        rows, cols = self.model.windows.shape
        count = max(1, self.config.drawn_places // (rows * cols))
        density = self.config.sparse, self.config.dense
        scene = draw_latents(self.model, count, density, self.rng)
        frames = draw_frames(scene, self.model, self.rng)
        device = self.network.palette.device
        tints = np.where(scene.types < 0, len(self.network.palette), scene.tints).ravel()
        places = places_of(frames, self.model, device)
        templates = torch.from_numpy(scene.templates.ravel())
        return places, torch.from_numpy(tints).to(device), templates.to(device)

    def _pass(self, drawn: _Drawn) -> list[float]:
        """Descend on all things of a draw once, and on as many shares of the places."""
        losses = []
        for some, own in self._batches(drawn):
            if self.adam.steps >= self.config.steps:
                break
            loss = self._loss(drawn, some, own)
            self.adam.step(loss, self._rate())
            losses.append(float(loss.detach()))
        return losses

    def _batches(self, drawn: _Drawn) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield numbers of places and of things: all of a draw, in random order."""
        batches = max(1, len(drawn.templates) // self.config.batch)
        device = drawn.seen.device
        order, things = (
            np.array_split(self.rng.permutation(len(part)), batches)
            for part in (drawn.seen, drawn.shapes)
        )
        for some, own in zip(order, things, strict=True):
            yield torch.from_numpy(some).to(device), torch.from_numpy(own).to(device)

    def _loss(self, drawn: _Drawn, some: Tensor, own: Tensor) -> Tensor:
        """Return the cross-entropy in nats: of a place's tint, and of a thing's shape."""
        tints = self.network.tint_logs(drawn.seen[some])
        loss = functional.nll_loss(tints, drawn.tints[some])
        if not len(own):
            return loss
        shapes = self.network.shape_logs(drawn.shapes[own])
        return loss - self.network.template_logs(shapes, drawn.templates[own]).mean()

    def _rate(self) -> float:
        """Return the step size: it rises linearly, then falls as a cosine."""
        done = self.adam.steps / self.config.steps
        fall = 0.5 * (1 + math.cos(math.pi * done))
        return self.config.learning_rate * min(1.0, (done + 0.01) / _WARM) * (fall + 0.01)

    @torch.inference_mode()
    def _right(self, drawn: _Drawn) -> float:
        """Return the least share that is surely right: of places in tint, of things in type."""
        tints = self.network.tint_logs(drawn.seen).gather(1, drawn.tints[:, None])
        kinds = self.network.latents[drawn.templates, :1]
        types = self.network.shape_logs(drawn.shapes).types.gather(1, kinds)
        surely = math.log(self.config.sure)
        shares = [float((part > surely).float().mean()) for part in (tints, types) if len(part)]
        return min(shares)
