"""Define the rows of the scaling study: back ends and sights, as changes of the default settings.

All other parts of the agent's sight are the same for every row of one sight.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from dsrl_agent.back_end import CELL_KINDS
from dsrl_agent.config import AgentConfig, BackEndConfig, BackEndKind, PerceptionConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.perception.sight import sight_kind

STRUCTURED = "things"
"""The row whose latents are structured: presence, type and place of things."""

_CATEGORIES = 32  # twice the most types of any rung


class SightSettings(NamedTuple):
    """The settings of a sight to measure."""

    perception: PerceptionConfig
    back_end: BackEndConfig


class ComparedBackEnd(NamedTuple):
    """A row of the study: what the page calls it, and its changes of the settings."""

    description: str
    kind: BackEndKind = "vae"
    beta: float = 1.0  # a factor for the beta that is configured
    latents: int | None = None  # length of its spectra, where it is not the configured one
    sight: str = "auto"  # the name that a kind of sight is registered under

    def settings(self, config: AgentConfig) -> SightSettings:
        """Return the settings of an agent's sight with the changes of this row."""
        own = config.back_end
        beta, latents = self.beta * own.beta, self.latents or own.latents
        back_end = dataclasses.replace(own, kind=self.kind, beta=beta, latents=latents)
        return SightSettings(dataclasses.replace(config.perception, sight=self.sight), back_end)


BACK_ENDS: Mapping[str, ComparedBackEnd] = {
    "default": ComparedBackEnd("VAE, beta 1"),
    STRUCTURED: ComparedBackEnd("one generative model of things", sight="things"),
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
"""The rows by the names that committed results have."""

FOR_STILLS = tuple(name for name, row in BACK_ENDS.items() if row.kind not in CELL_KINDS)
"""The rows that can also learn pictures whose grid is not known, at every shift."""


def is_registered(name: str) -> bool:
    """Return whether the sight of a row comes with this version of the agent."""
    try:
        sight_kind(BACK_ENDS[name].sight)
    except ConfigError:
        return False
    return True
