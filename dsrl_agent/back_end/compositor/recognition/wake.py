"""Ascend the ELBO of real frames: see `training` for the equations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional

from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE
from dsrl_agent.back_end.compositor.recognition.network import LatentNetwork, Places, places_of
from dsrl_agent.back_end.compositor.recognition.proposed import ProposalReader, ProposedScenes
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits
_NONE = -1e4  # log posterior of no hypothesis; -inf has no gradient


class Enumerated(NamedTuple):
    """The hypotheses of N places, their features, and their log probabilities against nothing."""

    seen: Tensor  # [N, F]
    shapes: Tensor  # [N, n, G]: under the tint of each hypothesis
    templates: Tensor  # [N, n]
    tints: Tensor  # [N, n]
    gains: Tensor  # [N, n]: log p(x|z), less that of nothing
    priors: Tensor  # [N, n]: log p(z), less that of nothing; -inf for what is no hypothesis


def elbo(network: LatentNetwork, own: Enumerated, beta: float) -> Tensor:
    """Return a lower bound of the ELBO `[N]` of places in nats, less log p of an empty place.

    All hypotheses that are not listed count as the worst one that is.
    """
    possible = functional.pad(own.priors > -torch.inf, (1, 0), value=True)
    logs = posterior_logs(network, own)
    gains = functional.pad(own.gains, (1, 0))
    priors = functional.pad(own.priors, (1, 0)).masked_fill(~possible, 0)
    worth = (gains - beta * (logs - priors)).masked_fill(~possible, 0)
    listed = (logs.exp() * worth).sum(dim=1)
    others = torch.log1p(-logs.logsumexp(dim=1).exp().clamp_max(1 - 1e-6))
    least = (gains + beta * priors).masked_fill(~possible, torch.inf).amin(dim=1)
    return listed + others.exp() * (least - beta * others)


def posterior_logs(network: LatentNetwork, own: Enumerated) -> Tensor:
    """Return the log posterior `[N, 1 + n]` of nothing and of the hypotheses."""
    count, wide = own.templates.shape
    tints = network.tint_logs(own.seen)
    logs = network.shape_logs(own.shapes.flatten(0, 1))
    shapes = network.template_logs(logs, own.templates.flatten()).view(count, wide)
    each = (tints.gather(1, own.tints) + shapes).masked_fill(own.priors == -torch.inf, _NONE)
    return torch.cat([tints[:, -1:], each], dim=1)


class Wake:
    """The ELBO of real frames, with the things around each place as a search left them.

    Args:
        network: The network that the proposals are those of.
        scenes: The model and the encoder.
        frames: Real frames `[B, H, W, 3]`.
        hopeless: A place teaches nothing if its best proposal is by this many nats worse than
            nothing.
    """

    def __init__(
        self, network: LatentNetwork, scenes: ProposedScenes, frames: Frame, hopeless: float
    ) -> None:
        self.network = network
        proposals = scenes.proposer.propose(frames, scenes.model)
        reader = ProposalReader(scenes, frames, proposals)
        reader.refine()
        templates, tints, gains, priors = _weighed(reader)
        busy = np.flatnonzero((gains + priors).max(axis=1) > -hopeless)
        device = network.palette.device
        places = places_of(frames * _LEVEL, scenes.model, device)
        at = torch.from_numpy(busy).to(device)
        own = Places(*(part[at] for part in places))
        parts = [
            torch.from_numpy(part[busy]).to(device) for part in (templates, tints, gains, priors)
        ]
        with torch.no_grad():
            seen = network.see_tints(own)
            shapes = torch.stack([network.see_shapes(own, each) for each in parts[1].T], dim=1)
        self.own = Enumerated(seen, shapes, *parts)

    def elbo(self, beta: float) -> float:
        """Return the mean ELBO in nats per place, 0 if the frames teach nothing."""
        if not len(self.own.seen):
            return 0.0
        with torch.no_grad():
            return float(elbo(self.network, self.own, beta).mean())

    def loss(self, count: int, beta: float, rng: Generator) -> Tensor:
        """Return the mean negative ELBO of some of the places."""
        some = torch.from_numpy(rng.integers(0, len(self.own.seen), count))
        batch = Enumerated(*(part[some.to(part.device)] for part in self.own))
        return -elbo(self.network, batch, beta).mean()


def _weighed(reader: ProposalReader) -> tuple[Ints, Ints, Floats32, Floats32]:
    """Return templates, tints, log p(x|z) and log p(z) `[N, n]` of the proposals of all places."""
    model, proposals = reader.model, reader.proposals
    rows, cols = model.windows.shape
    at = np.indices((len(reader.frames), rows, cols)).reshape(3, -1)
    wide = proposals.templates.shape[-1]
    found = reader.candidates((at[0], at[1], at[2]))
    tints = proposals.tints.reshape(-1, wide)
    each = np.arange(len(tints))[:, None]
    nats = found.nats[each, tints, np.arange(wide)]
    templates = proposals.templates.reshape(-1, wide)
    costs = reader.scenes.costs[reader.around.types[templates], tints]
    possible = (templates != NO_TEMPLATE) & np.isfinite(costs)
    gains = np.subtract(costs, nats, out=np.zeros_like(nats), where=possible)
    priors = np.where(possible, -costs, -np.inf)
    return np.maximum(templates, 0), tints, gains.astype(np.float32), priors.astype(np.float32)
