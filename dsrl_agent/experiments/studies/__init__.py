"""List the studies, the thesis's own experiments and further ones, and run them by name.

A study is a line in `STUDIES` and a module with a function `study(options)`, which returns the text
that the command prints. This file imports no learning library, so that `--help` is fast.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from dsrl_agent.experiments.studies import options as of


class Study(NamedTuple):
    """A study, as the command line sees it."""

    help: str  # a line for `dsrl study --help`
    options: type[Any]  # a frozen dataclass; every field is an option
    module: str | None = None  # that runs it, if it has another name than the study


_LIVING = "shapes first met late: how soon they are types of their own"
_SENSITIVITY = "how much each setting of sight matters: halved and doubled, one at a time"
STUDIES = {
    "autoencoders": Study("Tables 2.1 and 2.2: two autoencoders on MNIST", of.AutoencodersOptions),
    "losses": Study("Figures 2.1-2.3: Euclidean distance and cross-entropy", of.LossesOptions),
    "beta": Study("what beta does to latents: ELBO, traversals, disentanglement", of.BetaOptions),
    "scaling": Study("how far sight carries as scenes get harder", of.ScalingOptions),
    "living": Study(_LIVING, of.LivingOptions, "late_shapes"),
    "speed": Study("what fits and facts cost, beside plain convolutions", of.SpeedOptions),
    "sensitivity": Study(_SENSITIVITY, of.SensitivityOptions),
    "objects": Study("objects that no grid holds, found from pictures alone", of.ObjectsOptions),
}
"""The studies by their names on the command line."""


def run_study(name: str, options: Any) -> str:
    """Run a study, and return the text to print, which names the folder of its files."""
    module = importlib.import_module(f"{__name__}.{STUDIES[name].module or name}")
    printed: str = module.study(options)
    return printed
