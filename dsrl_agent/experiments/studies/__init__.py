"""List the studies, the thesis's own experiments and further ones, and run them by name.

A study is a line in `STUDIES` and a module with a function `study(options)`, which returns the text
that the command prints. This file imports no learning library, so that `--help` is fast.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from dsrl_agent.experiments.studies.options import (
    AutoencodersOptions,
    BetaOptions,
    LivingOptions,
    LossesOptions,
    ScalingOptions,
    SpeedOptions,
)


class Study(NamedTuple):
    """A study, as the command line sees it.

    Attributes:
        help: A line for `dsrl study --help`.
        options: A frozen dataclass; every field is an option.
        module: The module of this package that runs it, if it has another name than the study.
    """

    help: str
    options: type[Any]
    module: str | None = None


STUDIES = {
    "autoencoders": Study("Tables 2.1 and 2.2: two autoencoders on MNIST", AutoencodersOptions),
    "losses": Study("Figures 2.1-2.3: Euclidean distance and cross-entropy", LossesOptions),
    "beta": Study("what beta does to latents: ELBO, traversals, disentanglement", BetaOptions),
    "scaling": Study("how far sight carries as scenes get harder", ScalingOptions),
    "living": Study(
        "shapes first met late: how soon they are types of their own", LivingOptions, "late_shapes"
    ),
    "speed": Study("what fits and facts cost, beside plain convolutions", SpeedOptions),
}
"""The studies by their names on the command line."""


def run_study(name: str, options: Any) -> str:
    """Run a study, and return the text to print, which names the folder of its files."""
    module = importlib.import_module(f"{__name__}.{STUDIES[name].module or name}")
    printed: str = module.study(options)
    return printed
