"""Settings of the neural back end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from dsrl_agent.checks import require_at_least, require_one_of, require_range

BackEndKind = Literal[
    "compositor",
    "vae",
    "autoencoder",
    "pca",
    "pixels",
    "capacity",
    "denoising",
    "shifted",
    "categorical",
    "mixture",
    "resized",
    "recoloured",
]


COMPOSITOR: BackEndKind = "compositor"
"""The kind whose decoder composites things; all others encode each cell as a spectrum."""


@dataclass(frozen=True)
class BackEndConfig:
    """The neural back end. By default its decoder composites things into scenes.

    Attributes:
        kind: `compositor` (default): latents of things, see `perception.things`. All others encode
            each cell as a spectrum. `vae`: a fully-convolutional beta-VAE; `autoencoder`: without
            noise and KL term; `pca`: principal components; `pixels`: the cell's pixels, nothing is
            learned. The rest are VAEs: `capacity`: the KL term is pressed to a rising capacity;
            `denoising`: removes noise; `shifted`: undoes shifts of 1 pixel; `categorical`: one
            category per place; `mixture`: a learned mixture of Gaussians as prior; `resized`,
            `recoloured`: returns the cell at another size, in other colours. `docs/scaling.md`
            compares them.
        latents: Length K of an activation spectrum. `categorical` takes it as the number of
            categories; `pixels` ignores it.
        width: Channels of the hidden layers.
        beta: Weight of the KL term (Higgins et al. 2017); 1 is the plain VAE. `autoencoder` and
            `capacity` ignore it.
        learning_rate: Adam's.
        one_cycle: Whether the learning rate rises from little to `learning_rate` and falls to
            nothing within each fit (Smith & Topin 2019), in place of staying as it is.
        gradient_norm: Gradients are cut to this length, which they always exceed, so that all steps
            weigh the same in Adam's moments. Uncut, the first gradients are 20 times as long as
            later ones and slow these down. Not searched.
        batch_places: Latent places per gradient step; frames per step follow from their size.
        steps: Gradient steps of the first fit.
        refit_steps: Gradient steps of every later fit, which goes on from the weights it finds.
    """

    kind: BackEndKind = COMPOSITOR
    latents: int = 8
    width: int = 32
    beta: float = 1.0
    learning_rate: float = 3e-2
    one_cycle: bool = True
    gradient_norm: float = 10.0
    batch_places: int = 100
    steps: int = 800
    refit_steps: int = 200

    def __post_init__(self) -> None:
        require_one_of("back_end.kind", self.kind, get_args(BackEndKind))
        for name in ("latents", "width", "batch_places", "steps", "refit_steps"):
            require_at_least(f"back_end.{name}", getattr(self, name), 1)
        require_range("back_end.beta", self.beta, 0.0, math.inf)
        require_range("back_end.gradient_norm", self.gradient_norm, 0.0, open_low=True)
        require_range("back_end.learning_rate", self.learning_rate, 0.0, 1.0, open_low=True)
