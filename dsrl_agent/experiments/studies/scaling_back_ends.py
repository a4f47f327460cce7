"""Define the back ends that the scaling study compares, as changes of the default settings.

All other parts of the agent's sight are the same for every back end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from dsrl_agent.back_end import CELL_KINDS
from dsrl_agent.config import BackEndConfig, BackEndKind

_CATEGORIES = 32  # twice the most types of any rung


class ComparedBackEnd(NamedTuple):
    """A row of the study.

    Attributes:
        description: What the page calls it.
        kind: Its `back_end.kind`.
        beta: A factor for the beta that is configured.
        latents: Length of its spectra, where it is another than the one that is configured.
    """

    description: str
    kind: BackEndKind = "vae"
    beta: float = 1.0
    latents: int | None = None

    def settings(self, config: BackEndConfig) -> BackEndConfig:
        """Return `config` with the changes of this row."""
        return dataclasses.replace(
            config,
            kind=self.kind,
            beta=self.beta * config.beta,
            latents=self.latents or config.latents,
        )


BACK_ENDS: Mapping[str, ComparedBackEnd] = {
    "default": ComparedBackEnd("VAE, beta 1: the agent's own"),
    "pixels": ComparedBackEnd("no network: the cell's pixels", "pixels"),
    "autoencoder": ComparedBackEnd("plain autoencoder", "autoencoder"),
    "beta 4": ComparedBackEnd("beta-VAE, beta 4", beta=4.0),
    "capacity": ComparedBackEnd("beta-VAE, capacity rising to 25 nats a place", "capacity"),
    "pca": ComparedBackEnd("no network: the cell's first 8 principal components", "pca"),
    "denoising": ComparedBackEnd("VAE, beta 1, that sees through noise of .1", "denoising"),
    "shifted": ComparedBackEnd("VAE, beta 1, that sees cells moved by up to 1 pixel", "shifted"),
    "categorical": ComparedBackEnd(
        "VAE, beta 1, of one of 32 categories a place", "categorical", latents=_CATEGORIES
    ),
    "mixture": ComparedBackEnd(
        "VAE, beta 1, whose prior is a mixture of 32 Gaussians, learned with it", "mixture"
    ),
    "resized": ComparedBackEnd(
        "VAE, beta 1, that gives cells back in another size, .75-1", "resized"
    ),
    "recoloured": ComparedBackEnd(
        "VAE, beta 1, that gives pictures back in other colours", "recoloured"
    ),
}
"""The back ends by the names that committed results have."""

FOR_STILLS = tuple(name for name, row in BACK_ENDS.items() if row.kind not in CELL_KINDS)
"""The back ends that can also learn pictures whose grid is not known, at every shift."""
