"""The thesis's own experiments, and those that go on from them: `dsrl study <name>`.

A study is a line in `STUDIES` and a module of its name with a function `study(options)`, which
returns what the command prints. This file imports no learning library, for the command line's help.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from dsrl_agent.experiments.studies.options import (
    AutoencodersOptions,
    BetaOptions,
    LivingOptions,
    LossesOptions,
    SpeedOptions,
)
from dsrl_agent.experiments.studies.scaling_options import ScalingOptions


class Study(NamedTuple):
    """What the command line knows of a study.

    Attributes:
        help: What it measures, for `dsrl study --help`.
        options: A frozen dataclass, whose every field is an option.
    """

    help: str
    options: type[Any]


STUDIES = {
    "autoencoders": Study("Tables 2.1 and 2.2: two autoencoders on MNIST", AutoencodersOptions),
    "losses": Study("Figures 2.1-2.3: Euclidean distance and cross-entropy", LossesOptions),
    "beta": Study("what beta does to latents: ELBO, traversals, disentanglement", BetaOptions),
    "scaling": Study("how far sight carries as scenes get harder", ScalingOptions),
    "living": Study("shapes first met late: how soon they are types of their own", LivingOptions),
    "speed": Study("what fits and facts cost, beside plain convolutions", SpeedOptions),
}
"""The studies by name."""


def run_study(name: str, options: Any) -> str:
    """Run a study; returns what to print, the folder with all it wrote included."""
    module = importlib.import_module(f"{__name__}.{name}")
    printed: str = module.study(options)
    return printed
