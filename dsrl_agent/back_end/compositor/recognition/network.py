"""Define the convolutional encoder of scenes: colour first, then shape under that colour.

The encoder is q(z|x) of (2.25), in place of a Gaussian for every place (2.26): presence s is
Bernoulli; tint t, type k, scale and the two offsets are categorical,

    q(z|x) = q(s|x) q(t|x) q(k|x, t) q(scale|x, t, k) q(down|x, t, k) q(right|x, t, k).

Its first layer is a convolution whose kernel is the window of a place and whose stride is the pitch
of the places. All further layers are convolutions of 1 x 1 place. So the weights are the same at
every place, images may have any size, and the receptive field is the place with its margin.

A type looks the same in every tint. Therefore the shape's layers see no colours: they see how far
each pixel goes from the background to the tint, which is the coverage where only one thing stands,
and what that leaves, which tells other things in the window.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn import functional

from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE, Factors, Proposals
from dsrl_agent.config.scenes import SceneEncoderConfig
from dsrl_agent.types import Floats32


class Places(NamedTuple):
    """The windows of N places."""

    contrasts: Tensor  # [N, pixels, 3]: frame minus background
    grounds: Tensor  # [N, pixels, 3]: background


class ShapeLogs(NamedTuple):
    """Log posteriors of the latents of shape of N places under one tint each."""

    types: Tensor  # [N, K]
    scales: Tensor  # [N, K, S]: given the type
    downs: Tensor  # [N, K, D]: given the type
    rights: Tensor  # [N, K, R]: given the type


class LatentNetwork(nn.Module):
    """The encoder of the places of one model: windows of as many pixels, its tints and templates.

    Args:
        pixels: Pixels of a window.
        palette: The colours `[P, 3]` of the tints.
        factors: The latents of the templates.
        config: The widths of the layers.
    """

    def __init__(
        self, pixels: int, palette: Floats32, factors: Factors, config: SceneEncoderConfig
    ) -> None:
        super().__init__()
        self.sizes, self.least_contrast = factors.sizes, config.least_contrast
        kinds, scales, downs, rights = self.sizes
        tint, shape = config.tint_width, config.shape_width
        self.tint_features = nn.Linear(3 * pixels, min(config.tint_features, 3 * pixels))
        self.tint_layers = nn.Sequential(
            nn.Linear(self.tint_features.out_features, tint),
            nn.ReLU(),
            nn.Linear(tint, len(palette) + 1),
        )
        self.shape_features = nn.Linear(2 * pixels, min(config.shape_features, 2 * pixels))
        self.shape_layers = nn.Sequential(
            nn.Linear(self.shape_features.out_features, shape),
            nn.ReLU(),
            nn.Linear(shape, shape),
            nn.ReLU(),
            nn.Linear(shape, kinds + kinds * scales + downs + rights),
        )
        self.palette: Tensor
        self.register_buffer("palette", torch.from_numpy(np.array(palette, np.float32)))
        self.latents: Tensor
        self.register_buffer("latents", torch.from_numpy(factors.latents))
        self.templates: Tensor
        self.register_buffer("templates", torch.from_numpy(factors.templates))
        for name, allowed in zip(("scales", "downs", "rights"), factors.allowed(), strict=True):
            penalty = torch.from_numpy(np.where(allowed, 0, -np.inf).astype(np.float32))
            # Follows from the templates; no file may hold an infinity.
            self.register_buffer(f"no_{name}", penalty, persistent=False)

    def see_tints(self, places: Places) -> Tensor:
        """Return the features `[N, F]` that colours are told from."""
        features: Tensor = self.tint_features(places.contrasts.flatten(1))
        return features

    def see_shapes(self, places: Places, tints: Tensor) -> Tensor:
        """Return the features `[N, G]` that shapes are told from, under tints `[N]`."""
        features: Tensor = self.shape_features(self.under(places, tints))
        return features

    def under(self, places: Places, tints: Tensor) -> Tensor:
        """Return coverage and what it leaves, `[N, 2 pixels]`, if things have tints `[N]`.

        Coverage is <D, v> / <v, v> at each pixel, with the contrast D and the way v from background
        to tint. What it leaves is the square of the rest of D.
        """
        way = self.palette[tints][:, None] - places.grounds
        long = way.square().sum(dim=2).clamp_min(self.least_contrast**2)
        cover = (places.contrasts * way).sum(dim=2) / long
        rest = places.contrasts.square().sum(dim=2) - cover.square() * long
        return torch.cat([cover, rest], dim=1)

    def tint_logs(self, features: Tensor) -> Tensor:
        """Return the log posterior `[N, P + 1]` of tints; the last column is for nothing."""
        logs: Tensor = self.tint_layers(features).log_softmax(dim=1)
        return logs

    def shape_logs(self, features: Tensor) -> ShapeLogs:
        """Return the log posteriors of the latents of shape."""
        kinds, scales, downs, rights = self.sizes
        parts = self.shape_layers(features).split([kinds, kinds * scales, downs, rights], dim=1)
        by_type = (parts[1].view(-1, kinds, scales), parts[2][:, None], parts[3][:, None])
        masks = (self.no_scales, self.no_downs, self.no_rights)
        given = [(part + mask).log_softmax(2) for part, mask in zip(by_type, masks, strict=True)]
        return ShapeLogs(parts[0].log_softmax(dim=1), *given)

    def template_logs(self, logs: ShapeLogs, templates: Tensor) -> Tensor:
        """Return the log posterior `[N]` of one template for each place."""
        each = torch.arange(len(templates), device=templates.device)
        kind, scale, down, right = self.latents[templates].T
        found = logs.types[each, kind] + logs.scales[each, kind, scale]
        return found + logs.downs[each, kind, down] + logs.rights[each, kind, right]

    def start_from(self, places: Places, tints: Tensor, rng: Generator, steps: int = 3) -> None:
        """Set the first layer to whitened principal components of places that hold something.

        They span what sprites in all placements and tints look like: matched filters for them.
        """
        shown = (
            part.cpu().numpy() for part in (places.contrasts.flatten(1), self.under(places, tints))
        )
        for layer, rows in zip((self.tint_features, self.shape_features), shown, strict=True):
            filters = _whitened_components(rows, layer.out_features, steps, rng)
            with torch.no_grad():
                layer.weight.zero_()
                layer.weight[: len(filters)] = torch.from_numpy(filters)
                layer.bias.zero_()

    @torch.inference_mode()
    def propose(self, places: Places, count: int, tints: int) -> Proposals:
        """Return the `count` most probable templates of places, and further tints for the best.

        The templates are searched among the two best types, their three best scales and two best
        offsets along each axis. The second and later tints come with the best template.
        """
        logs = self.tint_logs(self.see_tints(places))
        present = 1 - logs[:, -1].exp()
        given = logs[:, :-1] - torch.log1p(-logs[:, -1].exp().clamp_max(1 - 1e-6))[:, None]
        order = given.topk(min(tints, given.shape[1]), dim=1)
        shape = self.shape_logs(self.see_shapes(places, order.indices[:, 0]))
        nats, templates, best = self._best_templates(shape, count)
        others = order.indices.shape[1] - 1
        all_tints = torch.cat([order.indices[:, :1].expand(-1, count), order.indices[:, 1:]], 1)
        all_templates = torch.cat([templates, templates[:, :1].expand(-1, others)], dim=1)
        all_nats = torch.cat([nats - order.values[:, :1], nats[:, :1] - order.values[:, 1:]], dim=1)
        sure = torch.maximum(1 - present, best * logs[:, :-1].exp().amax(dim=1))
        found = (all_templates, all_tints, all_nats, present, sure)
        return Proposals(*(part.cpu().numpy() for part in found))

    def _best_templates(self, logs: ShapeLogs, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return nats and templates `[N, count]` of the best, and q of the first type."""
        types = _top(logs.types, 2)
        each = torch.arange(len(logs.types), device=logs.types.device)[:, None]
        own = [part[each, types.indices] for part in (logs.scales, logs.downs, logs.rights)]
        scales, downs, rights = (_top(part, n) for part, n in zip(own, (3, 2, 2), strict=True))
        joint = (
            types.values[:, :, None, None, None]
            + scales.values[:, :, :, None, None]
            + downs.values[:, :, None, :, None]
            + rights.values[:, :, None, None, :]
        )
        numbers = self.templates[
            types.indices[:, :, None, None, None],
            scales.indices[:, :, :, None, None],
            downs.indices[:, :, None, :, None],
            rights.indices[:, :, None, None, :],
        ].flatten(1)
        best = _top(joint.flatten(1), count)
        short = count - best.values.shape[1]
        nats = functional.pad(-best.values, (0, short), value=np.inf)
        chosen = functional.pad(numbers.gather(1, best.indices), (0, short), value=NO_TEMPLATE)
        return nats, chosen, types.values[:, 0].exp()


def _top(values: Tensor, count: int) -> torch.return_types.topk:
    """Return the greatest values of the last axis, at most `count`."""
    return values.topk(min(count, values.shape[-1]), dim=-1)


def _whitened_components(rows: Floats32, count: int, steps: int, rng: Generator) -> Floats32:
    """Return the first principal components `[C, F]` of rows `[N, F]`, with unit mean square.

    By subspace iteration from a random start (Halko et al. 2011). The mean is not taken off.
    """
    count = min(count, *rows.shape)
    basis = rng.standard_normal((rows.shape[1], count), np.float32)
    for _ in range(steps):
        basis = np.linalg.qr(rows.T @ (rows @ basis))[0]
    _, values, turn = np.linalg.svd(rows @ basis, full_matrices=False)
    deviations = np.sqrt(np.square(values) / len(rows) + 1e-3)
    return np.asarray((basis @ turn.T / deviations).T, np.float32)


def places_of(frames: Floats32, model: SceneModel, device: torch.device) -> Places:
    """Return the windows of frames `[B, H, W, 3]` in [0, 1], one place after the other."""
    contrasts = model.windows.of(np.asarray(frames - model.background, np.float32))
    pixels = math.prod(model.windows.size)
    own = torch.from_numpy(np.array(contrasts, order="C").reshape(-1, pixels, 3))
    ground = torch.from_numpy(model.ground.reshape(-1, pixels, 3).astype(np.float32)).to(device)
    return Places(own.to(device), ground.repeat(len(frames), 1, 1))
